"""What tests of pushes share: services with a fake WeChat, and readers of what the store holds."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from bot.clock import Clock, FixedClock
from bot.config import Config
from bot.insight.knowledge import WordIndex
from bot.services import Services
from bot.store.database import Database, Session
from bot.store.keys import SqlKeys
from bot.store.planning import verdicts
from bot.store.tables import channel_halts, customers, deliveries, messages
from tests.support.build import LONG_AGO, Build
from tests.support.fake_wechat import FakeWeChat

MUCH_LATER = LONG_AGO + timedelta(days=10_000)


def services_with(
    database: Database, clock: Clock, fake: FakeWeChat | None = None, /, **sections: Any
) -> Services:
    return Services(
        config=Config.model_validate(sections),
        clock=clock,
        database=database,
        keys=SqlKeys(database, clock.real),
        wechat=fake or FakeWeChat(),
        knowledge=WordIndex(),
    )


def set_clock(services: Services, at: datetime) -> None:
    assert isinstance(services.clock, FixedClock)
    services.clock.set(at)


def halt(session: Session, channel: str) -> None:
    session.execute(insert(channel_halts).values(channel=channel, reason="test", since=LONG_AGO))


def verdict_of(session: Session, customer_id: int, campaign_id: str) -> str | None:
    found = verdicts.of_customer(session, customer_id)
    return next((one.reason for one in found if one.campaign_id == campaign_id), None)


def deliveries_of(session: Session, customer_id: int) -> list[Row[Any]]:
    mine = select(deliveries).where(deliveries.c.customer_id == customer_id).order_by(deliveries.c.id)
    return list(session.execute(mine))


def delivery(session: Session, delivery_id: int) -> Row[Any]:
    return session.execute(select(deliveries).where(deliveries.c.id == delivery_id)).one()


def customer(session: Session, customer_id: int) -> Row[Any]:
    return session.execute(select(customers).where(customers.c.id == customer_id)).one()


def said_to_customers(session: Session) -> list[Row[Any]]:
    return list(
        session.execute(select(messages).where(messages.c.direction == "out").order_by(messages.c.id))
    )


def states(session: Session) -> Counter[str]:
    return Counter(session.execute(select(deliveries.c.state)).scalars())


def change(session: Session, customer_id: int, **values: Any) -> None:
    session.execute(update(customers).where(customers.c.id == customer_id).values(values))


def change_delivery(session: Session, delivery_id: int, **values: Any) -> None:
    session.execute(update(deliveries).where(deliveries.c.id == delivery_id).values(values))


@contextmanager
def others_stay_as_they_are(database: Database, **fields: Any) -> Iterator[None]:
    """Two more customers, to whom the same is under way and accepted: what is done meanwhile to others is nothing to them."""
    under_way = {
        "left_at": LONG_AGO,
        "lease_until": MUCH_LATER,
        "claimed_at": MUCH_LATER,
        "claim_token": "another",
    }
    with database.transaction() as session:
        build = Build(session)
        who = [
            build.customer(openid=f"another-{number}", wants_pushes=False, silent_pushes=1)
            for number in (1, 2)
        ]
        ids = [
            build.delivery(customer_id=one, state=state, **under_way | fields)
            for one, state in zip(who, ("claimed", "accepted"), strict=True)
        ]

    def rows() -> list[Row[Any]]:
        with database.reading() as session:
            return [*(delivery(session, one) for one in ids), *(customer(session, one) for one in who)]

    before = rows()
    yield
    assert rows() == before


@contextmanager
def without_the_index_of_planned(database: Database) -> Iterator[None]:
    """Puts it back at the end, when what is planned is dropped."""
    (index,) = (index for index in deliveries.indexes if index.name == "uq_deliveries_one_planned")
    with database.transaction() as session:
        index.drop(session)
    try:
        yield
    finally:
        with database.transaction() as session:
            session.execute(delete(deliveries).where(deliveries.c.state == "planned"))
            index.create(session)

"""A prepared statement does what SQLAlchemy does with it, only sooner."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import bindparam, insert, select, update

from bot.store.database import Session
from bot.store.prepared import Prepared
from bot.store.tables import customers, messages, orders
from tests.support.build import Build

COLUMNS = (
    customers.c.id,
    customers.c.spoke_at,
    customers.c.last_push_day,
    customers.c.wants_pushes,
    customers.c.name,
)
NAMED = select(*COLUMNS).where(customers.c.openid == bindparam("openid_"))


@pytest.mark.parametrize(
    "spoke_at",
    [
        pytest.param(None, id="never"),
        pytest.param(datetime(2026, 11, 24, 4, tzinfo=UTC), id="a whole second"),
        pytest.param(datetime(2026, 11, 24, 4, 0, 0, 7, tzinfo=UTC), id="microseconds"),
        pytest.param(
            datetime(2026, 11, 24, 12, tzinfo=timezone(timedelta(hours=8))), id="told in Shanghai's time"
        ),
    ],
)
def test_instants_are_written_and_read_as_sqlalchemy_does(
    session: Session, build: Build, spoke_at: datetime | None
) -> None:
    build.customer(openid="by-core", spoke_at=spoke_at)
    build.customer(openid="prepared")
    change = update(customers).where(customers.c.openid == "prepared")
    Prepared(change.values(spoke_at=bindparam("at", type_=customers.c.spoke_at.type))).run(
        session, {"at": spoke_at}
    )
    same = select(customers.c.openid).where(customers.c.spoke_at == spoke_at)
    if spoke_at is not None:
        assert set(session.execute(same).scalars()) == {"by-core", "prepared"}
    for openid in ("by-core", "prepared"):
        row = Prepared(NAMED).first(session, {"openid_": openid})
        assert row == tuple(session.execute(NAMED, {"openid_": openid}).one())


def test_all_rows_are_read_as_sqlalchemy_does(session: Session, build: Build) -> None:
    customer = build.customer()
    for number in ("A-1", "A-2"):
        build.order(customer, external_id=number)
    columns = (orders.c.external_id, orders.c.amount, orders.c.ordered_at, orders.c.paid_at)
    theirs = select(*columns).where(orders.c.customer_id == bindparam("id_")).order_by(orders.c.id)
    assert Prepared(theirs).all(session, {"id_": 0}) == []
    found = Prepared(theirs).all(session, {"id_": customer})
    assert len(found) == 2
    assert found == [tuple(row) for row in session.execute(theirs, {"id_": customer})]


def test_nothing_found_is_none(session: Session) -> None:
    assert Prepared(NAMED).first(session, {"openid_": "o-nobody"}) is None


@pytest.mark.parametrize("payload", [None, {"kind": "text", "text": "您好 🍵 ]]>"}])
def test_json_is_kept_as_sqlalchemy_keeps_it(session: Session, build: Build, payload: Any) -> None:
    row = {
        "customer_id": build.customer(),
        "direction": "out",
        "kind": "text",
        "created_at": datetime(2026, 1, 1, tzinfo=UTC),
    }
    statement = insert(messages).values(
        row | {"payload": bindparam("payload", type_=messages.c.payload.type)}
    )
    number = Prepared(statement.returning(messages.c.id)).first(session, {"payload": payload})
    assert number is not None
    found = session.execute(select(messages.c.payload).where(messages.c.id == number[0])).scalar_one()
    assert found == payload

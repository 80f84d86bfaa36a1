"""What a delivery names is there: of three of its keys PostgreSQL knows by triggers, a statement at a time."""

import threading
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Table, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from bot.store.database import Database
from bot.store.tables import campaign_contents, campaigns, contents, customers, deliveries
from tests.conftest import NOON
from tests.support.build import Build

NOBODY = 999_999
UNKNOWN: list[Any] = [
    pytest.param({"customer_id": NOBODY}, id="a customer"),
    pytest.param({"campaign_id": "nothing"}, id="a campaign"),
    pytest.param({"content_id": "nothing"}, id="a content"),
]


def delivery(**fields: Any) -> dict[str, Any]:
    ordinary = {
        "campaign_id": "tea", "customer_id": 1, "content_id": "song", "channel": "mass", "purpose": "care",
        "day": date(2026, 11, 24), "planned_at": NOON, "due_at": NOON,
    }  # fmt: skip
    return ordinary | fields


@pytest.fixture
def shop(database: Database) -> Database:
    """Two customers, a campaign and a content, of which one customer has a delivery."""
    with database.transaction() as session:
        build = Build(session)
        for number in (1, 2):
            build.customer(id=number)
        build.segment()
        build.campaign(id="tea", contents=[build.content(id="song")])
        session.execute(insert(deliveries).values(delivery()))
    return database


@pytest.mark.parametrize("fields", UNKNOWN)
def test_no_delivery_names_what_is_not_there(shop: Database, fields: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), shop.transaction() as session:
        session.execute(
            insert(deliveries).values([delivery(customer_id=2), delivery(state="skipped") | fields])
        )


@pytest.mark.parametrize("fields", UNKNOWN)
def test_no_delivery_comes_to_name_what_is_not_there(shop: Database, fields: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), shop.transaction() as session:
        session.execute(update(deliveries).values(fields))


def test_a_delivery_may_name_another_customer_and_no_campaign(shop: Database) -> None:
    with shop.transaction() as session:
        session.execute(update(deliveries).values(customer_id=2, campaign_id=None, content_id=None))
        session.execute(delete(customers).where(customers.c.id == 1))
        assert session.execute(select(deliveries.c.customer_id)).scalars().all() == [2]


@pytest.mark.parametrize(
    ("table", "named", "other"),
    [
        pytest.param(customers, 1, NOBODY, id="a customer"),
        pytest.param(campaigns, "tea", "nothing", id="a campaign"),
        pytest.param(contents, "song", "nothing", id="a content"),
    ],
)
def test_nothing_is_taken_away_that_a_delivery_names(
    shop: Database, table: Table, named: Any, other: Any
) -> None:
    with shop.transaction() as session:
        session.execute(delete(campaign_contents))
    for taken in (delete(table), update(table).values(id=other)):
        with pytest.raises(IntegrityError), shop.transaction() as session:
            session.execute(taken.where(table.c.id == named))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param("writes", "takes away", id="it is taken away"),
        pytest.param("takes away", "writes", id="it is named"),
    ],
)
def test_who_comes_second_waits_and_is_refused(postgresql: Database, first: str, second: str) -> None:
    """Neither sees what the other has not committed yet."""
    with postgresql.transaction() as session:
        Build(session).customer(id=1)
    named = delivery(campaign_id=None, content_id=None)
    does = {"writes": insert(deliveries).values(named), "takes away": delete(customers)}
    refused = threading.Event()

    def come_second() -> None:
        try:
            with postgresql.transaction() as session:
                session.execute(does[second])
        except IntegrityError:
            refused.set()

    waits = threading.Thread(target=come_second)
    with postgresql.transaction() as session:
        session.execute(does[first])
        waits.start()
        waits.join(0.3)
        assert waits.is_alive()
    waits.join()
    assert refused.is_set()

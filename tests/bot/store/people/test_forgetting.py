"""Forgetting a person: what goes, what stays without a name, and that coming back changes neither refusal nor rhythm."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Table, event, func, insert, select

from bot.rules.hashing import openid_hash
from bot.store import tables
from bot.store.database import Database, Session
from bot.store.people import customers as people
from bot.store.people import forgetting, pointers
from tests.conftest import NOON
from tests.support.build import Build

SALT = "salt"
OPENID = "o-who-leaves"
YESTERDAY = NOON - timedelta(days=1)
CHANGES = re.compile(r"(?:DELETE FROM|UPDATE) (\w+)")


@pytest.fixture
def leaver(session: Session, build: Build) -> int:
    """Somebody with a bit of everything."""
    build.segment()
    customer = build.customer(
        openid=OPENID, external_id="E1", name="小林", city="杭州", level="青盏", points=320, has_kept=True,
        wants_pushes=False, stopped_pushes_at=YESTERDAY, last_push_at=YESTERDAY, last_push_day=YESTERDAY.date(),
        mass_month="2026-11", mass_used=2, complaint_open=True,
    )  # fmt: skip
    question = build.message(customer, "我叫小林", raw=f"<xml>{OPENID}</xml>", once_key="m:1")
    build.message(
        customer, "您好", direction="out", answers_id=question, payload={"kind": "text", "text": "小林您好"}
    )
    build.message(
        customer, "退订", raw=f"<xml>{OPENID}</xml>", once_key="m:2", created_at=NOON - timedelta(seconds=5)
    )
    build.order(customer, external_id="D1")
    campaign = build.campaign(contents=[content := build.content()])
    build.delivery(
        customer_id=customer, campaign_id=campaign, content_id=content, state="sent", day=YESTERDAY.date()
    )
    build.delivery(customer_id=customer, campaign_id=campaign, content_id=content)
    build.delivery(
        customer_id=customer,
        purpose="service",
        payload={"kind": "text", "text": "小林您好"},
        answers_id=question,
    )
    session.execute(insert(tables.customer_tags).values(customer_id=customer, tag="tea"))
    standing = {
        "purpose": "care", "customer_id": customer, "pass_id": 1, "reasons": [None], "audiences": [], "engagement": "engaged",
        "silent_pushes": 0, "window_left": 0, "mass_used": 0,
    }  # fmt: skip
    session.execute(insert(tables.standings).values(standing))
    session.execute(insert(tables.former_standings).values(standing | {"pass_id": 0, "until_pass": 1}))
    session.execute(insert(tables.handovers).values(customer_id=customer, reason="complaint", opened_at=NOON))
    return customer


def count(session: Session, table: Table) -> int:
    return int(session.execute(select(func.count()).select_from(table)).scalar_one())


def everything(session: Session) -> str:
    """All rows of all tables, as one text."""
    return "\n".join(
        str(row) for table in tables.metadata.sorted_tables for row in session.execute(select(table))
    )


def test_nothing_that_names_them_is_left_anywhere(session: Session, leaver: int) -> None:
    forgetting.forget(session, leaver, SALT, NOON)
    left = everything(session)
    assert all(word not in left for word in (OPENID, "小林", "杭州", "青盏", "退订"))


def test_the_receipt_says_what_went(session: Session, leaver: int) -> None:
    assert forgetting.forget(session, leaver, SALT, NOON) == forgetting.Receipt(
        known=True, messages=3, tags=1, verdicts=2, handovers=1, deliveries_called_off=2, orders_unlinked=1,
        keeps_opt_out=True,
    )  # fmt: skip


def test_forgetting_twice_changes_nothing_the_second_time(session: Session, leaver: int) -> None:
    forgetting.forget(session, leaver, SALT, NOON)
    before = everything(session)
    assert forgetting.forget(session, leaver, SALT, NOON + timedelta(days=1)) == forgetting.Receipt(
        known=False
    )
    assert everything(session) == before


def test_deliveries_keep_adding_up(session: Session, leaver: int) -> None:
    before = count(session, tables.deliveries)
    forgetting.forget(session, leaver, SALT, NOON)
    states = select(tables.deliveries.c.state, func.count()).group_by(tables.deliveries.c.state)
    by_state = {state: number for state, number in session.execute(states)}  # noqa: C416 - rows are no pairs to mypy
    assert by_state == {"sent": 1, "skipped": 2}
    assert count(session, tables.deliveries) == before


def test_the_shops_books_keep_the_order_without_its_customer(session: Session, leaver: int) -> None:
    forgetting.forget(session, leaver, SALT, NOON)
    assert session.execute(select(tables.orders.c.external_id, tables.orders.c.customer_id)).all() == [
        ("D1", None)
    ]


def test_the_keys_of_the_last_minute_stay_and_older_ones_go(session: Session, leaver: int) -> None:
    forgetting.forget(session, leaver, SALT, NOON)
    rows = session.execute(select(tables.messages.c.once_key, tables.messages.c.raw)).all()
    assert rows == [("m:2", None)]


def test_coming_back_changes_neither_the_refusal_nor_the_rhythm(session: Session, leaver: int) -> None:
    forgetting.forget(session, leaver, SALT, NOON)
    back = people.met(session, OPENID, NOON + timedelta(hours=1), salt=SALT)
    assert back.id != leaver
    assert (back.wants_pushes, back.last_push_at, back.last_push_day) == (False, YESTERDAY, YESTERDAY.date())
    again = forgetting.forget(session, back.id, SALT, NOON + timedelta(hours=2))
    assert again.keeps_opt_out


def test_the_hash_tells_nothing_without_the_salt(session: Session, leaver: int) -> None:
    forgetting.forget(session, leaver, SALT, NOON)
    kept = session.execute(select(tables.suppressions.c.openid_hash)).scalar_one()
    assert kept == openid_hash(OPENID, SALT)
    assert kept != openid_hash(OPENID, "")


def test_somebody_else_keeps_everything(session: Session, build: Build, leaver: int) -> None:
    other = build.customer(name="小周")
    build.message(other, "我叫小周")
    build.order(other)
    forgetting.forget(session, leaver, SALT, NOON)
    profile = people.profile_by_id(session, other)
    assert profile is not None
    assert profile.name == "小周"
    assert "我叫小周" in everything(session)
    assert (
        session.execute(
            select(tables.orders.c.customer_id).where(tables.orders.c.customer_id == other)
        ).scalar()
        == other
    )


@pytest.mark.parametrize(
    ("wants_pushes", "days", "kept", "rhythm"),
    [
        pytest.param(True, 30, 1, YESTERDAY, id="the rhythm is kept for a month"),
        pytest.param(True, 32, 0, None, id="and then nothing is"),
        pytest.param(False, 32, 1, None, id="a refusal stays, without the rhythm"),
    ],
)
def test_tidying_hashes(
    session: Session, build: Build, wants_pushes: bool, days: int, kept: int, rhythm: datetime | None
) -> None:
    customer = build.customer(openid=OPENID, wants_pushes=wants_pushes, last_push_at=YESTERDAY)
    forgetting.forget(session, customer, SALT, NOON)
    forgetting.tidy(session, NOON + timedelta(days=days))
    rows = session.execute(select(tables.suppressions.c.last_push_at)).scalars().all()
    assert len(rows) == kept
    assert rows == ([rhythm] if kept else [])


def test_who_never_got_a_push_and_refused_nothing_leaves_no_hash(session: Session, build: Build) -> None:
    forgetting.forget(session, build.customer(openid=OPENID), SALT, datetime(2026, 11, 24, tzinfo=UTC))
    assert count(session, tables.suppressions) == 0


def test_tidying_takes_the_bare_keys_and_late_words(session: Session, build: Build, leaver: int) -> None:
    forgetting.forget(session, leaver, SALT, NOON)
    build.message(leaver, "小林您好", direction="out")
    forgetting.drop_late_words(session, NOON + timedelta(hours=1), leaver, leaver)
    assert count(session, tables.messages) == 0


STAY = {  # forgetting leaves them as they are, because they hold no words and point to a row that says nothing
    "care_meetings": "days",
    "merges": "which rows were one; what was kept of the other goes, where there was one (merges.forget)",
    "model_calls": "costs, for 90 days",
    "offer_choices": "the stock adds up",
    "own_data_wishes": "receipts",
    "point_journals": "the books add up; what was left ends (points.forget)",
    "point_lots": "the books add up; what was left ends (points.forget)",
    "vouchers": "codes that were given",
}


def untouched(changes: Iterable[str], pointing: Iterable[str]) -> list[str]:
    """Tables no DELETE and no UPDATE of these was about."""
    about = {found[1] for change in changes if (found := CHANGES.match(change))}
    return sorted(set(pointing) - about - STAY.keys())


def test_every_table_that_points_to_customers_is_looked_at(session: Session, leaver: int) -> None:
    """So that one that comes tomorrow is not forgotten."""
    changes: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        changes.append(statement)

    event.listen(session, "before_cursor_execute", hear)
    forgetting.forget(session, leaver, SALT, NOON)
    event.remove(session, "before_cursor_execute", hear)
    pointing = {column.table.name for column in pointers.pointers()}
    assert untouched(changes, pointing) == []
    assert untouched(changes, {*pointing, "diaries"}) == ["diaries"], "a planted one is found"
    assert pointing.issuperset(STAY)


def test_forgetting_reads_no_table_from_end_to_end(sqlite: Database) -> None:
    """It is done while WeChat waits: with a million of others' rows, too. What keys do to other tables counts as well."""
    asked: list[tuple[str, Any]] = []

    def hear(_connection: Any, _cursor: Any, statement: str, given: Any, *_rest: Any) -> None:
        asked.append((statement, given))

    with sqlite.transaction() as session:
        who = Build(session).customer(openid=OPENID)
        Build(session).message(who, "你好")
        event.listen(session, "before_cursor_execute", hear)
        forgetting.forget(session, who, SALT, NOON)
        event.remove(session, "before_cursor_execute", hear)
        plans = [session.exec_driver_sql(f"EXPLAIN QUERY PLAN {words}", given) for words, given in asked]
        read = {row.detail for plan in plans for row in plan}
    whole = {table for table in tables.metadata.tables if any(f"SCAN {table}" in step for step in read)}
    assert any("SEARCH deliveries" in step for step in read)
    assert whole == set()

"""The copy a simulation plays on: what it holds, what it must not, and that many at once come to what one by one does."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select, update

from bot.config import Push
from bot.store.database import Database, Session
from bot.store.segments.segments import members, understood
from bot.store.sending import deliveries as pushes
from bot.store.simulation import simulation, simulation_copy, simulation_counts, simulation_growth
from bot.store.simulation.simulation_copy import IF_ASKED, OF_CUSTOMERS, OF_THE_SHOP, STAYS
from bot.store.simulation.simulation_stage import build_indexes, on_stage, stages
from bot.store.tables import (
    customers,
    deliveries,
    messages,
    metadata,
    orders,
    point_journals,
    point_lots,
    shipments,
    staff,
    standings,
)
from tests.conftest import NOON
from tests.support.build import Build


@pytest.fixture
def stage() -> Iterator[Database]:
    with stages(1) as (file,), on_stage(file) as database:
        yield database


def shop(database: Database) -> None:
    with database.transaction() as session:
        build = Build(session)
        build.segment()
        build.segment("talkers", {"field": "messages", "op": ">=", "value": 1, "days": 30})
        who = build.staff(password_hash="$argon2id$secret")
        for name in ("one", "two", "three"):
            build.content(name, purpose="care", approved_by=who)
        build.campaign("evening", ["one", "two"])
        build.campaign("other", ["three"], segment_id="talkers")
        for number in range(1, 9):
            one = build.customer(
                id=number,
                openid=f"o-{number}",
                bucket=number,
                phone=f"1380000{number:04}",
                spoke_at=NOON,
                name="王",
            )
            build.message(one, "我的银行卡号是 6222", raw="<xml>6222</xml>", payload={"said": "6222"})
            build.shipment(build.order(one), tracking_no="SF6222")
        build.delivery(
            customer_id=1, campaign_id="evening", content_id="one", state="sent", left_at=NOON, took="mass"
        )
        build.delivery(customer_id=2, campaign_id="evening", content_id="one", state="claimed")
        build.delivery(customer_id=3, campaign_id=None, payload={"text": "6222"})
        build.customer(id=99, openid=None, bucket=1, forgotten_at=NOON)


def fill(database: Database, stage: Database, most: int = 100) -> tuple[str, ...]:
    with simulation_copy.snapshot(database) as source:
        return simulation_copy.copy(source, stage, source.sample(most), NOON)


def number(session: Session, table: Any) -> int:
    return int(session.execute(select(func.count()).select_from(table)).scalar_one())


def test_every_table_is_copied_or_stays() -> None:
    known = sorted([*OF_THE_SHOP, *OF_CUSTOMERS, *IF_ASKED, *STAYS])
    assert known == sorted(metadata.tables)


def test_nothing_that_was_said_and_no_secret_is_copied(
    database: Database, stage: Database, tmp_path: Path
) -> None:
    shop(database)
    fill(database, stage)
    with stage.reading() as session:
        assert number(session, messages) == 8
        assert number(session, staff) == 0
        for table in metadata.sorted_tables:
            for row in session.execute(select(table)):
                assert "6222" not in repr(row)
                assert "1380000" not in repr(row)
                assert "secret" not in repr(row)


def test_what_was_under_way_counts_as_sent_and_answers_stay(database: Database, stage: Database) -> None:
    shop(database)
    fill(database, stage)
    with stage.reading() as session:
        rows = session.execute(
            select(deliveries.c.customer_id, deliveries.c.state).order_by(deliveries.c.id)
        ).all()
    assert rows == [(1, "sent"), (2, "unknown")]


def test_the_copy_is_what_the_shop_has(database: Database, stage: Database) -> None:
    shop(database)
    fill(database, stage)
    wanted = select(
        customers.c.id, customers.c.openid, customers.c.bucket, customers.c.spoke_at, customers.c.name
    )
    with database.reading() as there, stage.reading() as here:
        assert here.execute(wanted.order_by(customers.c.id)).all() == [
            row for row in there.execute(wanted.order_by(customers.c.id)) if row.id != 99
        ]


def test_a_sample_takes_with_it_only_what_is_theirs(database: Database, stage: Database) -> None:
    shop(database)
    fill(database, stage, most=3)
    with stage.reading() as session:
        ids = set(session.execute(select(customers.c.id)).scalars())
        assert len(ids) == 3
        assert set(session.execute(select(orders.c.customer_id)).scalars()) == ids
        assert number(session, shipments) == 3


def test_points_that_end_are_there_for_a_campaign_that_asks_for_them(
    database: Database, stage: Database
) -> None:
    shop(database)
    with database.transaction() as session:
        build = Build(session)
        build.segment("ending", {"field": "points_expiring", "op": ">=", "value": 1})
        build.campaign("use-them", ["one"], segment_id="ending")
        earned = {"key": "grant:1", "customer_id": 1, "kind": "grant", "at": NOON}
        journal = session.execute(
            insert(point_journals).values(earned).returning(point_journals.c.id)
        ).scalar_one()
        ends = NOON.date() + timedelta(days=5)
        lot = {"customer_id": 1, "journal_id": journal, "points": 30, "remaining": 20, "expires_on": ends}
        session.execute(insert(point_lots).values(lot))
    names = fill(database, stage)
    with stage.transaction() as session:
        simulation_growth.grow(session, names, stride=100, times=1, once_more=())
        ending = members(understood(session, {"field": "points_expiring", "op": ">=", "value": 1}), NOON)
        found = session.execute(select(customers.c.id).where(ending).order_by(customers.c.id)).scalars()
        assert list(found) == [1, 101]


def test_two_parts_are_everybody_once(database: Database) -> None:
    shop(database)
    with simulation_copy.snapshot(database) as source:
        sample = source.sample(100)
        parts = [
            {row.id for row in source.session.execute(simulation_copy.part(sample, each, 2))}
            for each in range(2)
        ]
    assert parts[0] | parts[1] == set(range(1, 9))
    assert not parts[0] & parts[1]


def test_copies_have_rows_of_their_own_that_point_at_each_other(sqlite: Database, stage: Database) -> None:
    shop(sqlite)
    names = fill(sqlite, stage)
    with stage.transaction() as session:
        simulation_growth.grow(session, names, stride=10, times=2, once_more={4})
        build_indexes(session)  # the unique ones, too
        ids = set(session.execute(select(customers.c.id)).scalars())
        assert ids == {each + k * 10 for each in range(1, 9) for k in range(3)} | {34}
        bought = session.execute(
            select(orders.c.customer_id, shipments.c.id).join(shipments, shipments.c.order_id == orders.c.id)
        ).all()
        assert sorted(row.customer_id for row in bought) == sorted(ids)
        assert session.execute(select(func.count(customers.c.openid.distinct()))).scalar_one() == 25
        got = set(
            session.execute(select(deliveries.c.customer_id).where(deliveries.c.state == "sent")).scalars()
        )
        assert got == {1, 11, 21}
        assert number(session, standings) == 0


def waiting(session: Session) -> None:
    """Seven who have something kept, each in another case, and one who waits alone for a mass send."""
    build = Build(session)
    build.segment()
    for name, purpose in (("care", "care"), ("offer", "marketing"), ("news", "service")):
        build.content(name, purpose=purpose)
        build.campaign(name, [name])
    kept = {"channel": "next_contact", "planned_at": NOON - timedelta(days=1), "day": date(2026, 11, 20)}
    for who in range(1, 8):
        build.customer(id=who, openid=f"o-{who}", has_kept=who != 7)
    for who, name, purpose in (
        (1, "care", "care"), (2, "offer", "marketing"), (3, "news", "service"), (4, "care", "care"), (5, "care", "care"),
        (6, "care", "care"), (6, "news", "service"),
    ):  # fmt: skip
        build.delivery(customer_id=who, campaign_id=name, content_id=name, purpose=purpose, **kept)
    # another push is planned for the fourth; the fifth has had one of the campaign today
    build.delivery(customer_id=4, campaign_id="news", content_id="news", purpose="service", due_at=NOON)
    build.delivery(customer_id=5, campaign_id="care", content_id="care", state="sent", day=date(2026, 11, 24))
    build.customer(id=8, openid="o-8", has_kept=True, window_left=5, window_until=NOON + timedelta(days=2))
    build.delivery(
        customer_id=8, campaign_id="care", content_id="care", channel="mass", reason="too_few",
        due_at=NOON + timedelta(hours=9), closes_at=NOON + timedelta(hours=9),
    )  # fmt: skip


def after(database: Database) -> Any:
    with database.reading() as session:
        rows = select(
            deliveries.c.id,
            deliveries.c.channel,
            deliveries.c.day,
            deliveries.c.due_at,
            deliveries.c.closes_at,
        )
        who = select(customers.c.id, customers.c.has_kept)
        return (
            session.execute(rows.order_by(deliveries.c.id)).all(),
            session.execute(who.order_by(customers.c.id)).all(),
        )


@pytest.mark.parametrize(
    "hours", [0, 5, 9.5, 13], ids=["noon", "five", "half past nine at night", "one at night"]
)
def test_all_at_once_become_due_as_one_by_one(sqlite: Database, stage: Database, hours: float) -> None:
    now = NOON + timedelta(hours=hours)
    with sqlite.transaction() as session:
        waiting(session)
        for who in range(1, 9):
            pushes.release_kept(session, who, now, Push())
    with stage.transaction() as session:
        build_indexes(session)
        waiting(session)
        simulation.release_kept(session, list(range(1, 9)), now, Push())
    assert after(stage) == after(sqlite)


def test_writing_changes_what_a_message_changes(stage: Database) -> None:
    with stage.transaction() as session:
        build = Build(session)
        for who in (1, 2):
            build.customer(id=who, openid=f"o-{who}", silent_pushes=4, engagement="tired")
        session.execute(update(customers).values(window_left=0))
        simulation.wrote(session, [1], NOON)
        rows = session.execute(
            select(
                customers.c.window_left,
                customers.c.window_until,
                customers.c.silent_pushes,
                customers.c.engagement,
            ).order_by(customers.c.id)
        ).all()
    assert rows == [(5, NOON + timedelta(hours=48), 0, "engaged"), (0, None, 4, "tired")]


def test_gaps_are_counted_from_the_push_before_whichever_it_was(stage: Database) -> None:
    with stage.transaction() as session:
        build = Build(session)
        build.customer(id=1, openid="o-1")
        for days, hours in ((0, 0), (2, 1), (3, 0)):
            at = NOON + timedelta(days=days, hours=hours)
            build.delivery(
                customer_id=1, state="sent", left_at=at, day=at.date(), regular=days != 3, campaign_id=None
            )
        found = simulation_counts.gaps(session, NOON + timedelta(hours=1))
        assert sorted((gap.regular, gap.days, gap.hours, gap.pushes) for gap in found) == [
            (False, 1, 23, 1),
            (True, 2, 49, 1),
        ]
        assert simulation_counts.times_reached(session, datetime(2026, 1, 1, tzinfo=UTC)) == {3: 1}

"""Who is in a segment since when, on both databases: fully, after changes, twice at once, and told to others."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, insert, select, update

from bot.clock import FixedClock
from bot.config import Config
from bot.insight.knowledge import WordIndex
from bot.services import Services
from bot.store.database import Database, Session
from bot.store.keys import SqlKeys
from bot.store.people import forgetting
from bot.store.segments import segment_changes, segment_history, segment_memberships, segments
from bot.store.tables import (
    customer_statistics,
    customer_tags,
    customers,
    outbox,
    segment_members,
    segment_moves,
    webhook_endpoints,
    webhook_wants,
)
from bot.store.worth import statistics
from scheduler.segments import refresh_all, refresh_changed
from tests.conftest import NOON
from tests.support.build import Build
from tests.support.fake_wechat import FakeWeChat

TEA = {"field": "tags", "op": "has", "value": "tea"}
LATELY = {"field": "days_since_order", "op": "<", "value": 30}


@pytest.fixture
def services(database: Database, clock: FixedClock) -> Services:
    return Services(
        config=Config(), clock=clock, database=database, keys=SqlKeys(database, clock.real), wechat=FakeWeChat(), knowledge=WordIndex()
    )  # fmt: skip


@pytest.fixture
def people(services: Services) -> dict[str, int]:
    """anna and bo like tea; chen does not. Everybody has figures."""
    with services.database.transaction() as session:
        segments.keep_everyone(session, NOON)
        build = Build(session)
        found = {name: build.customer(openid=name) for name in ("anna", "bo", "chen")}
        like(session, found["anna"], found["bo"])
        statistics.touch(session, found.values(), NOON)
        segments.define(session, "tea", name="茶", rule=TEA, now=NOON)
    return found


def like(session: Session, *customer_ids: int) -> None:
    session.execute(insert(customer_tags), [{"customer_id": one, "tag": "tea"} for one in customer_ids])


def dislike(session: Session, customer_id: int) -> None:
    session.execute(delete(customer_tags).where(customer_tags.c.customer_id == customer_id))


def members(services: Services, name: str = "tea") -> set[str]:
    with services.database.reading() as session:
        return {member.openid for member in segment_history.members(session, name)}


def moves(services: Services, name: str = "tea") -> list[tuple[str, bool]]:
    with services.database.reading() as session:
        return [(move.openid, move.entered) for move in segment_history.moves(session, name)]


def test_who_is_in_by_the_rule_is_a_member_since_the_refresh(
    services: Services, people: dict[str, int]
) -> None:
    refresh_all(services)

    assert members(services) == {"anna", "bo"}
    with services.database.reading() as session:
        assert {member.since for member in segment_history.members(session, "tea")} == {NOON}
        assert [(line.id, line.members) for line in segment_history.lines(session)] == [
            ("everyone", 3),
            ("tea", 2),
        ]
    assert moves(services) == []  # the segment began; nobody moved


def test_who_enters_and_who_leaves_is_dated(
    services: Services, people: dict[str, int], clock: FixedClock
) -> None:
    refresh_all(services)
    clock.forward(days=1)
    with services.database.transaction() as session:
        like(session, people["chen"])
        dislike(session, people["anna"])
    refreshed = refresh_all(services)

    assert members(services) == {"bo", "chen"}
    assert moves(services) == [("anna", False), ("chen", True)]
    tea = next(each for each in refreshed.segments if each.id == "tea")
    assert (tea.members, tea.entered, tea.gone) == (2, 1, 1)
    with services.database.reading() as session:
        assert [(size.at, size.members) for size in segment_history.sizes(session, "tea")] == [
            (NOON + timedelta(days=1), 2),
            (NOON, 2),
        ]
        since = {member.openid: member.since for member in segment_history.members(session, "tea")}
        assert since == {"bo": NOON, "chen": NOON + timedelta(days=1)}


def test_a_refresh_of_what_did_not_change_writes_no_move(services: Services, people: dict[str, int]) -> None:
    refresh_all(services)
    refresh_all(services)
    assert moves(services) == []
    assert members(services) == {"anna", "bo"}


def test_only_who_was_written_about_is_looked_at_between_the_nights(
    services: Services, people: dict[str, int], clock: FixedClock
) -> None:
    refresh_all(services)
    settle(services)
    clock.forward(hours=1)
    assert refresh_changed(services) is None

    with services.database.transaction() as session:
        like(session, people["chen"])
        dislike(session, people["anna"])
        segment_changes.note(session, [people["chen"]])
    found = refresh_changed(services)

    assert found is not None
    assert found.looked_at == 1
    assert members(services) == {"anna", "bo", "chen"}  # nobody said anything of anna
    assert refresh_changed(services) is None


def test_an_order_and_a_message_are_noticed_by_themselves(
    services: Services, people: dict[str, int], clock: FixedClock
) -> None:
    with services.database.transaction() as session:
        segments.define(session, "lately", name="近来", rule=LATELY, now=NOON)
        segments.define(
            session, "spoke", name="说话", rule={"field": "spoke_days", "op": "<", "value": 1}, now=NOON
        )
    refresh_all(services)
    settle(services)
    clock.forward(hours=1)
    with services.database.transaction() as session:
        build = Build(session)
        build.order(people["bo"], ordered_at=clock.now())
        statistics.touch(session, [people["bo"]], clock.now())
        build.message(people["chen"], created_at=clock.now())
        session.execute(
            update(customers).where(customers.c.id == people["chen"]).values(spoke_at=clock.now())
        )
    refresh_changed(services)

    assert members(services, "lately") == {"bo"}
    assert members(services, "spoke") == {"chen"}


def test_days_that_pass_are_noticed_at_night_and_the_list_says_so(
    services: Services, people: dict[str, int], clock: FixedClock
) -> None:
    with services.database.transaction() as session:
        Build(session).order(people["bo"], ordered_at=NOON)
        statistics.touch(session, [people["bo"]], NOON)
        segments.define(session, "lately", name="近来", rule=LATELY, now=NOON)
    refresh_all(services)
    settle(services)
    clock.forward(days=31)

    refresh_changed(services)
    assert members(services, "lately") == {"bo"}
    refresh_all(services)
    assert members(services, "lately") == set()
    with services.database.reading() as session:
        by_time = {line.id: line.moves_by_time for line in segment_history.lines(session)}
    assert by_time == {"everyone": False, "lately": True, "tea": False}


def test_another_rule_is_followed_at_the_next_look_at_changes(
    services: Services, people: dict[str, int], clock: FixedClock
) -> None:
    refresh_all(services)
    settle(services)
    clock.forward(hours=1)
    with services.database.transaction() as session:
        segments.define(session, "tea", name="茶", rule={"not": TEA}, now=clock.now())
        segments.define(
            session,
            "whoever",
            name="谁",
            rule={"field": "segment", "op": "=", "value": "tea"},
            now=clock.now(),
        )
    refresh_changed(services)

    assert members(services) == members(services, "whoever") == {"chen"}
    assert moves(services) == [("anna", False), ("bo", False), ("chen", True)]


def test_too_many_changes_are_a_reason_to_look_at_everybody(
    services: Services, people: dict[str, int], clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    refresh_all(services)
    clock.forward(hours=1)
    monkeypatch.setattr(segment_changes, "MOST", 1)
    with services.database.transaction() as session:
        segment_changes.note(session, people.values())
    found = refresh_changed(services)
    assert found is not None
    assert found.kind == "full"


def test_who_leaves_the_account_is_no_member(
    services: Services, people: dict[str, int], clock: FixedClock
) -> None:
    refresh_all(services)
    with services.database.transaction() as session:
        forgetting.forget(session, people["anna"], "salt", clock.now())
        theirs = segment_members.c.customer_id == people["anna"]
        assert session.scalar(select(func.count()).select_from(segment_members).where(theirs)) == 0
    refresh_all(services)
    assert members(services) == {"bo"}


def test_large_differences_are_written_in_parts(
    services: Services, people: dict[str, int], clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(segment_memberships, "PART", 7)
    with services.database.transaction() as session:
        build = Build(session)
        like(session, *(build.customer() for _ in range(50)))
    refresh_all(services)
    with services.database.transaction() as session:
        session.execute(delete(customer_tags))
    refreshed = refresh_all(services)
    tea = next(each for each in refreshed.segments if each.id == "tea")
    assert (tea.members, tea.gone) == (0, 52)


def test_two_who_refresh_at_once_write_each_move_once(
    services: Services, people: dict[str, int], clock: FixedClock
) -> None:
    refresh_all(services)
    clock.forward(days=1)
    with services.database.transaction() as session:
        build = Build(session)
        like(session, people["chen"], *(build.customer() for _ in range(300)))
        dislike(session, people["anna"])
    faults: list[BaseException] = []

    def work() -> None:
        try:
            refresh_all(services)
        except BaseException as fault:  # noqa: BLE001 - told by the test
            faults.append(fault)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert faults == []
    with services.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(segment_moves)) == 302
        assert segment_history.lines(session)[1].members == 302


def test_a_refresh_that_broke_off_is_completed_by_the_next(
    services: Services, people: dict[str, int], clock: FixedClock
) -> None:
    class Broken(Exception):
        pass

    class Breaking(Database):
        def __init__(self, inner: Database) -> None:
            self.engine, self.is_sqlite = inner.engine, inner.is_sqlite
            self._inner, self._left = inner, 4

        @contextmanager
        def transaction(self) -> Iterator[Session]:
            self._left -= 1
            if not self._left:
                raise Broken
            with self._inner.transaction() as session:
                yield session

        @contextmanager
        def reading(self) -> Iterator[Session]:
            with self._inner.reading() as session:
                yield session

    with pytest.raises(Broken):
        refresh_all(replace(services, database=Breaking(services.database)))
    refresh_changed(services)
    assert members(services) == {"anna", "bo"}


def test_who_wants_to_hear_of_moves_hears_of_moves_only(
    services: Services, people: dict[str, int], clock: FixedClock
) -> None:
    with services.database.transaction() as session:
        endpoint = session.execute(
            insert(webhook_endpoints).values(url="https://example.com", secret="s", created_at=NOON).returning(webhook_endpoints.c.id)
        ).scalar_one()  # fmt: skip
        session.execute(insert(webhook_wants), [{"kind": kind, "endpoint_id": endpoint} for kind in ("segment.entered", "segment.left")])  # fmt: skip
    refresh_all(services)
    assert told(services) == []
    with services.database.transaction() as session:
        like(session, people["chen"])
        dislike(session, people["anna"])
    refresh_all(services)
    assert told(services) == [
        ("segment.entered", "chen", {"segment": "tea"}),
        ("segment.left", "anna", {"segment": "tea"}),
    ]


def told(services: Services) -> list[tuple[str, str, Any]]:
    with services.database.reading() as session:
        rows = session.execute(select(outbox.c.kind, outbox.c.openid, outbox.c.data).order_by(outbox.c.kind))
        return [tuple(row) for row in rows]


def settle(services: Services) -> None:
    """The figures are scored, as they are after a night."""
    with services.database.transaction() as session:
        session.execute(update(customer_statistics).values(is_stale=0))

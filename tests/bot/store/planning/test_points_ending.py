"""A reminder that points end within a month: whose they are, once a lot, with the numbers of today; on both databases."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from bot.rules.calendar import festivals
from bot.store.database import Session
from bot.store.loyalty import points
from bot.store.loyalty.points import About
from bot.store.people import personal
from bot.store.planning import care, occasions
from bot.store.segments import segments
from tests.support.build import Build
from tests.support.staged import Staged

SHANGHAI = ZoneInfo("Asia/Shanghai")
ENDS = date(2026, 12, 31)
CARE = {
    "care": {"field": "points_expiring", "op": ">=", "value": 1}, "lasts": 14, "pause_days": 60, "existing": True,
}  # fmt: skip


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=SHANGHAI).astimezone(UTC)


def reminded(session: Session, day: date) -> set[tuple[int, str]]:
    """Whose occasion it is on the day, and by which name of it."""
    wanted = SimpleNamespace(id="reminder", occasion=CARE)
    care.look(Staged(session), wanted, day, noon(day))  # type: ignore[arg-type]
    found = occasions.of_campaign(wanted, day, SHANGHAI, festivals.known())  # type: ignore[arg-type]
    assert found is not None
    return {(row.customer_id, row.occasion) for row in session.execute(select(found)) if not row.had}


@pytest.fixture
def anna(session: Session, build: Build) -> int:
    build.segment()
    build.campaign("reminder", occasion=CARE)
    anna, later = build.customer(), build.customer()
    for name, whose, ends in (("a", anna, ENDS), ("b", anna, ENDS), ("c", later, date(2027, 12, 31))):
        points.gain(session, whose, 300, About(key=name, kind="grant"), ends, noon(date(2026, 1, 2)))
    return anna


def test_it_comes_within_a_month_and_once(session: Session, anna: int) -> None:
    assert reminded(session, date(2026, 11, 30)) == set()
    first = reminded(session, date(2026, 12, 1))
    assert {customer for customer, _ in first} == {anna}
    later = [reminded(session, date(2026, 12, 1) + timedelta(days=ahead)) for ahead in range(1, 31)]
    assert {one for day in later for one in day} == first, "another name would be another reminder"
    assert later[-1] == set()


def test_who_spent_them_meanwhile_is_left_alone(session: Session, anna: int) -> None:
    assert reminded(session, date(2026, 12, 1))
    assert points.spend(session, anna, 600, About(key="s", kind="exchange"), noon(date(2026, 12, 2)))
    assert reminded(session, date(2026, 12, 3)) == set()


def test_the_words_have_the_numbers_of_the_day_they_are_sent(session: Session, anna: int) -> None:
    names = ("customer.points_expiring", "customer.points_expire_on")
    points.spend(session, anna, 250, About(key="s", kind="exchange"), noon(date(2026, 12, 2)))
    found = personal.further(session, [anna], names, noon(date(2026, 12, 3)))
    assert found == {anna: {names[0]: "350", names[1]: "12 月 31 日"}}
    assert personal.further(session, [anna], names, noon(date(2026, 11, 3))) == {anna: {}}


def test_two_days_of_one_month_are_both_told(session: Session, anna: int) -> None:
    names = ("customer.points_expiring", "customer.points_expire_on")
    points.gain(session, anna, 120, About(key="e", kind="grant"), date(2026, 12, 20), noon(date(2026, 6, 1)))
    found = personal.further(session, [anna], names, noon(date(2026, 12, 3)))
    assert found == {anna: {names[0]: "720", names[1]: "12 月 20 日（120 分）、12 月 31 日（600 分）"}}
    found = personal.further(session, [anna], names, noon(date(2026, 12, 21)))
    assert found == {anna: {names[0]: "600", names[1]: "12 月 31 日"}}


def test_a_segment_may_ask_for_them(session: Session, anna: int) -> None:
    rule = segments.understood(session, {"field": "points_expiring", "op": "between", "value": [500, 700]})
    assert segments.those_met(session, anna, [rule], noon(date(2026, 12, 24))) == [True]
    assert segments.those_met(session, anna, [rule], noon(date(2026, 11, 24))) == [False]

"""The nightly count against a plain-Python oracle, and that it is done once."""

import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, insert, select

from bot.clock import FixedClock
from bot.rules.calendar.workdays import PUBLISHED
from bot.rules.pushes.best_hour import HALF, Span, best_half, spans
from bot.services import Services
from bot.store.database import Database
from bot.store.people import forgetting
from bot.store.tables import best_hours, counted_days, deliveries, messages, spoken_hours
from scheduler.best_hours import refresh
from scheduler.plan import plan
from tests.conftest import NOON
from tests.support import pushing
from tests.support.build import Build

DAY = timedelta(days=1)


@pytest.fixture
def services(database: Database) -> Services:
    return pushing.services_with(database, FixedClock(NOON))


def say(services: Services, customer_id: int, at: Sequence[datetime], **fields: Any) -> None:
    said = {"customer_id": customer_id, "direction": "in", "kind": "text", "text": "在吗"} | fields
    with services.database.transaction() as session:
        session.execute(insert(messages), [said | {"created_at": instant} for instant in at])


def shanghai(services: Services, day: int, clock: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{day:02}T{clock}").replace(tzinfo=services.config.push.zone)


def customers(services: Services, many: int) -> list[int]:
    with services.database.transaction() as session:
        build = Build(session)
        return [build.customer() for _ in range(many)]


def found(services: Services) -> dict[tuple[int, Span], int]:
    with services.database.reading() as session:
        rows = session.execute(select(best_hours)).all()
    return {(row.customer_id, Span(row.works, row.opens, row.closes)): row.half for row in rows}


def test_the_statement_says_what_the_rule_says(services: Services) -> None:
    zone, chance = services.config.push.zone, random.Random(14)
    people = customers(services, 30)
    own: dict[tuple[int, bool], Counter[int]] = defaultdict(Counter)
    crowd: dict[bool, Counter[int]] = defaultdict(Counter)
    for number, who in enumerate(people):
        favourite = chance.randrange(16 * 60, 44 * 30)
        at = []
        for _ in range(number):
            minute = (
                favourite + chance.randrange(90) if chance.random() < 0.7 else chance.randrange(8 * 60, 1440)
            )
            day = datetime(2026, 11, chance.randint(1, 23), tzinfo=zone)
            instant = day + timedelta(minutes=min(minute, 1439), seconds=chance.randrange(60))
            at.append(instant)
            half = min(minute, 1439) // HALF
            own[who, PUBLISHED.kind(day.date()).works][half] += 1
            crowd[PUBLISHED.kind(day.date()).works][half] += 1
        say(services, who, at) if at else None
    refresh(services)
    expected = {}
    for span in spans(NOON.date(), services.config.push):
        for who in people:
            best = best_half(own[who, span.works], crowd[span.works], span)
            if best is not None:
                expected[who, span] = best
    assert len(expected) > 20
    assert found(services) == expected


def test_a_day_is_counted_once_and_only_when_it_is_over(services: Services) -> None:
    (who,) = customers(services, 1)
    say(services, who, [shanghai(services, 23, "20:10"), shanghai(services, 24, "11:59")])

    def counted() -> int:
        with services.database.reading() as session:
            return int(session.execute(select(func.sum(spoken_hours.c.messages))).scalar_one())

    refresh(services)
    assert refresh(services) == 0
    assert counted() == 1
    pushing.set_clock(services, NOON + DAY)
    refresh(services)
    assert counted() == 2


def test_what_is_no_sign_of_presence_does_not_count(services: Services) -> None:
    (who,) = customers(services, 1)
    evening = [shanghai(services, 23, f"20:{minute:02}") for minute in range(10)]
    say(services, who, evening, kind="event:location_report")
    say(services, who, evening, direction="out")
    refresh(services)
    assert found(services) == {}


def test_who_writes_later_is_judged_anew(services: Services) -> None:
    changed, same = customers(services, 2)
    for who in (changed, same):
        say(services, who, [shanghai(services, 20, f"19:{minute}") for minute in range(30, 36)])
    evening = Span(works=True, opens=19 * 60 + 30, closes=21 * 60 + 30)
    refresh(services)
    assert (found(services)[changed, evening], found(services)[same, evening]) == (39, 39)
    say(services, changed, [shanghai(services, 24, f"21:{minute}") for minute in range(10, 30)])
    pushing.set_clock(services, NOON + DAY)
    refresh(services)
    assert (found(services)[changed, evening], found(services)[same, evening]) == (42, 39)


def test_old_habits_fade(services: Services) -> None:
    """Sixty-four at eight in the past are outweighed by a week of some at nine."""
    (who,) = customers(services, 1)
    evening = Span(works=True, opens=19 * 60 + 30, closes=21 * 60 + 30)
    for day in (9, 10):
        say(services, who, [shanghai(services, day, f"20:{minute:02}") for minute in range(30)] * 20)
    refresh(services)
    assert found(services)[who, evening] == 40
    for day in (16, 17, 18, 19, 20, 23):
        pushing.set_clock(services, shanghai(services, day, "12:00") + DAY)
        say(services, who, [shanghai(services, day, "21:10")] * 12)
        with services.database.transaction() as session:  # counted already, as empty
            session.execute(counted_days.delete().where(counted_days.c.day == date(2026, 11, day)))
        refresh(services)
    assert found(services)[who, evening] == 42


def test_other_windows_are_judged_for_everybody_and_the_old_ones_go(services: Services) -> None:
    (who,) = customers(services, 1)
    say(services, who, [shanghai(services, 20, f"20:{minute}") for minute in range(10, 20)])
    refresh(services)
    short = pushing.services_with(
        services.database, services.clock, push={"quiet_from": "21:00", "quiet_until": "08:00"}
    )
    refresh(short)
    assert {span.closes for _, span in found(services) if span.opens == 19 * 60 + 30} == {21 * 60}


def test_of_the_forgotten_nothing_stays(services: Services) -> None:
    (who,) = customers(services, 1)
    say(services, who, [shanghai(services, 20, f"20:{minute}") for minute in range(10, 20)])
    refresh(services)
    assert found(services)
    with services.database.transaction() as session:
        forgetting.forget(session, who, "salt", NOON)
    with services.database.reading() as session:
        assert session.execute(select(spoken_hours)).first() is None
    assert found(services) == {}


def evening_campaign(services: Services, people: Sequence[int], **customer: Any) -> None:
    with services.database.transaction() as session:
        build = Build(session)
        build.segment()
        build.campaign("k", [build.content("words", purpose="care")])
        for who in people:
            pushing.change(session, who, **customer)


def due(services: Services) -> dict[int, str]:
    """When each one's push is due, on Shanghai's clocks."""
    plan(services, services.now())
    with services.database.reading() as session:
        rows = session.execute(select(deliveries.c.customer_id, deliveries.c.due_at)).all()
    zone = services.config.push.zone
    return {row.customer_id: f"{row.due_at.astimezone(zone):%H:%M}" for row in rows}


OPEN = {"window_until": NOON + DAY, "window_left": 5}


def learnt(services: Services, people: Sequence[int], clock: str) -> None:
    for who in people:
        say(services, who, [shanghai(services, 20, clock)] * 8)
    refresh(services)
    pushing.set_clock(services, shanghai(services, 24, "19:00"))


def test_a_push_is_due_in_the_customers_best_half_hour_and_else_spread(services: Services) -> None:
    known, *others = customers(services, 4)
    learnt(services, [known], "21:10")
    evening_campaign(services, [known, *others], **OPEN)
    found = due(services)
    assert "21:00" <= found[known] <= "21:15"
    assert all("19:30" <= found[who] < "20:30" for who in others)


@pytest.mark.parametrize(
    ("customer", "clock"),
    [
        pytest.param(
            {"window_until": NOON.replace(hour=13, minute=5)}, "21:10", id="their reply window ends before"
        ),
        pytest.param({}, "19:40", id="the half hour is over already"),
    ],
)
def test_a_best_hour_that_would_be_too_late_is_not_waited_for(
    services: Services, customer: dict[str, Any], clock: str
) -> None:
    (who,) = customers(services, 1)
    learnt(services, [who], clock)
    evening_campaign(services, [who], **OPEN | customer)
    if clock == "19:40":
        pushing.set_clock(services, shanghai(services, 24, "20:05"))
    assert "19:30" <= due(services)[who] < "20:50"


def test_not_everybody_comes_in_the_half_hour_of_the_crowd(services: Services) -> None:
    """Four half hours, forty people of one habit: twenty get it, the others are spread."""
    people = customers(services, 40)
    learnt(services, people, "21:10")
    evening_campaign(services, people, **OPEN)
    in_it = [who for who, clock in due(services).items() if clock >= "21:00"]
    assert len(in_it) == 20

"""Who comes into class B is on its plan, step by step and dated, until they leave it."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Row, select

from bot.rules.intake.cells import SHANGHAI
from bot.rules.worth import partitions, value_reports
from bot.store.database import Session
from bot.store.people import forgetting
from bot.store.tables import customer_statistics, customers, follow_ups, nurturing_plans
from bot.store.worth import cut_points, nurturing, scoring, standing, statistics
from bot.store.worth.measures import Measured
from bot.values.partitions import Rules
from tests.conftest import NOON
from tests.support import thirty
from tests.support.build import Build

EVERYBODY = 2**31 - 1
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def rules() -> Rules:
    return partitions.load("")


@pytest.fixture
def nurtured(session: Session, build: Build, rules: Rules) -> list[int]:
    """Those of the thirty who are in B, and are on its plan since noon."""
    thirty.arrive(build, NOON)
    statistics.recompute(session, NOON)
    _refresh(session, rules, NOON)
    in_b = customer_statistics.c.service_class == "B"
    return sorted(session.scalars(select(customer_statistics.c.customer_id).where(in_b)))


def _refresh(session: Session, rules: Rules, now: datetime, before: Measured | None = None) -> int:
    measured = Measured(now, rules, cut_points.read(session, rules))
    return scoring.score(session, measured, 0, EVERYBODY, before).follow_ups


def _plans(session: Session) -> list[Row[Any]]:
    return list(session.execute(select(nurturing_plans).order_by("customer_id", "id")))


def test_who_comes_into_b_is_on_the_plan_once(session: Session, nurtured: list[int], rules: Rules) -> None:
    assert nurtured
    for _ in range(2):
        assert [(row.customer_id, row.opened_at, row.step) for row in _plans(session)] == [
            (customer_id, NOON, 0) for customer_id in nurtured
        ]
        _refresh(session, rules, NOON + DAY)


def test_its_steps_come_due_by_the_days_and_a_contact_asks_a_person_once(
    session: Session, nurtured: list[int], rules: Rules
) -> None:
    [plan] = [each for each in rules.classes if each.steps]
    contact = next(step for step in plan.steps if step.kind == "contact")
    measured = Measured(NOON, rules, cut_points.read(session, rules))
    for number, step in enumerate(plan.steps, start=1):
        at = NOON + timedelta(days=step.after_days)
        for now, reached in ((at - timedelta(seconds=1), number - 1), (at, number)):
            asked = nurturing.carry_on(session, replace(measured, now=now), 0, EVERYBODY)
            assert {row.step for row in _plans(session)} == {reached}
            assert asked == (len(nurtured) if step is contact and reached == number else 0)
    waiting = select(follow_ups.c.customer_id).where(follow_ups.c.service == plan.service)
    assert sorted(session.scalars(waiting)) == nurtured


def test_who_leaves_the_class_leaves_the_plan_and_a_waiting_contact_is_called_off(
    session: Session, build: Build, nurtured: list[int], rules: Rules
) -> None:
    [plan] = [each for each in rules.classes if each.steps]
    measured = Measured(NOON + 100 * DAY, rules, cut_points.read(session, rules))
    nurturing.carry_on(session, measured, 0, EVERYBODY)
    one = nurtured[0]
    for _ in range(3):
        build.review(one, 1)
    statistics.touch(session, [one], NOON)

    _refresh(session, rules, NOON + 100 * DAY)

    [row] = [row for row in _plans(session) if row.customer_id == one]
    assert row.closed_at == NOON + 100 * DAY
    waiting = select(follow_ups.c.closed_by).where(
        follow_ups.c.customer_id == one, follow_ups.c.service == plan.service
    )
    assert session.scalars(waiting).all() == ["move"]


def test_other_rules_put_the_plans_right(session: Session, nurtured: list[int], rules: Rules) -> None:
    without = replace(rules, version="none", classes=tuple(replace(each, steps=()) for each in rules.classes))
    _refresh(session, without, NOON + DAY)
    assert {row.closed_at for row in _plans(session)} == {NOON + DAY}
    _refresh(session, rules, NOON + 2 * DAY)
    again = [(row.customer_id, row.opened_at) for row in _plans(session) if row.closed_at is None]
    assert again == [(customer_id, NOON + 2 * DAY) for customer_id in nurtured]


def test_a_customer_shows_what_comes_next_and_is_forgotten_with_it(
    session: Session, nurtured: list[int], rules: Rules
) -> None:
    measured = Measured(NOON + 8 * DAY, rules, cut_points.read(session, rules))
    nurturing.carry_on(session, measured, 0, EVERYBODY)
    openid = _openid(session, nurtured[0])
    found = standing.of(session, openid, rules, NOON + 8 * DAY)
    assert found
    assert found.plan
    told = "\n".join(value_reports.of_standing(found, SHANGHAI))
    at, step = found.plan.steps[1]
    assert (found.plan.done, at) == (1, NOON + timedelta(days=step.after_days))
    assert f"next {at.astimezone(SHANGHAI):%Y-%m-%d} content {step.about} {step.title}" in told

    forgetting.forget(session, nurtured[0], "salt", NOON)
    assert nurtured[0] not in {row.customer_id for row in _plans(session)}


def _openid(session: Session, customer_id: int) -> str:
    found: str | None = session.scalar(select(customers.c.openid).where(customers.c.id == customer_id))
    assert found
    return found

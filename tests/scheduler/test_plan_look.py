"""Everybody is looked at a stretch of ids at a time: what comes of it is what one look at all would give."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from bot.clock import FixedClock
from bot.services import Services
from bot.store.database import Database
from bot.store.planning import judging
from bot.store.rehearsal import rehearsing
from bot.store.tables import deliveries
from scheduler import plan_look
from scheduler.plan import plan
from tests.support import pushing
from tests.support.at_once import at_once
from tests.support.build import Build

MORNING = datetime(2026, 11, 24, 3, tzinfo=UTC)  # 11:00 in Shanghai: service and marketing are open
OPEN = {"window_until": datetime(2026, 12, 1, tzinfo=UTC), "window_left": 5}


def shop(database: Database, **sections: Any) -> Services:
    """Twenty customers, every third of the south; both campaigns are for all, or for either part."""
    with database.transaction() as session:
        build = Build(session)
        build.segment("south", {"field": "level", "op": "=", "value": "south"})
        build.segment("north", {"not": {"field": "level", "op": "=", "value": "south"}})
        approved = {"approved_by": build.staff(), "approved_at": MORNING}
        for place in ("north", "south"):
            build.content(place, purpose="service", **approved)
            build.campaign(place, [place], segment_id=place, starts=MORNING.date())
        for number in range(20):
            build.customer(openid=f"o-{number}", level="north" if number % 3 else "south", **OPEN)
    return pushing.services_with(database, FixedClock(MORNING), **sections)


def planned(services: Services) -> list[tuple[int, str]]:
    with services.database.reading() as session:
        rows = select(deliveries.c.customer_id, deliveries.c.campaign_id).order_by(deliveries.c.customer_id)
        return [(row.customer_id, row.campaign_id) for row in session.execute(rows)]


@pytest.mark.parametrize("stretch", [1, 6, 20, 1000])
def test_stretches_add_up(database: Database, stretch: int) -> None:
    services = shop(database)
    report = plan(services, MORNING, stretch=stretch)
    assert {one.campaign_id: one.totals for one in report.campaigns} == {
        "north": {"planned": 13},
        "south": {"planned": 7},
    }
    assert report.planned == 20
    ids = [who for who, _ in planned(services)]
    assert planned(services) == [(who, "north" if n % 3 else "south") for n, who in enumerate(ids)]
    assert plan(services, MORNING, stretch=stretch).planned == 0


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many were judged in each stretch."""
    found, look = list[int](), judging.look

    def looked(*given: Any, **more: Any) -> int:
        found.append(look(*given, **more))
        return found[-1]

    monkeypatch.setattr(judging, "look", looked)
    return found


@pytest.mark.parametrize(
    ("stretch", "of_each"), [(1000, [20]), (20, [20]), (15, [10, 10]), (6, [5, 5, 5, 5])]
)
def test_stretches_are_equally_long_and_as_many_for_each_reader(
    database: Database, looked_at: list[int], stretch: int, of_each: list[int]
) -> None:
    plan(shop(database), MORNING, stretch=stretch)
    assert looked_at == of_each


def test_a_stretch_is_as_long_as_the_database_likes_it(
    database: Database, looked_at: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan_look, "STRETCH", 5)
    monkeypatch.setattr(plan_look, "STRETCH_ON_POSTGRESQL", 10)
    plan(shop(database), MORNING)
    assert looked_at == ([5] * 4 if database.is_sqlite else [10] * 2)


def test_planners_that_meet_in_their_stretches_plan_nothing_twice(database: Database) -> None:
    services = shop(database)
    at_once(2, lambda: plan(services, MORNING, stretch=4))
    with services.database.reading() as session:
        assert pushing.states(session) == {"planned": 20}


def test_a_dry_run_has_one_connection_for_all_stretches(database: Database) -> None:
    services = shop(database)
    with rehearsing(database) as stage:
        assert plan(replace(services, database=stage), MORNING, stretch=3).planned == 20
    assert planned(services) == []


def test_the_days_one_mass_send_is_given_by_a_look_at_all(database: Database) -> None:
    services = shop(database, wechat={"account_kind": "subscription"})
    with database.transaction() as session:
        session.exec_driver_sql("UPDATE customers SET window_left = 0")
    report = plan(services, MORNING, stretch=1)
    assert {one.campaign_id: one.totals for one in report.campaigns} == {
        "north": {"planned": 13},
        "south": {"day_given_to:north": 7},
    }


def test_what_a_days_calls_are_left_for_is_decided_by_a_look_at_all(database: Database) -> None:
    services = shop(database, wechat={"limits": {"template_per_day": 5}})
    with database.transaction() as session:
        session.exec_driver_sql("UPDATE customers SET window_left = 0")
        session.exec_driver_sql("UPDATE contents SET template_id = 'T', by_mass = false")
        session.exec_driver_sql("UPDATE campaigns SET channels = '[\"template_message\"]'")
    report = plan(services, MORNING, stretch=2)
    assert report.planned == 5

"""The minute's look: nothing when nothing is due, those who changed, and everybody when it is time for that."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from bot.clock import FixedClock
from bot.services import Services
from bot.store.database import Database
from bot.store.people import customers as customers_store
from bot.store.rehearsal import rehearsing
from bot.store.tables import campaigns, deliveries, plan_passes, plan_totals, standings
from scheduler.plan import plan, tick
from tests.support import contact, pushing
from tests.support.build import Build

MORNING = datetime(2026, 11, 24, 3, tzinfo=UTC)  # a Tuesday, 11:00 in Shanghai
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
NIGHT = datetime(2026, 11, 24, 15, tzinfo=UTC)


@pytest.fixture
def services(database: Database) -> Services:
    with database.transaction() as session:
        build = Build(session)
        build.segment()
        build.content("one", purpose="service")
        build.content("two", purpose="service")
        build.campaign("first", ["one"], channels=["reply_window"])
        for number in range(3):
            build.customer(openid=f"o-{number}", window_left=0)
    return pushing.services_with(database, FixedClock(MORNING))


def kinds(services: Services) -> list[str]:
    with services.database.reading() as session:
        return list(session.execute(select(plan_passes.c.kind).order_by(plan_passes.c.id)).scalars())


def writes(services: Services, openid: str, at: datetime) -> None:
    with services.database.transaction() as session:
        who = customers_store.profile_of(session, openid)
        assert who is not None
        contact.spoke(session, who.id, at)
        Build(session).message(who.id, "在吗", created_at=at)


def test_a_minute_in_which_nothing_happened_makes_no_pass(services: Services) -> None:
    assert tick(services, MORNING) is not None
    assert tick(services, MORNING + MINUTE) is None
    assert kinds(services) == ["full"]


def test_at_night_there_is_nothing_to_do(services: Services) -> None:
    assert tick(services, NIGHT) is None
    assert kinds(services) == []


def test_who_writes_is_planned_within_the_minute_and_only_they_are_looked_at(services: Services) -> None:
    tick(services, MORNING)
    writes(services, "o-1", MORNING + MINUTE)
    report = tick(services, MORNING + MINUTE)
    assert report is not None
    assert (report.planned, report.campaigns[0].totals) == (1, {"planned": 1})
    with services.database.reading() as session:
        in_turn = select(plan_passes.c.kind, plan_passes.c.looked_at).order_by(plan_passes.c.id)
        looked_at = session.execute(in_turn).all()
    assert [tuple(row) for row in looked_at] == [("full", 3), ("changes", 1)]


def test_an_edited_campaign_is_planned_anew_within_the_minute(services: Services) -> None:
    tick(services, MORNING)
    with services.database.transaction() as session:
        session.execute(update(campaigns).values(channels=["next_contact"], updated_at=MORNING + MINUTE))
    report = tick(services, MORNING + MINUTE)
    assert report is not None
    assert report.planned == 3
    assert kinds(services) == ["full", "full"]


def test_half_an_hour_later_everybody_is_looked_at(services: Services) -> None:
    tick(services, MORNING)
    assert tick(services, MORNING + 29 * MINUTE) is None
    assert tick(services, MORNING + 30 * MINUTE) is not None
    assert kinds(services) == ["full", "full"]


def test_a_rehearsal_leaves_nothing(services: Services) -> None:
    with rehearsing(services.database) as stage:
        told = plan(pushing.services_with(stage, FixedClock(MORNING)), MORNING)
    assert told.campaigns[0].totals == {"no_entitlement": 3}
    with services.database.reading() as session:
        for table in (plan_passes, plan_totals, standings, deliveries):
            assert session.execute(select(table)).first() is None


def test_a_campaign_that_loses_everybody_for_days_is_named(services: Services) -> None:
    with services.database.transaction() as session:
        build = Build(session)
        build.campaign("greedy", ["two"], priority=9, repeat=True, regular=False, channels=["next_contact"])
    with services.database.transaction() as session:
        session.execute(update(campaigns).where(campaigns.c.id == "first").values(channels=["next_contact"]))
    for day in range(2):
        assert plan(services, MORNING + day * DAY).starved == ()
    (starved,) = plan(services, MORNING + 2 * DAY).starved
    assert (starved.campaign_id, starved.days, starved.lost, starved.to) == ("first", 3, 3, "greedy")

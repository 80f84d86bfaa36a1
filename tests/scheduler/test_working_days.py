"""What the operator enters into the calendar counts for planning and for the claim, in every process."""

from datetime import UTC, date, datetime

import pytest

from bot.clock import FixedClock
from bot.services import Services
from bot.store.campaigns import working_days
from bot.store.database import Database
from bot.store.planning import moments
from scheduler.plan import plan
from tests.support import pushing
from tests.support.build import Build

TUESDAY = date(2026, 11, 24)
MIDDAY = datetime(2026, 11, 24, 5, tzinfo=UTC)  # 13:00 in Shanghai: care is open on free days only


@pytest.fixture
def services(database: Database) -> Services:
    services = pushing.services_with(database, FixedClock(MIDDAY))
    with database.transaction() as session:
        build = Build(session)
        build.segment()
        build.content("tea", purpose="care", approved_by=build.staff(), approved_at=MIDDAY)
        build.campaign("talk", ["tea"])
        build.customer(window_left=5, window_until=datetime(2026, 11, 26, tzinfo=UTC))
    return services


def free(services: Services, day: date) -> None:
    with services.database.transaction() as session:
        working_days.override(session, [day], works=False, note="", staff_id=None, now=MIDDAY)


def test_a_day_declared_free_opens_its_windows_for_plan_and_claim(services: Services) -> None:
    assert plan(services, MIDDAY).planned == 0, "care waits for the evening of a working day"
    free(services, TUESDAY)
    assert plan(services, MIDDAY).planned == 1
    with services.database.reading() as session:
        assert "care" in moments.claiming(session, MIDDAY, services.config).open_purposes


def test_a_year_without_a_schedule_is_reported_until_it_is_entered(services: Services) -> None:
    far = datetime(2099, 6, 2, 5, tzinfo=UTC)
    assert not plan(services, far).calendar_known
    with services.database.transaction() as session:
        working_days.know_year(session, 2099, known=True, staff_id=None, now=far)
    assert plan(services, far).calendar_known

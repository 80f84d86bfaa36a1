"""A more important campaign that is started, approved or edited after a day was planned wins whom nobody claimed yet."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from bot.clock import FixedClock
from bot.services import Services
from bot.store.campaigns import approvals
from bot.store.database import Database
from bot.store.planning import moments
from bot.store.sending import claims
from bot.store.tables import campaigns, contents
from bot.values.push import PlanReport
from scheduler.deliver import deliver_due
from scheduler.plan import plan, tick
from tests.support import pushing
from tests.support.build import Build
from tests.support.fake_wechat import FakeWeChat

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
MORNING = datetime(
    2026, 11, 24, 3, tzinfo=UTC
)  # Tuesday, 11:00 in Shanghai: marketing is open, care from 19:30
OPEN = {"window_until": MORNING + 9 * DAY, "window_left": 5, "asked_for_pushes_at": MORNING - DAY}


@pytest.fixture
def services(database: Database, wechat: FakeWeChat) -> Services:
    """A day that is planned: everybody gets the little campaign's offer."""
    services = pushing.services_with(database, FixedClock(MORNING), wechat)
    with database.transaction() as session:
        build = Build(session)
        build.segment()
        build.segment("tea", {"field": "level", "op": "=", "value": "tea"})
        approved = {"approved_by": build.staff(), "approved_at": MORNING - DAY}
        for name in ("small", "big"):
            build.content(name, purpose="marketing", **approved)
        build.content("wishes", purpose="care", **approved)
        build.campaign("little", ["small"], priority=10)
        for number, level in enumerate(("tea", "tea", "water")):
            build.customer(openid=f"o-{number}", level=level, **OPEN)
    plan(services, MORNING)
    assert turns(services) == ["little"] * 3
    return services


def starts(services: Services, name: str = "great", content: str = "big", **fields: Any) -> None:
    with services.database.transaction() as session:
        ordinary = {"segment_id": "tea", "priority": 50, "updated_at": services.now()}
        Build(session).campaign(name, [content], **ordinary | fields)


def waits(services: Services, **much: int) -> None:
    assert isinstance(services.clock, FixedClock)
    services.clock.forward(**much)


def later(services: Services, **much: int) -> PlanReport:
    waits(services, **much or {"minutes": 1})
    report = tick(services, services.now())
    assert report is not None
    return report


def turns(services: Services) -> list[str | None]:
    """Of each customer: the campaign they have something planned of, or under way."""
    found: dict[int, str | None] = {}
    with services.database.reading() as session:
        for number in range(3):
            rows = [
                row
                for row in pushing.deliveries_of(session, _who(services, number))
                if row.state not in ("skipped", "failed")
            ]
            assert len(rows) <= 1, "never two"
            found[number] = rows[0].campaign_id if rows else None
    return list(found.values())


def _who(services: Services, number: int) -> int:
    with services.database.reading() as session:
        asked = session.exec_driver_sql(f"SELECT id FROM customers WHERE openid = 'o-{number}'")
        return int(asked.scalar_one())


def skipped(services: Services, number: int) -> list[tuple[str, str]]:
    with services.database.reading() as session:
        rows = pushing.deliveries_of(session, _who(services, number))
    return [(row.campaign_id, row.reason) for row in rows if row.state == "skipped"]


def test_one_that_is_started_wins_those_it_is_for_and_nobody_else(services: Services) -> None:
    waits(services, minutes=5)
    starts(services)
    report = later(services)
    assert (turns(services), report.gave_way) == (["great", "great", "little"], 2)
    assert [skipped(services, number) for number in range(3)] == [
        [("little", "lost_to:great")],
        [("little", "lost_to:great")],
        [],
    ]
    with services.database.reading() as session:
        assert pushing.verdict_of(session, _who(services, 0), "little") == "lost_to:great"
        assert pushing.verdict_of(session, _who(services, 0), "great") == "planned"


def test_each_gets_one_push_of_it_all(services: Services, wechat: FakeWeChat) -> None:
    waits(services, minutes=5)
    starts(services)
    later(services)
    waits(services, minutes=50)
    deliver_due(services)
    assert sorted(said.openid for said in wechat.sent) == ["o-0", "o-1", "o-2"]


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"priority": 10}, id="as important: what is planned stands"),
        pytest.param({"priority": 5}, id="less important"),
        pytest.param({"status": "draft"}, id="not started"),
        pytest.param({"channels": ["next_contact"]}, id="it could only keep something for them"),
        pytest.param({"content": "wishes"}, id="its hours are in the evening, and it can come another day"),
        pytest.param({"hold_out_percent": 100}, id="they are held out of it"),
    ],
)  # fmt: skip
def test_it_displaces_nothing_when(services: Services, fields: dict[str, Any]) -> None:
    waits(services, minutes=5)
    starts(services, **fields)
    assert later(services).gave_way == 0
    assert turns(services) == ["little"] * 3
    assert skipped(services, 0) == []


def test_one_that_is_bound_to_this_evening_keeps_them_for_it(services: Services) -> None:
    waits(services, minutes=5)
    starts(services, content="wishes", regular=False)
    later(services)
    assert turns(services) == [None, None, "little"]
    assert later(services, hours=8, minutes=30).planned == 2
    assert turns(services)[:2] == ["great", "great"]


def test_who_is_claimed_already_keeps_what_is_under_way(services: Services) -> None:
    waits(services, minutes=45)
    starts(services)
    with services.database.transaction() as session:
        (mine,) = pushing.deliveries_of(session, _who(services, 0))
        moment = moments.claiming(session, services.now(), services.config)
        assert claims.claim_pushes(session, [mine.id], moment, token="t", real=services.now())[0] == [mine.id]
    later(services)
    assert turns(services) == ["little", "great", "little"]


def test_a_content_that_is_approved_later_wins_too(services: Services) -> None:
    with services.database.transaction() as session:
        build = Build(session)
        build.content("new", purpose="marketing")
        staff_id = build.staff(name="小林")
    waits(services, minutes=5)
    starts(services, content="new")
    assert later(services).gave_way == 0
    waits(services, minutes=5)
    with services.database.transaction() as session:
        approvals.approve(session, "new", staff_id=staff_id, now=services.now())
    assert later(services).gave_way == 2


def test_priorities_that_are_changed_count_for_what_is_planned(services: Services) -> None:
    waits(services, minutes=5)
    starts(services, priority=5)
    assert later(services).gave_way == 0
    waits(services, minutes=5)
    with services.database.transaction() as session:
        lower = update(campaigns).where(campaigns.c.id == "little")
        session.execute(lower.values(priority=1, updated_at=services.now()))
    assert later(services).gave_way == 2
    assert turns(services) == ["great", "great", "little"]


def test_one_that_no_pass_knew_wins_though_it_was_made_by_another_clock(services: Services) -> None:
    """A command beside a simulator whose clock was moved."""
    waits(services, minutes=5)
    starts(services, updated_at=MORNING - 9 * DAY)
    assert plan(services, services.now()).gave_way == 2
    assert turns(services) == ["great", "great", "little"]
    assert plan(services, services.now()).gave_way == 0


def test_nothing_moves_where_nothing_was_edited(services: Services) -> None:
    waits(services, minutes=5)
    starts(services)
    later(services)
    with services.database.transaction() as session:
        session.execute(update(contents).where(contents.c.id == "big").values(useful_until=MORNING + DAY))
    assert later(services, minutes=31).gave_way == 0
    assert turns(services) == ["great", "great", "little"]

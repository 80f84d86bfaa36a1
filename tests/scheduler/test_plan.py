"""One planning pass after another: who gets what, through which channel, when, and what is said to the rest."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.clock import FixedClock
from bot.services import Services
from bot.store.database import Database
from bot.store.people.customers import profile_by_id
from bot.store.tables import deliveries, plan_totals, standings
from scheduler.deliver import deliver_due
from scheduler.plan import plan
from tests.support import pushing
from tests.support.at_once import at_once
from tests.support.build import Build

MORNING = datetime(
    2026, 11, 24, 3, tzinfo=UTC
)  # a Tuesday, 11:00 in Shanghai: service and marketing are open
EVENING = MORNING + timedelta(hours=9)
DAY = timedelta(days=1)
OPEN = {"window_until": MORNING + 9 * DAY, "window_left": 5}


@pytest.fixture
def services(database: Database) -> Services:
    services = pushing.services_with(database, FixedClock(MORNING))
    with database.transaction() as session:
        build = Build(session)
        build.segment()
        build.segment("tea", {"field": "level", "op": "=", "value": "tea"})
        approved = {"approved_by": build.staff(), "approved_at": MORNING}
        for name in ("one", "two", "three"):
            build.content(name, purpose="service", **approved)
        build.content("evening", purpose="care", **approved)
    return services


def campaign(services: Services, name: str, contents: list[str], **fields: Any) -> None:
    with services.database.transaction() as session:
        Build(session).campaign(name, contents, **fields)


def customers(services: Services, many: int = 1, **fields: Any) -> list[int]:
    with services.database.transaction() as session:
        known = session.exec_driver_sql("SELECT count(*) FROM customers").scalar_one()
        build = Build(session)
        return [build.customer(openid=f"o-{known + number}", **(OPEN | fields)) for number in range(many)]


def rows(services: Services, customer_id: int) -> list[Any]:
    with services.database.reading() as session:
        return pushing.deliveries_of(session, customer_id)


def verdict(services: Services, customer_id: int, name: str) -> str | None:
    with services.database.reading() as session:
        return pushing.verdict_of(session, customer_id, name)


def everything(services: Services) -> Iterator[Any]:
    with services.database.reading() as session:
        yield sorted(map(tuple, session.execute(select(deliveries))))
        yield sorted(map(str, session.execute(select(standings))))
        totals = select(plan_totals.c.campaign_id, plan_totals.c.reason, plan_totals.c.customers)
        yield sorted(map(tuple, session.execute(totals)))


def test_planning_again_at_the_same_instant_changes_nothing(services: Services) -> None:
    campaign(services, "first", ["one"])
    customers(services, 3)
    customers(services, 2, wants_pushes=False)
    customers(services, 2, window_left=0)
    assert plan(services, MORNING).planned == 7 - 2
    before = list(everything(services))
    assert plan(services, MORNING).planned == 0
    assert list(everything(services)) == before


def test_everybody_of_the_segment_has_a_verdict_and_the_totals_say_how_many(services: Services) -> None:
    campaign(services, "first", ["one"], segment_id="tea")
    members = customers(services, 3, level="tea") + customers(services, 2, level="tea", wants_pushes=False)
    (outsider,) = customers(services)
    report = plan(services, MORNING)
    assert report.campaigns[0].totals == {"opted_out": 2, "planned": 3}
    assert [verdict(services, one, "first") for one in members] == ["planned"] * 3 + ["opted_out"] * 2
    assert verdict(services, outsider, "first") is None


def test_the_more_important_campaign_wins_and_the_other_names_it(services: Services) -> None:
    campaign(services, "a", ["one"], priority=1)
    campaign(services, "b", ["two"], priority=2)
    campaign(services, "c", ["three"], priority=2)
    (who,) = customers(services)
    plan(services, MORNING)
    assert [row.campaign_id for row in rows(services, who)] == ["b"]
    assert (verdict(services, who, "a"), verdict(services, who, "c")) == ("lost_to:b", "lost_to:b")
    deliver_due(services)
    plan(services, EVENING - timedelta(hours=1))
    assert verdict(services, who, "a") == "lost_to:b"  # its push was today's


def test_contents_come_in_their_order_and_none_twice(services: Services) -> None:
    campaign(services, "first", ["two", "one"])
    campaign(services, "second", ["one"], priority=-1)
    (who,) = customers(services)
    for day in range(0, 32, 8):  # who answers nothing is tired in the end
        at = MORNING + day * DAY
        pushing.set_clock(services, at)
        with services.database.transaction() as session:
            pushing.change(session, who, window_until=at + DAY, window_left=5)
        plan(services, at)
        pushing.set_clock(services, at + timedelta(hours=5))
        deliver_due(services)
    assert [row.content_id for row in rows(services, who)] == ["two", "one"]
    assert (verdict(services, who, "first"), verdict(services, who, "second")) == (
        "nothing_new",
        "nothing_new",
    )


def test_where_repeats_are_wanted_the_one_longest_ago_comes_again(services: Services) -> None:
    campaign(services, "first", ["one", "two"], repeat=True)
    (who,) = customers(services)
    for day in range(0, 32, 8):  # who answers nothing is tired in the end
        at = MORNING + day * DAY
        with services.database.transaction() as session:
            pushing.change(session, who, window_until=at + DAY, window_left=5)
        plan(services, at)
        pushing.set_clock(services, at + timedelta(hours=5))
        deliver_due(services)
    assert [row.content_id for row in rows(services, who)] == ["one", "two", "one", "two"]


def test_a_window_that_opens_within_two_hours_is_planned_already(services: Services) -> None:
    campaign(services, "first", ["evening"])
    (who,) = customers(services)
    opens = datetime(2026, 11, 24, 11, 30, tzinfo=UTC)
    assert plan(services, opens - timedelta(hours=2, minutes=1)).campaigns == ()
    plan(services, opens - timedelta(hours=2))
    (row,) = rows(services, who)
    assert opens <= row.due_at < row.closes_at == opens + timedelta(hours=2)


def test_a_batch_is_spread_over_the_first_half_of_its_window(services: Services) -> None:
    campaign(services, "first", ["evening"])
    ids = customers(services, 24)
    opens = datetime(2026, 11, 24, 11, 30, tzinfo=UTC)
    plan(services, opens)
    due = sorted({rows(services, one)[0].due_at for one in ids})
    assert len(due) == 12
    assert due[0] == opens
    assert due[-1] < opens + timedelta(hours=1)


@pytest.mark.parametrize(
    ("fields", "settings", "channel"),
    [
        pytest.param(OPEN, {}, "reply_window", id="the reply window first"),
        pytest.param({"window_left": 0}, {}, "mass", id="then a mass send"),
        pytest.param({"window_left": 0, "mass_month": "2026-11", "mass_used": 3}, {}, "next_contact", id="then the next contact"),
        pytest.param({"window_until": MORNING}, {}, "mass", id="a window that ends too early is none"),
    ],
)  # fmt: skip
def test_the_cheapest_channel_that_reaches_them_is_chosen(
    services: Services, fields: dict[str, Any], settings: dict[str, Any], channel: str
) -> None:
    campaign(services, "first", ["one"])
    campaign(services, "festival", [], regular=False, status="draft")
    (who,) = customers(services, **fields)
    account = pushing.services_with(services.database, services.clock, wechat=settings)
    plan(account, MORNING)
    assert [row.channel for row in rows(services, who)] == [channel]
    with services.database.reading() as session:
        profile = profile_by_id(session, who)
        assert profile
        assert profile.has_kept is (channel == "next_contact")


def test_a_subscription_account_gives_its_one_send_to_the_content_most_are_waiting_for(
    services: Services,
) -> None:
    account = pushing.services_with(
        services.database, services.clock, wechat={"account_kind": "subscription"}
    )
    campaign(services, "first", ["one", "two"], channels=["mass"])
    few = customers(services, 2)
    many = customers(services, 3)
    with services.database.transaction() as session:
        for who in many:
            Build(session).delivery(
                customer_id=who, campaign_id="first", content_id="one", state="sent", day=date(2026, 11, 1)
            )
    plan(account, MORNING)
    assert {verdict(services, who, "first") for who in few} == {"day_given_to:two"}
    assert {rows(services, who)[-1].content_id for who in many} == {"two"}


def test_what_missed_its_window_goes_into_the_next(services: Services) -> None:
    campaign(services, "first", ["evening"])
    (who,) = customers(services)
    opens = datetime(2026, 11, 24, 11, 30, tzinfo=UTC)
    plan(services, opens)
    report = plan(services, opens + timedelta(hours=2))
    (row,) = rows(services, who)
    assert (report.moved, row.state, row.day) == (1, "planned", date(2026, 11, 25))
    assert opens + DAY <= row.due_at < row.closes_at == opens + DAY + timedelta(hours=2)


def test_what_is_of_no_use_by_then_is_too_late(services: Services) -> None:
    with services.database.transaction() as session:
        Build(session).content("tonight", purpose="care", useful_until=datetime(2026, 11, 24, 14, tzinfo=UTC))
    campaign(services, "first", ["tonight"])
    (who,) = customers(services)
    opens = datetime(2026, 11, 24, 11, 30, tzinfo=UTC)
    plan(services, opens)
    assert plan(services, opens + timedelta(hours=2)).too_late == 1
    assert [(row.state, row.reason) for row in rows(services, who)] == [("skipped", "too_late")]


def test_what_was_planned_under_a_clock_set_back_since_is_planned_for_now(services: Services) -> None:
    campaign(services, "first", ["one"])
    (who,) = customers(services)
    plan(services, MORNING + 30 * DAY)
    plan(services, MORNING)
    (row,) = rows(services, who)
    assert (row.day, row.planned_at) == (date(2026, 11, 24), MORNING)


def test_what_is_kept_is_dropped_when_its_campaign_ends(services: Services) -> None:
    campaign(services, "first", ["one"], ends=date(2026, 11, 25), channels=["next_contact"])
    (who,) = customers(services)
    plan(services, MORNING)
    plan(services, MORNING + DAY)
    assert [row.state for row in rows(services, who)] == ["planned"]
    plan(services, MORNING + 2 * DAY)
    assert [(row.state, row.reason) for row in rows(services, who)] == [("skipped", "too_late")]


def test_one_content_waits_for_the_next_contact_and_no_second(services: Services) -> None:
    campaign(services, "first", ["one", "two"], channels=["next_contact"])
    campaign(services, "second", ["three"], channels=["next_contact"], priority=-1)
    (who,) = customers(services)
    for day in range(8):
        plan(services, MORNING + day * DAY)
    assert [row.content_id for row in rows(services, who)] == ["one"]
    assert (verdict(services, who, "first"), verdict(services, who, "second")) == ("kept", "lost_to:first")


def test_two_planners_at_once_plan_nothing_twice(services: Services) -> None:
    campaign(services, "a", ["one"])
    campaign(services, "b", ["two"])
    customers(services, 60)
    at_once(3, lambda: plan(services, MORNING))
    with services.database.reading() as session:
        assert pushing.states(session) == {"planned": 60}
        assert (
            session.execute(
                select(func.sum(plan_totals.c.customers)).where(plan_totals.c.reason == "planned")
            ).scalar_one()
            == 60
        )


def test_the_year_whose_holidays_are_not_known_is_named(services: Services) -> None:
    assert plan(services, MORNING).calendar_known
    assert not plan(services, MORNING + 365 * 9 * DAY).calendar_known

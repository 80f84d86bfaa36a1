"""A subscription account's one mass send a day: one winner over all campaigns, and a verdict that names it."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from bot.clock import FixedClock
from bot.rules.intake import reports
from bot.services import Services
from bot.store.database import Database
from bot.store.tables import category_rates, contents, customer_categories, customers
from bot.values.push import PlanReport
from scheduler.deliver import deliver_due
from scheduler.plan import plan
from tests.support import pushing
from tests.support.build import Build
from tests.support.fake_wechat import FakeWeChat

MORNING = datetime(2026, 11, 24, 3, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(MORNING)


@pytest.fixture
def services(database: Database, clock: FixedClock, wechat: FakeWeChat) -> Services:
    services = pushing.services_with(database, clock, wechat, wechat={"account_kind": "subscription"})
    with database.transaction() as session:
        build = Build(session)
        build.segment()
        approved = {"approved_by": build.staff(), "approved_at": MORNING}
        for place in ("north", "south"):
            build.segment(place, {"field": "level", "op": "=", "value": place})
            build.content(f"to-{place}", purpose="service", text=place, **approved)
            build.campaign(place, [f"to-{place}"], segment_id=place, channels=["mass"], starts=MORNING.date())
        for number in range(5):
            build.customer(openid=f"o-{number}", level="north" if number < 2 else "south")
    return services


def verdicts(services: Services, name: str) -> set[str | None]:
    with services.database.reading() as session:
        return {pushing.verdict_of(session, who, name) for who in range(1, 9)} - {None}


def totals(report: PlanReport) -> dict[str, Mapping[str, int]]:
    return {one.campaign_id: one.totals for one in report.campaigns}


def everybody(services: Services, **fields: Any) -> None:
    with services.database.transaction() as session:
        for row in session.exec_driver_sql("SELECT id FROM customers").all():
            pushing.change(session, row.id, **fields)


def test_the_day_goes_to_most_people_whatever_the_order_of_the_campaigns(
    services: Services, wechat: FakeWeChat
) -> None:
    report = plan(services, MORNING)
    assert report.days_send is not None
    assert (report.days_send.winner.campaign_id, report.days_send.waiting) == ("south", {"north": 2})
    assert "「north」有 2 人因此等待" in list(reports.of_plan(report, services.config.push.zone))
    assert totals(report) == {"north": {"day_given_to:south": 2}, "south": {"planned": 3}}
    deliver_due(services)
    assert sorted(said.openid for said in wechat.sent) == ["o-2", "o-3", "o-4"]


@pytest.mark.parametrize(
    ("learned", "winner"),
    [
        pytest.param([], "south", id="nothing is known: the most people"),
        pytest.param([("north", 100, 40, 0), ("south", 100, 10, 0)], "north", id="two who answer like that before three"),
        pytest.param([("north", 100, 14, 0), ("south", 100, 10, 0)], "south", id="not for a little more"),
        pytest.param([("north", 100, 10, 0), ("south", 100, 0, 30)], "north", id="what drives people away has the day last"),
    ],
)  # fmt: skip
def test_the_day_goes_where_most_answers_are_expected(
    services: Services, learned: list[tuple[str, int, int, int]], winner: str
) -> None:
    with services.database.transaction() as session:
        for place in ("north", "south"):
            session.execute(update(contents).where(contents.c.id == f"to-{place}").values(category=place))
        for category, shown, answered, stopped in learned:
            row = {"category": category, "shown": shown, "answered": answered, "stopped": stopped}
            session.execute(insert(category_rates).values(row))
    found = plan(services, MORNING).days_send
    assert found is not None
    assert found.winner.campaign_id == winner


def test_what_a_customer_answered_themselves_weighs_more_than_what_everybody_does(services: Services) -> None:
    with services.database.transaction() as session:
        session.execute(update(contents).where(contents.c.id == "to-north").values(category="north"))
        in_the_north = select(customers.c.id).where(customers.c.level == "north")
        for who in session.execute(in_the_north).scalars().all():
            row = {"customer_id": who, "category": "north", "shown": 6, "answered": 5, "stopped": 0}
            session.execute(insert(customer_categories).values(row))
    report = plan(services, MORNING)
    assert report.days_send is not None
    assert report.days_send.winner.campaign_id == "north"
    assert report.days_send.winner.answers == pytest.approx(2 * (5 + 4 * 0.1) / (6 + 4))
    assert "能送达 2 人，按以往的回应预计 1.1 人会回复" in "\n".join(
        reports.of_plan(report, services.config.push.zone)
    )


def test_a_later_pass_of_the_day_changes_nothing(services: Services, wechat: FakeWeChat) -> None:
    plan(services, MORNING)
    with services.database.transaction() as session:
        for number in range(9):
            Build(session).customer(openid=f"n-{number}", level="north")
    report = plan(services, MORNING + timedelta(minutes=1))
    assert report.planned == 0
    assert totals(report)["north"] == {"day_given_to:south": 11}
    deliver_due(services)
    assert {said.text for said in wechat.sent} == {"south"}


def test_who_waited_is_served_before_long(services: Services, wechat: FakeWeChat, clock: FixedClock) -> None:
    """The large campaign wins first; the small one's waiting tells, and its people are reached."""
    with services.database.transaction() as session:
        build = Build(session)
        approved = {"approved_by": build.staff(name="another"), "approved_at": MORNING}
        for number in range(9):
            build.content(f"more-{number}", purpose="service", text="more", **approved)
            session.exec_driver_sql(
                f"INSERT INTO campaign_contents (campaign_id, content_id, position) VALUES ('south', 'more-{number}', {number + 1})"
            )
    reached = []
    for _ in range(10):
        plan(services, services.now())
        deliver_due(services)
        reached.append({said.text for said in wechat.sent})
        clock.forward(days=1)
        everybody(services, last_push_at=None, last_push_day=None)
    assert "south" in reached[0]
    assert "north" not in reached[0]
    assert "north" in reached[-1]


def test_the_day_is_wechats_wherever_the_shop_is(
    services: Services, wechat: FakeWeChat, clock: FixedClock
) -> None:
    """A Friday evening and the Saturday morning after it in New York are one day in Shanghai; at noon it is the next."""
    abroad = pushing.services_with(
        services.database, clock, wechat,
        wechat={"account_kind": "subscription"}, push={"timezone": "America/New_York"},
    )  # fmt: skip
    with services.database.transaction() as session:
        session.execute(update(contents).values(purpose="care"))
    zone = abroad.config.push.zone
    friday, morning, noon = (
        datetime(2026, 11, 27, 20, tzinfo=zone), datetime(2026, 11, 28, 10, 1, tzinfo=zone), datetime(2026, 11, 28, 11, 5, tzinfo=zone),
    )  # fmt: skip
    at_noon = []
    for at, newcomers in ((friday, 0), (morning, 4), (noon, 0)):
        clock.set(at.astimezone(UTC))
        with services.database.transaction() as session:
            for number in range(newcomers):
                Build(session).customer(openid=f"n-{number}", level="north")
        report = plan(abroad, clock.now())
        deliver_due(abroad)
        at_noon.append((totals(report)["north"], report.days_send is not None))
    assert at_noon == [
        ({"day_given_to:south": 2}, True),
        ({"day_is_spent": 6}, True),
        ({"planned": 6}, True),
    ]
    assert [said.text for said in wechat.sent].count("north") == 6

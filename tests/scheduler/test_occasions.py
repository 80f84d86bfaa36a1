"""Campaigns that wait for a day: each occasion once for each customer, however often it is planned."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from bot.clock import FixedClock
from bot.services import Services
from bot.store.database import Database
from bot.store.planning import explanations
from bot.store.tables import campaigns, customers, deliveries
from scheduler.deliver import deliver_due
from scheduler.plan import plan
from tests.support import pushing
from tests.support.build import Build

SATURDAY = datetime(
    2026, 11, 28, 3, tzinfo=UTC
)  # 11:00 in Shanghai: all purposes are open, and care until 21:30
DAY = timedelta(days=1)
OPEN = {"window_until": SATURDAY + 900 * DAY, "window_left": 5}


@pytest.fixture
def services(database: Database) -> Services:
    services = pushing.services_with(database, FixedClock(SATURDAY))
    with database.transaction() as session:
        build = Build(session)
        build.segment()
        for name in ("wishes", "other"):
            build.content(name, purpose="care", approved_by=build.staff(), approved_at=SATURDAY)
    return services


def campaign(
    services: Services, occasion: dict[str, Any], contents: tuple[str, ...] = ("wishes",), **fields: Any
) -> None:
    given = {"regular": False, "ends": date(2029, 12, 31)} | fields
    with services.database.transaction() as session:
        Build(session).campaign("greeting", contents, occasion=occasion, **given)


def customer(services: Services, openid: str, birthday: str = "", **fields: Any) -> int:
    with services.database.transaction() as session:
        build = Build(session)
        made = build.customer(openid=openid, **(OPEN | fields))
        if birthday:
            build.fact(made, "birthday", birthday)
        return made


def rows(services: Services, customer_id: int) -> list[Any]:
    with services.database.reading() as session:
        return pushing.deliveries_of(session, customer_id)


def at(services: Services, instant: datetime) -> datetime:
    clock = services.clock
    assert isinstance(clock, FixedClock)
    clock.set(instant)
    return instant


def sent(services: Services, instant: datetime) -> None:
    plan(services, at(services, instant))
    for minutes in (0, 40, 80, 160, 320):
        at(services, instant + timedelta(minutes=minutes))
        deliver_due(services)


def test_a_birthday_is_wished_once_a_year_though_it_is_planned_every_minute(services: Services) -> None:
    campaign(services, {"birthday": True})
    anna, ben = customer(services, "o-anna", "1990-11-28"), customer(services, "o-ben", "1990-11-29")
    for minute in range(3):
        plan(services, SATURDAY + minute * timedelta(minutes=1))
    assert [(row.occasion, row.state) for row in rows(services, anna)] == [("birthday:2026", "planned")]
    assert rows(services, ben) == []
    sent(services, SATURDAY)
    assert [row.state for row in rows(services, anna)] == ["sent"]
    assert plan(services, SATURDAY + timedelta(hours=6)).planned == 0
    next_year = datetime(2027, 11, 28, 3, tzinfo=UTC)
    assert plan(services, at(services, next_year)).planned == 1, "the same content again"
    assert [row.occasion for row in rows(services, anna)] == ["birthday:2026", "birthday:2027"]


def test_what_was_had_is_not_sent_again_while_the_occasion_lasts(services: Services) -> None:
    campaign(services, {"birthday": True, "lasts": 3})
    anna = customer(services, "o-anna", "1990-11-28")
    sent(services, SATURDAY)
    far_from_every_slot = (
        SATURDAY + DAY + timedelta(hours=6)
    )  # over 20 hours after the last of the day before
    report = plan(services, at(services, far_from_every_slot))
    assert report.planned == 0
    assert [dict(one.totals) for one in report.campaigns] == [{"occasion_had": 1}]
    assert len(rows(services, anna)) == 1


def test_a_festival_is_sent_for_on_its_days_and_on_no_others(services: Services) -> None:
    campaign(services, {"festival": "winter-solstice", "days_before": 1})
    anna = customer(services, "o-anna")
    early = plan(services, SATURDAY)
    assert (early.planned, early.campaigns) == (0, ())
    eve = datetime(2026, 12, 21, 12, tzinfo=UTC)  # a Monday evening
    assert plan(services, at(services, eve)).planned == 1
    (row,) = rows(services, anna)
    assert row.occasion == "winter-solstice:2026"
    assert row.useful_until == datetime(2026, 12, 22, 16, tzinfo=UTC), "the end of the day in Shanghai"


def test_a_greeting_that_did_not_go_out_in_time_is_too_late(services: Services) -> None:
    campaign(services, {"birthday": True})
    anna = customer(services, "o-anna", "1990-11-28")
    plan(services, SATURDAY)
    plan(services, at(services, SATURDAY + DAY))
    assert [(row.state, row.reason) for row in rows(services, anna)] == [("skipped", "too_late")]


def test_what_waits_for_the_next_contact_is_dropped_with_its_occasion(services: Services) -> None:
    campaign(services, {"birthday": True}, channels=["next_contact"])
    anna = customer(services, "o-anna", "1990-11-28")
    plan(services, SATURDAY)
    assert [row.channel for row in rows(services, anna)] == ["next_contact"]
    plan(services, at(services, SATURDAY + DAY))
    assert [(row.state, row.reason) for row in rows(services, anna)] == [("skipped", "too_late")]


def test_the_claim_itself_refuses_what_is_of_no_use_any_more(services: Services) -> None:
    campaign(services, {"birthday": True})
    anna = customer(services, "o-anna", "1990-11-28")
    plan(services, SATURDAY)
    with services.database.transaction() as session:
        session.execute(update(deliveries).values(useful_until=SATURDAY, due_at=SATURDAY))
    deliver_due(services)
    assert [(row.state, row.reason) for row in rows(services, anna)] == [("skipped", "too_late")]


@pytest.mark.parametrize(
    ("until", "days_before", "planned"),
    [
        pytest.param("eve", 1, "wishes", id="before the day what is said before it"),
        pytest.param("eve", 0, "other", id="on the day the other one"),
        pytest.param("day", 0, "wishes", id="on the day what is said on it"),
    ],
)
def test_a_content_may_be_of_use_only_until_the_day_begins_or_ends(
    services: Services, until: str, days_before: int, planned: str
) -> None:
    with services.database.transaction() as session:
        session.exec_driver_sql(f"UPDATE contents SET occasion_until = '{until}' WHERE id = 'wishes'")
    campaign(services, {"birthday": True, "days_before": 1, "lasts": 3}, ("wishes", "other"))
    birthday = SATURDAY.date() + days_before * DAY
    anna = customer(services, "o-anna", birthday.replace(year=1990).isoformat())
    plan(services, SATURDAY)
    (row,) = rows(services, anna)
    assert row.content_id == planned


def test_each_order_is_visited_once_and_on_days_of_their_own(services: Services) -> None:
    campaign(services, {"after": "order", "days": 3, "lasts": 5}, ("wishes", "other"))
    anna = customer(services, "o-anna")
    with services.database.transaction() as session:
        build = Build(session)
        first, second = (build.order(anna, ordered_at=SATURDAY - days * DAY) for days in (4, 3))
    for day in range(4):
        sent(services, SATURDAY + day * DAY + timedelta(hours=9))
    found = [(row.occasion, row.content_id, row.state) for row in rows(services, anna)]
    assert found == [(f"order:{first}", "wishes", "sent"), (f"order:{second}", "other", "sent")]
    days = [row.day for row in rows(services, anna)]
    assert days[0] < days[1]


def test_care_is_looked_for_by_the_planning_itself(services: Services) -> None:
    campaign(services, {"care": {"field": "points", "op": ">=", "value": 100}})
    anna, ben = customer(services, "o-anna"), customer(services, "o-ben", points=500)
    assert plan(services, SATURDAY).planned == 0
    with services.database.transaction() as session:
        session.execute(update(customers).where(customers.c.id == anna).values(points=100))
    assert plan(services, at(services, SATURDAY + DAY)).planned == 1
    assert [row.occasion for row in rows(services, anna)] == ["met:2026-11-29"]
    assert rows(services, ben) == []


def test_a_time_bound_occasion_comes_sooner_than_the_gap_but_never_twice_a_day(services: Services) -> None:
    campaign(services, {"birthday": True, "lasts": 2})
    today = customer(
        services,
        "o-today",
        "1990-11-28",
        last_push_at=SATURDAY - timedelta(hours=2),
        last_push_day=SATURDAY.date(),
    )
    before = customer(
        services, "o-before", "1990-11-28", last_push_at=SATURDAY - DAY, last_push_day=SATURDAY.date() - DAY
    )
    plan(services, SATURDAY)
    assert rows(services, today) == []
    assert [row.state for row in rows(services, before)] == ["planned"]


def test_a_change_to_a_running_campaign_counts_from_the_next_plan(services: Services) -> None:
    campaign(services, {"birthday": True})
    anna = customer(services, "o-anna", "1990-11-29")
    assert plan(services, SATURDAY).planned == 0
    with services.database.transaction() as session:
        session.execute(update(campaigns).values(occasion={"birthday": True, "days_before": 1, "lasts": 2}))
    assert plan(services, SATURDAY).planned == 1
    assert rows(services, anna)[0].occasion == "birthday:2026"


@pytest.mark.parametrize(
    ("birthday", "objection"),
    [
        pytest.param("1990-11-28", "", id="on their birthday nothing stands against it"),
        pytest.param("1990-11-30", "no_occasion", id="on another day it has to wait"),
    ],
)
def test_it_is_explained_whose_day_it_is(services: Services, birthday: str, objection: str) -> None:
    campaign(services, {"birthday": True})
    customer(services, "o-anna", birthday)
    with services.database.reading() as session:
        found = explanations.explain(session, "o-anna", "greeting", SATURDAY, services.config)
    assert found
    assert [one.objection for one in found.campaigns] == [objection]


def test_whose_greeting_is_planned_is_not_told_that_it_was_had(services: Services) -> None:
    campaign(services, {"birthday": True})
    customer(services, "o-anna", "1990-11-28")
    plan(services, SATURDAY)
    with services.database.reading() as session:
        found = explanations.explain(session, "o-anna", "greeting", SATURDAY, services.config)
    assert found
    assert [one.objection for one in found.campaigns] == ["planned"]

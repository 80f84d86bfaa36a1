"""A more important campaign whose hours come later today keeps its customers from what could be sent before."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from bot.clock import FixedClock
from bot.services import Services
from bot.store.database import Database
from bot.store.planning import explanations, verdicts
from bot.store.tables import contents, customers, festivals
from scheduler.plan import plan
from tests.support import pushing
from tests.support.build import Build

DAY = timedelta(days=1)
MORNING = datetime(
    2026, 11, 24, 3, tzinfo=UTC
)  # Tuesday, 11:00 in Shanghai: marketing is open, care from 19:30
EVENING = datetime(2026, 11, 24, 11, 30, tzinfo=UTC)
OPEN = {"window_until": MORNING + 9 * DAY, "window_left": 5, "asked_for_pushes_at": MORNING - DAY}
THANKS = {
    "id": "thanks", "name": "感恩日", "english": "Thanks", "kind": "own", "falls": {"on": "11-24"}, "updated_at": MORNING,
}  # fmt: skip
BIRTHDAY = {"occasion": {"birthday": True}, "regular": False, "priority": 50}


@pytest.fixture
def services(database: Database) -> Services:
    services = pushing.services_with(database, FixedClock(MORNING))
    with database.transaction() as session:
        build = Build(session)
        build.segment()
        build.segment("tea", {"field": "level", "op": "=", "value": "tea"})
        approved = {"approved_by": build.staff(), "approved_at": MORNING}
        build.content("wishes", purpose="care", **approved)
        build.content("offer", purpose="marketing", **approved)
        build.campaign("promo", ["offer"], priority=10)
    return services


def greeting(services: Services, **fields: Any) -> None:
    with services.database.transaction() as session:
        Build(session).campaign("greeting", ["wishes"], **(BIRTHDAY | fields))


def customer(services: Services, birthday: str = "1990-11-24", **fields: Any) -> int:
    with services.database.transaction() as session:
        build = Build(session)
        made = build.customer(openid=f"o-{birthday}", **(OPEN | fields))
        build.fact(made, "birthday", birthday)
        return made


def planned(services: Services, customer_id: int, at: datetime = MORNING) -> list[str]:
    assert isinstance(services.clock, FixedClock)
    services.clock.set(at)
    plan(services, at)
    with services.database.reading() as session:
        return [row.campaign_id for row in pushing.deliveries_of(session, customer_id)]


def test_a_birthday_in_the_evening_goes_before_the_offer_of_the_morning(services: Services) -> None:
    greeting(services)
    anna, ben = customer(services), customer(services, "1990-11-25")
    assert (planned(services, anna), planned(services, ben)) == ([], ["promo"])
    with services.database.reading() as session:
        said = {one.campaign_id: one.reason for one in verdicts.of_customer(session, anna)}
    assert said == {"promo": "lost_to:greeting"}
    assert planned(services, anna, EVENING) == ["greeting"]


def test_the_explanation_says_what_the_planner_would(services: Services) -> None:
    greeting(services)
    anna = customer(services)
    with services.database.reading() as session:
        openid = session.execute(select(customers.c.openid).where(customers.c.id == anna)).scalar_one()
        told = explanations.explain(session, openid, "promo", MORNING, services.config)
    assert told is not None
    assert [one.reason for one in told.campaigns[0].findings if one.stands] == ["lost_to:greeting"]


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"priority": 10}, id="as important"),
        pytest.param({"regular": True}, id="it can come another day"),
        pytest.param({"segment_id": "tea"}, id="not of its segment"),
        pytest.param({"channels": ["next_contact"]}, id="it only waits for their next contact"),
        pytest.param({"status": "paused"}, id="paused"),
        pytest.param(
            {"occasion": {"birthday": True, "days_before": 1, "lasts": 1}}, id="its day was yesterday"
        ),
    ],
)
def test_nobody_is_kept_for_what_does_not_come(services: Services, fields: dict[str, Any]) -> None:
    greeting(services, **fields)
    assert planned(services, customer(services)) == ["promo"]


def test_nobody_is_kept_for_a_channel_they_do_not_have(services: Services) -> None:
    greeting(services, channels=["reply_window"])
    anna = customer(services, window_until=MORNING + timedelta(hours=2))
    assert planned(services, anna) == ["promo"]


@pytest.mark.parametrize(("many", "kept"), [(1, False), (2, True)])
def test_nobody_is_kept_for_a_mass_send_of_one(services: Services, many: int, kept: bool) -> None:
    greeting(services)
    born = [customer(services, f"{1990 + number}-11-24", window_until=None) for number in range(many)]
    found = [planned(services, one) for one in born]
    assert found == [[] if kept else ["promo"]] * many


def test_nobody_is_kept_for_what_nobody_approved(services: Services) -> None:
    greeting(services)
    with services.database.transaction() as session:
        session.execute(update(contents).where(contents.c.id == "wishes").values(approved_by=None))
    assert planned(services, customer(services)) == ["promo"]


def test_who_had_the_occasion_is_not_kept_for_it(services: Services) -> None:
    greeting(services, occasion={"birthday": True, "lasts": 3})
    anna = customer(services, "1990-11-23")
    with services.database.transaction() as session:
        Build(session).delivery(
            customer_id=anna, campaign_id="greeting", content_id="wishes", state="sent", day=date(2026, 11, 22),
            occasion="birthday:2026",
        )  # fmt: skip
    assert planned(services, anna) == ["greeting", "promo"]


@pytest.mark.parametrize(
    ("fields", "kept"),
    [
        pytest.param({"occasion": {"festival": "thanks"}}, True, id="the festival's day"),
        pytest.param({"occasion": None}, True, id="a campaign of these days"),
        pytest.param({"occasion": None, "starts": date(2026, 11, 25)}, False, id="one that begins tomorrow"),
    ],
)
def test_a_festival_and_a_campaign_of_few_days_keep_theirs_too(
    services: Services, fields: dict[str, Any], kept: bool
) -> None:
    with services.database.transaction() as session:
        session.execute(insert(festivals).values(THANKS))
    greeting(services, **fields)
    assert planned(services, customer(services)) == ([] if kept else ["promo"])


def test_a_campaign_of_few_days_has_nothing_for_who_got_its_only_content(services: Services) -> None:
    greeting(services, occasion=None)
    anna = customer(services)
    with services.database.transaction() as session:
        Build(session).delivery(
            customer_id=anna,
            campaign_id="greeting",
            content_id="wishes",
            state="sent",
            day=date(2026, 11, 20),
        )
    assert planned(services, anna) == ["greeting", "promo"]

"""Whose occasion it is on a day: rows as they come in, and the customers that are found."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, select, update

from bot.rules.calendar import festivals
from bot.store.database import Session
from bot.store.planning import care, occasions
from bot.store.tables import care_meetings, customer_statistics, customers, deliveries
from tests.conftest import NOON
from tests.support.build import Build
from tests.support.staged import Staged

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 11, 24)


def campaign(build: Build, raw: dict[str, Any], name: str = "wishes") -> Any:
    build.campaign(name, occasion=raw)
    return SimpleNamespace(id=name, occasion=raw)


def reached(session: Session, wanted: Any, day: date = DAY) -> dict[int, str]:
    """The occurrence by customer."""
    found = occasions.of_campaign(wanted, day, SHANGHAI, festivals.known())
    if found is None:
        return {}
    rows = session.execute(select(found)).all()
    assert len({row.customer_id for row in rows}) == len(rows), "one row a customer"
    return {row.customer_id: row.occasion for row in rows if not row.had}


def at(day: date, hour: int = 12) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI).astimezone(UTC)


@pytest.fixture(autouse=True)
def _everyone(build: Build) -> None:
    build.segment()


@pytest.mark.parametrize(
    ("attribute", "value", "day", "key"),
    [
        pytest.param("birthday", "1990-11-24", DAY, "birthday:2026", id="the day in the papers"),
        pytest.param("birthday", "1990-11-25", DAY, None, id="tomorrow's is not today's"),
        pytest.param("birthday", "1992-02-29", date(2027, 2, 28), "birthday:2027", id="29 February on the 28th"),
        pytest.param("birthday", "1992-02-29", date(2028, 2, 28), None, id="but not when there is a 29th"),
        pytest.param("birthday", "1992-02-29", date(2028, 2, 29), "birthday:2028", id="which is it then"),
        pytest.param("lunar_birthday", "八月十五", date(2026, 9, 25), "birthday:2026", id="a lunar day"),
        pytest.param("lunar_birthday", "腊月三十", date(2026, 2, 16), "birthday:2025", id="the thirtieth of a short month"),
        pytest.param("lunar_birthday", "闰六月初一", date(2025, 6, 25), "birthday:2025", id="of a leap month"),
        pytest.param("lunar_birthday", "六月初一", date(2025, 7, 25), None, id="nobody's in the leap month itself"),
    ],
)  # fmt: skip
def test_a_birthday_is_kept_on_its_day(
    session: Session, build: Build, attribute: str, value: str, day: date, key: str | None
) -> None:
    anna = build.customer()
    build.fact(anna, attribute, value)
    found = reached(session, campaign(build, {"birthday": True}), day)
    assert found == ({anna: key} if key else {})


def test_who_told_a_lunar_birthday_is_wished_well_on_that_one_alone(session: Session, build: Build) -> None:
    anna = build.customer()
    build.fact(anna, "birthday", "1990-11-24")
    build.fact(anna, "lunar_birthday", "八月十五")
    wishes = campaign(build, {"birthday": True})
    assert reached(session, wishes) == {}
    assert reached(session, wishes, date(2026, 9, 25)) == {anna: "birthday:2026"}


def test_a_fact_that_is_not_believed_any_more_is_no_birthday(session: Session, build: Build) -> None:
    build.fact(build.customer(), "birthday", "1990-11-24", holds=False, ended_at=NOON)
    assert reached(session, campaign(build, {"birthday": True})) == {}


@pytest.mark.parametrize(
    ("state", "again"),
    [("planned", False), ("sent", False), ("unknown", False), ("failed", False), ("skipped", True)],
)
def test_an_occasion_happens_once_unless_it_was_skipped(
    session: Session, build: Build, state: str, again: bool
) -> None:
    anna = build.customer()
    build.fact(anna, "birthday", "1990-11-24")
    wishes = campaign(build, {"birthday": True})
    build.delivery(campaign_id="wishes", customer_id=anna, state=state, occasion="birthday:2026")
    build.delivery(
        campaign_id="wishes", customer_id=anna, state="sent", occasion="birthday:2025", day=date(2025, 11, 24)
    )
    assert (anna in reached(session, wishes)) is again
    assert anna in reached(session, wishes, date(2027, 11, 24)), "and again next year"


def test_two_of_one_occasion_cannot_be_written(session: Session, build: Build) -> None:
    anna = build.customer()
    campaign(build, {"birthday": True})
    row = {
        "campaign_id": "wishes", "customer_id": anna, "occasion": "birthday:2026", "channel": "next_contact", "purpose": "care",
        "planned_at": NOON, "due_at": NOON,
    }  # fmt: skip
    session.execute(insert(deliveries).values(row | {"day": DAY, "state": "skipped"}))
    session.execute(insert(deliveries).values(row | {"day": DAY}))
    with pytest.raises(Exception, match=r"(?i)unique"), session.begin_nested():
        session.execute(insert(deliveries).values(row | {"day": DAY + timedelta(days=1)}))


def test_a_festival_is_everybodys_on_its_days_and_nobodys_on_others(session: Session, build: Build) -> None:
    anna, ben = build.customer(), build.customer()
    greeting = campaign(build, {"festival": "mid-autumn", "days_before": 1})
    build.delivery(campaign_id="wishes", customer_id=ben, state="sent", occasion="mid-autumn:2027")
    assert reached(session, greeting) == {}
    assert reached(session, greeting, date(2027, 9, 13)) == {}
    assert reached(session, greeting, date(2027, 9, 14)) == {anna: "mid-autumn:2027"}
    assert reached(session, greeting, date(2028, 10, 3)) == {anna: "mid-autumn:2028", ben: "mid-autumn:2028"}


def test_the_years_of_a_membership_are_counted_in_the_shops_days(session: Session, build: Build) -> None:
    last_minute = build.customer(followed_at=datetime(2024, 11, 24, 15, 59, 59, tzinfo=UTC))
    build.customer(followed_at=datetime(2024, 11, 24, 16, 0, tzinfo=UTC))  # the 25th in Shanghai
    build.customer(followed_at=datetime(2026, 11, 24, 4, tzinfo=UTC))  # today is no anniversary
    found = reached(session, campaign(build, {"anniversary": "membership"}))
    assert found == {last_minute: "membership:2026"}


def test_a_first_order_has_its_anniversary_and_a_later_one_has_none(session: Session, build: Build) -> None:
    anna, ben = build.customer(), build.customer()
    first = at(date(2025, 11, 24))
    for who, began in ((anna, first), (ben, first - timedelta(days=90))):
        build.order(who, ordered_at=first)
        session.execute(
            insert(customer_statistics).values(
                customer_id=who, first_order_at=began, known_at=first, updated_at=first
            )
        )
    assert reached(session, campaign(build, {"anniversary": "first_order"})) == {anna: "first_order:2026"}


@pytest.mark.parametrize(
    ("raw", "status", "visited"),
    [
        pytest.param({"after": "order", "days": 7, "lasts": 1}, "paid", True, id="a week after it was paid"),
        pytest.param({"after": "order", "days": 7, "lasts": 1}, "refunded", False, id="nobody asks about what was given back"),
        pytest.param({"after": "order", "days": 7, "lasts": 1}, "placed", False, id="nor about what was never paid"),
        pytest.param({"after": "order", "days": 6, "lasts": 1}, "paid", False, id="not a day late"),
        pytest.param({"after": "order", "days": 6, "lasts": 2}, "paid", True, id="unless it lasts"),
        pytest.param({"after": "order", "days": 8, "lasts": 5}, "paid", False, id="nor too early"),
    ],
)  # fmt: skip
def test_a_return_visit_comes_so_many_days_after_the_order(
    session: Session, build: Build, raw: dict[str, Any], status: str, visited: bool
) -> None:
    anna = build.customer()
    order = build.order(anna, ordered_at=at(DAY - timedelta(days=7), 23), status=status)
    found = reached(session, campaign(build, raw))
    assert found == ({anna: f"order:{order}"} if visited else {})


def test_each_order_is_visited_once_and_two_one_after_the_other(session: Session, build: Build) -> None:
    anna = build.customer()
    visits = campaign(build, {"after": "order", "days": 3, "lasts": 5})
    later, earlier = (build.order(anna, ordered_at=at(DAY - timedelta(days=days))) for days in (3, 4))
    assert reached(session, visits) == {anna: f"order:{earlier}"}, "the one whose time is over first"
    build.delivery(campaign_id="wishes", customer_id=anna, state="sent", occasion=f"order:{earlier}", day=DAY)
    assert reached(session, visits) == {anna: f"order:{later}"}


def test_parcels_are_counted_from_the_first_sent_and_from_the_last_received(
    session: Session, build: Build
) -> None:
    anna, ben = build.customer(), build.customer()
    both, waiting = build.order(anna, status="delivered"), build.order(ben, status="shipped")
    two, three = DAY - timedelta(days=2), DAY - timedelta(days=3)
    build.shipment(both, shipped_at=at(three), delivered_at=at(three, 20))
    build.shipment(both, shipped_at=at(two), delivered_at=at(two, 20))
    build.shipment(waiting, shipped_at=at(two), delivered_at=at(two, 20))
    build.shipment(waiting, shipped_at=at(two, 14))
    days = {"days": 2, "lasts": 1}
    assert reached(session, campaign(build, {"after": "delivered"} | days, "came")) == {anna: f"order:{both}"}
    assert reached(session, campaign(build, {"after": "shipment"} | days, "left")) == {
        ben: f"order:{waiting}"
    }
    three_days = {"after": "shipment", "days": 3, "lasts": 1}
    assert reached(session, campaign(build, three_days, "left-before")) == {anna: f"order:{both}"}


def test_repairs_and_returns_are_visited_when_they_are_closed(session: Session, build: Build) -> None:
    anna, ben, cleo = (build.customer() for _ in range(3))
    closed = at(DAY - timedelta(days=3))
    mended = build.returned(build.order(anna), kind="repair", closed_at=closed)
    changed = build.returned(build.order(ben), kind="exchange", closed_at=closed)
    build.returned(build.order(cleo), kind="repair", status="accepted")
    days = {"days": 3, "lasts": 1}
    assert reached(session, campaign(build, {"after": "repair"} | days, "mended")) == {
        anna: f"return:{mended}"
    }
    assert reached(session, campaign(build, {"after": "return"} | days, "changed")) == {
        ben: f"return:{changed}"
    }


RICH = {"care": {"field": "points", "op": ">=", "value": 100}, "lasts": 2, "pause_days": 30}


def points(session: Session, customer_id: int, number: int) -> None:
    session.execute(update(customers).where(customers.c.id == customer_id).values(points=number))


def looked(session: Session, wanted: Any, day: date) -> dict[int, str]:
    care.look(Staged(session), wanted, day, at(day))
    return reached(session, wanted, day)


def test_care_is_for_who_newly_meets_the_condition(session: Session, build: Build) -> None:
    build.customer(points=500)
    anna = build.customer(points=0)
    rich = campaign(build, RICH)
    assert looked(session, rich, DAY) == {}, "who met it before is noted and left alone"
    points(session, anna, 100)
    tomorrow = DAY + timedelta(days=1)
    assert looked(session, rich, DAY) == {}, "once a day is enough"
    assert looked(session, rich, tomorrow) == {anna: f"met:{tomorrow}"}
    assert looked(session, rich, tomorrow + timedelta(days=1)) == {anna: f"met:{tomorrow}"}
    assert looked(session, rich, tomorrow + timedelta(days=2)) == {}, "its days are over"


def test_those_who_met_it_before_are_cared_for_when_the_campaign_says_so(
    session: Session, build: Build
) -> None:
    anna = build.customer(points=500)
    assert looked(session, campaign(build, RICH | {"existing": True}), DAY) == {anna: f"met:{DAY}"}


def test_meeting_it_again_counts_after_the_pause_alone(session: Session, build: Build) -> None:
    anna = build.customer(points=0)
    rich = campaign(build, RICH)
    looked(session, rich, DAY)
    points(session, anna, 100)
    met = DAY + timedelta(days=1)
    looked(session, rich, met)
    points(session, anna, 0)
    assert looked(session, rich, met + timedelta(days=1)) == {}, "who left it is not cared for"
    points(session, anna, 100)
    assert looked(session, rich, met + timedelta(days=2)) == {}, "too soon"
    points(session, anna, 0)
    looked(session, rich, met + timedelta(days=29))
    points(session, anna, 100)
    again = met + timedelta(days=30)
    assert looked(session, rich, again) == {anna: f"met:{again}"}


def test_another_rule_begins_anew_and_greets_nobody_twice(session: Session, build: Build) -> None:
    anna = build.customer(points=0)
    rich = campaign(build, RICH)
    looked(session, rich, DAY)
    points(session, anna, 100)
    tomorrow = DAY + timedelta(days=1)
    looked(session, rich, tomorrow)
    richer = SimpleNamespace(
        id="wishes", occasion=RICH | {"care": {"field": "points", "op": ">=", "value": 50}}
    )
    ben = build.customer(points=60)
    assert looked(session, richer, tomorrow + timedelta(days=1)) == {anna: f"met:{tomorrow}"}
    noted = session.execute(select(care_meetings.c.customer_id, care_meetings.c.is_occasion)).all()
    assert (ben, False) in [tuple(row) for row in noted]

"""What the console reads: searches, timelines, totals; the same on both databases."""

from datetime import date, timedelta

import pytest

from bot.store import leases, tables
from bot.store.database import Database, Session
from bot.store.delivery_states import STATES
from bot.store.lease_state import is_held
from bot.store.operators import today
from bot.store.people import customer_search, timelines
from bot.store.sending import delivery_search, halts
from bot.store.sending.delivery_search import DeliveryFilter
from bot.store.talk import log_search
from bot.store.talk.log_search import LogFilter
from tests.conftest import NOON
from tests.support.build import LONG_AGO, Build


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("100%", ["满100%返"]),
        ("a_c", ["a_c"]),
        ("\\", ["c:\\x"]),
        ("HELLO", ["Hello"]),
        ("茶", ["好茶"]),
        ("'; --", []),
    ],
)
def test_the_log_is_searched_for_exactly_what_was_typed(
    session: Session, build: Build, text: str, found: list[str]
) -> None:
    customer = build.customer()
    for said in ("满100%返", "满100元返", "a_c", "abc", "c:\\x", "Hello", "好茶"):
        build.message(customer, said)
    assert [line.text for line in log_search.find(session, LogFilter(text=text))] == found


def test_a_report_of_the_platform_stands_in_the_log_without_a_customer(
    session: Session, build: Build
) -> None:
    build._row(tables.messages, {"direction": "in", "kind": "event:mass_finished", "created_at": LONG_AGO})
    assert [(line.customer_id, line.customer_name) for line in log_search.find(session, LogFilter())] == [
        (None, "")
    ]


def test_the_log_goes_on_where_a_page_ended(session: Session, build: Build) -> None:
    customer = build.customer()
    ids = [build.message(customer, str(number)) for number in range(7)]
    first = log_search.find(session, LogFilter(), most=3)
    second = log_search.find(session, LogFilter(), before=first[-1].id, most=3)
    assert [line.id for line in first + second] == ids[:0:-1]


def test_a_customer_is_found_by_part_of_the_name_or_the_whole_openid_or_number(
    session: Session, build: Build
) -> None:
    wang = build.customer(name="王芳", openid="o-wang", external_id="C1")
    build.customer(name="李_雷")
    for text, found in {"王": [wang], "o-wang": [wang], "C1": [wang], "o-wan": [], "_": [wang + 1]}.items():
        assert [line.id for line in customer_search.find(session, text=text)] == found, text


def test_a_customer_knows_their_segments_and_tags(session: Session, build: Build) -> None:
    build.segment("everyone", name="所有人")
    build.segment("in-hangzhou", {"field": "region.city", "op": "=", "value": "杭州"}, name="杭州")
    build.segment("in-suzhou", {"field": "region.city", "op": "=", "value": "苏州"}, name="苏州")
    customer = build.customer(city="杭州")
    assert customer_search.segments_of(session, customer, NOON) == [
        ("everyone", "所有人"),
        ("in-hangzhou", "杭州"),
    ]
    facts = customer_search.facts_of(session, customer)
    assert facts
    assert facts.tags == ()
    assert customer_search.facts_of(session, customer + 1) is None


def one_of_each_state(build: Build) -> None:
    build.segment()
    build.content("water")
    build.campaign("tea", ["water"])
    build.campaign("other", ["water"])
    for number, state in enumerate([*STATES, "sent", "skipped"]):
        reason = {"skipped": "opted_out", "failed": "gave_up"}.get(state, "")
        build.delivery(
            campaign_id="tea", customer_id=build.customer(name=f"客{number}"), content_id="water", state=state, reason=reason,
            day=date(2026, 11, 1) + timedelta(days=number),
        )  # fmt: skip
    build.delivery(
        campaign_id="other", customer_id=build.customer(name="客9"), content_id="water", state="sent"
    )


def test_the_totals_count_exactly_the_rows_that_are_found(session: Session, build: Build) -> None:
    one_of_each_state(build)
    for wanted in (
        DeliveryFilter(), DeliveryFilter(campaign_id="tea"), DeliveryFilter(state="sent"), DeliveryFilter(reason="opted_out"),
        DeliveryFilter(customer="客9"), DeliveryFilter(since=date(2026, 11, 3), until=date(2026, 11, 5)),
    ):  # fmt: skip
        rows = delivery_search.find(session, wanted)
        totals = delivery_search.totals(session, wanted)
        assert totals.all == len(rows) > 0
        assert all(
            sum(row.state == state for row in rows) == number for state, number in totals.states.items()
        )


def test_a_campaign_has_all_states_even_those_with_none(session: Session, build: Build) -> None:
    one_of_each_state(build)
    totals = delivery_search.totals(session, DeliveryFilter(campaign_id="tea"))
    assert totals.states == {
        "planned": 1, "claimed": 1, "accepted": 1, "sent": 2, "failed": 1, "unknown": 1, "skipped": 2,
    }  # fmt: skip
    assert totals.reasons == {("skipped", "opted_out"): 2, ("failed", "gave_up"): 1}


def test_what_comes_next_is_what_is_due_first_and_does_not_wait_for_the_customer(
    session: Session, build: Build
) -> None:
    build.segment()
    build.content("water")
    build.campaign("tea", ["water"])
    for hours, channel in ((3, "mass"), (1, "mass"), (0, "next_contact")):
        build.delivery(
            campaign_id="tea", customer_id=build.customer(name=str(hours)), content_id="water", channel=channel,
            due_at=NOON + timedelta(hours=hours),
        )  # fmt: skip
    build.delivery(  # its window closed, and it was not moved yet
        campaign_id="tea", customer_id=build.customer(name="missed"), content_id="water", channel="mass",
        due_at=NOON - timedelta(hours=1), closes_at=NOON - timedelta(hours=1), reason="too_few",
    )  # fmt: skip
    assert [line.customer_name for line in delivery_search.coming(session, NOON)] == ["1", "3"]


def test_a_timeline_is_one_stream_and_says_each_thing_once(session: Session, build: Build) -> None:
    build.segment()
    build.content("water")
    build.campaign("tea", ["water"])
    customer, other = build.customer(), build.customer()
    asked = build.message(customer, "问", created_at=NOON - timedelta(hours=2))
    build.message(other, "别人", created_at=NOON)
    sent = build.delivery(
        campaign_id="tea", customer_id=customer, content_id="water", state="sent", finished_at=NOON
    )
    pushed = build.message(customer, "推送", direction="out", delivery_id=sent, created_at=NOON)
    skipped = build.delivery(
        campaign_id="tea", customer_id=customer, content_id="water", state="skipped", day=date(2026, 11, 20),
        finished_at=NOON - timedelta(days=4),
    )  # fmt: skip
    planned = build.delivery(
        campaign_id="tea",
        customer_id=customer,
        content_id="water",
        due_at=NOON + timedelta(days=2),
        day=date(2026, 11, 26),
    )
    moments = timelines.moments(session, customer)
    assert [(moment.place.what, moment.place.id) for moment in moments] == [
        ("delivery", planned), ("message", pushed), ("message", asked), ("delivery", skipped),
    ]  # fmt: skip
    assert moments[1].delivery is not None
    assert moments[1].delivery.id == sent
    assert moments[2].delivery is None


def test_a_timeline_goes_on_page_by_page_where_many_things_share_an_instant(
    session: Session, build: Build
) -> None:
    build.segment()
    build.content("water")
    build.campaign("tea", ["water"])
    customer = build.customer()
    for number in range(7):
        build.message(customer, str(number), created_at=NOON)
        build.delivery(
            campaign_id="tea", customer_id=customer, content_id="water", state="skipped", finished_at=NOON,
            day=date(2026, 11, 1 + number),
        )  # fmt: skip
    whole = [moment.place for moment in timelines.moments(session, customer)]
    paged: list[timelines.Place] = []
    while page := timelines.moments(session, customer, before=paged[-1] if paged else None, most=3):
        paged += [moment.place for moment in page]
    assert len(set(whole)) == 14
    assert paged == whole


def test_the_day_is_counted_from_midnight_to_midnight(session: Session, build: Build) -> None:
    since, until = NOON - timedelta(hours=12), NOON + timedelta(hours=12)
    customer = build.customer(followed_at=since)
    for at in (since - timedelta(seconds=1), since, until - timedelta(seconds=1), until):
        build.message(customer, "你好", created_at=at)
    build.message(customer, "您好", direction="out", created_at=NOON)
    build.message(customer, "", kind="event:mass_finished", created_at=NOON)
    figures = today.figures(session, date(2026, 11, 24), since, until)
    assert (
        figures.messages_in,
        figures.messages_out,
        figures.customers_who_spoke,
        figures.new_followers,
    ) == (2, 1, 1, 1)
    assert figures.deliveries == {}


def test_nothing_to_worry_about_is_no_concern(session: Session) -> None:
    assert not today.concerns(session, NOON, NOON.date()).any


def test_a_halted_channel_is_a_concern_until_its_end(session: Session, build: Build) -> None:
    halts.halt(session, "mass", "wechat 48001", NOON)
    build._row(
        tables.channel_halts,
        {"channel": "reply_window", "reason": "busy", "since": NOON, "until": NOON + timedelta(hours=1)},
    )
    assert [halted.channel for halted in halts.every(session, NOON)] == ["mass", "reply_window"]
    assert [halted.channel for halted in halts.every(session, NOON + timedelta(hours=1))] == ["mass"]


def test_an_unknown_outcome_is_a_concern_for_a_week(session: Session, build: Build) -> None:
    build.delivery(customer_id=build.customer(), state="unknown", finished_at=NOON)
    assert today.concerns(session, NOON, NOON.date()).unknown == 1
    assert today.concerns(session, NOON + timedelta(days=7), NOON.date()).unknown == 0


def test_whether_the_scheduler_runs_is_seen_from_outside(database: Database) -> None:
    lease = leases.lease(database, "scheduler", lambda: NOON)

    def held(name: str = "scheduler") -> bool:
        with database.reading() as session:
            return is_held(session, name, NOON)

    assert not held()
    assert lease.hold()
    assert held()
    assert not held("another")
    lease.release()
    assert not held()

"""Every policy as a row: who, what is meant for them, and what is said when it is planned and when it is claimed."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.clock import FixedClock
from bot.config import Config
from bot.rules.pushes.reasons import REASONS
from bot.store.database import Database, Session
from bot.store.planning import moments
from bot.store.planning.eligibility import POLICIES
from bot.store.sending import claims
from scheduler.plan import plan
from tests.conftest import NOON
from tests.support import pushing
from tests.support.build import Build
from tests.support.fake_wechat import FakeWeChat

TODAY = date(2026, 11, 24)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
MONTH = "2026-11"
OPEN = {"window_until": NOON + DAY, "window_left": 5}
ASKED = {"asked_for_pushes_at": NOON - 30 * DAY}
TIRED = {"engagement": "tired"}


FESTIVAL = {"regular": False, "status": "draft", "starts": date(2026, 11, 30)}


def pushed(ago: timedelta) -> dict[str, Any]:
    last = NOON - ago
    return {"last_push_at": last, "last_push_day": (last + 8 * HOUR).date(), "last_push_id": 1}


def row(name: str, sentence: str, **fields: Any) -> Any:
    return pytest.param(fields, name, id=sentence)


BOTH = [
    row("planned", "an open reply window is enough", customer=OPEN),
    row("forgotten", "who was forgotten gets nothing", customer=OPEN | {"forgotten_at": NOON - DAY}),
    row("not_following", "who never followed gets nothing", customer=OPEN | {"followed_at": None}),
    row("not_following", "who unfollowed gets nothing", customer=OPEN | {"unfollowed_at": NOON - DAY}),
    row("not_following", "who has no openid gets nothing", customer=OPEN | {"openid": None}),
    row("opted_out", "who opted out gets nothing", customer=OPEN | {"wants_pushes": False}),
    row("hold_out", "who is in the hold-out gets nothing", customer=OPEN | {"bucket": 499}, push={"hold_out_percent": 5}),
    row("planned", "the next bucket does", customer=OPEN | {"bucket": 500}, push={"hold_out_percent": 5}),
    row("with_person", "marketing waits for a person", purpose="marketing", customer=OPEN | ASKED | {"with_person_until": NOON + HOUR}),
    row("planned", "marketing goes on when the person is done", purpose="marketing", customer=OPEN | ASKED | {"with_person_until": NOON - HOUR}),
    row("planned", "service does not wait for a person", customer=OPEN | {"with_person_until": NOON + HOUR}),
    row("complaint_open", "marketing waits for a complaint", purpose="marketing", customer=OPEN | ASKED | {"complaint_open": True}),
    row("planned", "service does not wait for a complaint", customer=OPEN | {"complaint_open": True}),
    row("day_taken", "one push a day", customer=OPEN | pushed(HOUR)),
    row("day_taken", "20 hours between any two", customer=OPEN | pushed(timedelta(hours=19, minutes=59)), regular=False),
    row("planned", "a time-bound one after 20 hours", customer=OPEN | pushed(timedelta(hours=20)), regular=False),
    row("too_soon", "a regular one not on the next day", customer=OPEN | pushed(timedelta(hours=24)) | {"engagement": "engaged"}),
    row("too_soon", "nor two days later before 44 hours are over", customer=OPEN | pushed(timedelta(hours=43, minutes=59)) | {"engagement": "engaged"}),
    row("planned", "an engaged customer's after two days", customer=OPEN | pushed(timedelta(hours=44)) | {"engagement": "engaged"}),
    row("day_taken", "a last push that lies ahead is never far enough away", customer=OPEN | pushed(-DAY), regular=False),
    row("not_approved", "marketing needs a person's approval", purpose="marketing", approved=False, customer=OPEN | ASKED),
    row("planned", "one-to-one care needs none", approved=False, customer=OPEN),
    row("not_approved", "but an article does, which has to be published", approved=False, customer=OPEN, content={"kind": "article"}),
    row("planned", "and goes with it", customer=OPEN, content={"kind": "article"}),
    row("planned", "marketing where they asked for it", purpose="marketing", customer=OPEN | ASKED),
    row("planned", "marketing where the operator switched it on", purpose="marketing", customer=OPEN, campaign={"marketing_in_window": True}),
    row("quota_reserved", "the reserve is kept for festivals", channel="mass", coming=FESTIVAL, customer={"mass_month": MONTH, "mass_used": 3}),
    row("quota_reserved", "one that is paused until it begins is coming, too", channel="mass", coming=FESTIVAL | {"status": "paused"}, customer={"mass_month": MONTH, "mass_used": 3}),
    row("planned", "none is kept while no festival is coming this month", channel="mass", customer={"mass_month": MONTH, "mass_used": 3}),
    row("planned", "nor for one of next month", channel="mass", coming=FESTIVAL | {"starts": date(2026, 12, 1)}, customer={"mass_month": MONTH, "mass_used": 3}),
    row("planned", "nor for one that has ended", channel="mass", coming=FESTIVAL | {"status": "ended"}, customer={"mass_month": MONTH, "mass_used": 3}),
    row("planned", "as many are kept as the settings say", channel="mass", coming=FESTIVAL, push={"mass_reserve": 0}, customer={"mass_month": MONTH, "mass_used": 3}),
    row("quota_reserved", "and two of four", channel="mass", coming=FESTIVAL, push={"mass_reserve": 2}, customer={"mass_month": MONTH, "mass_used": 2}),
    row("planned", "a festival may use it", channel="mass", regular=False, customer={"mass_month": MONTH, "mass_used": 3}),
    row("no_entitlement", "four mass sends a month are all", channel="mass", regular=False, customer={"mass_month": MONTH, "mass_used": 4}),
    row("planned", "last month's do not count", channel="mass", customer={"mass_month": "2026-10", "mass_used": 4}),
    row("not_approved", "a mass send needs a person's approval", channel="mass", approved=False),
    row("no_entitlement", "an account that is not verified cannot mass-send", channel="mass", wechat={"verified": False}),
]  # fmt: skip

ONLY_PLANNED = [
    row("too_soon", "an ordinary customer's next is aimed at three days", customer=OPEN | pushed(timedelta(hours=48))),
    row("planned", "and comes after three", customer=OPEN | pushed(timedelta(hours=68))),
    row("planned", "who spoke to us again is on the first rung at once", customer=OPEN | pushed(timedelta(days=2)) | {"engagement": "engaged"}),
    row("too_soon", "a tired customer's at five", customer=OPEN | pushed(timedelta(days=4)) | TIRED | {"silent_pushes": 3}),
    row("planned", "and comes after five", customer=OPEN | pushed(timedelta(days=5)) | TIRED | {"silent_pushes": 3}),
    row("too_soon", "at seven when one more was left unanswered", customer=OPEN | pushed(timedelta(days=6)) | TIRED | {"silent_pushes": 4}),
    row("planned", "and comes after seven, however many there are", customer=OPEN | pushed(timedelta(days=7)) | TIRED | {"silent_pushes": 40}),
    row("kept", "nothing open: kept for the next contact", channels=["reply_window", "next_contact"]),
    row("not_approved", "an article that is not approved is not kept", approved=False, channels=["reply_window", "next_contact"], content={"kind": "article"}),
    row("no_entitlement", "and where that is not wanted, nothing", channels=["reply_window"]),
    row("no_entitlement", "marketing nobody asked for is not kept either", purpose="marketing", channels=["reply_window", "next_contact"], customer=OPEN),
    row("nothing_new", "a content that is of no use any more is none", content={"useful_until": NOON - HOUR}, customer=OPEN),
]  # fmt: skip

ONLY_CLAIMED = [
    row("planned", "a claim holds the least gap, not the one aimed at", customer=OPEN | pushed(timedelta(hours=44))),
    row("campaign_over", "a paused campaign sends nothing", campaign={"status": "paused"}, customer=OPEN),
    row("campaign_over", "nor one whose period is over", campaign={"ends": TODAY - DAY}, customer=OPEN),
    row("campaign_over", "nor one that has yet to start", campaign={"starts": TODAY + DAY}, customer=OPEN),
    row("too_late", "what is of no use any more stays", content={"useful_until": NOON}, customer=OPEN),
    row("no_entitlement", "a window that has closed", customer={"window_until": NOON, "window_left": 5}),
    row("no_entitlement", "a window that is used up", customer={"window_until": NOON + DAY, "window_left": 0}),
    row("planned", "the minute after a scan will do", customer={"scene_until": NOON + timedelta(seconds=30), "scene_left": 1}),
    row("no_entitlement", "marketing nobody asked for", purpose="marketing", customer=OPEN),
    row("outside_window", "care at noon waits", purpose="care", customer=OPEN),
    row("channel_halted", "a halted channel waits", halted="reply_window", customer=OPEN),
]  # fmt: skip


def lay_out(session: Session, fields: dict[str, Any]) -> int:
    build = Build(session)
    build.segment()
    purpose = fields.get("purpose", "service")
    approved = (
        {"approved_by": build.staff(), "approved_at": NOON - DAY} if fields.get("approved", True) else {}
    )
    build.content("words", purpose=purpose, **approved, **fields.get("content", {}))
    channels = fields.get(
        "channels", [fields["channel"]] if "channel" in fields else ["reply_window", "mass"]
    )
    campaign = {"regular": fields.get("regular", True), "channels": channels} | fields.get("campaign", {})
    build.campaign("tea", ["words"], **campaign)
    if "coming" in fields:
        build.campaign("festival", **fields["coming"])
    return build.customer(**fields.get("customer", {}))


def noon_for(purpose: str) -> datetime:
    """The fixed noon, or for marketing the last minute before it, when its window is open."""
    return NOON - timedelta(minutes=1) if purpose == "marketing" else NOON


def of_config(fields: dict[str, Any]) -> dict[str, Any]:
    return {section: fields[section] for section in ("push", "wechat") if section in fields}


@pytest.mark.parametrize(("fields", "verdict"), BOTH + ONLY_PLANNED)
def test_a_candidate_gets_the_first_objection_as_verdict(
    database: Database, fields: dict[str, Any], verdict: str
) -> None:
    services = pushing.services_with(database, FixedClock(NOON), FakeWeChat(), **of_config(fields))
    with database.transaction() as session:
        customer_id = lay_out(session, fields)

    plan(services, noon_for(fields.get("purpose", "service")))

    with database.reading() as session:
        said = pushing.verdict_of(session, customer_id, "tea")
        planned = pushing.deliveries_of(session, customer_id)
    assert said == (None if verdict == "forgotten" else verdict)  # who is forgotten is no candidate at all
    assert [one.state for one in planned] == (["planned"] if verdict in {"planned", "kept"} else [])


@pytest.mark.parametrize(("fields", "verdict"), BOTH + ONLY_CLAIMED)
def test_a_claim_asks_every_policy_again(database: Database, fields: dict[str, Any], verdict: str) -> None:
    purpose = fields.get("purpose", "service")
    now = noon_for(purpose)
    services = pushing.services_with(database, FixedClock(now), **of_config(fields))
    with database.transaction() as session:
        customer_id = lay_out(session, fields)
        delivery_id = Build(session).delivery(
            customer_id=customer_id, campaign_id="tea", content_id="words", purpose=purpose,
            channel=fields.get("channel", "reply_window"), regular=fields.get("regular", True), due_at=now - HOUR,
        )  # fmt: skip
        if "halted" in fields:
            pushing.halt(session, fields["halted"])
        before = pushing.customer(session, customer_id)
        moment = moments.claiming(session, now, services.config)
        won, refused = claims.claim_pushes(session, [delivery_id], moment, token="t", real=now)
        after = pushing.customer(session, customer_id)

    assert [one.reason for one in refused] == ([] if verdict == "planned" else [verdict])
    assert won == ([delivery_id] if verdict == "planned" else [])
    if verdict == "planned":
        assert (after.last_push_id, after.last_push_at, after.last_push_day) == (delivery_id, now, TODAY)
    else:
        assert after == before


def test_the_sentence_of_every_policy_is_written_down() -> None:
    names = {policy.name for policy in POLICIES if policy.reason is None}
    assert names - set(REASONS) == set()


def test_the_day_is_the_shops_and_not_that_of_utc(database: Database) -> None:
    with database.reading() as session:
        moment = moments.claiming(session, datetime(2026, 11, 30, 17, tzinfo=UTC), Config())
    assert (moment.today, moment.month) == (date(2026, 12, 1), "2026-12")

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import event

from bot.clock import FixedClock
from bot.config import Config
from bot.rules.pushes.telling import told
from bot.store.database import Database, Session
from bot.store.planning.explanations import SHOWN, explain
from bot.store.sending import mass_sends
from scheduler.deliver import deliver_due
from scheduler.plan import plan
from tests.conftest import NOON
from tests.support import pushing
from tests.support.build import Build
from tests.support.fake_wechat import FakeWeChat

CONFIG = Config()
OPEN = {"window_until": NOON + timedelta(days=1), "window_left": 5}


@pytest.fixture
def shop(build: Build) -> Build:
    build.segment()
    build.segment("tea", {"field": "tags", "op": "has", "value": "tea"})
    build.content("words", purpose="service")
    build.campaign("repair", ["words"])
    return build


def test_all_policies_are_shown_with_the_values_they_looked_at(session: Session, shop: Build) -> None:
    shop.customer(
        openid="o-a",
        last_push_at=NOON - timedelta(hours=30),
        last_push_day=NOON.date() - timedelta(days=1),
        **OPEN,
    )
    explanation = explain(session, "o-a", None, NOON, CONFIG)
    assert explanation is not None
    (campaign,) = explanation.campaigns
    assert campaign.objection == "too_soon"
    (too_soon,) = (one for one in campaign.findings if one.policy == "too_soon")
    assert too_soon.values["last_push_at"] == NOON - timedelta(hours=30)
    assert [one.policy for one in campaign.findings if one.stands] == ["too_soon"]
    assert explanation.next_regular_at == NOON - timedelta(hours=30) + timedelta(days=3) - timedelta(hours=4)


def test_a_customer_nothing_stands_against_is_told_what_they_get(session: Session, shop: Build) -> None:
    shop.customer(openid="o-a", **OPEN)
    explanation = explain(session, "o-a", "repair", NOON, CONFIG)
    assert explanation is not None
    (campaign,) = explanation.campaigns
    assert (campaign.objection, campaign.content_id, campaign.channel) == ("", "words", "reply_window")
    assert any("可以推送：内容 words" in line for line in told(explanation, CONFIG.push.zone))
    assert any("Would be sent: content words" in line for line in told(explanation, CONFIG.push.zone, "en"))


def test_every_objection_is_named_not_only_the_first(session: Session, shop: Build) -> None:
    shop.customer(openid="o-a", wants_pushes=False, unfollowed_at=NOON)
    explanation = explain(session, "o-a", "repair", NOON, CONFIG)
    assert explanation is not None
    stand = [one.policy for one in explanation.campaigns[0].findings if one.stands]
    assert stand[:2] == ["not_following", "opted_out"]


def test_who_is_outside_the_segment_is_told_so(session: Session, shop: Build) -> None:
    shop.customer(openid="o-a", **OPEN)
    shop.campaign("for tea", ["words"], segment_id="tea")
    explanation = explain(session, "o-a", "for tea", NOON, CONFIG)
    assert explanation is not None
    assert not explanation.campaigns[0].in_segment
    assert any("不在该活动的分群内" in line for line in told(explanation, CONFIG.push.zone))


def test_a_campaign_that_does_not_run_is_explained_when_asked_for(session: Session, shop: Build) -> None:
    shop.customer(openid="o-a", **OPEN)
    shop.campaign("paused", ["words"], status="paused")
    explanation = explain(session, "o-a", "paused", NOON, CONFIG)
    assert explanation is not None
    assert explanation.campaigns[0].objection == "campaign_over"


@pytest.mark.parametrize("channel", ["next_contact", "reply_window"])
def test_a_content_that_is_still_to_come_is_none_they_had(
    session: Session, shop: Build, channel: str
) -> None:
    customer = shop.customer(openid="o-a")
    shop.delivery(customer_id=customer, campaign_id="repair", content_id="words", channel=channel)
    explanation = explain(session, "o-a", "repair", NOON, CONFIG)
    assert explanation is not None
    stand = [one.policy for one in explanation.campaigns[0].findings if one.stands]
    assert stand[0] == "mine"
    assert "nothing_new" not in stand
    assert not any("都已收到过" in line for line in told(explanation, CONFIG.push.zone) if "✗" in line)


@pytest.mark.parametrize(
    ("is_sent", "given_to", "says"),
    [
        pytest.param(False, "others", "公众号当天的群发给了", id="planned for another content"),
        pytest.param(True, "others", "公众号当天的群发已用完", id="sent"),
        pytest.param(True, "words", "公众号当天的群发已用完", id="sent, with the same content, to others"),
        pytest.param(False, "words", "", id="planned for this very content: one more fits in"),
    ],
)
def test_whom_the_days_one_send_leaves_out_is_told_so(
    session: Session, build: Build, is_sent: bool, given_to: str, says: str
) -> None:
    build.segment()
    approved = {"approved_by": build.staff(), "approved_at": NOON}
    build.content("words", purpose="service", **approved)
    build.content("others", purpose="service", **approved)
    build.campaign("mine", ["words"])
    build.campaign("theirs", ["others"])
    build.customer(openid="o-a")
    campaign = "theirs" if given_to == "others" else "mine"
    taken = build.delivery(
        customer_id=build.customer(openid="o-b"), campaign_id=campaign, content_id=given_to, channel="mass",
        day=NOON.date(), due_at=NOON,
    )  # fmt: skip
    if is_sent:
        mass_sends.gather(session, [taken], target="tag", token="t", day=NOON.date(), now=NOON)
    subscription = Config.model_validate({"wechat": {"account_kind": "subscription"}})
    explanation = explain(session, "o-a", "mine", NOON, subscription)
    assert explanation is not None
    (mine,) = explanation.campaigns
    assert bool(mine.objection) is bool(says)
    assert says in "\n".join(told(explanation, CONFIG.push.zone))


def test_nobody_is_explained_for_an_unknown_openid(session: Session, shop: Build) -> None:
    assert explain(session, "o-nobody", None, NOON, CONFIG) is None


def test_the_rhythm_is_told_with_its_reason_and_its_numbers(session: Session, shop: Build) -> None:
    shop.customer(
        openid="o-a",
        engagement="tired",
        silent_pushes=4,
        last_push_at=NOON,
        last_push_day=NOON.date(),
        **OPEN,
    )
    explanation = explain(session, "o-a", None, NOON, CONFIG)
    assert explanation is not None
    rhythm, last = told(explanation, CONFIG.push.zone)[1:3]
    assert rhythm == (
        "互动程度：倦怠（还没有来过消息，之后有 4 条推送没有回应）；常规推送每 7 天一条"
        "（一般 3 天，从第 3 条没有回应的推送起每条加 2 天，最多 7 天；一有回应马上恢复）。"
    )
    assert (
        last
        == "上次推送 2026-11-24 12:00；限时推送不早于 2026-11-25 08:00，常规推送不早于 2026-12-01 08:00。"
    )
    rhythm, last = told(explanation, CONFIG.push.zone, "en")[1:3]
    assert "tired (never wrote, 4 pushes unanswered since); a regular push every 7 days" in rhythm
    assert "a time-bound one not before 2026-11-25 08:00, a regular one not before 2026-12-01 08:00" in last


def test_who_answers_is_told_so(session: Session, shop: Build) -> None:
    shop.customer(openid="o-a", engagement="engaged", spoke_at=NOON, **OPEN)
    explanation = explain(session, "o-a", None, NOON, CONFIG)
    assert explanation is not None
    rhythm, last = told(explanation, CONFIG.push.zone)[1:3]
    assert rhythm == (
        "互动程度：活跃（最近一次来消息 2026-11-24 12:00，之后有 0 条推送没有回应，14 天内来过消息且没有回应的不到 3 条，就是活跃）；"
        "常规推送每 2 天一条。"
    )
    assert last == "从未收到推送，随时可以。"


def test_an_instant_that_is_over_is_told_with_the_rhythm_of_then(
    database: Database, clock: FixedClock
) -> None:
    wechat = FakeWeChat()
    services = pushing.services_with(database, clock, wechat)
    with database.transaction() as session:
        build = Build(session)
        build.segment()
        for name in ("words", "more"):
            build.content(name, purpose="service")
        build.campaign("repair", ["words", "more"])
        build.customer(openid="o-a", window_until=NOON + timedelta(days=9), window_left=5)
    first = NOON
    for day in (0, 4):
        clock.set(NOON + timedelta(days=day))
        plan(services, clock.now())
        clock.forward(hours=5)
        deliver_due(services)
        plan(services, clock.now())
    assert len(wechat.sent) == 2
    with database.reading() as session:
        before = explain(session, "o-a", None, first + timedelta(minutes=1), CONFIG)
        between = explain(session, "o-a", None, first + timedelta(hours=6), CONFIG)
        now = explain(session, "o-a", None, clock.now(), CONFIG)
    assert before is not None
    assert between is not None
    assert now is not None
    assert (before.last_push_at, before.next_regular_at, before.unanswered) == (None, None, 0)
    assert between.last_push_at == first + timedelta(hours=5)
    assert between.unanswered == 1
    assert now.last_push_at == first + timedelta(days=4, hours=5)
    lines = told(between, CONFIG.push.zone)
    assert any("号推送：内容 words，渠道 客服消息，状态 已发送" in line for line in lines)


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_every_policy_is_told_in_words_with_the_figures_it_looked_at(
    session: Session, shop: Build, locale: str
) -> None:
    shop.customer(openid="o-a", bucket=4711, **OPEN)
    explanation = explain(session, "o-a", "repair", NOON, CONFIG)
    assert explanation is not None
    lines = told(explanation, CONFIG.push.zone, locale)
    columns = (name for name in SHOWN if "_" in name)
    for name in ("hold_out_of", "mine", "already_kept", "kept_before", "unsuitable", "awaited", *columns):
        assert not any(name in line for line in lines), name
    bucket = "分组号（0–9999）：4711" if locale == "zh" else "bucket (0–9999) 4711"
    assert sum(bucket in line for line in lines) == 1


def test_the_campaign_that_has_the_turn_is_told_by_its_name(session: Session, shop: Build) -> None:
    customer = shop.customer(openid="o-a", **OPEN)
    shop.campaign("visit", ["words"], name="维修后回访")
    shop.delivery(customer_id=customer, campaign_id="visit", content_id="words", day=NOON.date())
    explanation = explain(session, "o-a", "repair", NOON, CONFIG)
    assert explanation is not None
    assert "  不会推送：当天的名额归另一活动：维修后回访。" in told(explanation, CONFIG.push.zone)


def test_at_night_it_is_told_what_comes_in_the_next_window(session: Session, shop: Build) -> None:
    shop.customer(openid="o-a", window_until=NOON + timedelta(days=3), window_left=5)
    night = NOON + timedelta(hours=11)
    explanation = explain(session, "o-a", "repair", night, CONFIG)
    assert explanation is not None
    assert "  可以推送：内容 words，渠道 客服消息，时段 2026-11-25 09:00 至 2026-11-25 20:30。" in told(
        explanation, CONFIG.push.zone
    )


def test_who_was_no_candidate_on_a_day_that_is_over_is_told_so(database: Database, clock: FixedClock) -> None:
    services = pushing.services_with(database, clock, FakeWeChat())
    with database.transaction() as session:
        build = Build(session)
        build.segment("tea", {"field": "tags", "op": "has", "value": "tea"})
        build.content("words", purpose="service")
        build.campaign("repair", ["words"], segment_id="tea")
        build.customer(openid="o-a", **OPEN)
    plan(services, clock.now())
    clock.forward(hours=1)
    plan(services, clock.now())
    with database.reading() as session:
        then = explain(session, "o-a", None, NOON + timedelta(minutes=1), CONFIG)
    assert then is not None
    assert "  没有推送：当时不在活动的人群里，或没有这个时机。" in told(then, CONFIG.push.zone)


def test_each_campaign_more_asks_as_much_as_the_one_before(database: Database, clock: FixedClock) -> None:
    """What was decided, and who may keep them, is asked once for all of them."""
    services = pushing.services_with(database, clock)
    with database.transaction() as session:
        build = Build(session)
        build.segment()
        build.content("words", purpose="service")
        build.customer(openid="o-a", **OPEN)
    asked: list[str] = []

    def hear(_c: Any, _u: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    numbers = []
    for number in range(4):
        with database.transaction() as session:
            Build(session).campaign(f"campaign {number}", ["words"])
        plan(services, NOON)
        with database.reading() as session:
            event.listen(database.engine, "before_cursor_execute", hear)
            explanation = explain(session, "o-a", None, NOON, CONFIG)
            event.remove(database.engine, "before_cursor_execute", hear)
        assert explanation is not None
        assert len([one for one in explanation.campaigns if one.last_verdict]) == number + 1
        numbers.append(len(asked))
        asked.clear()
    first, *more = (after - before for before, after in pairwise(numbers))
    assert more == [first, first]

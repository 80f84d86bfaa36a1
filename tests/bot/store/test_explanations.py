from datetime import timedelta

import pytest

from bot.config import Config
from bot.rules.telling import told
from bot.store.database import Session
from bot.store.explanations import explain
from tests.conftest import NOON
from tests.support.build import Build

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
    assert any("would be sent: content words" in line for line in told(explanation, CONFIG.push.zone, "en"))


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


def test_nobody_is_explained_for_an_unknown_openid(session: Session, shop: Build) -> None:
    assert explain(session, "o-nobody", None, NOON, CONFIG) is None

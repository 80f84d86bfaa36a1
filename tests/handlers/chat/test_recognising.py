"""For every intention: what it answers, and what it leaves to others, asked through the whole order."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.values.incoming import (
    AuthorizationCancelled,
    AuthorizationRevoked,
    Follow,
    Image,
    Incoming,
    Link,
    Location,
    LocationReport,
    MenuMiniProgram,
    MenuPictures,
    MenuScan,
    MenuView,
    PersonSession,
    Scan,
    ShortVideo,
    Unfollow,
    Unknown,
    Video,
    Voice,
)
from bot.values.profile import Profile
from bot.values.reports import (
    MassFinished,
    NoticeChange,
    NoticePopup,
    NoticeSent,
    TemplateFinished,
    Verification,
)
from handlers import router
from handlers.chat import escalating, naming, several, understood
from tests.support.incoming import an, said, tapped

ANYBODY = Profile(id=1, openid="o-1")
LOOK_FURTHER = (
    escalating,
    naming,
    several,
    understood,
)  # take any words, and answer only what was learned or is watched


def who_answers(incoming: Incoming, profile: Profile = ANYBODY) -> str:
    """The name of the first intention that recognises it."""
    asked = [handler for handler in router.asked_about(type(incoming)) if handler not in LOOK_FURTHER]
    recognised = (handler for handler in asked if handler.recognise(incoming, profile) is not None)
    return next(recognised).__name__.rpartition(".")[2]


@pytest.mark.parametrize(
    ("text", "handler"),
    [
        ("退订", "stop_pushes"),
        ("您好，请不要再給我發消息了", "stop_pushes"),
        ("退订单", "knowledge"),
        ("怎么退货", "knowledge"),
        ("别再发错了", "knowledge"),
        ("发货了吗", "orders"),
        ("恢复推送", "start_pushes"),
        ("可以继续发", "start_pushes"),
        ("转人工", "human"),
        ("我要投诉", "human"),
        ("这把壶是人工打磨的吗", "knowledge"),
        ("我的订单到哪了", "orders"),
        ("D000123", "binding"),  # which hands it on to orders unless it asked for one
        ("下单后多久发货", "knowledge"),
        ("我有多少积分", "points"),
        ("积分怎么兑换", "knowledge"),
        ("您好", "small_talk"),
        ("谢谢", "small_talk"),
        ("你是机器人吗", "small_talk"),
        ("你好，紫砂壶怎么保养", "knowledge"),
        ("返回", "small_talk"),
        ("", "fallback"),
        ("\x00\u200b", "small_talk"),
    ],
)
def test_words_go_to_one_intention(text: str, handler: str) -> None:
    assert who_answers(said(text)) == handler


@pytest.mark.parametrize(
    ("key", "handler"),
    [
        ("MY_ORDERS", "orders"),
        ("MY_POINTS", "points"),
        ("HUMAN", "human"),
        ("STOP", "stop_pushes"),
        ("START", "start_pushes"),
        ("NEW_ARRIVALS", "menu"),
        ("OFFERS", "offers"),
        ("of-an-old-menu", "menu"),
        ("", "menu"),
    ],
)
def test_a_menu_tap_goes_to_one_intention(key: str, handler: str) -> None:
    assert who_answers(tapped(key)) == handler


@pytest.mark.parametrize(
    ("kind", "fields", "handler"),
    [
        (Follow, {}, "follow"),
        (Unfollow, {}, "unfollow"),
        (AuthorizationCancelled, {}, "unfollow"),
        (AuthorizationRevoked, {"revoked": "205"}, "authorization"),
        (Scan, {"scene": "42"}, "scan"),
        (MenuScan, {"key": "k", "scan_type": "qrcode", "result": "1", "waits": True}, "scan"),
        (Image, {"pic_url": "http://p", "media_id": "m"}, "attachments"),
        (Voice, {"media_id": "m"}, "attachments"),
        (Voice, {"media_id": "m", "recognition": "怎么退货"}, "knowledge"),
        (Video, {"media_id": "m"}, "attachments"),
        (ShortVideo, {"media_id": "m"}, "attachments"),
        (Location, {"latitude": 30.0, "longitude": 120.0}, "attachments"),
        (Link, {"title": "t"}, "attachments"),
        (MenuView, {"url": "http://p"}, "quiet_events"),
        (MenuMiniProgram, {"page_path": "p"}, "quiet_events"),
        (MenuPictures, {"key": "k", "taken_by": "pic_weixin"}, "quiet_events"),
        (LocationReport, {"latitude": 30.0, "longitude": 120.0}, "quiet_events"),
        (NoticePopup, {"consents": ()}, "notices"),
        (NoticeChange, {"consents": ()}, "notices"),
        (PersonSession, {"change": "create"}, "wechat_service"),
        (NoticeSent, {"results": ()}, "notices"),
        (MassFinished, {"msg_id_of_job": "1", "status": "send success"}, "reports"),
        (TemplateFinished, {"msg_id_of_job": "1", "status": "success"}, "reports"),
        (Verification, {"event": "annual_renew"}, "reports"),
        (Unknown, {"name": "card_pass_check"}, "reports"),
    ],
)
def test_an_event_goes_to_one_intention(kind: type[Incoming], fields: dict[str, Any], handler: str) -> None:
    assert who_answers(an(kind, **fields)) == handler


PIECES = [
    "{{ }}",
    "]]>",
    "{customer.name|您}",
    "退订",
    "人工",
    "订单",
    "\x00",
    "\u202e",
    "🙏",
    "[微笑]",
    "%s",
    "'; --",
    "我" * 10_000,
    "1" * 10_000,
]
ANY_TEXT = st.one_of(
    st.text(st.characters(codec="utf-8"), max_size=300),
    st.lists(st.sampled_from(PIECES), max_size=6).map("".join),
)


@settings(deadline=None)
@given(ANY_TEXT)
def test_no_text_is_too_strange_to_be_recognised_by_somebody(text: str) -> None:
    assert who_answers(said(text)) != ""
    assert who_answers(tapped(text)) != ""
    assert who_answers(an(Voice, media_id="m", recognition=text)) != ""

"""Points, knowledge with the customer's own facts, courtesies, attachments, and what is said when nobody knows."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from bot.rules.talk import texts
from bot.store import tables
from bot.store.sending import mass_reports
from bot.values.incoming import Image, Incoming, LocationReport, MenuView, Voice
from bot.values.knowledge import Entry
from bot.values.reply import Silence
from bot.values.reports import MassFinished
from tests.conftest import NOON
from tests.handlers.chat.conftest import Conversation
from tests.support.build import Build
from tests.support.incoming import an, said, tapped

HOUR = timedelta(hours=1)
LEVELS = Entry(
    id="benefits",
    question="会员有什么好处？",
    answer="{customer.name|您}好，{customer.level|普通}会员享双倍积分。",
    keywords="会员权益 特权",
)
NEWS = Entry(id="news", question="最近有什么新品？", answer="本月有新到的青瓷盖碗。", keywords="新品 上新")


def test_points_and_level_are_their_own(talk: Conversation, build: Build, customer: int) -> None:
    build.customer(openid="o-2")
    assert "320 积分" in talk.hear(said("我的积分")).text
    assert "青盏" in talk.hear(tapped("MY_POINTS")).text
    assert "还没有积分" in talk.hear(said("我的积分", openid="o-2")).text


def test_an_answer_has_the_customers_own_facts_and_names_its_entry(
    talk: Conversation, build: Build, customer: int
) -> None:
    build.customer(openid="o-2")
    talk.know([LEVELS])
    heard = talk.hear(said("会员有什么特权"))
    assert (heard.text, heard.source_id) == ("小林好，青盏会员享双倍积分。", "benefits")
    assert talk.hear(said("会员有什么特权", openid="o-2")).text == "您好，普通会员享双倍积分。"


def test_what_nobody_wrote_about_is_not_answered_from_something_else(
    talk: Conversation, customer: int
) -> None:
    talk.know([LEVELS, NEWS])
    heard = talk.hear(said("明天会下雨吗"))
    assert (heard.text, heard.source_id) == (texts.CANNOT_TELL, "")


def test_what_is_only_near_is_asked_back(talk: Conversation, customer: int) -> None:
    talk.know([LEVELS, NEWS])
    heard = talk.hear(said("听说入会有些特别照顾"))
    assert "您是不是想问" in heard.text
    assert LEVELS.question in heard.text
    assert heard.source_id == ""


def test_a_menu_tap_asks_the_knowledge(talk: Conversation, customer: int) -> None:
    talk.know([LEVELS, NEWS])
    assert talk.hear(tapped("NEW_ARRIVALS")).source_id == "news"
    assert talk.hear(tapped("OFFERS")).text == texts.NO_NEWS
    assert talk.hear(tapped("gone")).text == texts.UNKNOWN_MENU


@pytest.mark.parametrize(
    ("text", "expected"),
    [("您好", "您好，小林"), ("谢谢", "不客气"), ("你是真人吗", "不是真人")],
)
def test_small_talk(talk: Conversation, customer: int, text: str, expected: str) -> None:
    assert expected in talk.hear(said(text)).text


@pytest.mark.parametrize(
    ("kind", "fields", "expected"),
    [
        (Image, {"pic_url": "http://p", "media_id": "m"}, texts.PICTURE),
        (Voice, {"media_id": "m"}, texts.VOICE),
    ],
)
def test_what_cannot_be_read_is_said_so(
    talk: Conversation, customer: int, kind: type[Incoming], fields: dict[str, Any], expected: str
) -> None:
    assert talk.hear(an(kind, **fields)).text == expected


@pytest.mark.parametrize(
    ("kind", "fields"),
    [(MenuView, {"url": "http://p"}), (LocationReport, {"latitude": 1.0, "longitude": 2.0})],
)
def test_an_event_that_wants_nothing_gets_silence(
    talk: Conversation, customer: int, kind: type[Incoming], fields: dict[str, Any]
) -> None:
    assert talk.hear(an(kind, **fields)).reply == Silence()


def test_the_report_of_a_mass_send_closes_it(talk: Conversation, build: Build) -> None:
    content = build.content()
    mass = {
        "client_msg_id": "c-1",
        "content_id": content,
        "target": "openids",
        "state": "accepted",
        "wechat_id": "77",
        "created_at": NOON,
    }
    talk.session.execute(insert(tables.mass_sends).values(mass))
    assert mass_reports.unreported(talk.session, NOON + HOUR) == ["77"]
    talk.hear(an(MassFinished, openid="mphelper", msg_id_of_job="77", status="send success", total=3, sent=3))
    assert mass_reports.unreported(talk.session, NOON + HOUR) == []

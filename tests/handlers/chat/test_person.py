"""A person serves: the bot is silent, comes back by itself or when called, and a complaint holds marketing back."""

from datetime import timedelta

from bot.clock import FixedClock
from bot.rules import texts
from bot.store import handovers
from bot.values.incoming import Image
from bot.values.reply import Silence
from handlers.chat.human import BOT_SILENT
from tests.conftest import NOON
from tests.handlers.chat.conftest import Conversation
from tests.support.build import Build
from tests.support.incoming import an, said, tapped


def test_asking_for_a_person_puts_the_customer_on_the_list(talk: Conversation, customer: int) -> None:
    heard = talk.hear(said("转人工"))
    assert heard.text == texts.PERSON_COMES
    assert [waiting.customer_id for waiting in handovers.waiting(talk.session)] == [customer]
    assert talk.customer().with_person_until == NOON + BOT_SILENT
    assert not talk.customer().complaint_open


def test_the_bot_is_silent_while_a_person_serves(talk: Conversation, customer: int) -> None:
    talk.hear(said("人工"))
    heard = talk.hear(said("我的订单到哪了"))
    assert (heard.handler, heard.reply) == ("with_person", Silence())
    assert talk.hear(an(Image, pic_url="http://p", media_id="m")).reply == Silence()


def test_the_bot_comes_back_half_an_hour_after_the_last_word(
    talk: Conversation, clock: FixedClock, customer: int
) -> None:
    talk.hear(said("人工"))
    clock.forward(minutes=20)
    assert talk.hear(said("有人在处理吗，壶还是漏", sent_at=clock.now())).reply == Silence()
    clock.forward(minutes=29)
    assert talk.hear(said("还在吗，我再等等", sent_at=clock.now())).reply == Silence()
    clock.forward(minutes=30)
    assert talk.hear(said("我的积分", sent_at=clock.now())).handler == "points"
    assert handovers.is_open(talk.session, customer), "nobody has looked yet"


def test_the_customer_calls_the_bot_back(talk: Conversation, customer: int) -> None:
    talk.hear(said("人工"))
    assert talk.hear(said("不用了，谢谢")).text == texts.BACK_TO_BOT
    assert talk.hear(said("我的积分")).handler == "points"
    assert not handovers.is_open(talk.session, customer)


def test_a_menu_tap_is_answered_even_while_a_person_serves(talk: Conversation, customer: int) -> None:
    talk.hear(said("人工"))
    assert talk.hear(tapped("MY_POINTS")).handler == "points"


def test_a_wish_to_be_left_alone_is_heard_even_while_a_person_serves(
    talk: Conversation, customer: int
) -> None:
    talk.hear(said("人工"))
    assert talk.hear(said("别再给我推送了")).handler == "stop_pushes"
    assert not talk.customer().wants_pushes


def test_a_complaint_holds_marketing_back_until_a_person_closes_it(
    talk: Conversation, build: Build, customer: int
) -> None:
    assert talk.hear(said("我要投诉你们")).text == texts.COMPLAINT_TAKEN
    assert talk.customer().complaint_open
    talk.hear(said("算了"))
    assert talk.customer().complaint_open
    assert handovers.is_open(talk.session, customer)
    handovers.close(talk.session, customer, staff_id=build.staff(), now=NOON + timedelta(hours=1))
    assert not talk.customer().complaint_open


def test_a_complaint_while_a_person_serves_is_on_record(talk: Conversation, customer: int) -> None:
    talk.hear(said("人工"))
    talk.hear(said("我要投诉"))
    assert [waiting.reason for waiting in handovers.waiting(talk.session)] == ["complaint"]


def test_another_customer_is_answered_meanwhile(talk: Conversation, build: Build, customer: int) -> None:
    build.customer(openid="o-2")
    talk.hear(said("人工"))
    assert talk.hear(said("我的积分", openid="o-2")).handler == "points"

"""A person serves: the bot is silent, comes back by itself or when called, and a complaint holds marketing back."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update

from bot.clock import FixedClock
from bot.config import Person
from bot.rules.talk import person_texts, texts
from bot.store.tables import account_managers, customers, deliveries, messages
from bot.store.tables import handovers as rows
from bot.store.talk import handover_endings, handover_turns, handovers, waiting_list
from bot.values.incoming import Image, PersonSession, Text, Voice
from bot.values.reply import Silence, ToPerson, text_of
from handlers import router
from handlers.chat import with_person
from handlers.chat.human import BOT_SILENT
from handlers.chat.speaking import Answer, Slow
from tests.conftest import NOON
from tests.handlers.chat.conftest import Conversation
from tests.support.build import Build
from tests.support.incoming import an, said, tapped

HALF_AN_HOUR = timedelta(minutes=30)


def test_asking_for_a_person_puts_the_customer_on_the_list(talk: Conversation, customer: int) -> None:
    heard = talk.hear(said("转人工"))
    assert heard.text == texts.PERSON_COMES
    assert [waiting.customer_id for waiting in waiting_list.waiting(talk.session, NOON)] == [customer]
    assert talk.customer().with_person_until == NOON + BOT_SILENT
    assert not talk.customer().complaint_open


def test_who_their_account_manager_is_needs_nobody_to_come(
    talk: Conversation, build: Build, customer: int
) -> None:
    assert talk.hear(said("我的客户经理是谁")).text == person_texts.NO_MANAGER
    talk.session.execute(
        insert(account_managers).values(customer_id=customer, staff_id=build.staff(name="陆姐"), since=NOON)
    )
    assert talk.hear(said("我的客户经理是谁")).text == person_texts.YOUR_MANAGER.format(manager="陆姐")
    assert waiting_list.waiting(talk.session, NOON) == []


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
    assert [waiting.reason for waiting in waiting_list.waiting(talk.session, NOON)] == ["complaint"]


def test_another_customer_is_answered_meanwhile(talk: Conversation, build: Build, customer: int) -> None:
    build.customer(openid="o-2")
    talk.hear(said("人工"))
    assert talk.hear(said("我的积分", openid="o-2")).handler == "points"


def test_who_asks_twice_is_told_their_place(talk: Conversation, build: Build, customer: int) -> None:
    other = build.customer(openid="o-2")
    handovers.open_handover(talk.session, other, complaint=False, now=NOON - HALF_AN_HOUR, until=NOON)
    talk.hear(said("人工"))
    heard = talk.hear(said("人工"))
    assert heard.text == f"{person_texts.AHEAD.format(ahead=1)}{texts.PERSON_COMES_ALREADY}"
    handover_turns.take(talk.session, other, build.staff(), NOON)
    assert talk.hear(said("转人工")).text.startswith(person_texts.NEXT)


def test_once_taken_they_are_told_so_and_once_answered_the_bot_says_nothing(
    talk: Conversation, build: Build, customer: int
) -> None:
    staff = build.staff()
    talk.hear(said("人工"))
    handover_turns.take(talk.session, customer, staff, NOON)
    assert talk.hear(said("人工")).text == person_texts.IS_READING
    build.message(customer, "您好", direction="out", staff_id=staff, created_at=NOON)
    assert talk.hear(said("转人工")).reply == Silence()


def test_out_of_hours_they_are_told_when_somebody_answers(
    talk: Conversation, clock: FixedClock, customer: int
) -> None:
    clock.forward(hours=10)  # ten in the evening
    heard = talk.hear(said("人工", sent_at=clock.now()))
    assert "明天 09:00" in heard.text
    assert talk.hear(said("在吗", sent_at=clock.now())).reply == Silence()
    assert "明天 09:00" in talk.hear(said("人工", sent_at=clock.now())).text
    assert "明天 09:00" in talk.hear(said("我要投诉", sent_at=clock.now())).text


def test_a_voice_that_wants_a_person_gets_one(talk: Conversation, customer: int) -> None:
    heard = talk.hear(an(Voice, media_id="m", recognition="转人工"))
    assert heard.handler == "human"
    assert talk.hear(an(Voice, media_id="m", recognition="壶漏水")).reply == Silence()


def back(talk: Conversation, text: str, clock: FixedClock) -> Answer | Slow:
    """What follows the intentions, as the door asks for it."""
    context = talk.context(said(text, sent_at=clock.now()))
    return with_person.back_again(*router.answer(context), context)


def test_back_after_quiet_the_bot_says_so_once(talk: Conversation, clock: FixedClock, customer: int) -> None:
    talk.hear(said("人工"))
    clock.forward(minutes=31)
    first, second = back(talk, "我的积分", clock), back(talk, "我的积分", clock)
    assert isinstance(first, Answer)
    assert isinstance(second, Answer)
    assert text_of(first.reply).startswith(person_texts.BACK_AFTER_QUIET)
    assert text_of(first.reply).endswith(text_of(second.reply))
    assert handovers.is_open(talk.session, customer), "it stays on the list"


def test_who_asks_again_after_quiet_gets_the_persons_silence_again(
    talk: Conversation, clock: FixedClock, customer: int
) -> None:
    talk.hear(said("人工"))
    clock.forward(minutes=31)
    again = back(talk, "人工", clock)
    assert isinstance(again, Answer)
    assert person_texts.NEXT in text_of(again.reply)
    assert talk.customer().with_person_until == clock.now() + BOT_SILENT


def test_a_persons_words_after_the_bot_was_back_silence_it_again(
    talk: Conversation, clock: FixedClock, customer: int
) -> None:
    talk.hear(said("人工"))
    clock.forward(minutes=31)
    back(talk, "我的积分", clock)
    handovers.served(talk.session, customer, clock.now() + BOT_SILENT)
    assert talk.hear(said("我的积分", sent_at=clock.now())).reply == Silence()


def test_how_it_was_is_answered_by_a_tap_and_kept_with_the_hand_over(
    talk: Conversation, build: Build, customer: int
) -> None:
    window = {"window_until": NOON + timedelta(hours=1), "window_left": 3}
    talk.session.execute(update(customers).where(customers.c.id == customer).values(window))
    talk.hear(said("人工"))
    handover_endings.end(talk.session, customer, staff_id=build.staff(), now=NOON, day=NOON.date())
    heard = talk.hear(an(Text, content="非常满意", menu_id="visit-5"))
    assert heard.handler == "satisfaction"
    assert talk.session.execute(select(rows.c.rating)).scalar_one() == 5
    assert talk.hear(said("5")).handler != "satisfaction", "once"


class TestWeChatsOwnService:
    """`person.wechat_service`: the customer goes there, the bot is silent by the same rule."""

    @pytest.fixture(autouse=True)
    def _switched_on(self, talk: Conversation) -> None:
        person = Person(wechat_service=True, kf_account="kf2001@shop")
        config = talk.services.config.model_copy(update={"person": person})
        talk.services = replace(talk.services, config=config)

    def test_the_customer_is_transferred_and_told(self, talk: Conversation, customer: int) -> None:
        assert talk.hear(said("人工")).reply == ToPerson("kf2001@shop")
        assert handovers.is_open(talk.session, customer)
        owed = talk.session.execute(select(deliveries.c.payload)).scalar_one()
        assert owed["text"] == texts.PERSON_COMES

    def test_what_follows_goes_there_too(self, talk: Conversation, customer: int) -> None:
        talk.hear(said("人工"))
        assert talk.hear(said("我的积分")).reply == ToPerson("kf2001@shop")

    def test_their_talk_keeps_the_bot_silent_and_its_end_brings_it_back(
        self, talk: Conversation, clock: FixedClock, customer: int
    ) -> None:
        talk.hear(said("人工"))
        clock.forward(minutes=20)
        talk.hear(an(PersonSession, change="create"))
        assert talk.customer().with_person_until == clock.now() + BOT_SILENT
        talk.hear(an(PersonSession, change="close"))
        assert talk.hear(said("我的积分")).handler == "points"
        assert not handovers.is_open(talk.session, customer)

    def test_a_complaint_stays_open_for_our_own_staff(self, talk: Conversation, customer: int) -> None:
        talk.hear(said("我要投诉"))
        talk.hear(an(PersonSession, change="close"))
        assert handovers.is_open(talk.session, customer)
        assert talk.customer().complaint_open


def test_two_words_call_the_bot_back_as_one_does(talk: Conversation, customer: int) -> None:
    talk.hear(said("人工"))
    assert talk.hear(said("算了不用了")).text == texts.BACK_TO_BOT
    assert talk.hear(said("返回")).text == texts.STILL_THE_BOT


def test_who_is_hurt_while_they_wait_is_told_once_to_look_after_themselves(
    talk: Conversation, build: Build, customer: int
) -> None:
    talk.hear(said("我要投诉"))
    assert talk.hear(said("壶嘴漏水烫到手了")).text == person_texts.FIRST_OF_ALL
    assert talk.hear(said("烫到手了啊")).reply == Silence()
    row = {"customer_id": customer, "direction": "out", "kind": "text", "text": "严重吗", "created_at": NOON}
    talk.session.execute(insert(messages).values(row | {"staff_id": build.staff(name="小林")}))
    assert talk.hear(said("手烫伤了")).reply == Silence()


@pytest.mark.parametrize("text", ["Can I talk to a human?", "human", "human please"])
def test_who_writes_english_is_told_in_english_as_well(talk: Conversation, customer: int, text: str) -> None:
    heard = talk.hear(said(text)).text
    assert heard.startswith(person_texts.IN_ENGLISH)
    assert texts.PERSON_COMES in heard
    assert talk.hear(said("back")).text == texts.BACK_TO_BOT


def test_who_complains_again_is_not_told_the_same_again(talk: Conversation, customer: int) -> None:
    assert talk.hear(said("我要投诉")).text == texts.COMPLAINT_TAKEN
    assert talk.hear(said("你们是骗子")).text == f"{person_texts.NEXT}{texts.PERSON_COMES_ALREADY}"


@pytest.mark.parametrize("text", ["你们老板呢", "店长在吗", "经理"])
def test_who_asks_where_the_boss_is_wants_a_person(talk: Conversation, customer: int, text: str) -> None:
    assert talk.hear(said(text)).handler == "human"


def test_who_is_hurt_after_quiet_hears_it_though_a_colleague_reads_already(
    talk: Conversation, build: Build, clock: FixedClock, customer: int
) -> None:
    talk.hear(said("我要投诉"))
    handover_turns.take(talk.session, customer, build.staff(name="小林"), NOON)
    row = {"customer_id": customer, "direction": "out", "kind": "text", "text": "在看", "created_at": NOON}
    talk.session.execute(insert(messages).values(row | {"staff_id": build.staff(name="小何")}))
    clock.forward(hours=1)
    assert talk.hear(said("手烫伤了", sent_at=clock.now())).text == person_texts.FIRST_OF_ALL

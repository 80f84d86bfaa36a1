"""One polite question behind an answer: when it is asked, how it is answered, and that it can be refused for ever."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest
from sqlalchemy import func, select

from bot.clock import FixedClock
from bot.rules.people.facts import load
from bot.rules.talk import facts_words as words
from bot.store.people import facts
from bot.store.people.questions import NEVER
from bot.store.tables import customers, questions
from bot.values.facts import Attribute
from bot.values.incoming import Incoming
from bot.values.knowledge import Entry
from bot.values.reply import text_of
from handlers import router
from handlers.chat import questions as asking
from handlers.chat.speaking import Answer
from handlers.profile import visitor
from tests.handlers.chat.conftest import Conversation
from tests.support.build import Build
from tests.support.incoming import said, tapped

FIRST = "挑东西的时候，您最看重哪一点？"
SECOND = "您平时是哪一种情况？"


@pytest.fixture
def chat(talk: Conversation, customer: int) -> "Chat":
    talk.know([Entry(id="water", question="泡茶的水温是多少", answer="绿茶宜用 80℃ 的水。")])
    return Chat(talk)


class Chat:
    """As the door does it: the question goes behind the answer."""

    def __init__(self, talk: Conversation) -> None:
        self.talk = talk

    def hear(self, incoming: Incoming) -> str:
        context = self.talk.context(incoming)
        handler, answer = router.answer(context)
        whole = asking.asked_along(handler, answer, context)
        assert isinstance(whole, Answer)
        return text_of(whole.reply)

    def say(self, text: str) -> str:
        return self.hear(said(text, sent_at=self.talk.clock.now()))

    def knows(self) -> dict[str, str]:
        found = facts.holding(self.talk.session, self.talk.customer().id)
        return {name: fact.value for name, fact in found.items()}


def test_a_question_follows_an_answer_and_its_answer_is_kept_with_its_source(chat: Chat) -> None:
    heard = chat.say("泡茶的水温是多少")
    assert heard.startswith("绿茶宜用 80℃ 的水。\n\n顺便问您一句")
    assert FIRST in heard
    assert "记下了：购物时看重「好用耐用」" in chat.say("2")
    found = facts.holding(chat.talk.session, chat.talk.customer().id)["decision_driver"]
    assert (found.value, found.source, found.confidence) == ("function", "own_word", 1.0)


def test_only_one_a_day_and_the_next_is_another(chat: Chat, clock: FixedClock) -> None:
    chat.say("我的积分")
    chat.say("1")
    assert "顺便问" not in chat.say("泡茶的水温是多少")
    clock.forward(hours=11)  # 23:00
    assert "顺便问" not in chat.say("我的积分")
    clock.forward(hours=2)
    assert SECOND in chat.say("我的积分")


def test_an_answer_in_free_words_is_understood(chat: Chat, clock: FixedClock) -> None:
    chat.say("我的积分")
    chat.say("质量")
    clock.forward(days=1)
    chat.say("我的积分")
    assert "上班族" in chat.say("我是上班的")
    assert chat.knows() == {"decision_driver": "function", "occupation": "white_collar"}


def test_who_asks_something_else_gets_their_answer_and_may_still_answer_later(chat: Chat) -> None:
    chat.say("我的积分")
    assert "80℃" in chat.say("泡茶的水温是多少")
    assert chat.say("价格") == words.thanks(_attribute("decision_driver"), "price")


def test_a_refused_question_never_comes_again(chat: Chat, clock: FixedClock) -> None:
    chat.say("我的积分")
    assert chat.say("不想说") == words.PASSED_OVER
    asked = []
    for _ in range(200):
        clock.forward(days=1)
        asked.append(chat.say("我的积分"))
    assert not any(FIRST in text for text in asked)
    assert any(SECOND in text for text in asked)


def test_no_more_questions_means_none_for_ever(chat: Chat, clock: FixedClock) -> None:
    chat.say("我的积分")
    assert chat.say("别问了") == words.NEVER_AGAIN
    assert chat.talk.customer().ask_after == NEVER
    for _ in range(60):
        clock.forward(days=7)
        assert "顺便问" not in chat.say("我的积分")


def test_what_is_passed_over_in_silence_comes_twice_at_most(chat: Chat, clock: FixedClock) -> None:
    asked = []
    for _ in range(400):
        asked.append(chat.say("我的积分"))
        clock.forward(days=1)
    assert sum(FIRST in text for text in asked) == 2
    counted = select(questions.c.attribute, func.count()).group_by(questions.c.attribute)
    assert {count for _, count in chat.talk.session.execute(counted)} == {2}


def test_an_answer_after_a_day_is_no_answer(chat: Chat, clock: FixedClock) -> None:
    chat.say("我的积分")
    clock.forward(hours=24)
    chat.say("2")
    assert chat.knows() == {}


def test_what_was_told_can_be_taken_back(chat: Chat, clock: FixedClock) -> None:
    chat.say("我的积分")
    chat.say("2")
    assert chat.say("撤回") == words.TAKEN_BACK
    assert chat.knows() == {}
    clock.forward(days=40)
    assert FIRST not in chat.say("我的积分")


def test_a_number_beyond_the_choices_is_told_kindly(chat: Chat) -> None:
    chat.say("我的积分")
    assert chat.say("8") == words.NO_SUCH_CHOICE.format(most=3)
    assert chat.knows() == {}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("我要投诉", id="a complaint"),
        pytest.param("转人工", id="a hand-over"),
        pytest.param("退订", id="a refusal of pushes"),
        pytest.param("你们能不能造火箭", id="what has no answer"),
        pytest.param("我的订单到哪了", id="an order they wait for"),
    ],
)
def test_nothing_is_asked_behind(chat: Chat, text: str) -> None:
    assert "顺便问" not in chat.say(text)
    assert "顺便问" not in (chat.say("我的积分") if text in {"我要投诉", "转人工", "退订"} else "")


def test_a_tap_is_answered_without_a_question(chat: Chat) -> None:
    assert "顺便问" not in chat.hear(tapped("MY_POINTS"))


def test_what_is_known_is_not_asked_but_a_guess_is(chat: Chat) -> None:
    customer, now = chat.talk.customer().id, chat.talk.clock.now()
    facts.learn(chat.talk.session, customer, "decision_driver", "price", "inference", now, now.date())
    assert FIRST in chat.say("我的积分")


def test_who_has_told_everything_is_not_looked_up_at_each_message(chat: Chat) -> None:
    customer, now = chat.talk.customer().id, chat.talk.clock.now()
    for attribute, value in (("decision_driver", "price"), ("occupation", "student"), ("age_band", "20s"), ("gender", "female")):  # fmt: skip
        facts.learn(chat.talk.session, customer, attribute, value, "import", now, now.date())
    assert "顺便问" not in chat.say("我的积分")
    assert chat.talk.customer().ask_after > now + timedelta(days=20)


def test_a_number_without_a_question_is_nobodys_answer(chat: Chat, build: Build) -> None:
    assert chat.say("2") not in {words.PASSED_OVER, words.TAKEN_BACK}
    assert chat.talk.session.execute(select(customers.c.question_until)).scalar_one() is None


def _attribute(name: str) -> Attribute:
    return load("").attributes[name]


@pytest.mark.parametrize("incoming", [said("我的资料"), said("你们记了我什么"), tapped("MY_FACTS")])
def test_who_asks_what_is_known_gets_a_link_of_their_own(
    talk: Conversation, customer: int, incoming: Incoming
) -> None:
    heard = talk.hear(incoming)
    link = re.search(r"/profile/\?k=(\S+)", heard.text)
    assert link
    assert visitor.linked(link[1], talk.services.config.server) == customer


def test_who_is_not_due_costs_no_query(chat: Chat) -> None:
    chat.say("我的积分")
    context = chat.talk.context(said("我的积分"))
    handler, answer = router.answer(context)
    without_a_store = replace(context, session=cast("Any", None))
    assert asking.asked_along(handler, answer, without_a_store) is answer


def test_nothing_is_asked_of_somebody_in_trouble(chat: Chat) -> None:
    assert "顺便问" not in chat.say("急死了，泡茶的水温是多少")
    assert "顺便问" in chat.say("泡茶的水温是多少")

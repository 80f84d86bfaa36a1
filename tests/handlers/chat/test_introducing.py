"""How they want to be called is kept as their own word; words that only look like a name are not."""

from datetime import timedelta

import pytest

from bot.rules.talk import introduced_words as words
from bot.rules.talk.introduced_words import introduced
from bot.store.people import customers, facts, questions
from bot.values.facts import Fact
from tests.conftest import NOON
from tests.handlers.chat.conftest import Conversation
from tests.support.incoming import said


def held(talk: Conversation, customer: int) -> dict[str, Fact]:
    return facts.holding(talk.session, customer)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("我叫张三", "张三"),
        ("你好，我叫欧阳明月", "欧阳明月"),
        ("我的名字错了，我叫许小棠", "许小棠"),
        ("叫我刘姐就好", "刘姐"),
        ("以后叫我老王吧", "老王"),
        ("我的名字是Anna", "Anna"),
    ],
)
def test_a_name_is_kept_with_where_it_came_from(
    talk: Conversation, customer: int, text: str, name: str
) -> None:
    heard = talk.hear(said(text))
    assert (heard.handler, heard.text) == ("introducing", words.NOTED.format(name=name))
    fact = held(talk, customer)["name"]
    assert (fact.value, fact.source, fact.evidence) == (name, "own_word", {"from": "chat"})
    profile = customers.profile_of(talk.session, "o-1")
    assert profile is not None
    assert profile.name == name


@pytest.mark.parametrize(
    "text",
    ["叫我怎么办", "我叫了快递", "我叫不醒他", "叫我白等了一天", "我叫你们老板来", "张三的订单到了吗", "别叫我亲", "我叫什么", "姓名要写吗", "马上到", "我叫车去拿"],
)  # fmt: skip
def test_these_are_no_names(text: str) -> None:
    found = introduced(text)
    assert found is None or found.leans


def test_a_surname_is_asked_further_and_a_title_answers_the_question_too(
    talk: Conversation, customer: int
) -> None:
    questions.ask(talk.session, customer, "gender", NOON - timedelta(minutes=5), NOON.date(), 0)
    assert talk.hear(said("免贵姓欧阳")).text == words.WHICH_TITLE.format(surname="欧阳")
    assert talk.hear(said("欧阳女士")).handler == "introducing"
    found = held(talk, customer)
    assert (found["name"].value, found["gender"].value) == ("欧阳女士", "female")
    assert questions.open_one(talk.session, customer, talk.clock.now()) is None


def test_a_name_alone_is_one_only_where_they_were_asked(talk: Conversation, customer: int) -> None:
    assert talk.hear(said("张")).handler != "introducing"
    assert talk.hear(said("张先生")).handler != "introducing"
    talk.hear(said("我姓张"))
    assert talk.hear(said("张先生")).handler == "introducing"

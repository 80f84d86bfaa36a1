"""Stopping and starting pushes in chat: effective at once, polite, and the same when it is said again."""

from datetime import timedelta

from bot.clock import FixedClock
from bot.rules.talk import texts
from tests.conftest import NOON
from tests.handlers.chat.conftest import Conversation
from tests.support.build import Build
from tests.support.incoming import said, tapped


def test_who_stops_pushes_gets_none_from_now_on(talk: Conversation, customer: int) -> None:
    heard = talk.hear(said("别再给我发消息了"))
    row = talk.customer()
    assert (row.wants_pushes, row.stopped_pushes_at) == (False, NOON)
    assert "恢复推送" in heard.text


def test_stopping_again_keeps_the_first_date(talk: Conversation, clock: FixedClock, customer: int) -> None:
    talk.hear(said("退订"))
    clock.forward(days=3)
    heard = talk.hear(said("TD"))
    assert talk.customer().stopped_pushes_at == NOON
    assert heard.text == texts.STOPPED_ALREADY


def test_starting_puts_on_record_that_they_asked(
    talk: Conversation, clock: FixedClock, customer: int
) -> None:
    talk.hear(said("退订"))
    clock.forward(hours=1)
    heard = talk.hear(said("恢复推送"))
    row = talk.customer()
    assert (row.wants_pushes, row.stopped_pushes_at) == (True, None)
    assert row.asked_for_pushes_at == NOON + timedelta(hours=1)
    assert "退订" in heard.text


def test_stopping_takes_the_asking_back(talk: Conversation, customer: int) -> None:
    talk.hear(said("我要订阅"))
    talk.hear(said("退订"))
    assert talk.customer().asked_for_pushes_at is None


def test_the_menu_says_the_same_as_words(talk: Conversation, customer: int) -> None:
    talk.hear(tapped("STOP"))
    assert not talk.customer().wants_pushes
    talk.hear(tapped("START"))
    assert talk.customer().wants_pushes


def test_another_customer_goes_on_getting_pushes(talk: Conversation, build: Build, customer: int) -> None:
    build.customer(openid="o-2")
    talk.hear(said("退订"))
    assert talk.customer("o-2").wants_pushes

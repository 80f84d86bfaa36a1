"""A copy, an erasure after a confirmation, no decisions from who they are: each with a receipt, on both databases."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.rules.talk import own_data_words as words
from bot.store.people import own_data
from bot.store.tables import customers, own_data_wishes
from tests.handlers.chat.conftest import Conversation
from tests.support.incoming import said

RECEIPT = re.compile(r"WL\d{8}-[2-9A-HJ-NP-Z]{12}")


def test_everything_is_erased_only_after_the_word(talk: Conversation, customer: int) -> None:
    asked = talk.hear(said("删除我的全部资料"))
    assert asked.handler == "own_data"
    assert "确认删除" in asked.text
    assert "/profile/?k=" in asked.text
    assert talk.customer().name == "小林"
    done = talk.hear(said("确认删除")).text
    receipt = RECEIPT.search(done)
    assert receipt
    row = talk.session.execute(select(customers).where(customers.c.id == customer)).one()
    assert (row.openid, row.name, row.points, row.forgotten_at is not None) == (None, None, 0, True)
    kept = talk.session.execute(select(own_data_wishes)).one()
    assert (kept.customer_id, kept.receipt, kept.kind) == (customer, receipt[0], "erase")


def test_the_word_alone_or_too_late_erases_nothing(talk: Conversation, customer: int) -> None:
    nothing = words.NOTHING_ASKED.format(minutes=10)
    assert talk.hear(said("确认删除")).text == nothing
    talk.hear(said("删除我的全部资料"))
    talk.clock.forward(minutes=10)
    assert talk.hear(said("确认删除")).text == nothing
    assert talk.customer().id == customer


def test_who_thinks_better_of_it_keeps_everything(talk: Conversation, customer: int) -> None:
    talk.hear(said("删除我的全部资料"))
    assert talk.hear(said("算了不要了")).text == words.KEPT
    assert talk.hear(said("确认删除")).text == words.NOTHING_ASKED.format(minutes=10)
    assert talk.hear(said("算了不要了")).handler != "own_data"
    assert talk.customer().id == customer


def test_one_customers_wish_is_not_anothers(talk: Conversation, customer: int) -> None:
    talk.hear(said("删除我的全部资料"))
    assert not own_data.is_asked(talk.session, customer + 1, "erase", talk.clock.now())


def test_who_had_stopped_pushes_is_told_that_it_still_holds(talk: Conversation, customer: int) -> None:
    talk.session.execute(update(customers).values(wants_pushes=False))
    talk.hear(said("删除我的全部资料"))
    assert words.REFUSAL_STAYS in talk.hear(said("确认删除")).text
    assert customer


def test_personalisation_goes_off_and_on_at_once(talk: Conversation, customer: int) -> None:
    assert RECEIPT.search(talk.hear(said("关闭个性化推荐")).text)
    assert not talk.customer().wants_personal
    assert talk.hear(said("关闭个性化推荐")).text == words.OFF_ALREADY
    assert words.IS_OFF in talk.hear(said("隐私设置")).text
    assert RECEIPT.search(talk.hear(said("打开个性化推荐")).text)
    assert talk.customer().wants_personal
    assert talk.hear(said("打开个性化推荐")).text == words.ON_ALREADY
    assert own_data.wants_personal(talk.session, customer)


def test_receipts_are_listed_newest_first(talk: Conversation, customer: int) -> None:
    assert talk.hear(said("我的回执")).text == words.NO_RECEIPTS
    own_data.done(talk.session, customer, "export", talk.clock.now())
    talk.clock.forward(minutes=1)
    talk.hear(said("关闭个性化推荐"))
    text = talk.hear(said("我的回执")).text
    assert text.index("关闭个性化推荐") < text.index("导出全部资料")
    assert len(RECEIPT.findall(text)) == 2


@pytest.mark.usefixtures("customer")
def test_a_copy_is_a_link_of_their_own(talk: Conversation) -> None:
    text = talk.hear(said("导出我的资料")).text
    assert "/profile/?k=" in text


def test_a_question_answered_late_is_none(talk: Conversation, customer: int) -> None:
    own_data.ask(talk.session, customer, "erase", talk.clock.now() - timedelta(hours=1))
    assert not own_data.is_asked(talk.session, customer, "erase", talk.clock.now())


def test_to_stop_and_to_start_are_on_their_receipts_once(talk: Conversation, customer: int) -> None:
    for text in ("退订", "退订", "恢复推送", "恢复推送"):
        talk.hear(said(text))
    told = talk.hear(said("我的回执")).text
    assert [told.count(words.DONE[kind]) for kind in ("pushes_off", "pushes_on")] == [1, 1]


def test_receipts_of_one_day_differ_and_lie_as_they_came(talk: Conversation, customer: int) -> None:
    given = []
    for _ in range(30):
        given.append(own_data.done(talk.session, customer, "export", talk.clock.now()))
        talk.clock.forward(seconds=1)
    assert given == sorted(given)
    behind_the_second = [receipt[-8:] for receipt in given]
    assert all(len({end[place] for end in behind_the_second}) > 5 for place in range(8))


def test_an_older_receipt_is_still_listed(talk: Conversation, customer: int) -> None:
    own_data.done(talk.session, customer, "export", talk.clock.now())
    talk.session.execute(update(own_data_wishes).values(receipt="WL20261101-0A1B2C3D"))
    assert "WL20261101-0A1B2C3D" in talk.hear(said("我的回执")).text

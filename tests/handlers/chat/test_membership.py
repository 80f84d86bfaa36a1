"""A member asks for their ledger, exchanges points for a voucher, and finds it again; on both databases."""

import re
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select, update

from bot.config import Config, Membership
from bot.rules.talk import membership_words as words
from bot.store.loyalty import points
from bot.store.loyalty.points import About
from bot.store.tables import customers
from tests.handlers.chat.conftest import Conversation
from tests.support.build import Build
from tests.support.incoming import said, tapped

CODE = re.compile(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}")


@pytest.fixture
def member(talk: Conversation, build: Build) -> Conversation:
    anna = build.customer(openid="o-1", name="小林", level="白盏会员")
    grant = About(key="g", kind="grant", note="开业赠送")
    points.gain(talk.session, anna, 620, grant, date(2027, 12, 31), talk.clock.now())
    config = talk.services.config.model_copy(update={"membership": Membership(source="orders")})
    talk.services = replace(talk.services, config=config)
    return talk


def test_points_tell_the_level_and_the_way_up(member: Conversation) -> None:
    text = member.hear(said("我的积分")).text
    assert all(
        word in text
        for word in ("620 积分", "白盏会员", "¥1000.00", "青盏会员", "▱▱▱▱▱▱▱▱▱▱ 0%", "2027 年 12 月 31 日")
    )


def test_points_become_a_voucher_once(member: Conversation) -> None:
    heard = member.hear(said("积分兑换"))
    assert (heard.handler, "1. 10 元券：500 分" in heard.text, "还差 580 分" in heard.text) == (
        "membership",
        True,
        True,
    )
    text = member.hear(said("兑换1")).text
    code = CODE.search(text)
    assert code
    assert "还有 120 分" in text
    assert code[0] in member.hear(said("我的券")).text
    assert member.hear(said("再兑换1")).text == words.TOO_FEW.format(
        name="10 元券", points=500, has=120, wanting=380
    )
    assert points.faults(member.session) == []


def test_an_exchange_sent_twice_in_haste_spends_once(member: Conversation, build: Build) -> None:
    about = About(key="g2", kind="grant", note="")
    anna = member.session.execute(select(customers.c.id).where(customers.c.openid == "o-1")).scalar_one()
    points.gain(member.session, anna, 2000, about, date(2027, 12, 31), member.clock.now())
    code = CODE.search(member.hear(said("兑换1")).text)
    assert code
    again = member.hear(said("兑换1")).text
    assert again == words.JUST_EXCHANGED.format(name="10 元券", code=code[0])
    assert "还有 1620 分" in member.hear(said("再换一张10元券")).text
    assert "还有 420 分" in member.hear(said("兑换2")).text  # another reward is another wish
    member.clock.forward(minutes=6)
    assert "还差 80 分" in member.hear(said("兑换1")).text
    assert points.faults(member.session) == []


def test_the_ledger_says_where_points_came_from_and_went(member: Conversation) -> None:
    member.hear(said("兑换10元券"))
    text = member.hear(said("积分明细")).text
    assert text.index("兑换 -500（10 元券）") < text.index("店铺赠送 +620（开业赠送）")


def test_a_number_that_is_no_reward_is_told(member: Conversation) -> None:
    assert member.hear(said("兑换9")).text == words.NO_SUCH_REWARD
    assert member.hear(tapped("MY_VOUCHERS")).text == words.NO_VOUCHERS


def test_where_the_shop_keeps_points_knowledge_and_the_imported_figure_answer(
    talk: Conversation, customer: int
) -> None:
    assert talk.services.config == Config(server=talk.services.config.server)
    assert talk.hear(said("积分兑换")).handler != "membership"
    assert "320 积分" in talk.hear(said("我的积分")).text
    talk.session.execute(update(customers).where(customers.c.id == customer).values(points=0))


def test_a_reward_may_be_named_by_what_it_is_worth(member: Conversation) -> None:
    assert "10 元券" in member.hear(said("换那个10块的")).text
    assert member.hear(said("换那个33块的")).handler != "membership"

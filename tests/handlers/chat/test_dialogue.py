"""What is said leans on what was said before: the second one of any list, a correction, a list of rewards."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert

from bot.config import Config, Membership
from bot.rules.talk import membership_words as words
from bot.rules.talk import texts
from bot.store.tables import order_lines
from bot.store.talk import messages
from bot.values.knowledge import Entry
from bot.values.reply import Menu, to_json
from tests.handlers.chat.conftest import Conversation
from tests.support.build import Build
from tests.support.incoming import NOON, said


@pytest.fixture
def bought(talk: Conversation, build: Build, customer: int) -> Conversation:
    things = [
        ("西施紫砂壶 180 毫升", "delivered"),
        ("胡桃木干泡台 36×20 厘米", "shipped"),
        ("生铁煎锅 26 厘米", "delivered"),
    ]
    for place, (product, status) in enumerate(things):
        order = build.order(
            customer,
            external_id=f"TF10000{place}",
            status=status,
            amount=99,
            ordered_at=NOON - timedelta(days=place + 1),
        )
        line = {"order_id": order, "position": 0, "product_name": product, "quantity": 1, "price": 99}
        talk.session.execute(insert(order_lines).values(line))
    return talk


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("第二个到了吗", "TF100001"),
        ("最后一个", "TF100002"),
        ("那就第一个吧", "TF100000"),
        ("不是那个,是干泡台", "TF100001"),
        ("就煎锅", "TF100002"),
        ("煎锅的那个订单", "TF100002"),
    ],
)
def test_after_orders_one_of_them_is_meant(bought: Conversation, text: str, number: str) -> None:
    assert "TF100000" in bought.hear(said("我的订单")).text
    told = bought.hear(said(text))
    assert told.handler == "mentioned"
    assert [one for one in ("TF100000", "TF100001", "TF100002") if one in told.text] == [number]


def test_without_a_list_before_it_nothing_is_meant(bought: Conversation) -> None:
    assert bought.hear(said("不是那个,是干泡台")).handler != "mentioned"
    bought.hear(said("我的订单"))
    bought.clock.forward(minutes=31)
    assert bought.hear(said("第二个到了吗")).handler != "mentioned"


def test_a_question_about_a_thing_is_none_about_its_order(bought: Conversation) -> None:
    bought.know([Entry(id="care", question="那个煎锅怎么保养", answer="抹油。")])
    bought.hear(said("我的订单"))
    assert bought.hear(said("那个煎锅怎么保养")).source_id == "care"


def test_what_is_over_is_told_in_a_line_beside_what_is_under_way(bought: Conversation) -> None:
    text = bought.hear(said("我的订单到哪了")).text
    assert "订单 TF100001（11月22日）\n" in text
    assert "订单 TF100000（11月23日）已签收：西施紫砂壶 180 毫升" in text


def test_a_kind_of_thing_picks_the_order_though_no_two_characters_are_the_same(bought: Conversation) -> None:
    text = bought.hear(said("我那个茶壶到哪了")).text
    assert "TF100000" in text
    assert "TF100001" not in text


def test_the_second_of_what_may_be_meant_is_answered_as_if_it_had_been_tapped(
    talk: Conversation, customer: int
) -> None:
    talk.know([Entry(id="wash", question="茶壶怎么洗？", answer="小苏打。")])
    menu = Menu("您是不是想问：", (("i:order", "订单"), ("k:wash", "茶壶怎么洗？")), "")
    messages.said(talk.session, customer, "msgmenu", "您是不是想问：", to_json(menu), NOON)
    assert talk.hear(said("第二个")).text == "小苏打。"


def test_a_place_among_rewards_spends_nothing_and_says_how(talk: Conversation, customer: int) -> None:
    talk.services = replace(talk.services, config=Config(membership=Membership(source="orders")))
    assert words.lists_rewards(talk.hear(said("积分能换啥")).text)
    assert talk.hear(said("第一个")).text == words.HOW_TO_EXCHANGE.format(number=1)
    assert talk.customer().points == 320


def test_a_number_of_an_order_in_a_told_one_is_theirs(bought: Conversation, build: Build) -> None:
    build.customer(openid="o-2")
    assert bought.hear(said("TF100001", openid="o-2")).text == texts.NO_SUCH_ORDER.format(number="TF100001")
    assert bought.hear(said("第一个", openid="o-2")).handler != "mentioned"

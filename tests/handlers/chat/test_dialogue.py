"""What is said leans on what was said before: the second one of any list, a correction, a list of rewards."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert

from bot.config import Config, Membership
from bot.insight.catalogue import Named
from bot.insight.intents import Understanding
from bot.rules.talk import membership_words as words
from bot.rules.talk import texts
from bot.store.shop import catalogue
from bot.store.tables import order_lines
from bot.store.talk import messages
from bot.values.knowledge import Entry
from bot.values.reply import Menu, to_json
from tests.handlers.chat.conftest import Conversation
from tests.support.build import Build
from tests.support.incoming import NOON, said
from tests.support.learned import model


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


def test_the_next_of_a_list_may_be_asked_for_behind_one_of_it(bought: Conversation) -> None:
    bought.hear(said("我的订单"))
    assert "TF100002" in bought.hear(said("最后一个")).text
    told = bought.hear(said("第一个呢")).text
    assert "TF100000" in told
    assert "TF100002" not in told


@pytest.fixture
def learned(talk: Conversation, build: Build, customer: int) -> Conversation:
    build.product(external_id="TEA-1", name="雨前龙井 100 克", price=168, stock=86)
    build.product(external_id="POT-1", name="西施紫砂壶 180 毫升", price=680, stock=12)
    understanding = Understanding(model())
    found = catalogue.on_sale(talk.session)
    understanding.put_products([Named(one.external_id, one.name) for one in found], "1")
    talk.services = replace(talk.services, understanding=understanding)
    talk.services.knowledge.lean(model().confidence)
    talk.know(
        [
            Entry(id="brew", question="龙井怎么泡？", answer="八十度。", keywords="泡茶 冲泡 绿茶"),
            Entry(id="voucher", question="优惠券怎么用？", answer="结算时选上。", keywords="券 代金券"),
            Entry(id="origin", question="龙井是什么时候采的？", answer="谷雨前。", keywords="新茶 春茶"),
        ]
    )
    return talk


@pytest.mark.parametrize(
    ("before", "text", "answer"),
    [
        ("龙井是什么时候采的", "多少钱", "¥168.00"),
        ("龙井是什么时候采的", "有货吗", "现在有货"),
        ("龙井是什么时候采的", "怎么泡", "八十度。"),
        ("龙井多少钱", "怎么泡呢", "八十度。"),
        ("我的券", "怎么用", "结算时选上。"),
    ],
)
def test_a_short_question_is_about_what_was_spoken_of(
    learned: Conversation, before: str, text: str, answer: str
) -> None:
    learned.hear(said(before))
    assert answer in learned.hear(said(text)).text


def test_it_is_not_after_a_while_nor_for_somebody_else(learned: Conversation, build: Build) -> None:
    build.customer(openid="o-2")
    learned.hear(said("雨前龙井多少钱"))
    assert "168" not in learned.hear(said("有货吗", openid="o-2")).text
    learned.clock.forward(minutes=31)
    assert "168" not in learned.hear(said("有货吗")).text


def test_what_was_said_just_now_is_not_said_again_as_if_it_were_an_answer(learned: Conversation) -> None:
    assert learned.hear(said("龙井怎么泡")).text == "八十度。"
    assert learned.hear(said("会不会是假的")).text != "八十度。"

"""Whose order, which order, where it is."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert

from bot.rules.talk import texts
from bot.store.tables import order_lines
from bot.values.knowledge import Entry
from tests.handlers.chat.conftest import Conversation
from tests.support.build import Build
from tests.support.incoming import said, tapped

AUTUMN = datetime(2026, 10, 1, 2, tzinfo=UTC)


@pytest.fixture
def bought(talk: Conversation, build: Build, customer: int) -> None:
    """A teapot under way, a wok that arrived, a cup; the cup is the newest."""
    things = [
        ("青瓷茶壶", "shipped", ["QN100", "QN101"]),
        ("铸铁锅", "delivered", []),
        ("马克杯", "paid", []),
    ]
    for number, (product, status, parcels) in enumerate(things):
        order = build.order(
            customer,
            external_id=f"D10000{number}",
            status=status,
            amount=199,
            ordered_at=AUTUMN + timedelta(days=number),
        )
        for parcel in parcels:
            build.shipment(order, carrier="青鸟快递", tracking_no=parcel)
        line = {"order_id": order, "position": 0, "product_name": product, "quantity": 1, "price": 199}
        talk.session.execute(insert(order_lines).values(line))


@pytest.mark.usefixtures("bought")
def test_a_product_word_picks_the_order(talk: Conversation) -> None:
    heard = talk.hear(said("那个茶壶发货了吗"))
    assert all(
        word in heard.text
        for word in ("D100000", "青瓷茶壶", "¥199.00", "已发货", "青鸟快递 QN100；青鸟快递 QN101", "10月1日")
    )
    assert "铸铁锅" not in heard.text


@pytest.mark.usefixtures("bought")
def test_one_character_picks_it_too(talk: Conversation) -> None:
    heard = talk.hear(said("我的锅到了吗"))
    assert "铸铁锅" in heard.text
    assert "青瓷茶壶" not in heard.text


@pytest.mark.usefixtures("bought")
def test_without_a_product_the_newest_orders_are_listed_newest_first(talk: Conversation) -> None:
    text = talk.hear(said("我的订单到哪了")).text
    assert text.index("D100002") < text.index("D100001") < text.index("D100000")
    assert talk.hear(tapped("MY_ORDERS")).text == text


@pytest.mark.usefixtures("bought")
def test_a_product_they_never_bought_is_said_so(talk: Conversation) -> None:
    text = talk.hear(said("我买的电水壶烧水器到哪了")).text
    assert text.startswith("没有找到含「电水壶烧水器」的订单")
    assert "D100002" in text


@pytest.mark.usefixtures("bought")
def test_an_order_number_is_found_whatever_its_capitals(talk: Conversation) -> None:
    text = talk.hear(said("d100001")).text
    assert "铸铁锅" in text
    assert "已签收" in text


@pytest.mark.usefixtures("bought")
def test_nobody_sees_the_order_of_another(talk: Conversation, build: Build) -> None:
    build.customer(openid="o-2")
    assert talk.hear(said("D100001", openid="o-2")).text == texts.NO_SUCH_ORDER.format(number="D100001")
    assert talk.hear(said("我的订单", openid="o-2")).text == texts.NO_ORDERS


def test_at_most_five_are_listed(talk: Conversation, build: Build, customer: int) -> None:
    for day in range(7):
        build.order(customer, external_id=f"D20000{day}", ordered_at=AUTUMN + timedelta(days=day))
    text = talk.hear(said("查订单")).text
    assert text.count("订单 D") == 5
    assert "D200006" in text
    assert "D200001" not in text


def test_who_never_bought_hears_what_the_knowledge_says_about_shipping(
    talk: Conversation, customer: int
) -> None:
    talk.know([Entry(id="dispatch", question="什么时候发货？", answer="付款后当天发出。", keywords="发货")])
    heard = talk.hear(said("什么时候发货"))
    assert (heard.text, heard.source_id) == ("付款后当天发出。", "dispatch")


@pytest.mark.parametrize("asked", ["我的订单到哪了", "我买的锅发货了吗"])
def test_who_asks_for_an_order_of_theirs_and_has_none_is_told_so_and_not_how_one_asks(
    talk: Conversation, customer: int, asked: str
) -> None:
    talk.know(
        [Entry(id="where", question=asked, answer="直接在这里说“我的订单到哪了”。", keywords="订单 发货")]
    )
    assert talk.hear(said(asked)).text == texts.NO_ORDERS


@pytest.mark.usefixtures("bought")
def test_who_asks_for_their_money_is_told_of_the_order_it_was_given_back_for(
    talk: Conversation, build: Build, customer: int
) -> None:
    order = build.order(customer, external_id="D100009", status="refunded", amount=158, ordered_at=AUTUMN)
    line = {"order_id": order, "position": 0, "product_name": "主人杯", "quantity": 1, "price": 158}
    talk.session.execute(insert(order_lines).values(line))
    text = talk.hear(said("我退的那个杯子钱退了没")).text
    assert "D100009" in text
    assert "已退款" in text
    assert "马克杯" not in text

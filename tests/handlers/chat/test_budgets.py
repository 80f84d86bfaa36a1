"""So much money for a kind of thing, and what several things cost together: every number from the shop's data; on both databases."""

from dataclasses import replace

import pytest
from sqlalchemy import insert, select, update

from bot.insight.catalogue import Named
from bot.insight.intents import Understanding
from bot.rules.talk import budget_words, own_data_words, total_words
from bot.store.people import own_data
from bot.store.shop import catalogue
from bot.store.tables import order_lines, products
from bot.values.knowledge import Entry
from tests.handlers.chat.conftest import Conversation
from tests.support.build import Build
from tests.support.incoming import said

THINGS = {
    "青瓷茶壶 200 毫升": ("茶壶", 180, 3),
    "紫砂茶壶": ("茶壶", 680, 3),
    "玻璃茶壶": ("茶壶", 39, 0),
    "白瓷杯": ("茶杯", 46, 9),
    "主人杯": ("茶杯", 158, 9),
    "雨前龙井": ("茶叶", "168.50", 9),
}
GIFTS = Entry(id="gifts", question="送领导送什么合适？", answer="礼盒最稳妥。", keywords="送人 送礼")


@pytest.fixture
def shop(talk: Conversation, customer: int) -> Conversation:
    for number, (name, (category, price, stock)) in enumerate(THINGS.items()):
        row = {"external_id": f"P{number}", "name": name, "category": category}
        talk.session.execute(insert(products).values(row | {"price": price, "stock": stock}))
    understanding = Understanding()
    named = [Named(one.external_id, one.name) for one in catalogue.on_sale(talk.session)]
    understanding.put_products(named, "1")
    talk.services = replace(talk.services, understanding=understanding)
    talk.know([GIFTS])
    return talk


def test_what_costs_more_or_is_not_there_is_not_named(shop: Conversation) -> None:
    heard = shop.hear(said("200块以内的茶壶"))
    assert heard.handler == "budgets"
    assert heard.text.startswith(budget_words.WITHIN.format(words="茶壶"))
    assert "青瓷茶壶 200 毫升 · ¥180.00" in heard.text
    assert "紫砂" not in heard.text
    assert "玻璃" not in heard.text


def test_a_word_for_the_kind_is_found_by_its_last_sign(shop: Conversation) -> None:
    text = shop.hear(said("一百块以下的小茶杯有吗")).text
    assert "白瓷杯 · ¥46.00" in text
    assert "主人杯" not in text
    assert shop.hear(said("100以内的水壶")).text.startswith(budget_words.NOT_WITHIN.format(words="壶"))
    assert shop.hear(said("100以内的毛笔")).text.startswith(budget_words.OTHER_KIND)


def test_where_all_cost_more_the_nearest_is_told_and_that_it_is_not_within(shop: Conversation) -> None:
    text = shop.hear(said("50元以内的茶壶")).text
    assert text.startswith(budget_words.NOT_WITHIN.format(words="茶壶"))
    assert text.index("青瓷茶壶") < text.index("紫砂茶壶")


def test_what_they_have_is_told_where_nothing_else_is_within(
    shop: Conversation, build: Build, customer: int
) -> None:
    pot = shop.session.execute(select(products).where(products.c.name.startswith("青瓷茶壶"))).one()
    line = {"order_id": build.order(customer), "position": 0, "product_id": pot.id, "product_name": pot.name}
    shop.session.execute(insert(order_lines).values(line | {"quantity": 1, "price": 180}))
    text = shop.hear(said("200块以内的茶壶")).text
    assert text.startswith(budget_words.WITHIN.format(words="茶壶"))
    assert "青瓷茶壶" in text


def test_the_cheapest_goes_first_and_the_dearest_too(shop: Conversation) -> None:
    cheapest = shop.hear(said("最便宜的茶壶是哪个")).text
    assert cheapest.index("¥180.00") < cheapest.index("¥680.00")
    assert shop.hear(said("最贵的茶壶")).text.splitlines()[1].startswith("1. 紫砂茶壶")


def test_an_occasion_is_answered_by_who_wrote_of_it(shop: Conversation) -> None:
    assert shop.hear(said("送领导送什么合适，五百以内")).source_id == "gifts"
    assert shop.hear(said("300以内 送外星人")).text.startswith(budget_words.OTHER_KIND)


def test_nothing_for_the_money_is_said_so(shop: Conversation) -> None:
    assert shop.hear(said("20以内有什么")).text == budget_words.NOTHING_WITHIN


def test_a_sum_of_named_things(shop: Conversation) -> None:
    heard = shop.hear(said("三罐雨前龙井和两个白瓷杯一共多少钱"))
    assert heard.handler == "totals"
    assert "雨前龙井：¥168.50 × 3 = ¥505.50" in heard.text
    assert "白瓷杯：¥46.00 × 2 = ¥92.00" in heard.text
    assert "一共 ¥597.50。" in heard.text


def test_two_of_what_was_shown_and_two_asked_about_one_after_the_other(shop: Conversation) -> None:
    shop.hear(said("最贵的茶壶"))
    assert "一共 ¥860.00。" in shop.hear(said("两个一起多少钱")).text
    shop.clock.forward(hours=1)
    for text in ("雨前龙井", "白瓷杯"):
        shop.hear(said(text))
    assert "一共 ¥214.50。" in shop.hear(said("两个加起来多少钱")).text


def test_two_of_the_one_thing_they_speak_of(shop: Conversation) -> None:
    shop.hear(said("最贵的茶叶"))
    assert "¥168.50 × 2 = ¥337.00" in shop.hear(said("两罐一共多少钱")).text


def test_a_sum_of_nothing_known_asks_back(shop: Conversation) -> None:
    assert shop.hear(said("两个一起多少钱")).text == total_words.WHICH


def test_a_price_of_today_is_added_up(shop: Conversation) -> None:
    shop.hear(said("最贵的茶壶"))
    shop.session.execute(update(products).where(products.c.name == "紫砂茶壶").values(price=700))
    assert "一共 ¥880.00。" in shop.hear(said("两个一起多少钱")).text


def test_no_more_suggestions_is_not_no_more_pushes(talk: Conversation, customer: int) -> None:
    heard = talk.hear(said("别再推荐了"))
    assert heard.handler == "own_data"
    assert heard.text.endswith(own_data_words.PUSHES_GO_ON)
    assert not own_data.wants_personal(talk.session, customer)
    assert talk.customer().wants_pushes
    assert talk.hear(said("不要给我推荐东西了")).text.startswith(own_data_words.OFF_ALREADY)

"""The demo shop's texts agree with its products, with each other and with the platform's limits."""

import re
from collections.abc import Iterator

import pytest

from bot.insight.knowledge import WordIndex
from bot.rules.contents import templates
from bot.rules.talk.person_words import person_wish
from bot.rules.talk.shop_words import order_question
from bot.rules.talk.wishes import starts_pushes, stops_pushes
from bot.sandbox.shop import catalogue
from bot.values.knowledge import Entry

PRICE = re.compile(r"(\d+)\s*元|¥\s*(\d+)")
HEALING = re.compile(r"养生|排毒|抗癌|养胃|美容养颜|国家级|全网最低|最佳|顶级|第一品牌")
TOP_NAME, SUB_NAME = 4, 8  # Chinese characters a phone shows
CATEGORIES = {"trends", "policy", "news", "encouragement", "leisure", "promotion", "care"}
NARROW = "festival-"  # campaigns that are right on their day only

PRODUCTS = catalogue.products()
TEXTS = catalogue.plans_and_knowledge()


def all_texts() -> Iterator[tuple[str, str]]:
    yield from ((product.external_id, product.description) for product in PRODUCTS)
    yield from ((content.id, content.text) for content in TEXTS.contents)
    yield from ((entry.id, entry.answer) for entry in TEXTS.knowledge)


def index() -> WordIndex:
    found = WordIndex()
    found.replace(
        [
            Entry(
                id=one.id,
                question=one.question,
                answer=one.answer,
                keywords=one.keywords,
                asks=one.asks or (),
            )
            for one in TEXTS.knowledge
        ],
        "1",
    )
    return found


def test_there_is_enough_to_look_at() -> None:
    assert len(PRODUCTS) >= 40
    assert len(TEXTS.knowledge) >= 120
    assert len({campaign.id for campaign in TEXTS.campaigns if not campaign.id.startswith(NARROW)}) >= 8
    assert {product.external_id for product in PRODUCTS if product.stock == 0}  # somebody will ask for it


def test_every_product_has_its_own_number_and_name() -> None:
    assert (
        len({product.external_id for product in PRODUCTS})
        == len({product.name for product in PRODUCTS})
        == len(PRODUCTS)
    )


def test_every_price_in_a_text_is_a_products_or_the_shops_own_amount() -> None:
    known = (
        {int(product.price) for product in PRODUCTS} | set(catalogue.amounts().values()) | {1}
    )  # 1 元 is what one point costs
    named = [(id, int(yuan or sign)) for id, text in all_texts() for yuan, sign in PRICE.findall(text)]  # noqa: A001
    assert [(id, amount) for id, amount in named if amount not in known] == []  # noqa: A001


def test_a_price_beside_a_products_name_is_that_products() -> None:
    names = {re.sub(r"[\s（].*", "", product.name): int(product.price) for product in PRODUCTS}
    beside = re.compile(
        rf"({'|'.join(sorted(names, key=len, reverse=True))})[^，。；、（和的\d]{{0,6}}(?:（|，| )?(\d+) 元(?!券)"
    )
    found = [(id, name, int(price)) for id, text in all_texts() for name, price in beside.findall(text)]  # noqa: A001
    assert len(found) > 20
    assert [one for one in found if names[one[1]] != one[2]] == []


def test_what_a_set_saves_is_what_its_parts_cost_more() -> None:
    price = {product.external_id: int(product.price) for product in PRODUCTS}
    parts = {
        "初见": ("SET-01", ("CUP-01", "CUP-03", "CUP-04", "TRAY-04", "TRAY-05")),
        "新灶": ("SET-03", ("KNI-01", "BOA-01", "KNI-03")),
        "出门": ("SET-04", ("CUP-07", "TEA-11")),
    }
    amounts = catalogue.amounts()
    for name, (together, alone) in parts.items():
        single = sum(price[part] for part in alone)
        assert amounts[f"「{name}」单买合计"] == single
        assert amounts[f"「{name}」省下"] == single - price[together]


def test_a_text_fits_a_message_names_only_known_places_and_heals_nobody() -> None:
    for id, text in all_texts():  # noqa: A001
        templates.check(text)
        assert len(text.encode()) <= 2000, id
        assert not HEALING.search(text), id


def test_a_content_is_long_enough_to_be_worth_reading_and_short_enough_to_be_read() -> None:
    assert [content.id for content in TEXTS.contents if not 40 <= len(content.text) <= 160] == []
    assert {content.category for content in TEXTS.contents} <= CATEGORIES


def test_only_contents_that_offer_something_are_marketing() -> None:
    offers = {content.id for content in TEXTS.contents if content.category == "promotion"}
    assert offers == {content.id for content in TEXTS.contents if content.purpose == "marketing"}


def test_every_content_is_used_and_every_campaign_finds_its_segment() -> None:
    used = [content for campaign in TEXTS.campaigns for content in campaign.contents]
    assert sorted(used) == sorted({content.id for content in TEXTS.contents})  # each in one campaign only
    assert {campaign.segment for campaign in TEXTS.campaigns} == {"everyone"} | {
        segment.id for segment in TEXTS.segments
    }


def test_what_may_come_sooner_comes_only_once() -> None:
    """Two contents of a time-bound campaign would reach a customer on two days running, but for an occasion's."""
    several = [campaign for campaign in TEXTS.campaigns if len(campaign.contents) > 1]
    assert [campaign.id for campaign in several if not campaign.regular and campaign.occasion is None] == []


def test_the_menu_is_one_the_platform_takes() -> None:
    buttons = catalogue.menu()["button"]
    assert 1 <= len(buttons) <= 3
    assert all(len(button["name"]) <= TOP_NAME and 1 <= len(button["sub_button"]) <= 5 for button in buttons)
    leaves = [leaf for button in buttons for leaf in button["sub_button"]]
    assert all(leaf["type"] == "click" and len(leaf["name"]) <= SUB_NAME for leaf in leaves)
    assert {leaf["key"] for leaf in leaves} == {
        "MY_ORDERS",
        "MY_POINTS",
        "NEW_ARRIVALS",
        "FOR_ME",
        "OFFERS",
        "HUMAN",
        "MY_FACTS",
        "STOP",
        "START",
    }


def test_a_place_in_the_menu_that_a_text_names_is_there() -> None:
    places = {
        f"{button['name']}－{leaf['name']}"
        for button in catalogue.menu()["button"]
        for leaf in button["sub_button"]
    }
    named = {place for _, text in all_texts() for place in re.findall(r"“([^“”]+－[^“”]+)”", text)}
    assert named
    assert named <= places


def test_what_a_text_tells_a_customer_to_say_is_understood() -> None:
    knowledge = index()
    said = {
        words
        for _, text in all_texts()
        for run in re.findall(r"(?:说|说一声)((?:“[^”]+”)+)", text)
        for words in re.findall(r"“([^”]+)”", run)
    }
    assert {"转人工", "停止推送", "恢复推送", "投诉", "我的订单到哪了", "绿茶怎么泡"} <= said
    assert [
        words
        for words in said
        if not (
            stops_pushes(words)
            or starts_pushes(words)
            or person_wish(words)
            or order_question(words)
            or knowledge.search(words)
        )
    ] == []


def test_an_order_number_of_the_demo_is_heard_in_a_question() -> None:
    asked = order_question("TF202611210018 到哪了")
    assert asked
    assert asked.number == "TF202611210018"


@pytest.mark.parametrize(
    ("asked", "entry"), [("最近有什么新品", "new-arrivals"), ("现在有什么优惠活动", "discounts-now")]
)
def test_what_the_menu_asks_finds_its_entry(asked: str, entry: str) -> None:
    assert index().search(asked)[0].entry.id == entry


def test_an_entrys_own_question_finds_it_first() -> None:
    knowledge = index()
    assert [
        entry.id for entry in TEXTS.knowledge if knowledge.search(entry.question)[0].entry.id != entry.id
    ] == []

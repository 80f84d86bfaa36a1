"""A wish for advice, answered from the shop's own orders; on both databases."""

from datetime import timedelta
from typing import Any, cast

import pytest
from sqlalchemy import insert, update

from bot import recommending
from bot.insight import taste_training, tastes
from bot.rules.talk import recommend_words as words
from bot.store import learnt
from bot.store.shop import baskets
from bot.store.tables import order_lines, products, returns
from bot.values.knowledge import Entry
from tests.handlers.chat.conftest import Conversation
from tests.support.build import Build
from tests.support.incoming import said, tapped

THINGS = {"青瓷茶壶": "茶具", "白瓷杯": "茶具", "龙井": "茶叶", "铸铁锅": "锅具", "锅盖": "锅具"}


class Shop:
    def __init__(self, talk: Conversation, build: Build) -> None:
        self.talk, self.build = talk, build
        self.ids: dict[str, int] = {}
        for number, (name, category) in enumerate(THINGS.items()):
            row = {"external_id": f"P{number}", "name": name, "category": category, "price": 99, "stock": 3}
            made = talk.session.execute(insert(products).values(row))
            self.ids[name] = cast("Any", made.inserted_primary_key)[0]

    def bought(self, customer: int, *names: str, days_ago: int = 20, status: str = "delivered") -> int:
        order = self.build.order(
            customer, status=status, amount=99, ordered_at=self.talk.clock.now() - timedelta(days=days_ago)
        )
        for position, name in enumerate(names):
            row = {
                "order_id": order,
                "position": position,
                "product_id": self.ids[name],
                "product_name": name,
            }
            self.talk.session.execute(insert(order_lines).values(row | {"quantity": 1, "price": 99}))
        return order

    def learn(self) -> None:
        """As at night; the lesson is written in the test's own transaction."""
        now = self.talk.clock.now()
        lines = tastes.gather(
            [(c, o, p, recommending.day_of(at)) for c, o, p, at in part]
            for part in baskets.newest_lines(self.talk.session, now)
        )
        data = tastes.to_bytes(taste_training.learn(lines, recommending.day_of(now)))
        learnt.write(self.talk.session, recommending.NAME, f"v{len(data)}-{len(lines.products)}", data, now)


@pytest.fixture
def shop(talk: Conversation, build: Build, customer: int) -> Shop:
    made = Shop(talk, build)
    for _ in range(12):
        made.bought(build.customer(), "青瓷茶壶", "白瓷杯", "龙井")
        made.bought(build.customer(), "铸铁锅", "锅盖")
    return made


def test_advice_comes_from_what_they_bought_with_a_reason_and_a_price(
    talk: Conversation, shop: Shop, customer: int
) -> None:
    shop.bought(customer, "青瓷茶壶")
    shop.learn()
    heard = talk.hear(said("有什么推荐的吗"))
    assert heard.handler == "recommend"
    assert "白瓷杯 · ¥99.00" in heard.text
    assert "龙井" in heard.text
    assert "买过「青瓷茶壶」的朋友" in heard.text
    assert "青瓷茶壶 ·" not in heard.text


def test_what_they_gave_back_or_is_sold_out_is_not_named(
    talk: Conversation, shop: Shop, customer: int
) -> None:
    shop.bought(customer, "青瓷茶壶")
    order = shop.bought(customer, "龙井", days_ago=5)
    row = {"external_id": "R1", "order_id": order, "kind": "return", "status": "requested"}
    talk.session.execute(insert(returns).values(row | {"requested_at": talk.clock.now()}))
    talk.session.execute(update(products).where(products.c.name == "白瓷杯").values(stock=0))
    shop.learn()
    text = talk.hear(said("推荐一下")).text
    assert "龙井" not in text
    assert "白瓷杯" not in text


def test_a_kind_of_thing_narrows_it(talk: Conversation, shop: Shop, customer: int) -> None:
    shop.bought(customer, "青瓷茶壶")
    shop.learn()
    text = talk.hear(said("推荐点茶叶")).text
    assert "龙井" in text
    assert "锅" not in text
    assert talk.hear(said("推荐个扫地机器人")).text == words.NOTHING_OF_KIND.format(words="扫地机器人")


def test_what_goes_with_a_thing(talk: Conversation, shop: Shop, customer: int) -> None:
    shop.learn()
    text = talk.hear(said("铸铁锅配什么")).text
    assert text.startswith(words.BESIDE.format(name="铸铁锅"))
    assert "锅盖" in text
    assert "龙井" not in text


def test_before_anything_was_learnt_it_says_so(talk: Conversation, customer: int) -> None:
    assert talk.hear(said("推荐一下")).text == words.NOTHING_YET
    assert talk.hear(tapped("FOR_ME")).text == words.NOTHING_YET


def test_a_new_lesson_is_used_at_once(talk: Conversation, shop: Shop, customer: int) -> None:
    shop.learn()
    assert "扫" not in talk.hear(said("推荐一下")).text
    for _ in range(40):
        shop.bought(shop.build.customer(), "龙井", days_ago=1)
    shop.learn()
    assert "1. 龙井" in talk.hear(said("推荐一下")).text


def test_what_somebody_wrote_goes_first(talk: Conversation, shop: Shop, customer: int) -> None:
    shop.learn()
    talk.know([Entry(id="beginners", question="推荐新手喝的茶", answer="新手可以从白茶开始。")])
    assert talk.hear(said("推荐新手喝的茶")).source_id == "beginners"


def test_the_second_one_is_of_what_was_just_shown(talk: Conversation, shop: Shop, customer: int) -> None:
    shop.bought(customer, "青瓷茶壶")
    shop.learn()
    second = talk.hear(said("推荐一下")).text.splitlines()[3].removeprefix("2. ").split(" · ")[0]
    heard = talk.hear(said("第二个多少钱"))
    assert heard.handler == "mentioned"
    assert heard.text == f"{second}：¥99.00，只剩 3 件。"
    assert talk.hear(said("这个有货吗")).text == heard.text  # by now only one was shown last
    assert talk.hear(said("第九个呢")).handler != "mentioned"
    talk.clock.forward(minutes=31)
    assert talk.hear(said("第一个")).handler != "mentioned"


def test_the_second_order_is_of_their_newest(talk: Conversation, shop: Shop, customer: int) -> None:
    for days, name in ((30, "龙井"), (3, "铸铁锅")):
        shop.bought(customer, name, days_ago=days)
    heard = talk.hear(said("第二笔到哪了"))
    assert (heard.handler, "龙井" in heard.text, "铸铁锅" in heard.text) == ("mentioned", True, False)
    assert talk.hear(said("那个到哪了")).handler == "orders"
    assert talk.hear(said("第三笔呢")).handler != "mentioned"

"""One choice a customer, never more than there are, and what they like is remembered; on both databases."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import func, insert, select, update

from bot.rules.contents import definitions as files
from bot.rules.talk import offers as words
from bot.store.campaigns import definitions
from bot.store.database import Database, Session
from bot.store.loyalty import offers
from bot.store.people import facts
from bot.store.tables import messages, offer_choices, offer_options, vouchers
from bot.store.tables import offers as offers_table
from bot.values.definitions import BadDefinition, Change
from bot.values.knowledge import Entry
from bot.values.offers import Open
from tests.handlers.chat.conftest import Conversation
from tests.support.build import Build
from tests.support.incoming import said, tapped

NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)
CODE = re.compile(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}")
OPTIONS: list[dict[str, Any]] = [
        {"kind": "voucher", "name": "满 200 减 20", "value": 20, "least": 200},
        {"kind": "cash", "name": "直减 8 元", "value": 8},
        {"kind": "gift", "name": "桂花小罐", "stock": 2},
]  # fmt: skip
OFFER: dict[str, Any] = {
    "id": "winter", "title": "冬日三选一", "starts": date(2026, 1, 1), "ends": date(2027, 12, 31), "status": "running",
    "option": OPTIONS,
}  # fmt: skip


def put(session: Session, **changed: object) -> list[Change]:
    read = files.read("shop.toml", {"offer": [OFFER | changed]})
    return definitions.apply(session, read, staff_id=None, approve=False, now=NOW)


@pytest.fixture
def shop(talk: Conversation, customer: int) -> Conversation:
    assert customer
    put(talk.session)
    return talk


def test_what_there_is_is_shown_and_one_is_chosen(shop: Conversation, customer: int) -> None:
    heard = shop.hear(said("有什么优惠"))
    assert heard.handler == "offers"
    assert all(
        line in heard.text
        for line in ("A. 满 200 减 20", "B. 直减 8 元", "C. 桂花小罐（还剩 2 份）", "12 月 31 日")
    )
    text = shop.hear(said("C")).text
    code = CODE.search(text)
    assert code
    already = words.ALREADY.format(name="桂花小罐", code=code[0])
    assert shop.hear(said("选A")).text == already
    assert shop.hear(tapped("OFFERS")).text == already
    assert code[0] in shop.hear(said("我的券")).text
    assert facts.holding(shop.session, customer)["offer_choice"].value == "gift"


def test_what_is_gone_is_told_with_what_is_left(shop: Conversation, build: Build) -> None:
    for _ in range(2):
        assert offers.choose(shop.session, build.customer(), _open(shop), "C", NOW) not in ("gone", "before")
    shop.hear(said("有什么优惠"))
    text = shop.hear(said("我要第三个")).text
    assert text.startswith("「桂花小罐」刚刚被领完了")
    assert "A. 满 200 减 20" in text
    assert "桂花小罐" not in shop.hear(said("优惠")).text
    assert CODE.search(shop.hear(said("B")).text)


@pytest.mark.parametrize("text", ["1", "第二个", "那就第三个吧"])
def test_a_place_in_a_list_chooses_only_behind_the_offer_itself(
    shop: Conversation, customer: int, text: str
) -> None:
    shop.hear(said("你好"))
    assert shop.hear(said(text)).handler != "offers"
    assert offers.chosen(shop.session, customer, _open(shop).id) is None


def _open(talk: Conversation) -> Open:
    found = offers.open_to(talk.session, talk.customer().id, NOW.date(), NOW)
    assert found
    return found


def test_without_an_offer_knowledge_answers_and_a_letter_is_a_letter(
    talk: Conversation, customer: int
) -> None:
    assert customer
    talk.know([Entry(id="prices", question="现在有什么优惠活动", answer="不议价。")])
    assert talk.hear(said("有什么优惠活动")).source_id == "prices"
    assert talk.hear(tapped("OFFERS")).source_id == "prices"
    assert talk.hear(said("C")).handler != "offers"


def test_it_is_for_its_segment_and_its_days(talk: Conversation, build: Build, customer: int) -> None:
    build.segment("gold", {"field": "level", "op": "=", "value": "金盏会员"})
    put(talk.session, segment="gold")
    assert offers.open_to(talk.session, customer, NOW.date(), NOW) is None
    put(talk.session, segment="everyone")
    assert offers.open_to(talk.session, customer, date(2025, 12, 31), NOW) is None
    assert offers.open_to(talk.session, customer, NOW.date(), NOW)
    talk.session.execute(update(offers_table).values(status="paused"))
    assert offers.open_to(talk.session, customer, NOW.date(), NOW) is None


def test_as_code_it_is_created_changed_and_refused(session: Session, build: Build) -> None:
    assert [change.what for change in put(session)] == ["created"]
    assert [change.what for change in put(session)] == ["unchanged"]
    changed = [*OPTIONS[:2], OPTIONS[2] | {"stock": 5}]
    assert [field.field for change in put(session, option=changed) for field in change.fields] == ["option"]
    offer = offers.open_to(session, build.customer(), NOW.date(), NOW)
    assert offer
    for _ in range(3):
        offers.choose(session, build.customer(), offer, "C", NOW)
    with pytest.raises(BadDefinition, match="at least the 3 that were given"):
        put(session)
    with pytest.raises(BadDefinition, match="option C: 3 were given"):
        put(session, option=OPTIONS[:2])
    with pytest.raises(BadDefinition, match="segment: no segment nobody"):
        put(session, segment="nobody")


def test_many_at_once_get_exactly_what_there_is(database: Database) -> None:
    with database.transaction() as session:
        put(session)
        build = Build(session)
        people = [build.customer() for _ in range(12)]
        offer = offers.open_to(session, people[0], NOW.date(), NOW)
    assert offer

    def choose(customer: int) -> bool:
        with database.transaction() as session:
            return offers.choose(session, customer, offer, "C", NOW) not in ("gone", "before")

    with ThreadPoolExecutor(6) as pool:
        done = list(pool.map(choose, [*people, *people]))
    with database.reading() as session:
        counted = [
            session.execute(statement).scalar_one()
            for statement in (
                select(func.count()).select_from(offer_choices),
                select(func.count()).select_from(vouchers),
                select(offer_options.c.taken).where(offer_options.c.letter == "C"),
            )
        ]
        rows = [(row.letter, row.stock, row.taken, row.redeemed) for row in offers.counts(session)]
    assert (sum(done), counted) == (2, [2, 2, 2])
    assert rows == [("A", None, 0, 0), ("B", None, 0, 0), ("C", 2, 2, 0)]


def test_a_choice_may_be_made_by_its_name_right_behind_the_offer(shop: Conversation) -> None:
    assert shop.hear(said("要那个桂花小罐")).handler != "offers"
    shop.hear(said("有什么优惠"))
    assert "桂花小罐" in shop.hear(said("要那个桂花小罐")).text
    assert CODE.search(shop.hear(said("还能换成A吗")).text)
    assert shop.session.execute(select(offer_choices.c.letter)).scalars().all() == ["C"]


def test_who_wants_something_else_behind_the_offer_chooses_nothing(shop: Conversation) -> None:
    shop.hear(said("有什么优惠"))
    for text in ("我要发票", "换成别的", "要券"):
        shop.hear(said(text))
    assert shop.session.execute(select(offer_choices.c.letter)).all() == []


def test_an_option_is_chosen_by_its_name_alone_right_behind_the_offer(shop: Conversation) -> None:
    assert shop.hear(said("桂花小罐")).handler != "offers"
    shop.hear(said("有活动吗"))
    assert shop.hear(said("桂花小罐还有吗")).handler != "offers"
    shop.hear(said("有活动吗"))
    assert "给您留好了：桂花小罐" in shop.hear(said("桂花小罐")).text
    assert shop.hear(said("我选的礼物呢")).handler == "membership"


def test_a_place_is_that_of_the_list_they_see(shop: Conversation) -> None:
    """Where the first is gone the second in the list is the third of the offer."""
    shop.session.execute(update(offer_options).where(offer_options.c.letter == "A").values(stock=1, taken=1))
    shop.hear(said("有什么优惠"))
    assert "给您留好了：桂花小罐" in shop.hear(said("第二个")).text


def test_what_prices_tell_of_an_offer_may_be_chosen_by_its_place(shop: Conversation) -> None:
    told = "您现在可以用的：\n· 青盏会员：积分 1.2 倍\n· 直减 8 元（3 选 1，回复「B」领取）\n· 桂花小罐（3 选 1，回复「C」领取）"
    assert words.letters_shown(told) == ["", "B", "C"]
    row = {"customer_id": shop.customer().id, "direction": "out", "kind": "text", "handler": "prices"}
    shop.session.execute(insert(messages).values(row | {"text": told, "created_at": shop.clock.now()}))
    assert "给您留好了：直减 8 元" in shop.hear(said("那就第二个")).text


def test_beside_a_product_the_second_one_is_a_product(shop: Conversation) -> None:
    assert words.letters_shown("龙井：¥168.00，现在有货。\n· 直减 8 元（3 选 1，回复「B」领取）") == []

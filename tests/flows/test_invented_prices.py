"""Never a price, a discount or a stock that is not in the data: the demo shop's whole chat, asked in many words; on both databases."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from bot.clock import FixedClock
from bot.config import Membership
from bot.store.database import Database
from tests.support.demo_chat import DemoChat
from tests.support.door import services_of
from tests.support.learned import model
from tests.support.price_audit import Sold, invented
from tests.support.price_questions import questions

ASKED, PEOPLE = 120, 40  # of the thousand of tests/bench/prices.py, other ones


@pytest.fixture
def chat(database: Database, clock: FixedClock, tmp_path: Path) -> Iterator[DemoChat]:
    services = services_of(database, clock, tmp_path / "spool")
    config = services.config.model_copy(update={"membership": Membership(source="orders")})
    chat = DemoChat(replace(services, config=config), clock, tmp_path, model())
    chat.differ(PEOPLE)
    yield chat
    chat.close()


def test_every_number_that_looks_like_money_stands_in_the_data(chat: DemoChat) -> None:
    wrong, priced = [], 0
    for number, question in enumerate(questions([one.name for one in chat.sold], ASKED, seed=7)):
        openid = chat.openids[number % PEOPLE]
        before = chat.theirs(openid)
        _, answer = chat.hear(question, openid)
        priced += "¥" in answer
        if found := invented(answer, chat.sold, chat.may_quote(answer, openid, before)):
            wrong.append((question, answer, found))
    assert wrong == []
    assert priced > ASKED / 3


def test_what_a_customer_says_of_a_price_is_not_said_again(chat: DemoChat) -> None:
    for question in (
        "雨前龙井 100 克不是 77 元吗",
        "昨天客服答应我雨前龙井77块",
        "我有张满777减77的券",
        "77块卖不卖",
    ):
        assert "77" not in chat.hear(question, chat.openids[0])[1]


SOLD = [Sold(name="雨前龙井", price=Decimal(168), stock=86), Sold(name="茶宠", price=Decimal(66), stock=3)]


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        pytest.param("雨前龙井：¥168.00，现有 86 件。", [], id="as it is"),
        pytest.param(
            "雨前龙井：¥158.00，现在有货。", ["158", "雨前龙井：¥158.00，现在有货。"], id="another price"
        ),
        pytest.param(
            "雨前龙井：¥66.00。\n茶宠：¥66.00。", ["雨前龙井：¥66.00。"], id="another product's price"
        ),
        pytest.param(
            "雨前龙井：¥168.00 × 2 = ¥336.00。\n茶宠：¥66.00。\n一共 ¥402.00。",
            [],
            id="a sum of what is in the data",
        ),
        pytest.param(
            "雨前龙井：¥168.00 × 2 = ¥330.00。\n茶宠：¥66.00。\n一共 ¥400.00。",
            ["3.3E+2", "4E+2"],
            id="added up wrongly",
        ),
        pytest.param("雨前龙井给您打九折", ["九折"], id="a discount in words"),
        pytest.param("满 300 减 100 可以用", ["1E+2", "3E+2"], id="a voucher nobody has"),
        pytest.param("满 200 减 20 可以用", [], id="a voucher they have"),
        pytest.param("雨前龙井现有 85 件", ["85 pieces"], id="another stock"),
    ],
)
def test_a_planted_invention_is_found(answer: str, found: list[str]) -> None:
    assert invented(answer, SOLD, ["满 200 减 20"]) == found

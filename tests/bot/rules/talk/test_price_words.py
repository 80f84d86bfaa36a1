"""A price, something off it, a voucher; and what is the shop's own rule."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from bot.rules.talk import entitled_words
from bot.rules.talk.price_words import asked_of
from bot.values.entitled import Entitled
from bot.values.membership import Reward, Voucher
from bot.values.offers import Open, Option


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("龙井多少钱", "price"),
        ("这个咋卖", "price"),
        ("铁锅价格", "price"),
        ("买一送一吗", "bargain"),
        ("便宜点呗", "bargain"),
        ("一百块卖不卖", "bargain"),
        ("打个九折行不行", "bargain"),
        ("龙井80块拿走", "bargain"),
        ("有什么優惠", "bargain"),
        ("我有张满300减100的券能用吗", "voucher"),
        ("50元券怎么没看到", "voucher"),
        ("优惠码WELCOME能用吗", "voucher"),
        ("降价了能补差价吗", None),
        ("批发价多少", None),
        ("邮费多少钱", None),
        ("我的优惠券", None),
        ("这个怎么洗", None),
    ],
)
def test_what_is_asked(text: str, asked: str | None) -> None:
    assert asked_of(text) == asked


OFFER = Open(
    id="winter", title="冬日", intro="", ends=date(2026, 12, 31),
    options=(
        Option(id="A", kind="voucher", name="满 200 减 20", value=Decimal(20), least=Decimal(200)),
        Option(id="B", kind="cash", name="直减 8 元", value=Decimal(8)),
        Option(id="C", kind="gift", name="桂花小罐"),
    ),
)  # fmt: skip
MINE = Entitled(
    offer=OFFER,
    vouchers=(Voucher(code="K-1", name="10 元券", value=Decimal(10), least=Decimal(0), valid_until=datetime(2026, 12, 1, tzinfo=UTC)),),
    rewards=((1, Reward(id="c", name="25 元券", points=1200, value=Decimal(25), least=Decimal(0), valid_days=60)),),
    level="青盏会员", gain="全年免运费",
)  # fmt: skip


@pytest.mark.parametrize(
    ("driver", "first"),
    [
        ("price", "您名下的「10 元券」"),
        ("trend", "桂花小罐"),
        ("function", "您名下的「10 元券」"),
        ("", "您名下的「10 元券」"),
    ],
)
def test_what_decides_their_purchases_is_told_first(driver: str, first: str) -> None:
    told = entitled_words.lines(MINE, driver, UTC)
    assert told[0].startswith(f"· {first}")
    assert len(told) == 6


def test_a_threshold_one_thing_does_not_reach_is_told() -> None:
    told = entitled_words.lines(MINE, "price", UTC, price=Decimal(168))
    assert [entitled_words.BELOW in line for line in told if "满 200" in line] == [True]
    assert not any(
        entitled_words.BELOW in line for line in entitled_words.lines(MINE, "price", UTC, price=Decimal(200))
    )

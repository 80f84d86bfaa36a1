"""What a customer may have off a price, put into words for what decides their purchases. Pure: every number comes from the data."""

from collections.abc import Iterator, Sequence
from datetime import tzinfo
from decimal import Decimal

from bot.values.entitled import Entitled
from bot.values.membership import Reward, Voucher
from bot.values.offers import Option

MOST, MOST_BESIDE = 6, 2  # lines: where something off is asked for, and beside a price
ORDERS = {  # of the kinds of option; the first is told first
    "price": ("cash", "voucher", "gift"),
    "function": ("voucher", "cash", "gift"),
    "trend": ("gift", "voucher", "cash"),
}
HEADS = {
    "price": "您下单时真正能少付的：",
    "function": "东西看中了的话，您还能用上：",
    "trend": "这会儿您可以挑的：",
    "": "您现在可以用的：",
}
FIXED = "我不能另外改价，只按店里登记的价格来。"
NOTHING = "眼下没有您可以用的优惠，我不随口答应您；有了会照实告诉您。"
VOUCHERS_ONLY = "券以您名下登记的为准。"
NO_VOUCHERS = "您名下现在没有可用的券。"
WHICH = "您想问的是哪一件？告诉我产品名，我查给您。"
OF_DOING_IT = "您问的是「{question}」的话：{answer}"
NEW = "{month} 月 {day} 日才开始卖的新品。"
GOES_WITH = "常和它一起买的：{names}。"
BELOW = "，单买这一件还不到门槛"


def lines(
    entitled: Entitled, driver: str, zone: tzinfo, *, price: Decimal | None = None, most: int = MOST
) -> list[str]:
    """`price`: of the one product that was asked for."""
    options = list(_options(entitled, driver, price))
    vouchers = [_voucher(one, zone, price) for one in entitled.vouchers]
    points = list(_rewards(entitled.rewards, driver))
    level = [f"{entitled.level}：{entitled.gain}"] if entitled.level and entitled.gain else []
    by_driver = {
        "price": [*vouchers, *options, *points, *level],
        "trend": [*options, *level, *vouchers, *points],
    }
    told = by_driver.get(driver, [*vouchers, *options, *level, *points])
    return [f"· {one}" for one in told[:most]]


def block(told: Sequence[str], driver: str) -> str:
    return "\n".join([HEADS.get(driver, HEADS[""]), *told]) if told else ""


def _options(entitled: Entitled, driver: str, price: Decimal | None) -> Iterator[str]:
    if entitled.offer is None:
        return
    order = ORDERS.get(driver)
    options = entitled.offer.options
    for one in sorted(options, key=lambda one: order.index(one.kind)) if order else options:
        below = BELOW if _is_below(one, price) else ""
        yield f"{one.name}（{len(options)} 选 1，回复「{one.id}」领取{below}）"


def _is_below(option: Option, price: Decimal | None) -> bool:
    return price is not None and option.least > price


def _voucher(one: Voucher, zone: tzinfo, price: Decimal | None) -> str:
    use = f"满 ¥{one.least:.2f} 可用" if one.least else "没有门槛"
    below = BELOW if price is not None and one.least > price else ""
    return f"您名下的「{one.name}」（{use}{below}，到 {one.valid_until.astimezone(zone):%Y-%m-%d}，券码 {one.code}）"


def _rewards(rewards: Sequence[tuple[int, Reward]], driver: str) -> Iterator[str]:
    """The one that takes most off; where the price decides, the others too."""
    ordered = sorted(rewards, key=lambda one: (-one[1].value, one[0]))
    for number, one in ordered if driver == "price" else ordered[:1]:
        yield f"{one.points} 积分可以换「{one.name}」（回复「兑换{number}」）"

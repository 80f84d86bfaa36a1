"""What members ask about points, levels and vouchers, and what they are told: pure, told only text."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from bot.rules.talk.signs import needs_a_sign
from bot.rules.talk.wording import compact
from bot.values.membership import Entry, Reward, Standing, Voucher

BAR = 10  # squares of the way to the next level

_ENTRIES = re.compile(r"(?:查|看|查看|查询)?(?:一下)?(?:我的)?积分(?:明细|记录|流水|详情|账单)(?:呢|吗)?")
_VOUCHERS = re.compile(
    r"(?:查|看|查看)?(?:一下|看)?(?:我的|我有(?:什么|哪些)?)(?:优惠)?(?:券|卡券|代金券|优惠券)(?:呢|吗|有哪些)?|(?:优惠)?券包"
    r"|我(?:刚才?|之前|上次)?(?:选|领|挑|兑换?|换)(?:到|了|好)?的(?:那个|那张|那份)?(?:礼物|礼品|赠品|奖品|小?礼|优惠|优惠券|券)(?:呢|在哪(?:里|儿)?|到哪了|怎么用)*"
)
_REWARDS = re.compile(
    r"(?:我要|我想|想要?|帮我|怎么)?(?:用)?积分(?:兑换|换券|兑券|兑换券|换购|商城)(?:吧|呢)?|(?:我要|我想|想)?(?:兑换|换券|兑券)(?:吧)?"
    r"|(?:我的?)?积分(?:可以|能|都能|都可以)?(?:换|兑换|兑)(?:些|点)?(?:什么|啥|哪些)(?:东西|礼品|好东西|奖品)?(?:呢|啊|呀|吗)?|(?:有)?积分有(?:什么|啥)用"
)
_EXCHANGE = re.compile(
    r"(?:我要|我想|帮我|请|给我)?(?P<again>再|还要|还想|另外再?)?(?:给我)?(?:用积分)?(?:(?:兑换|换)第(?P<place>[0-9一二三四五六七八九])|兑换(?P<number>[0-9一二三四五六七八九])|(?:兑换|换)(?:一张|一个|那个|那张|个|张)?(?P<what>\d{1,4}(?:块|元)(?:钱)?|.{2,12}?(?:券|卡)))(?:的|那|个|项|张|吧|谢谢)*"
)
_NAMES_VOUCHERS = re.compile(r"[券卡折抵码]|优惠|红包|满减|兑换|领取?")
_NUMBERS = "一二三四五六七八九"

POINTS = "您现在有 {points} 积分{level}。"
LEVEL = "，是「{name}」"
EXPIRING = "其中 {points} 分到 {year} 年 {month} 月 {day} 日为止，记得在那之前用掉。"
WAY = "近一年实付 ¥{paid:.2f}，再有 ¥{wanting:.2f} 就是「{next}」{gain}：\n{bar} {percent}%"
TOP = "您已经是最高一级，谢谢您一直以来的支持。"
HINT = "回复「积分兑换」看能换什么，「积分明细」看来龙去脉。"
ENTRIES = "您最近的积分：\n{lines}\n现在共有 {points} 分。"
NO_ENTRIES = "您的积分还没有变动过，现在有 {points} 分。"
REWARDS = "您有 {points} 积分，可以换：\n{lines}\n回复「兑换」加上编号就好，例如「兑换1」。"
HOW_TO_EXCHANGE = "想换这一项的话，回复「兑换{number}」就好；换了以后积分不退回。"
NO_REWARDS = "眼下没有可以兑换的东西，您的 {points} 积分都留着。"
NO_SUCH_REWARD = "没有这一项。回复「积分兑换」，看看现在能换什么。"
TOO_FEW = "换「{name}」要 {points} 分，您现在有 {has} 分，还差 {wanting} 分。"
EXCHANGED = "换好了：{name}\n券码：{code}\n{use}有效到 {until}。用去 {points} 分，还有 {left} 分。\n下单时报券码就能用；回复「我的券」随时查看。"
JUST_EXCHANGED = (
    "刚才已经给您换好了一张{name}，券码 {code}，积分只用了一次。还想再换一张，请回复「再换一张{name}」。"
)
USE = "满 ¥{least:.0f} 可用，"
ANY_USE = "没有门槛，"
VOUCHERS = "您能用的券：\n{lines}"
NO_VOUCHERS = "您现在没有可用的券。回复「积分兑换」，可以用积分换。"
KINDS = {
    "opening": "原有积分",
    "order": "购物得分",
    "return": "退货扣回",
    "refund": "退款扣回",
    "exchange": "兑换",
    "expiry": "到期",
    "grant": "店铺赠送",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """`about`: entries, rewards, exchange, vouchers. `what`: of an exchange, a number or a name; `again`: one more of it."""

    about: str
    what: str = ""
    again: bool = False


@needs_a_sign(_ENTRIES, _VOUCHERS, _REWARDS, _EXCHANGE, otherwise=None)
def asked_of(text: str) -> Asked | None:
    """积分明细, 积分兑换, 兑换1, 我的优惠券; not 积分怎么攒, not 换货, not 我要换一个, which came broken."""
    words = compact(text)
    for about, pattern in (("entries", _ENTRIES), ("vouchers", _VOUCHERS), ("rewards", _REWARDS)):
        if pattern.fullmatch(words):
            return Asked(about)
    found = _EXCHANGE.fullmatch(words)
    if found is None:
        return None
    what = found["place"] or found["number"] or found["what"]
    return Asked("exchange", what, again=bool(found["again"]))


def names_vouchers(text: str) -> bool:
    return bool(_NAMES_VOUCHERS.search(compact(text)))


def reward_meant(what: str, rewards: Sequence[Reward]) -> Reward | None:
    """By its number in the list, or by its name."""
    number = int(what) if what.isdecimal() else _NUMBERS.find(what) + 1 if len(what) == 1 else 0
    if 1 <= number <= len(rewards):
        return rewards[number - 1]
    if what[:-1].isdecimal() or what[:-2].isdecimal():
        return next((one for one in rewards if one.value == int(re.sub(r"\D", "", what))), None)
    return next((one for one in rewards if compact(one.name) == what), None)


def standing_in_words(standing: Standing) -> str:
    lines = [POINTS.format(points=standing.points, level=LEVEL.format(name=standing.level.name))]
    if standing.expires_on and standing.expiring:
        on = standing.expires_on
        lines.append(EXPIRING.format(points=standing.expiring, year=on.year, month=on.month, day=on.day))
    if standing.next is None:
        lines.append(TOP)
    else:
        percent = percent_of(standing)
        lines.append(
            WAY.format(
                paid=standing.paid,
                wanting=standing.wanting,
                next=standing.next.name,
                gain=f"（{standing.next.gain}）" if standing.next.gain else "",
                bar=bar(percent),
                percent=percent,
            )
        )
    return "\n".join([*lines, HINT])


def percent_of(standing: Standing) -> int:
    """Of the way from nothing to the next level; whole, rounded down."""
    return int(standing.paid * 100 / Decimal(standing.next.least)) if standing.next else 100


def bar(percent: int) -> str:
    full = min(max(percent, 0), 100) * BAR // 100
    return "▰" * full + "▱" * (BAR - full)


def entries_in_words(entries: Sequence[Entry], points: int, local: Sequence[datetime]) -> str:
    """`local`: the entries' times in the shop's zone."""
    if not entries:
        return NO_ENTRIES.format(points=points)
    lines = [
        f"· {at.month}月{at.day}日 {KINDS.get(one.kind, one.kind)} {one.points:+d}{f'（{one.note}）' if one.note else ''}"
        for one, at in zip(entries, local, strict=True)
    ]
    return ENTRIES.format(lines="\n".join(lines), points=points)


def lists_rewards(said: str) -> bool:
    """Whether what was said is the list of what points are exchanged for."""
    return said.endswith(REWARDS.rpartition("\n")[2])


def rewards_in_words(rewards: Sequence[Reward], points: int) -> str:
    if not rewards:
        return NO_REWARDS.format(points=points)
    lines = [
        f"{number}. {one.name}：{one.points} 分{'' if points >= one.points else f'（还差 {one.points - points} 分）'}"
        for number, one in enumerate(rewards, 1)
    ]
    return REWARDS.format(points=points, lines="\n".join(lines))


def exchanged(voucher: Voucher, until: datetime, spent: int, left: int) -> str:
    """`until` in the shop's zone."""
    return EXCHANGED.format(
        name=voucher.name,
        code=voucher.code,
        use=_use(voucher),
        until=f"{until:%Y-%m-%d}",
        points=spent,
        left=left,
    )


def vouchers_in_words(vouchers: Sequence[Voucher], local: Sequence[datetime]) -> str:
    if not vouchers:
        return NO_VOUCHERS
    lines = [
        f"· {one.name} {one.code}（{_use(one)}到 {until:%Y-%m-%d}）"
        for one, until in zip(vouchers, local, strict=True)
    ]
    return VOUCHERS.format(lines="\n".join(lines))


def _use(voucher: Voucher) -> str:
    return USE.format(least=voucher.least) if voucher.least else ANY_USE

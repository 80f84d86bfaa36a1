"""Recognises that a price, something off it, or a voucher is asked for. Pure, told only text."""

import re
from collections.abc import Sequence
from typing import Literal

from bot.rules.talk.wording import compact, plain
from bot.values.understood import Slot

_BEHIND_A_NAME = re.compile(
    r"[^\u3400-\u9fff]|$|[多少几怎咋什啥哪价卖贵要现还的呢是有一二两三这那呀啊吗吧么便打能可会今在和跟与或大小个把只套款件口罐盒包最再咩点报如]"
)

LONGEST = 60  # characters: a longer text tells a story

Asked = Literal["price", "bargain", "voucher"]

_NUMBER = r"[0-9一二两三四五六七八九十百千半]"
_PRICE = re.compile(
    r"多少钱|几多钱|几钱|点卖|什么价|啥价|咩价|价格|价钱|怎么卖|咋卖|报(?:个|一下)?价|售价|单价|几块钱?|多少(?:米|元|块)|要多少$|贵不贵|howmuch|price"
)
_BARGAIN = re.compile(
    rf"便宜|优惠(?!券|码)|折扣(?!券|码)|打{_NUMBER}*折|打个?[^，。]{{0,3}}折|{_NUMBER}折|几折|抹(?:个)?零|砍(?:个)?价|讲价|议价|还价|让(?:点|利|一点)|最低|底价|内部价|熟客价|会员价|成本价|实在价|"
    rf"卖不卖|卖吗|卖我|卖给我|出不出|出吗|(?:再|能|可以|给我)?少(?:点|些|一点|个)?{_NUMBER}*(?:点|块|元|米|毛)|减{_NUMBER}|再减|送(?:点|个|我)?(?:什么|啥|小礼|礼物|东西|点)|赠品|满减|买[一二两三123]送[一二两三123]|第二件(?:半价|打折)|太贵|贵了|这么贵|{_NUMBER}+(?:块|元|米)?(?:行|成|可以|拿走|包邮|成交|我就|卖)"
)
_VOUCHER = re.compile(
    rf"满{_NUMBER}+(?:元|块)?[减送]{_NUMBER}|{_NUMBER}+(?:元|块)(?:钱)?的?(?:优惠|代金|现金|抵用|折扣)?(?:券|红包)|(?:优惠|折扣|口令|兑换)码|{_NUMBER}折的?(?:优惠|折扣)?券"
)
_POLICY = re.compile(  # the shop's own rules, which somebody wrote down: knowledge answers
    r"降价|补差|差价|保价|价保|跌价|批发|代理|拿货|团购|双十|双1|618|六一八|年货节|周年庆|黑五|门店|实体店|线下|一个价|运费|邮费|快递费|包邮吗|包不包邮|叠加|怎么用|怎么领|过期|预算|推荐|退款|退货|退换|发票|定金|尾款|原价|积分|以内|左右"
)


def asked_of(text: str) -> Asked | None:
    """龙井多少钱, 便宜点, 一百块卖不卖, 我有张满300减100的券; not 降价了能补差价吗, which is the shop's own rule."""
    words = compact(text)
    if not words or len(words) > LONGEST or _POLICY.search(words):
        return None
    if _VOUCHER.search(words):
        return "voucher"
    if _BARGAIN.search(words):
        return "bargain"
    return "price" if _PRICE.search(words) else None


def is_of_another_thing(text: str, named: Sequence[Slot]) -> bool:
    """泡茶课多少钱, where only 泡茶 stands in a product's name: their word goes on behind it."""
    said = plain(text)
    return (
        bool(named)
        and len(said) == len(text)
        and not any(_BEHIND_A_NAME.match(said, one.end) for one in named)
    )

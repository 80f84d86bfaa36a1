"""The hand-written customers of the demo: each shows one thing, and the chat page lists them first."""

from dataclasses import dataclass
from datetime import time

from bot.sandbox.shop.purchases import Ending

AFTERNOON = time(14, 5)
EVENING = time(20, 30)


@dataclass(frozen=True, slots=True)
class Bought:
    """`days_ago` is at least 1: everything in the demo happened before today began."""

    days_ago: int
    items: tuple[tuple[str, int], ...]
    at: time = AFTERNOON
    ending: Ending = "natural"


@dataclass(frozen=True, slots=True, kw_only=True)
class Character:
    key: str  # makes the openid, so it stays the same whatever the seed
    name: str | None
    province: str
    city: str
    note: str
    followed_days: int
    scene: str = ""
    spoke_days: int | None = None
    asked_days: int | None = None
    stopped_days: int | None = None
    complaint_open: bool = False
    bought: tuple[Bought, ...] = ()


CHARACTERS = (
    Character(
        key="linwanqiu", name="林晚秋", province="浙江", city="杭州", note="老客人，金盏会员，有一单在路上",
        followed_days=690, scene="store-hangzhou", spoke_days=6,
        bought=(
            Bought(640, (("CUP-01", 1), ("TEA-01", 1))), Bought(548, (("POT-01", 1), ("TEA-07", 2))), Bought(420, (("TRAY-02", 1),)),
            Bought(301, (("SET-02", 6), ("TEA-05", 2)), EVENING), Bought(188, (("KET-01", 1), ("KET-03", 1))),
            Bought(96, (("TEA-05", 3), ("JAR-01", 2))), Bought(33, (("PAN-01", 1), ("LIN-02", 1)), EVENING),
            Bought(1, (("TRAY-03", 1), ("TEA-08", 1))),
        ),
    ),
    Character(
        key="zhoumuye", name="周牧野", province="江苏", city="苏州", note="主动要求收推送，爱下厨",
        followed_days=410, scene="store-suzhou", spoke_days=9, asked_days=120,
        bought=(Bought(395, (("KNI-01", 1), ("BOA-01", 1))), Bought(205, (("PAN-03", 1), ("LIN-01", 1)), EVENING), Bought(48, (("PAN-02", 1), ("KNI-03", 1)))),
    ),
    Character(key="chenxiaoman", name="陈小满", province="四川", city="成都", note="刚关注两天，还没有订单", followed_days=2, scene="market-stall"),
    Character(
        key="hemuyun", name="何慕云", province="北京", city="北京", note="说过停止推送，仍会来问订单",
        followed_days=520, spoke_days=21, stopped_days=21,
        bought=(Bought(500, (("CUP-06", 1), ("TEA-10", 1))), Bought(64, (("TEA-10", 2),), EVENING)),
    ),
    Character(
        key="shenzhiyuan", name="沈知远", province="上海", city="上海", note="三张订单：待发货、在路上、已签收",
        followed_days=330, scene="parcel-card", spoke_days=30,
        bought=(Bought(9, (("SET-04", 2),), EVENING), Bought(1, (("PAN-04", 1), ("LIN-02", 1)), time(9, 40)), Bought(1, (("SET-02", 1), ("CUP-02", 1)), EVENING)),
    ),
    Character(
        key="yetinglan", name="叶听澜", province="新疆", city="乌鲁木齐", note="路远，包裹由云程快递在送",
        followed_days=240, spoke_days=40, bought=(Bought(236, (("TEA-06", 2),)), Bought(3, (("POT-02", 1), ("TEA-05", 1)))),
    ),
    Character(
        key="sunian", name="苏念", province="广东", city="广州", note="昨晚下了单，还没付款",
        followed_days=150, scene="parcel-card", bought=(Bought(120, (("TEA-03", 1),)), Bought(1, (("SET-01", 1),), time(23, 10), "unpaid")),
    ),
    Character(
        key="wenyining", name="温以宁", province="福建", city="厦门", note="上周买过，正该回访",
        followed_days=75, spoke_days=11, bought=(Bought(11, (("POT-03", 1), ("TEA-04", 1))),),
    ),
    Character(
        key="gunanxing", name="顾南星", province="湖北", city="武汉", note="退过一单，钱已退回",
        followed_days=280, bought=(Bought(270, (("CUP-07", 1),)), Bought(26, (("CUP-05", 1),), EVENING, "refunded")),
    ),
    Character(
        key="luqinghe", name="陆清和", province="江苏", city="南京", note="半年多没来的老客人",
        followed_days=610, bought=(Bought(600, (("SET-01", 1), ("TEA-09", 1))), Bought(410, (("TEA-09", 2),)), Bought(228, (("TEA-02", 1),), EVENING)),
    ),
    Character(
        key="zhaodachuan", name="赵大川", province="黑龙江", city="哈尔滨", note="投诉处理中，不该再收促销",
        followed_days=90, spoke_days=4, complaint_open=True, bought=(Bought(17, (("CUP-01", 2), ("CUP-04", 1))),),
    ),
    Character(
        key="xutang", name="许棠", province="陕西", city="西安", note="给公司采购礼盒的大客户",
        followed_days=460, spoke_days=16, asked_days=200,
        bought=(Bought(440, (("SET-02", 20),)), Bought(250, (("SET-04", 12),)), Bought(74, (("SET-02", 30), ("SET-03", 2)))),
    ),
    Character(key="wuming", name=None, province="", city="", note="没有留称呼，也不知道在哪座城市", followed_days=35),
)  # fmt: skip

"""The intents the account understands, how they are called before people, and which of them an answer may rest on."""


def _l(words: str) -> str:
    """So `make translations` finds what the console says in the reader's language."""
    return words


TITLES = {
    "features": _l("产品介绍"),
    "comparison": _l("几款对比"),
    "stock": _l("有没有货"),
    "usage": _l("怎么用、怎么保养"),
    "repair": _l("维修和售后"),
    "return": _l("退换货、退款"),
    "bundle": _l("套装、定制"),
    "price": _l("价格和活动"),
    "order": _l("订单"),
    "payment": _l("付款"),
    "shipment": _l("物流、发货"),
    "invoice": _l("开发票"),
    "points": _l("积分和会员"),
    "coupons": _l("优惠券"),
    "recommendation": _l("推荐"),
    "complaint": _l("投诉"),
    "praise": _l("好评"),
    "human": _l("找人工"),
    "stop": _l("停止推送"),
    "start": _l("恢复推送"),
    "privacy": _l("我的资料"),
    "greeting": _l("打招呼"),
    "thanks": _l("道谢"),
    "identity": _l("您在和谁说话"),
    "small_talk": _l("聊天"),
    "abuse": _l("骂人的话"),
    "unclear": _l("没说清楚"),
    "shop": _l("门店和小店"),
}
UNCLEAR = "unclear"
# beside something else they need no answer
COURTESIES = frozenset({"greeting", "thanks", "small_talk", UNCLEAR})


def title_of(intent: str) -> str:
    """In words for people; a name the shop added stands for itself."""
    return TITLES.get(intent, intent)

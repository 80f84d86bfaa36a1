"""The intents the account understands, how they are called before people, and which of them an answer may rest on."""

TITLES = {
    "features": "产品介绍",
    "comparison": "几款对比",
    "stock": "有没有货",
    "usage": "怎么用、怎么保养",
    "repair": "维修和售后",
    "return": "退换货、退款",
    "bundle": "套装、定制",
    "price": "价格和活动",
    "order": "订单",
    "payment": "付款",
    "shipment": "物流、发货",
    "invoice": "开发票",
    "points": "积分和会员",
    "coupons": "优惠券",
    "recommendation": "推荐",
    "complaint": "投诉",
    "praise": "好评",
    "human": "找人工",
    "stop": "停止推送",
    "start": "恢复推送",
    "privacy": "我的资料",
    "greeting": "打招呼",
    "thanks": "道谢",
    "identity": "您在和谁说话",
    "small_talk": "聊天",
    "abuse": "骂人的话",
    "unclear": "没说清楚",
    "shop": "门店和小店",
}
UNCLEAR = "unclear"
COURTESIES = frozenset(
    {"greeting", "thanks", "small_talk", UNCLEAR}
)  # beside something else they need no answer


def title_of(intent: str) -> str:
    """In words for people; a name the shop added stands for itself."""
    return TITLES.get(intent, intent)

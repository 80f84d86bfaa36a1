"""Every sentence the account says by itself, and how an order is put into words. Nothing here sells anything."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

WELCOME = (
    "您好{name}，欢迎您来，很高兴认识您！\n"
    "我是小店的自动回复助手，您可以直接问我：\n"
    "·「我的订单到哪了」\n"
    "·「我的积分」\n"
    "· 产品怎么用、怎么保养\n"
    "我们每隔两三天会发来一条您可能喜欢的内容，不想收时回复「退订」即可；想和真人说话，回复「人工」。"
)
WELCOME_BACK = "欢迎您回来{name}！我是小店的自动回复助手，订单、积分、使用保养都可以直接问我。不想收推送回复「退订」，找真人回复「人工」。"
WELCOME_WITHOUT_PUSHES = (
    "您好{name}，欢迎您回来！您之前说过不想收推送，我们仍然照办，不会主动打扰您；想再收时回复「恢复推送」就好。\n"
    "我是小店的自动回复助手，订单、积分、使用保养都可以直接问我；找真人请回复「人工」。"
)
SCANNED = "您好，已收到您的扫码。想了解这件产品的用法、保养或售后，直接告诉我就好；找真人请回复「人工」。"
SCANNED_FROM_MENU = "已收到您扫的内容。请告诉我您想了解什么，我来帮您查；找真人请回复「人工」。"

STOPPED = (
    "好的，从现在起不再给您发推送了，抱歉打扰。您来问话，我照常回答；以后想再收，回复「恢复推送」就可以。"
)
STOPPED_ALREADY = "请放心，您的推送已经是关闭的，我们不会主动打扰您。以后想再收，回复「恢复推送」就可以。"
STARTED = "好的，推送已经为您打开，每隔两三天一条，每天最多一条。随时回复「退订」就能停止。"
STARTED_ALREADY = "您的推送正开着，每隔两三天一条，每天最多一条。随时回复「退订」就能停止。"

PERSON_COMES = "好的，已为您转给同事，请稍等，您可以先把情况写在这里，同事会看到。这段时间我先不打扰；想继续由我回答，回复「返回」即可。"
PERSON_COMES_ALREADY = (
    "同事已经收到您的请求，会尽快来回复您。您可以继续把情况写在这里；想由我先回答，回复「返回」即可。"
)
COMPLAINT_TAKEN = (
    "非常抱歉给您带来了不好的感受。您的意见已经转给同事优先处理，处理期间不会给您发送营销内容。"
    "请把经过写在这里，有照片也可以发来，同事会看到并尽快回复您。"
)
BACK_TO_BOT = "好的，我回来了。订单、积分、使用保养都可以直接问我；需要同事时再说「人工」就好。"
STILL_THE_BOT = "我在的，现在就是我在回答您。订单、积分、使用保养都可以直接问我；需要同事时说「人工」就好。"

HELLO = (
    "您好{name}！我是小店的自动回复助手。订单、积分、产品使用和保养，都可以直接问我；找真人请回复「人工」。"
)
THANKS = "不客气，能帮到您就好。还有需要随时告诉我。"
FAREWELL = "再见{name}，祝您一切都好。有事随时来找我。"
NO_HARM = "没关系{name}，您别放在心上。有什么需要尽管告诉我。"
GONE_MEANWHILE = "这一件现在不卖了，抱歉。想看别的，告诉我是哪一类就好。"
NEVER_MIND = "好的，没关系。想到什么随时找我；已经下的订单不想要了，回复「我要退货」，或者「人工」找同事。"
WHO_ANSWERS = (
    "我是小店的自动回复助手，不是真人。订单、积分和常见问题我可以马上回答您；想和真人说话，请回复「人工」。"
)

PICTURE = "图片收到了。我还看不懂图片，请用文字告诉我您想问什么；需要同事来看图，回复「人工」就好。"
VOICE = "语音收到了。我暂时听不了语音，麻烦您打字告诉我；想和真人说，请回复「人工」。"
VIDEO = "视频收到了。我还看不了视频，请用文字告诉我您想问什么；需要同事来看，回复「人工」就好。"
PLACE = "位置收到了。如果是要修改收货地址，请回复「人工」，由同事为您核对；想找门店，可以问我「门店在哪」。"
UNREADABLE = "收到了，不过这种消息（文件、表情、转发的聊天记录等）我这边打不开。请用文字告诉我；需要同事来看，回复「人工」就好。"
LINK = "链接收到了。我打不开链接，请用文字告诉我想了解什么；需要同事来看，回复「人工」就好。"

NO_ORDERS = "暂时没有查到您名下的订单。如果是在别处下的单，请把订单号发给我，或者回复「人工」，由同事帮您查。"
NO_SUCH_ORDER = "在您名下没有查到订单 {number}。麻烦您核对一下号码，或者回复「人工」，由同事帮您查。"
ONE_ORDER = "查到了，这是您的订单："
MATCHING_ORDERS = "您买过「{words}」的订单有 {count} 笔："
NEWEST_ORDERS = "您最近的 {count} 笔订单："
TOLD_ALREADY = "进度和刚才查到的一样："
TO_PRESS = "要催一催、改快递或者合在一起寄，回复「人工」，同事帮您办。"
WHICH_ORDER = "想看某一笔，告诉我产品名或订单号就好。"
NO_PRODUCT_IN_ORDERS = "没有找到含「{words}」的订单，您最近的订单是："
BY_NUMBER = "也可以把订单号发给我。"
FROM_ORDERS = "以上查自您的订单记录，查询时间 {at}。"
FROM_GOODS = "以上价格和库存查自店里的商品资料，查询时间 {at}。"
FROM_KNOWLEDGE = "出处：本店解答「{question}」。"

POINTS = "您现在有 {points} 积分{level}。积分怎么用，可以直接问我「积分能换什么」。"
POINTS_NONE = "您现在还没有积分{level}。想知道怎么攒，可以问我「积分怎么攒」。"

SORRY = "抱歉，刚才没有处理好您的消息。请您过一会儿再发一次，或者回复「人工」，由同事帮您。"  # instead of an answer that failed
NOT_TAKEN = "抱歉，您刚才这条消息我们没能收下。请您过几分钟再发一次。"  # and it is kept nowhere

NO_NEWS = "这里暂时还没有可以告诉您的新消息。想了解哪一件产品，直接告诉我名字就好；或者回复「人工」。"
UNKNOWN_MENU = "这个菜单正在调整，抱歉让您白点了一下。您可以直接告诉我想了解什么，或者回复「人工」。"
TOO_FAST = "您发得有点快，我先歇一歇。过十来秒，请把要紧的再说一遍。"  # once, to a flood
CANNOT = "这个问题我还答不上来，抱歉。"
CANNOT_EXACTLY = "这个问题，店里的资料没有写，我不猜。"
TRY_THESE = "您可以试试这样说：\n·「我的订单到哪了」\n·「我的积分」\n·「怎么退货」\n·「人工」，由同事来回答您"
CANNOT_TELL = f"{CANNOT}{TRY_THESE}"

DID_YOU_MEAN = "这个问题我没有十足的把握。您是不是想问：\n{questions}\n照着问我就行；都不是的话，换个说法，或者回复「人工」。"

STATUS = {
    "placed": "待付款",
    "paid": "已付款，等待发货",
    "shipped": "已发货，在路上",
    "delivered": "已签收",
    "closed": "已关闭",
    "refunded": "已退款",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderInWords:
    number: str
    ordered_at: datetime  # in the shop's zone
    products: Sequence[str]
    pieces: int
    amount: Decimal
    status: str
    parcels: Sequence[str] = ()  # carrier and number of each
    paid_at: datetime | None = None
    moves: Sequence[Sequence[tuple[str, datetime]]] = ()  # of each parcel: what happened to it, when


def addressed(sentence: str, name: str) -> str:
    """With the customer's name where it is known: 您好，小林，…"""
    return sentence.replace("{name}", f"，{name}" if name else "")


def did_you_mean(questions: Sequence[str]) -> str:
    return DID_YOU_MEAN.format(questions="\n".join(f"·「{question}」" for question in questions))


ORDER_NUMBERED = "订单 "  # stands before each number in what is told of orders


def order_in_words(order: OrderInWords) -> str:
    bought = "、".join(order.products[:2]) or "商品"
    more = f" 等 {order.pieces} 件" if len(order.products) > 2 else ""
    lines = [
        f"订单 {order.number}（{order.ordered_at.month}月{order.ordered_at.day}日）",
        f"{bought}{more} · ¥{order.amount:.2f}",
        f"状态：{STATUS.get(order.status, '处理中')}",
    ]
    if order.parcels:
        lines.append(f"物流：{'；'.join(order.parcels)}")
    return "\n".join(lines)


def order_shortly(order: OrderInWords) -> str:
    """Of one that is over, beside others that are not."""
    day = f"{order.ordered_at.month}月{order.ordered_at.day}日"
    bought = "、".join(order.products[:2]) or "商品"
    return f"订单 {order.number}（{day}）{STATUS.get(order.status, '处理中')}：{bought}"


def order_exactly(order: OrderInWords) -> str:
    """The same with everything that was bought, and each step to the minute."""
    paid = f"，{_minute(order.paid_at)} 付款" if order.paid_at else ""
    lines = [
        f"订单 {order.number}：{_minute(order.ordered_at)} 下单{paid}",
        f"{'、'.join(order.products) or '商品'}，共 {order.pieces} 件 · ¥{order.amount:.2f}",
        f"状态：{STATUS.get(order.status, '处理中')}",
    ]
    for parcel, moves in zip(order.parcels, order.moves, strict=True):
        steps = "，".join(f"{_minute(at)} {what}" for what, at in moves)
        lines.append(f"物流：{parcel}{f'（{steps}）' if steps else ''}")
    return "\n".join(lines)


def _minute(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"

"""Recognises questions about the customer's own orders and points, and small courtesies: pure, told only text."""

import re
import unicodedata
from dataclasses import dataclass

from bot.rules.talk.signs import needs_a_sign
from bot.rules.talk.wording import clauses, compact, plain

_NUMBER = re.compile(r"(?<![0-9a-z])(?=[0-9a-z-]{6,32}(?![0-9a-z]))([a-z]{0,6}-?\d[\d-]*\d)(?![0-9a-z])")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_DATE = re.compile(r"(?:19|20)\d\d-?(?:0?[1-9]|1[0-2])-?(?:[0-2]?\d|3[01])")
_MINE = r"我(?:的|那|这|在|上|昨|前|刚|今|订|买|下|拍)|那个|这个|那把|那套|那只|那口|上次|上周|上个月|昨天|前天|前几天|刚才|刚刚|双十一|买的|订的|下的|拍的|下单的"
_STATUS = (
    r"到哪(?:里|儿)?了?|走到|到了(?:吗|没|么)|到没到|送到了?(?:吗|没|么)|寄(?:出|走)?了?(?:吗|没|么)|发(?:出|走|货)?(?:了)?(?:吗|没|没有|么)$|发没发|发货了|"
    r"(?:还没|还没有|没有|没|未|怎么还不|怎么还没|为什么还不|为什么还没|迟迟不|一直没|一直不)(?:收到|发货|发出|发|送到|到货|到|寄|派送|更新|送)|"
    r"(?:什么时候|啥时候|几时|何时|哪天|几号|多久|几天|多长时间|还要多久|还有多久)(?:才)?(?:能|会|可以)?(?:到|送|收|发|寄)"
)
_ORDER_WORDS = re.compile(
    rf"(?:(?:{_MINE}).{{0,16}}(?:{_STATUS}))|(?:(?:订单|快递|物流|包裹|货|东西|宝贝|单子|壶|杯|锅|茶|刀|碗|盘|机).{{0,6}}(?:{_STATUS}))|^(?:{_STATUS})|(?:{_STATUS})$"
    r"|(?:查|看|跟踪|追踪|查询|查看)(?:一下|下|查|看)?(?:我的?|我最近的|最近的|全部)?(?:物流|快递|订单|包裹|运单|单子|货|发货)"
    r"|(?:订单|物流|快递|包裹|运单|单子)(?:号|进度|状态|查询|信息|情况|详情|列表|跟踪|追踪|单号|呢|怎么样了|怎么不动|不动|没更新|更新)"
    r"|我的?(?:所有|全部|最近的?|那个|这个|历史)?(?:订单|快递|物流|包裹|货呢|东西呢)(?:呢|$)|(?:订单|快递|包裹|物流|我的?货|我买的.{0,8})(?:现在)?在(?:哪|什么地方)|最近的?订单|^(?:物流|快递|订单|包裹|单号|运单号?|快递单号|催发货|全部订单|所有订单)$|催(?:一下|下|催)?(?:发货|单|快递|物流)|(?:尽快|赶紧|快点)(?:给我)?发货"
    r"|我?(?:都)?(?:买|订)(?:过|了)(?:些)?什么|我?(?:上次|上回|之前|以前)(?:都)?(?:买|订|拍)(?:过|了)?的?(?:是|些)*(?:什么|啥)|(?:最近|上)(?:一|几)?(?:个|笔|次|单)的?(?:订单|单)|orderstatus|myorders?|whereismyorder|trackmyorder"
)
_POLICY = re.compile(
    r"不想要|不要了|推送|消息|(?<!天)(?:能|可以)寄|(?<!还要)(?<!还有)几天(?:能|可以|会)?到|期间|过年|春节|国庆|假期|放假|周末发|指定|积分|优惠券|一般|通常|大概要|下单后|付款后|拍下后|拍了|现在(?:下单|买|拍)|今天(?:下单|买|拍)(?!的)|如果|要是|包邮|运费|邮费|快递费|(?:什么|哪家|哪个|哪种|啥|换)快递|怎么(?:下单|买|购买|付款)|如何(?:下单|购买)|改地址|(?:修改|更改|换|改)(?:一下|下)?(?:收货)?地址|"
    r"退货|退款|退换|换货|退掉|怎么退|能退|可以退|取消|发票|保修|质保|几天内|到货通知|有货|补货|上架|上新|新品|破了|碎了|坏了|少发|漏发|发错|寄错|海外|国外|港澳|偏远|新疆|西藏"
)
_REFUND = re.compile(
    r"(?:我|那|这|上次|之前|退掉?的|退的).{0,12}(?:退款|退的钱|钱|退货).{0,6}(?:到账(?:了)?(?:吗|没有?|么)?|退(?:了|到|给我)(?:吗|没有?|么)|[到收]到?了?(?:吗|没有?|么)|还没[到退收]|怎么还[没不]|一直没|没[收退]到?|在哪)"
)
_OF_MONEY = re.compile(r"退|款|钱|货|到账|账|处理|一直")
_POINTS = re.compile(
    r"(?:我|俺|本人)(?:的|现在|目前|还)?(?:有|剩)?(?:多少|几)?(?:个)?(?:会员)?积分(?!怎么|如何|可以|能|规则|换|兑|商城|有什么|会)|积分(?:还有|还剩|有|剩|是)?(?:多少|几|余额|查询|够不够|明细)|(?:查|看|查询|查看)(?:一下|下|查|看)?(?:我的?)?(?:积分|会员|等级|会员等级|会员卡|级别)|(?:多少|几)(?:个)?积分$"
    r"|我(?:的|现在|目前)?(?:是|在)?(?:什么|哪个|哪级|几级|啥)?(?:会员)?(?:等级|级别|会员)(?:是|$|呢|多少|什么|几级)*$|我(?:现在|目前)?是(?:什么|几级|哪级|哪种|啥)会员|^(?:积分|会员|会员等级|会员卡|等级|我的积分|我的会员|会员积分)$|mypoints|^points$"
)
_GREETING = re.compile(
    r"(?:你好|您好|你们好|大家好|hi|hello|hey|哈喽|哈啰|嗨|嘿|早|早安|早上好|上午好|中午好|下午好|晚上好|晚安|午安|在吗|在不在|在么|在不|亲|亲在吗|喂|老板好|老板|店家好|新年好|新年快乐|节日快乐)(?:啊|呀|哦|哈|吗|呢|亲|老板|店家|你好|您好|在吗|在不在|hi|hello|there)*"
)
_THANKS = re.compile(
    r"(?:好的?|嗯+|哦+|行|ok|okay|可以|太好了|知道了|明白了|明白|了解|收到|收到了|好滴|好嘞|没问题|好吧|棒|真棒|赞|谢谢|多谢|感谢|谢啦|谢了|十分感谢|非常感谢|太感谢了|thx|thanks|thankyou|thankyouverymuch|辛苦了|麻烦了|3q|谢谢你|谢谢您|谢谢老板|再见|拜拜|bye|88|晚安|了|啦|哈|呀|啊|的|呵+|哈+|嘻+|您|你|你们|您们)+"
)
_LAUGHS = re.compile(r"[呵哈嘻嘿]{2,}")
_FAREWELL = re.compile(
    r"(?:再见|拜拜|bye|晚安|回头见|回见|先这样|我?[去要先]*睡了|老板|亲|您|你|们|好的?|那|了|啦|哈|呀|啊|吧|哦|嗯)*(?:再见|拜拜|bye|晚安|回头见|回见)(?:了|啦|哈|呀|啊|吧|哦|您|你|老板|亲)*"
)
_NEVER_MIND = re.compile(
    r"(?:那|就|还是|我|先)*(?:算了|没事了?|没什么了?|当我没说|不用了|不要了|不买了|不问了)(?:吧|了|啊|哈|不要了|不用了|不买了|谢谢|再说吧?)*"
)
_BUYS = re.compile(
    r"(?:想|要|打算|准备)(?:再)?(?:买(?!的|过|了)|购买|入手|下单)|(?:怎么|咋个?)(?:买|下单|购买|拍)|在哪(?:里|儿)?买|(?:^|给我|我要|再|先|那|就|行|好|要得)(?:来|拿)(?:上)?(?:[一两二三四五六七八九十]|\d+)(?:个|把|罐|袋|盒|套|只|口|包|件|份|饼|斤|瓶|双|条)|给我来|^(?:那|就|行|好|要得)*我?要(?:[一两二三四五六七八九十]|\d+)(?:个|把|罐|袋|盒|套|只|口|包|份|饼|瓶|双|条)(?!订单|解释|说法|交代|道歉|理由|人|发票)|(?:再|我要|想|要)(?:订|订购|定)(?:[一两二三四五六七八九十]|\d+)(?:个|把|罐|袋|盒|套|只|口|包|件|份|饼|斤|瓶|双|条)"
    r"|^(?:那|就|行|好|嗯|可以|我|想)*(?:要|买|选|拿)(?:它|[这那](?:个|款|把|套|种|只|罐|盒|口))[了吧哈啊]*$|^(?:那|行|好|嗯)*就(?:它|[这那](?:个|款|把|套|种|只|罐|盒|口))[了吧]+$"
)
_AGAIN = re.compile(
    r"(?:上次|上回|之前|以前|先前)(?:我?(?:在你们?家?)?)(?:买|拍|订|下单|喝|用)(?:过|了)?的(?:那|这)?(?:个|款|种|把|套|罐|盒|茶)?.{0,4}?(?:还有|有没有|有货|还卖|卖完|多少钱|什么价|再[来买要订拍]|还想[要买])"
    r"|再(?:买|来|拍|订|要|拿)(?:[一两二三1-9]?(?:份|个|盒|罐|单|次|套|把))?(?:和上次|跟上次)?(?:一样|同样|同款|老样子)|^(?:还是)?老样子|(?:和|跟|照)上次(?:买的)?一样的?(?:再)?(?:来|要|买|拍)"
)
_SORRY = re.compile(
    r"(?:(?:刚才|刚刚|真的?|实在|太|是|我)*(?:对不起|不好意思|抱歉|错了|错怪你们?了|态度不好|不是故意(?:的|骂你的?)?)(?:啊|哈|了|哦|呀|您|你|你们)*)+"
)
_ANGRY_FACE = re.compile(r"[😡😠🤬👿💢😤👎🖕]|\[(?:发怒|抓狂|咒骂|鄙视|怄火|弱|吐血)\]")
_FILLER = re.compile(
    rf"{_STATUS}|{_MINE}|请问|你好|您好|麻烦|帮我|帮忙|查一下|查下|查查|看一下|看看|一下|订单|物流|快递|包裹|单号|运单|信息|进度|状态|什么时候|怎么|为什么|发货|收到|现在|已经|东西|宝贝|我|的|了|吗|呢|啊|呀|没有|没|有|是|还|都|把|套|只|个|件|口|查|看|催|号|哪|到|能|会|想|要|问|知道|谢谢|就是|最近|所有|全部|多少"
    r"|第[0-9一二三四五六七八九十]|[0-9一二三四五六七八九十两几]+(?:天|周|个?月|个?小时|个?星期|个?礼拜)|(?:上个?|这个?|下个?)(?:月|周|星期|礼拜)|今天|明天|后天|昨晚|急死|退款?的?钱|钱|都"
)


@dataclass(frozen=True, slots=True)
class OrderQuestion:
    """`number` as the customer typed it, without what is around it; `words` may name a product, or be empty. `of_refund`: whether their money came."""

    number: str = ""
    words: str = ""
    of_refund: bool = False


@needs_a_sign(_NUMBER, _REFUND, _ORDER_WORDS, otherwise=None)
def order_question(text: str) -> OrderQuestion | None:
    """我的订单到哪了, 那个茶壶发货了吗, 物流, an order number; not 下单后一般几天发货, 怎么退货."""
    words = compact(text)
    number = _order_number(plain(text))
    if number and (len(words) <= len(number) + 12 or _ORDER_WORDS.search(words)):
        return OrderQuestion(number=number)
    if words and _REFUND.search(words):
        return OrderQuestion(words=_FILLER.sub("", _OF_MONEY.sub("", words))[:20], of_refund=True)
    if not words or _POLICY.search(words) or not _ORDER_WORDS.search(words):
        return None
    return OrderQuestion(words=_FILLER.sub("", words)[:20])


@needs_a_sign(_BUYS, otherwise=False)
def wants_to_buy(text: str) -> bool:
    """想买一把壶, 怎么下单: there is no order yet."""
    return any(_BUYS.search(clause) for clause in clauses(text))


def wants_it_again(text: str) -> bool:
    """上次买的那个还有吗, 再买一样的: what they bought before."""
    return bool(_AGAIN.search(compact(text)))


@needs_a_sign(_SORRY, otherwise=False)
def apologises(text: str) -> bool:
    return _is_all(_SORRY, text)


@needs_a_sign(_POINTS, otherwise=False)
def asks_for_points(text: str) -> bool:
    """我有多少积分, 我的会员等级; not 积分怎么兑换."""
    return bool(_POINTS.search(compact(text)))


@needs_a_sign(_GREETING, otherwise=False)
def greets(text: str) -> bool:
    return _is_all(_GREETING, text)


@needs_a_sign(_NEVER_MIND, otherwise=False)
def never_minds(text: str) -> bool:
    """算了不要了, 没事了，谢谢: what they wanted before is off."""
    parts = clauses(text)[:4]
    off = [part for part in parts if len(part) <= 24 and _NEVER_MIND.fullmatch(part)]
    return bool(off) and all(
        part in off or _THANKS.fullmatch(part) for part in parts[: len(parts) - (len(parts) > 1)]
    )


def is_courtesy(text: str) -> bool:
    """谢谢, 好的, 再见, or only faces and punctuation."""
    return _is_all(_THANKS, text) if compact(text) else bool(text.strip())


@needs_a_sign(_LAUGHS, otherwise=False)
def laughs(text: str) -> bool:
    return bool(_LAUGHS.fullmatch(compact(text)))


@needs_a_sign(_FAREWELL, otherwise=False)
def bids_farewell(text: str) -> bool:
    """晚安, 拜拜啦."""
    return _is_all(_FAREWELL, text)


def is_only_marks(text: str) -> bool:
    """?, ……, 。: nothing was said; faces are something."""
    return bool(text.strip()) and all(unicodedata.category(sign)[0] in "PZC" for sign in text)


def is_angry_face(text: str) -> bool:
    return not compact(text) and bool(_ANGRY_FACE.search(text))


def _is_all(words: re.Pattern[str], text: str) -> bool:
    parts = clauses(text)
    return bool(parts) and all(len(part) <= 24 and words.fullmatch(part) for part in parts)


def _order_number(text: str) -> str:
    for found in _NUMBER.finditer(
        text.replace(" ", "") if re.fullmatch(r"[\s\w-]*", text, re.ASCII) else text
    ):
        number = found[1].strip("-")
        digits = sum(map(str.isdigit, number))
        if digits >= 6 and not _MOBILE.fullmatch(number) and not _DATE.fullmatch(number):
            return number.upper()
    return ""

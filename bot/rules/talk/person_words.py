"""Recognises who wants to speak with a person, who complains, and who has had enough of it: pure, told only text."""

import re
from dataclasses import dataclass

from bot.rules.talk.signs import needs_a_sign
from bot.rules.talk.wording import clauses, compact

LONGEST_RETURN = 16

_PERSON = r"(?:人工(?!智能|费|成本|打磨|制|做|湖|合成|降雨|养殖|种植)|真人|活人|客服|客户服务|店员|店主|店长|老板|经理|主管|负责人|领导|管家|工作人员|服务员|专员|大活人)"
_WANTED = re.compile(
    rf"转{_PERSON}|转接|转到{_PERSON}|(?:接|找|叫|换|呼叫|联系|联络|召唤|呼|请|切换|切换到|想要|需要|我要|有没有|有)(?:到|接|一下|一个|一位|下|个|位|你们的?|你们)*{_PERSON}"
    r"|(?:让|请)(?:你们的?)?(?:老板|经理|店长|客服|主管|负责人|领导)(?:来|跟|和|给|联系|回|打)|人工(?:客服|坐席|座席)|(?:找|叫|换|来|派)(?:一?个|一?位)?(?:人|人类)(?:来|跟|和|给|吧|处理|说|聊|$)"
    r"|(?:跟|和|与|同)(?:一?个|一?位)?(?:真?人|人类|客服|老板|店长|店主)(?:说|聊|谈|讲|沟通|对话|交流|通话)"
    r"|(?:不想|不要|不愿)(?:跟|和|与)机器人(?:说|聊|谈|讲)"
    r"|(?:talk|speak|chat|connectme|transferme)(?:to|with)(?:a|an|the|some|your|real|live)*(?:human|person|people|someone|agent|staff|manager|operator|representative)|(?:real|live)(?:human|person|agent)|customer(?:service|support)"
)
_ONLY = re.compile(
    r"(?:你好|您好|喂|请|麻烦|我要|我想|帮我|呼叫|hi|hello|please)*(?:人工|人工服务|真人|真人服务|真人客服|客服|人工客服|客服人员|在线客服|有人吗|有人在吗|有人在么|有没有人|有没有人在|没人吗|有人没有|有人没|客服呢|客服在吗|客服在不在|人呢|talktohuman|(?:a|real|the)*(?:human|agent|operator|person)|(?:你们?的?)?(?:老板|经理|店长|主管|负责人|领导)(?=呢|在|$))"
    r"(?:please|在哪|在吗|在不在|在么|呢|吧|啊|呀|吗|谢谢|好吗|可以吗)*"
)
_COMPLAINS = re.compile(
    r"投诉|12315|消费者协会|消协|举报(?!得|有奖)|维权|起诉(?:你|贵)|告你们|骗子|欺诈|诈骗"
)
_NO_COMPLAINT = re.compile(
    r"(?:不|没|没有|未|无|不会|不想|不用|不要|别|从来没|撤销|取消|撤回|撤)(?:再|有|去|要|想|被|人|过)*(?:投诉|举报|维权)|投诉(?:已经|已)?(?:处理|解决)(?:好|完|了)|防(?:诈骗|骗子)|零投诉"
)
_NO_PERSON = re.compile(
    r"(?:不用|不要|别|不想|不需要|无需|不必|没有?|没想)(?:再|帮我|给我|去)*(?:转|找|接|叫|联系|需要)*(?:了|到|接)*(?:人工|客服|真人|投诉)|(?:客服|老板|店长|店员)(?:态度|人)?(?:真好|很好|不错|真棒|好棒|说的|说了|告诉|答应)|(?:客服|人工).{0,6}(?:几点|上班|下班|时间|电话|周末)"
)
_ROBOT = re.compile(
    r"(?:请问)?(?:你|您|你们|这|这里|这个|这边|现在)?(?:到底|究竟)?(?:是不是|是|不是)(?:个|一个|真的|真|在用)?(?:机器人|人工智能|ai|真人|人工|活人|自动回复|机器|人类|人)(?:还是(?:机器人|人工智能|ai|真人|人工|人|机器))?(?:在?回复)?(?:吗|么|吧|啊|呀|呢)*"
    r"|(?:你|您|你们)(?:是|是个)?(?:谁|什么|干什么的|做什么的)(?:啊|呀|呢)*|(?:你|您)?叫什么(?:名字)?|(?:机器人|ai)(?:吗|么)|areyou(?:a|an)?(?:bot|robot|ai|human)|whoareyou"
)
_MANAGER = re.compile(
    r"(?:请问|我想知道|问一下)?(?:(?:我的?|谁是我的?)(?:专属)?(?:客户经理|专属客服|客服经理|服务专员|管家)(?:是谁|是哪位|叫什么(?:名字)?|呢|啊)*|我有(?:没有)?(?:专属)?(?:客户经理|专属客服)吗?|(?:客户经理|专属客服)(?:是谁|是哪位|叫什么(?:名字)?|叫啥))(?:啊|呀|呢)*"
)
_RETURN = re.compile(
    r"(?:好的?|那|嗯|ok|谢谢|多谢|我|已经|都|可以|请|先)*(?:返回|返回机器人|返回首页|退出|退出人工|结束|结束吧|结束对话|结束会话|结束人工|结束服务|结束人工服务|结束咨询|回到机器人|转机器人|切回机器人|换回机器人|机器人|"
    r"不用了|不用人工了?|不用客服了?|不用转了?|不用找人了?|不需要了|不需要人工了?|没事了|没问题了|没什么事了|算了|(?:算了)?不等了|不麻烦了|不必了|解决了|问题解决了|搞定了|清楚了|取消人工|exit|quit|end|back)+"
    r"(?:吧|了|啊|呀|哦|谢谢您?|多谢|再见|拜拜|辛苦了|您|你|哈|啦|麻烦了)*"
)
_CALLS = re.compile(r"(?:返回|回到|转|切回|换回)?机器人|返回")


@dataclass(frozen=True, slots=True)
class PersonWish:
    complains: bool


@needs_a_sign(_COMPLAINS, _WANTED, _ONLY, otherwise=None)
def person_wish(text: str) -> PersonWish | None:
    """转人工, 人工客服, 我要投诉 …; not 人工打磨, 人工智能, 客服态度真好."""
    words = compact(text)
    if not words or _NO_COMPLAINT.search(words):
        return None
    if _COMPLAINS.search(words):
        return PersonWish(complains=True)
    if _NO_PERSON.search(words) or asks_who_answers(text):
        return None
    wants = _WANTED.search(words) or any(_ONLY.fullmatch(clause) for clause in clauses(text))
    return PersonWish(complains=False) if wants else None


@needs_a_sign(_MANAGER, otherwise=False)
def asks_for_manager(text: str) -> bool:
    """我的客户经理是谁: a name, and nobody has to come for it."""
    return bool(_MANAGER.fullmatch(compact(text)))


@needs_a_sign(_ROBOT, otherwise=False)
def asks_who_answers(text: str) -> bool:
    """你是机器人吗, 你是真人吗, 你是谁."""
    return any(_ROBOT.fullmatch(clause) for clause in clauses(text))


def returns_to_the_bot(text: str) -> bool:
    """返回, 不用了, 结束 …: said while a person serves, the whole message."""
    words = compact(text)
    return len(words) <= LONGEST_RETURN and bool(_RETURN.fullmatch(words))


@needs_a_sign(_CALLS, otherwise=False)
def calls_the_bot(text: str) -> bool:
    """返回, 转机器人: said while it is the bot that answers anyway."""
    return bool(_CALLS.fullmatch(compact(text)))

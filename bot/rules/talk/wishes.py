"""Recognises, in what a customer wrote, that they want no more pushes, or want them again: pure, told only text.

A clause must be the wish from end to end, so that a word inside another one (退订单, 别再发错了) is none.
"""

import re
from functools import lru_cache

from bot.rules.talk.signs import needs_a_sign
from bot.rules.talk.wording import HELD, clauses, compact

# characters of a clause; a wish to stop is short, a story about it goes to knowledge or a person
LONGEST_WISH = 30

_POLITE = (
    r"(?:我?都?说过?了?|不是说了?|你好|您好|喂|hi|hello|请问|请|麻烦|拜托|求求|求|谢谢|劳驾|不好意思|对不起|抱歉|亲|你们|你|您|我们|我|本人|能不能|能否|能|可不可以|可以|可否|"
    r"怎么才能|怎样才能|如何才能|怎么样|怎么|怎样|如何|要求|要|想要|想|需要|希望|申请|帮我|帮忙|帮|给我|替我|那就|那|就|还是|以后|今后|从今天起|从现在起|"
    r"现在|立刻|马上|赶紧|快点|快|所以|但|但是|回复|回|发送|一下|点|再|还|又|也)*"
)
_ENDING = (
    r"(?:吧|啊|呀|哦|噢|喔|哈|啦|嘛|呢|好吗|好不好|可以吗|行吗|行不行|可以不|了|(?<!了)吗|谢谢你们|谢谢您|谢谢你|谢谢|多谢|谢了|拜托|麻烦了|求求了|辛苦了|你们|你|您|我|一下|"
    r"真的|好烦|很烦|太烦了|烦死了|烦|thx|thanks|please)*"
)
_PUSHES = (
    r"(?:你们的?|你的|您的|贵号的?|贵店的?|这些|这种|这类|这个|那些|那种|任何|什么|所有的?|全部的?|一切|每天的?|乱七八糟的|没用的|无聊的|垃圾|营销类?|广告类?|推广类?|促销类?|活动|优惠|群发|商业|"
    r"微信|公众号|服务号|订阅号|店铺|商家|这|的|和|或|"
    r"推送|消息|信息|通知|订阅|广告|内容|东西|图文|文章|短信|资讯|讯息|推文|推广|推荐|提醒|营销|促销)*"
)
_PUSH_NOUN = rf"{_PUSHES}(?:推送|消息|信息|通知|订阅|广告|推文|推广|群发|营销|图文|促销|提醒|资讯|讯息|短信|内容|文章|东西)"
_NOT = r"(?:不要|不用|不需要|不必|不想要|不想|不希望|不愿意|不许|不准|不可以|不能|能不能不|可以不要|可不可以不|别|勿|请勿|莫|甭|禁止|停止|唔好)"
_AGAIN = r"(?:再|在|继续|老是|老|总是|总|一直|天天|每天|整天|成天|随便|乱|频繁|经常|反复|这样|这么|频频)*"
_TO_ME = r"(?:给我们?|向我|对我|跟我|往我这里?|给他|俾我)?"
_SEND = r"(?:发送|发来|发|推送|推荐|推|群发|send)"
_BOTHER = r"(?:打扰|骚扰|打搅|吵|烦)"
_ANNOYED = rf"(?:(?:{_PUSH_NOUN})?(?:真的|真|实在|有点|有些)?(?:太|好|很|够)?(?:烦|多|吵|频繁|讨厌|无聊)(?:死|人|死人|死我)?(?:了|啊|呀|的|都)*)?"

_STOPS = (
    r"td",
    r"(?:td|t)(?:退订|取消)",
    rf"(?:全部|统统|彻底|永久)?退订(?:掉|{_PUSHES})",
    rf"取消(?:对?{_PUSHES})(?:推送|订阅|通知|提醒|消息|群发|广告|推广|营销)",
    rf"{_NOT}{_AGAIN}{_TO_ME}{_AGAIN}{_SEND}(?:了?|给?我?){_PUSH_NOUN}",
    rf"(?:别|不要|请勿|勿|莫|唔好){_AGAIN}{_TO_ME}{_AGAIN}{_SEND}(?:了|给我了?|过来了?|来了?)?",
    rf"{_NOT}(?:再|继续|老是|老|总是|一直|天天|每天|整天)+{_TO_ME}{_SEND}(?:了|给我了?|过来了?)?",
    rf"{_NOT}{_AGAIN}(?:给我|向我)(?:推送|推)(?:了)?",
    r"(?:不用|不需要|不必|停止)(?:给我)?(?:推送|推|群发)",
    rf"{_NOT}{_AGAIN}(?:来)?{_BOTHER}(?:我|人|本人)?",
    rf"{_NOT}{_AGAIN}(?:让我)?(?:收到|收|看到|看见|看|接收|接受|接到){_PUSH_NOUN}",
    rf"(?:不接受|不接收|不看|不收|拒收|拒绝|屏蔽){_PUSH_NOUN}",
    rf"(?:关闭|关掉|关了|关|停掉|停了|停止|停|终止|暂停|停用|禁用|屏蔽)(?:掉|了|所有|全部|给我的|对我的)*(?:发送|推送|群发)?{_PUSH_NOUN}",
    rf"(?:把|将){_PUSH_NOUN}(?:都|全|全都|给我|统统)*(?:关闭|关|停止|停|取消|退订|退|屏蔽|去)(?:掉|了)*",
    rf"{_PUSH_NOUN}(?:都|全|统统)*(?:关闭|关|停|取消|退订|退|屏蔽)(?:掉|了)+",
    rf"{_NOT}(?:再)?订阅(?:{_PUSHES})",
    rf"(?:不|不再)订阅(?:{_PUSHES})",
    r"不订了",
    r"unsubscribe(?:me|all|now)?",
    r"(?:please)?stop(?:it|now|all|push|pushes|pushing|spam|spamming|sending|sendingme)?(?:me)?(?:messages?|msgs?|ads|news|notifications?)?",
    r"optout|optmeout|removeme|no(?:more)?(?:messages?|push|pushes|ads|spam|notifications?)(?:please)?|dont(?:send|push|message)(?:me)?(?:any|more|anymore|messages?|ads)*",
)
_STARTS = (
    r"(?:恢复|重新开启|重新打开|重新开始|重新接收|重新开通|重开|打开|开启|开通|启用|开始|继续|重启)(?:接收|接受|订阅|收|给我|向我|发送|发|收到)*"
    + _PUSH_NOUN,
    rf"(?:重新|继续|恢复|再次|又|也)?订阅(?:{_PUSHES})",
    r"(?:恢复|继续|重新)(?:给我)?(?:推送|推|发送|群发|发消息|发信息)(?:消息|信息)?",
    rf"(?:可以|能|请|麻烦|你们|您)*继续(?:给我)?(?:发|推)(?:给我|来)?(?:{_PUSHES})",
    rf"可以(?:再|开始|恢复)*给我(?:推送|推|(?:发送|发){_PUSH_NOUN})",
    rf"可以(?:再|开始|恢复)+(?:发|推){_PUSH_NOUN}",
    rf"(?:想|要|希望|愿意)(?:继续|重新|还|再|又)*(?:收到|接收|看到|收){_PUSH_NOUN}",
    rf"(?:再|重新|又)(?:给我)?(?:发|推)(?:{_PUSH_NOUN})",
    r"(?:取消|撤销|撤回|解除)退订",
    r"不退订了",
    r"(?:re)?subscribe(?:me|again)?|resume(?:push|pushes|messages)?|start(?:again|push|pushes|messages)?|optin",
)
_SUGGESTIONS = r"(?:你们的?|这些|这种|这类|那些|那个|什么|任何|所有|乱七八糟的|没用的|猜我喜欢的?|的|商品|产品|智能)*推荐"
_THINGS = r"(?:东西|商品|产品|货|茶叶?|茶具|给我|来|我|算法|功能|设置)*"
_REFUSES_SUGGESTIONS = (
    rf"{_NOT}{_AGAIN}(?:瞎|硬)*{_TO_ME}{_AGAIN}(?:瞎|硬)*{_SUGGESTIONS}(?:了|个不停)?{_THINGS}",
    rf"{_NOT}{_AGAIN}(?:让我)?(?:收到|收|看到|看见|看|接收|接受){_SUGGESTIONS}{_THINGS}",
    rf"(?:关闭|关掉|关了|关|停掉|停了|停止|停|取消|终止|暂停|停用|禁用|屏蔽|退出)(?:掉|了|给我的?|对我的)*{_SUGGESTIONS}{_THINGS}",
    rf"(?:把|将){_SUGGESTIONS}{_THINGS}(?:都|全|给我)*(?:关闭|关|停止|停|取消|屏蔽)(?:掉|了)*",
)
_UNHEARD = re.compile(  # 已经退订了怎么还在发
    r"退订.{0,6}(?:还|又|仍|怎么).{0,6}(?:发|收|推)|^(?:怎么|为什么|为啥|咋)(?:还|又)在?(?:给我|跟我)?(?:发|推)(?:来|送|消息|信息|广告|推送|啊|呀|的)*$"
)

_STOP = re.compile(rf"{_ANNOYED}{_POLITE}(?:{'|'.join(_STOPS)}){_ENDING}")
NO_SUGGESTIONS = re.compile(rf"{_ANNOYED}{_POLITE}(?:{'|'.join(_REFUSES_SUGGESTIONS)}){_ENDING}")
_START = re.compile(rf"{_POLITE}(?:{'|'.join(_STARTS)}){_ENDING}")
_SUPPOSES = re.compile(r"以后想|如果|万一|假如|要是|会怎么?样|怎么办$|咋办$")  # "停了推送，以后想再收怎么办"
_REFUSES = re.compile(
    r"(?<!要)不要|不(?:用|需要|必|愿意|希望)|(?<!想)不想|(?<![特分级区类个性])别|甭|勿|莫|唔好|唔使"
)
_ASKS_ABOUT = re.compile(
    r"[几多少]+(?:次|条|回|遍)|多久|频率|几点|什么时候|一[周天月个]+(?:一|两|1|2)[次条]|只[要收看发推]|少(?:发|推)|(?:发|推)少(?:一?点|些)|(?:别|其他|其它)的(?:都)?不要"
)
_SPOKEN_OF = re.compile(
    r"推|消息|信息|订阅|通知|提醒|群发|广告|活动|优惠|上新|新品|内容|文章|短信|发|收|subscribe|push|message|start"
)
_ASKS_IF_DONE = re.compile(r"了(?:吗|没|没有|么)$")


@needs_a_sign(_STOP, _UNHEARD, otherwise=False)
@lru_cache(HELD)
def stops_pushes(text: str) -> bool:
    """退订, TD, 别再发了, unsubscribe …; not 退订单, 别再发错了, 发货了吗, 别再推荐了."""
    words = compact(text)
    if starts_pushes(text) or _SUPPOSES.search(words):
        return False
    if len(words) <= LONGEST_WISH and _UNHEARD.search(words):
        return True
    return any(_is_it(_STOP, clause) and not _is_it(NO_SUGGESTIONS, clause) for clause in clauses(text))


@needs_a_sign(NO_SUGGESTIONS, otherwise=False)
def refuses_suggestions(text: str) -> bool:
    """别再推荐了, 关掉推荐算法; not 别再推送了, which is of all that is sent."""
    return not stops_pushes(text) and any(_is_it(NO_SUGGESTIONS, clause) for clause in clauses(text))


@needs_a_sign(_START, otherwise=False)
@lru_cache(HELD)
def starts_pushes(text: str) -> bool:
    """恢复推送, 重新订阅, 可以继续发 …; not 恢复发货."""
    return not _SUPPOSES.search(compact(text)) and any(_is_it(_START, clause) for clause in clauses(text))


def asks_about_pushes(text: str) -> bool:
    """一个月发几次, 能不能一周一次, 只要活动的: about how they come, which is no wish that all of them stop."""
    return bool(_ASKS_ABOUT.search(compact(text)))


def names_pushes(text: str) -> bool:
    """打开 alone may open anything."""
    return bool(_SPOKEN_OF.search(compact(text)))


def refuses(text: str) -> bool:
    """不要, 不用, 别 …: whatever else was understood, they do not ask to be sent anything."""
    return bool(_REFUSES.search(compact(text)))


def _is_it(wish: re.Pattern[str], clause: str) -> bool:
    return len(clause) <= LONGEST_WISH and bool(wish.fullmatch(clause)) and not _ASKS_IF_DONE.search(clause)

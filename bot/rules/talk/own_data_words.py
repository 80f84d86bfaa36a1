"""What customers ask about their own data, and what they are told: pure, told only text.

The rights of PIPL articles 24 and 44–47: to see, to have a copy, to correct, to have erased, to be left out of decisions
made from who one is.
"""

import re
from enum import StrEnum

from bot.rules.talk.signs import needs_a_sign
from bot.rules.talk.wishes import NO_SUGGESTIONS, refuses_suggestions
from bot.rules.talk.wording import compact

LONGEST = 24  # characters; a longer text tells a story, and a person or the knowledge answers it


class Asked(StrEnum):
    RIGHTS = "rights"
    EXPORT = "export"
    ERASE = "erase"
    ERASE_SURELY = "erase_surely"
    PERSONAL_OFF = "personal_off"
    SUGGESTIONS_OFF = "suggestions_off"
    PERSONAL_ON = "personal_on"
    RECEIPTS = "receipts"
    NEVER_MIND = "never_mind"


_POLITE = r"(?:请问?|麻烦|帮我|帮忙|给我|我想要?|我要|想要?|要求|申请|能不能|能否|可以|可不可以|怎么样?|如何|怎样|你们|您|把|将|立刻|马上|现在)*"
_END = r"(?:吧|啊|呀|吗|呢|了|好吗|可以吗|行吗|谢谢|一下|掉|给我|发给我|谢谢您|谢谢你)*"
_MINE = r"(?:我|本人|关于我|你们存的|你们这里|这里)*(?:的)?(?:所有|全部|一切|个人|微信|聊天|购物)*(?:的)?(?:资料|数据|信息|记录|档案|账号|账户|帐号|会员|隐私)+(?:和|与|、|及)?(?:聊天|对话|个人)?(?:资料|数据|信息|记录|档案)*"
_MEANINGS: tuple[tuple[Asked, re.Pattern[str]], ...] = (
    (Asked.ERASE_SURELY, re.compile(r"(?:我)?(?:确认|确定)(?:要)?(?:删除|注销|清除)(?:全部|所有)?(?:资料|数据|信息)?(?:了|吧)*")),
    (
        Asked.ERASE,
        re.compile(
            rf"{_POLITE}(?:全部|彻底|永久)*(?:注销|清空|清除|抹掉|抹去|忘记|忘掉|删光)(?:我|掉)*(?:{_MINE})?{_END}"
            rf"|{_POLITE}(?:删除|删掉|删了|删)(?:我的|关于我的|你们存的)?(?:所有|全部|一切)(?:的)?(?:个人|聊天)?(?:资料|数据|信息|记录|档案|东西){_END}"
            rf"|{_POLITE}(?:删除|删掉|删了|删)(?:我的|关于我的|你们存的我的)(?:个人|聊天)?(?:资料|数据|信息|记录|档案|账号|账户){_END}"
            rf"|{_POLITE}(?:我的|关于我的)(?:所有|全部)?(?:个人)?(?:资料|数据|信息|记录)(?:都|全部?)*(?:删除|删掉|删了|清空|删光){_END}"
        ),
    ),
    (
        Asked.EXPORT,
        re.compile(
            rf"{_POLITE}(?:导出|下载|拷贝|复制|备份|带走|打包)(?:一份)?{_MINE}{_END}|{_POLITE}{_MINE}(?:导出|下载|打包|拷贝|发|给)(?:一份)?(?:给?我)?(?:一份)?{_END}"
        ),
    ),
    (
        Asked.PERSONAL_OFF,
        re.compile(
            rf"{_POLITE}(?:关闭|关掉|取消|停止|停掉|拒绝|不要|不需要|不想要|别|退出)(?:给我)?(?:做|搞)?(?:任何)?个性化(?:的)?(?:推荐|推送|服务|内容|广告|营销|设置|功能|分析)*{_END}"
            rf"|{_POLITE}个性化(?:推荐|推送|服务|内容|广告)*(?:关闭|关掉|关了|关|取消|停掉){_END}"
            rf"|(?:别|不要|不许|停止)(?:再)?(?:分析|画像|跟踪|追踪|研究|监控)(?:我|我的.{{0,6}}){_END}"
            rf"|(?:别|不要|不许)(?:再)?(?:根据|按照?|用)我的?(?:资料|数据|信息|喜好|购买|购物|订单)?(?:记录)?.{{0,4}}(?:推荐|推送|推).{{0,4}}"
        ),
    ),
    (
        Asked.PERSONAL_ON,
        re.compile(rf"{_POLITE}(?:打开|开启|恢复|重新打开|启用|开通)个性化(?:的)?(?:推荐|推送|服务|内容)*{_END}"),
    ),
    (Asked.RECEIPTS, re.compile(rf"{_POLITE}(?:查|看|查看)?(?:一下)?我的(?:数据)?回执{_END}|^回执$")),
    (Asked.NEVER_MIND, re.compile(r"(?:那|就|还是|我|先)*(?:算了|不删了?|不删除了?|取消|先不删|不注销了?|不要删)(?:不要了|吧|了|谢谢)*")),
    (
        Asked.RIGHTS,
        re.compile(
            rf"{_POLITE}(?:看|了解|行使)?(?:一下)?(?:我的)?(?:隐私|数据|个人信息)(?:权利|权益|设置|选项|管理){_END}|^隐私$|^我的数据$|^隐私设置$"
        ),
    ),
)  # fmt: skip

RIGHTS = (
    "您的资料由您做主，回复这几句话就能办：\n"
    "·「我的资料」看、改、删其中一条\n·「导出我的资料」拿一份全部的\n·「删除我的全部资料」我们就当初次相识\n"
    "·「关闭个性化推荐」不再按您的喜好推荐和推送{personal}\n·「退订」不收推送，「恢复推送」再收\n·「我的回执」看办过的事"
)
IS_OFF = "（现在是关闭的，回复「打开个性化推荐」恢复）"
EXPORT = "您的全部资料在这里，打开后点「导出全部资料」就能存下来：\n{link}\n链接只给您本人用，半小时内有效，请不要转发。"
ERASE_ASKED = (
    "您想删除我们这里关于您的全部资料，对吗？\n"
    "会删掉：我们的对话、记下的资料和喜好、等级与积分、还没发出的消息。您的订单依法留在店铺账本里，但不再和您的微信连在一起。"
    "删掉后找不回来，也不会再收到推送。\n"
    "想好了，请在 {minutes} 分钟内回复「确认删除」。只想看看、改一条或删一条，点这里就好：\n{link}"
)
KEPT = "好的，什么都没有删，一切照旧。"
NOTHING_ASKED = (
    "您还没有申请删除，或者已经超过 {minutes} 分钟了。真要删除全部资料，请先回复「删除我的全部资料」。"
)
ERASED = (
    "已经全部删除了。这是您的回执，请留好：\n编号：{receipt}\n时间：{at}\n"
    "删除了对话 {messages} 条、资料 {facts} 项、标签与评价 {made} 项，{orders} 笔订单已和您的微信断开。\n"
    "以后您再来说话，我们会当作初次相识。{refusal}"
)
REFUSAL_STAYS = "您退订过推送，这一点我们仍然记得照办。"
NOW_OFF = "好的，已经关闭。从现在起，推荐只看大家买得多的，不看您买过什么；只发给特定人群的活动不再发给您，也不再问您的喜好。回执编号：{receipt}。想恢复，回复「打开个性化推荐」。"
OFF_ALREADY = "请放心，您的个性化推荐已经是关闭的。想恢复，回复「打开个性化推荐」。"
PUSHES_GO_ON = "优惠和活动的消息也不想收的话，回复「退订」就好。"
NOW_ON = "好的，已经为您打开，推荐会参考您买过什么。回执编号：{receipt}。随时回复「关闭个性化推荐」就能停。"
ON_ALREADY = "您的个性化推荐正开着。随时回复「关闭个性化推荐」就能停。"
NO_RECEIPTS = "您还没有办过资料方面的事。回复「隐私设置」，可以看到都能办什么。"
RECEIPTS = "您办过的事：\n{lines}"
DONE = {
    "export": "导出全部资料",
    "erase": "删除全部资料",
    "personal_off": "关闭个性化推荐",
    "personal_on": "打开个性化推荐",
    "pushes_off": "停止推送",
    "pushes_on": "恢复推送",
}


@needs_a_sign(*(pattern for _, pattern in _MEANINGS), NO_SUGGESTIONS, otherwise=None)
def asked_of(text: str) -> Asked | None:
    """删除我的全部资料, 导出我的资料, 关闭个性化推荐, 别再推荐了 …; not 删除订单, not 个性化定制."""
    words = compact(text)
    if not 0 < len(words) <= LONGEST:
        return None
    found = next((asked for asked, pattern in _MEANINGS if pattern.fullmatch(words)), None)
    return Asked.SUGGESTIONS_OFF if found is None and refuses_suggestions(text) else found

"""What each handler of the chat is called where operators read who answered."""

from typing import Any

from flask_babel import lazy_gettext as _l

HANDLERS: dict[str, Any] = {
    "unfollow": _l("取消关注"),
    "follow": _l("欢迎关注"),
    "binding": _l("绑定身份"),
    "scan": _l("扫码"),
    "stop_pushes": _l("退订推送"),
    "start_pushes": _l("恢复推送"),
    "with_person": _l("人工服务中"),
    "escalating": _l("提醒同事"),
    "human": _l("转人工"),
    "forms": _l("服务申请"),
    "choices": _l("选项"),
    "several": _l("一次问几件事"),
    "totals": _l("合计金额"),
    "mentioned": _l("接着刚才说的"),
    "orders": _l("订单"),
    "own_data": _l("个人数据"),
    "introducing": _l("称呼"),
    "birthdays": _l("生日"),
    "my_facts": _l("个人档案"),
    "questions": _l("追问"),
    "satisfaction": _l("满意度"),
    "membership": _l("积分兑换"),
    "points": _l("积分"),
    "offers": _l("活动"),
    "budgets": _l("预算"),
    "recommend": _l("推荐"),
    "menu": _l("菜单"),
    "small_talk": _l("寒暄"),
    "attachments": _l("图片和文件"),
    "prices": _l("价格"),
    "naming": _l("商品名"),
    "buying": _l("购买"),
    "foreign": _l("外语"),
    "understood": _l("听懂意图"),
    "knowledge": _l("知识库"),
    "option_names": _l("活动选项"),
    "continuing": _l("接着刚才问"),
    "modelled": _l("语言模型"),
    "guessing": _l("猜测意思"),
    "authorization": _l("网页授权"),
    "notices": _l("订阅通知"),
    "reports": _l("平台回报"),
    "wechat_service": _l("微信客服"),
    "quiet_events": _l("无需回答"),
    "fallback": _l("没听懂"),
    "failed": _l("处理失败"),
}


def who_answers(handler: str) -> str:
    """A handler of an older version, which has no name any more, as it stands in the log."""
    return str(HANDLERS.get(handler, handler))

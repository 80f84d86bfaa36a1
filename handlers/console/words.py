"""The words for what stands in the tables as a name: states, channels, kinds, roles, actions."""

from typing import Any

from flask_babel import get_locale
from flask_babel import lazy_gettext as _l

from bot.rules.pushes import reasons
from bot.rules.talk.intent_names import TITLES

STATES: dict[str, Any] = {
    "planned": _l("已计划"),
    "claimed": _l("发送中"),
    "accepted": _l("微信已受理"),
    "sent": _l("已发送"),
    "failed": _l("失败"),
    "unknown": _l("结果未知"),
    "skipped": _l("已跳过"),
}
STATUSES: dict[str, Any] = {
    "draft": _l("草稿"),
    "running": _l("进行中"),
    "paused": _l("已暂停"),
    "ended": _l("已结束"),
}
CHANNELS: dict[str, Any] = {
    "reply_window": _l("客服消息"),
    "mass": _l("群发"),
    "subscription_notice": _l("订阅通知"),
    "template_message": _l("模板消息"),
    "next_contact": _l("等客户下次联系"),
    "pushes": _l("所有推送"),
}
PURPOSES: dict[str, Any] = {
    "marketing": _l("营销"),
    "care": _l("关怀"),
    "service": _l("服务"),
}
CATEGORIES: dict[str, Any] = {
    "trends": _l("消费趋势"),
    "policy": _l("产品政策"),
    "news": _l("店铺动态"),
    "encouragement": _l("鼓励"),
    "leisure": _l("休闲"),
    "promotion": _l("优惠"),
    "care": _l("关怀"),
}
TEMPLATE_FIELDS: dict[str, Any] = {  # what a field of a template takes, by its kind
    "thing": _l("1 到 20 个字，不换行"),
    "keyword": _l("1 到 20 个字，不换行"),
    "number": _l("数字，最多 32 位"),
    "letter": _l("1 到 32 个英文字母"),
    "symbol": _l("1 到 5 个符号"),
    "character_string": _l("1 到 32 个英文字母、数字或符号"),
    "time": _l("时间，例如 15:01 或 2026年12月1日 15:01"),
    "date": _l("日期，例如 2026年12月1日"),
    "amount": _l("金额，例如 ¥12.80 或 128元"),
    "phone_number": _l("电话号码，最多 17 位"),
    "car_number": _l("车牌号，最多 8 位"),
    "name": _l("最多 10 个汉字或 20 个字母"),
    "phrase": _l("1 到 5 个汉字"),
}
CONTENT_KINDS: dict[str, Any] = {
    "text": _l("文字"),
    "image": _l("图片"),
    "voice": _l("语音"),
    "video": _l("视频"),
    "article": _l("图文"),
    "miniprogram": _l("小程序卡片"),
    "link": _l("链接卡片"),
    "msgmenu": _l("选项菜单"),
    "parts": _l("组合"),
}
KINDS: dict[str, Any] = {
    **CONTENT_KINDS,
    "news": _l("图文"),
    "mpnews": _l("图文"),
    "mpnewsarticle": _l("图文"),
    "shortvideo": _l("小视频"),
    "music": _l("音乐"),
    "location": _l("位置"),
    "link": _l("链接"),
    "miniprogrampage": _l("小程序卡片"),
    "follow": _l("关注"),
    "unfollow": _l("取消关注"),
    "scan": _l("扫码"),
    "menuclick": _l("点菜单"),
    "menuview": _l("打开菜单链接"),
    "menuminiprogram": _l("打开小程序"),
    "menuscan": _l("菜单扫码"),
    "menupictures": _l("菜单发图"),
    "menulocation": _l("菜单发位置"),
    "locationreport": _l("上报位置"),
    "noticepopup": _l("订阅授权"),
    "noticechange": _l("改订阅授权"),
    "noticesent": _l("订阅通知回执"),
    "personsession": _l("微信客服会话"),
    "transfer_customer_service": _l("转微信客服"),
    "silence": _l("不回复"),
    "massfinished": _l("群发回执"),
    "templatefinished": _l("模板回执"),
    "unknown": _l("未知类型"),
}
DIRECTIONS: dict[str, Any] = {"in": _l("客户发来"), "out": _l("我们发出")}
ROLES: dict[str, Any] = {"operator": _l("运营"), "admin": _l("管理员")}
ENGAGEMENTS: dict[str, Any] = {"engaged": _l("活跃"), "ordinary": _l("一般"), "tired": _l("倦怠")}
SOURCES: dict[str, Any] = {  # ours, and WeChat's own names where followers were synchronised
    "follow": _l("自己关注"),
    "scan": _l("扫带参数的二维码"),
    "message": _l("来信"),
    "menu": _l("点菜单"),
    "search": _l("搜索"),
    "ADD_SCENE_SEARCH": _l("搜索"),
    "ADD_SCENE_QR_CODE": _l("扫二维码"),
    "ADD_SCENE_PROFILE_CARD": _l("名片分享"),
    "ADD_SCENE_ACCOUNT_MIGRATION": _l("账号迁移"),
    "ADD_SCENE_PROFILE_LINK": _l("文章里的账号名"),
    "ADD_SCENE_PROFILE_ITEM": _l("文章右上角菜单"),
    "ADD_SCENE_PAID": _l("支付后关注"),
    "ADD_SCENE_WECHAT_ADVERTISEMENT": _l("微信广告"),
    "ADD_SCENE_REPRINT": _l("转载"),
    "ADD_SCENE_LIVESTREAM": _l("视频号直播"),
    "ADD_SCENE_CHANNELS": _l("视频号"),
    "ADD_SCENE_OTHERS": _l("其他"),
}
HANDOVERS: dict[str, Any] = {"asked": _l("客户找人工"), "complaint": _l("投诉")}
NEEDS: dict[str, Any] = {"now": _l("马上"), "soon": _l("尽快"), "normal": _l("一般")}
MOODS: dict[str, Any] = {"angry": _l("生气"), "worried": _l("不满"), "calm": _l("平静")}
URGENCIES: dict[str, Any] = {  # why somebody stands where they stand
    "danger": _l("说到受伤或危险"),
    "complains": _l("投诉"),
    "angry": _l("用词激烈"),
    "unhappy": _l("不满意"),
    "pressed": _l("着急"),
    "shouts": _l("连用叹号或问号"),
    "class": _l("重要客户"),
    "asked_again": _l("多次要求人工"),
    "came_before": _l("一个月内找过人工"),
    "wrote_much": _l("连发几条没人回"),
    "orders": _l("近期订单金额高"),
}
SUBJECTS: dict[str, Any] = {
    "staff": _l("员工"),
    "customer": _l("客户"),
    "message": _l("消息"),
    "content": _l("内容"),
    "campaign": _l("活动"),
    "segment": _l("人群"),
    "knowledge": _l("知识"),
    "question": _l("客户的问题"),
    "example": _l("客户说法"),
    "channel": _l("渠道"),
    "delivery": _l("推送"),
    "client": _l("接口程序"),
}
ACTIONS: dict[str, Any] = {
    "client.added": _l("准许程序调用接口"),
    "client.revoked": _l("收回程序的令牌"),
    "staff.signed_in": _l("登录"),
    "staff.sign_in_refused": _l("登录被拒"),
    "staff.signed_out_everywhere": _l("退出所有设备"),
    "staff.created": _l("添加员工"),
    "staff.disabled": _l("停用员工"),
    "staff.enabled": _l("启用员工"),
    "staff.role_changed": _l("修改角色"),
    "staff.password_reset": _l("重设密码"),
    "staff.password_changed": _l("修改自己的密码"),
    "customer.revealed": _l("查看未隐藏的客户资料"),
    "message.revealed": _l("查看未隐藏的消息"),
    "customer.written_to": _l("人工回复客户"),
    "customer.handover_taken": _l("接待客户"),
    "customer.handover_given_back": _l("把客户放回队列"),
    "customer.handover_passed": _l("把客户转给同事"),
    "customer.handover_closed": _l("结束人工接待"),
    "customer.manager_changed": _l("改客户经理"),
    "staff.present": _l("回到岗位"),
    "staff.away": _l("离开岗位"),
    "content.created": _l("新建内容"),
    "content.changed": _l("修改内容"),
    "content.approved": _l("批准内容"),
    "campaign.created": _l("新建活动"),
    "campaign.changed": _l("修改活动"),
    "campaign.running": _l("开始活动"),
    "campaign.paused": _l("暂停活动"),
    "campaign.ended": _l("结束活动"),
    "knowledge.created": _l("新建知识"),
    "knowledge.changed": _l("修改知识"),
    "question.let_be": _l("不用回答的问题"),
    "example.added": _l("添加客户说法"),
    "example.moved": _l("把客户说法改成别的意思"),
    "example.removed": _l("删除客户说法"),
    "example.restored": _l("恢复客户说法"),
    "channel.lifted": _l("恢复渠道"),
    "pushes.stopped": _l("停止所有推送"),
    "pushes.resumed": _l("恢复推送"),
    "campaign.withdrawn": _l("撤回活动的推送"),
    "delivery.withdrawn": _l("撤回推送"),
    "segment.created": _l("新建人群"),
    "segment.changed": _l("修改人群"),
}
FIELDS: dict[str, Any] = {  # of what an audit row tells
    "texts": _l("客户怎么问的"),
    "asks": _l("也会这样问"),
    "name": _l("名称"),
    "segment_id": _l("人群"),
    "contents": _l("内容"),
    "priority": _l("优先级"),
    "starts": _l("开始日期"),
    "ends": _l("结束日期"),
    "regular": _l("常规节奏"),
    "occasion": _l("时机"),
    "repeat": _l("可重复发送"),
    "channels": _l("渠道"),
    "marketing_in_window": _l("允许营销内容用客服消息"),
    "status": _l("状态"),
    "title": _l("标题"),
    "category": _l("类别"),
    "purpose": _l("目的"),
    "kind": _l("形式"),
    "text": _l("正文"),
    "media_id": _l("素材编号"),
    "useful_until": _l("有效期至"),
    "approved": _l("已批准"),
    "question": _l("问题"),
    "keywords": _l("关键词"),
    "answer": _l("回答"),
    "enabled": _l("启用"),
    "role": _l("角色"),
    "reason": _l("原因"),
    "manager": _l("客户经理"),
    "staff": _l("员工"),
    "given_back": _l("放回队列"),
    "intent": _l("意思"),
}
INTENTS: dict[str, Any] = {intent: _l(title) for intent, title in TITLES.items()}
OBJECTIONS: dict[str, Any] = {
    "ends_before_start": _l("结束日期早于开始日期"),
    "period_over": _l("活动日期已经过去，请改到今天或以后"),
    "no_contents": _l("还没有选择任何内容"),
    "not_approved": _l("这些内容还没有批准："),
    "outdated": _l("这些内容已过有效期："),
    "no_segment": _l("没有这个人群："),
    "broken_segment": _l("人群的条件看不懂了，请先改好人群："),
    "empty_segment": _l("现在没有任何关注者在这个人群里；先存着草稿，等有人了再开始"),
    "no_window": _l("这段日期里没有一个可以发送的时段，用途："),
    "no_channel": _l("所选的渠道都发不了这些内容："),
    "account_cannot": _l("这个公众号没有可以发送这些内容的渠道："),
    "bad_occasion": _l("时机填得不对："),
    "no_festival": _l("没有这个节日："),
    "never_happens": _l("活动日期里没有这个节日："),
}
PASSWORDS: dict[str, Any] = {
    "too_short": _l("密码至少 10 个字符"),
    "too_long": _l("密码最多 200 个字符"),
    "is_the_name": _l("密码不能只是姓名加几个字"),
    "too_plain": _l("密码太简单，请多用几种不同的字符"),
}


def sentence(reason: str) -> str:
    """Why, in a sentence of the reader's language."""
    return reasons.sentence(reason, str(get_locale()))

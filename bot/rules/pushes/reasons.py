"""Every reason a delivery or a verdict can have, with a sentence for the operator, in Chinese and in English."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.rules.pushes import wechat_reasons

WECHAT = "wechat "  # before what WeChat refused with


@dataclass(frozen=True, slots=True)
class Reason:
    zh: str
    en: str


# nothing stands against a push: the campaign has one for them
ARRANGED = frozenset({"planned", "kept"})

REASONS: dict[str, Reason] = {
    "planned": Reason("已排入计划，或今天已发出", "a delivery is planned, or went out today"),
    "kept": Reason("内容已保留，待客户下次联系时发送", "kept for the customer's next contact"),
    "forgotten": Reason("客户资料已按要求删除", "the customer's data was erased"),
    "merged": Reason("客户的两份资料已合并", "the customer's two records became one"),
    "not_following": Reason("客户没有关注公众号", "the customer does not follow the account"),
    "opted_out": Reason("客户已退订推送", "the customer asked for no pushes"),
    "personal_off": Reason(
        "客户关闭了个性化推荐，按人群挑选的内容不再发给他们",
        "the customer wants nothing chosen by who they are, and this campaign's segment does",
    ),
    "hold_out": Reason("客户属于不推送的对照组", "the customer is in the hold-out, which gets no pushes"),
    "with_person": Reason(
        "客户正在与人工客服沟通，暂停营销内容", "the customer is talking to a person; marketing waits"
    ),
    "complaint_open": Reason(
        "客户有未结投诉，暂停营销内容", "the customer has an open complaint; marketing waits"
    ),
    "campaign_over": Reason("活动未在进行中", "the campaign is not running now"),
    "lost_to": Reason("当天的名额归另一活动", "another campaign has this customer's turn"),
    "day_taken": Reason("当天或 20 小时内已有推送", "there was a push today or within 20 hours"),
    "too_soon": Reason("距上次推送时间太短", "the last push is too recent for this customer's rhythm"),
    "too_few_left": Reason(
        "回复窗口剩余条数不够发完整组消息", "the reply window takes fewer messages than this content has"
    ),
    "cut_short": Reason("只发出了一部分", "only some of its parts were sent"),
    "being_published": Reason("微信正在发布文章", "WeChat is publishing the article"),
    "not_held": Reason("素材尚未上传到微信", "WeChat does not hold the files yet"),
    "publication": Reason("微信没有发布这篇文章", "WeChat did not publish the article"),
    "no_candidate": Reason(
        "当时不在活动的人群里，或没有这个时机", "was not in its segment then, or had no such occasion"
    ),
    "no_occasion": Reason("客户今天没有这个时机", "this customer has no such occasion now"),
    "occasion_had": Reason("这次时机已经发过了", "this campaign has done this occasion already"),
    "nothing_new": Reason("活动内容客户都已收到过", "the customer has had every content of the campaign"),
    "not_approved": Reason("内容尚未经人审核", "nobody has approved the content yet"),
    "too_late": Reason("内容已过有效时间", "the content is not useful any more"),
    "quota_reserved": Reason(
        "本月群发次数只剩节日预留", "what is left of the monthly quota is kept for festivals"
    ),
    "no_entitlement": Reason("目前没有可用的发送渠道", "no channel can reach the customer now"),
    "outside_window": Reason("不在可推送的时段", "outside the hours for this purpose"),
    "pushes_stopped": Reason("所有推送已暂停", "all pushes are stopped"),
    "campaign_changed": Reason("活动改过了，按新的设置重新安排", "the campaign was changed; planned anew"),
    "withdrawn": Reason("推送已撤回", "withdrawn by a person"),
    "day_quota": Reason(
        "当天的调用次数已用完，次日恢复", "the day's calls are used up; they return at midnight"
    ),
    "breaker": Reason(
        "微信接口接连出错，自动暂停片刻", "WeChat's interface kept failing; paused for a while"
    ),
    "channel_halted": Reason("渠道已暂停，待人处理", "the channel is halted until somebody looks"),
    "too_few": Reason("群发至少需要两位收件人", "a mass send needs at least two recipients"),
    "day_is_spent": Reason("公众号当天的群发已用完", "the account's one mass send of the day is used"),
    "day_given_to": Reason("公众号当天的群发给了", "the account's one mass send of the day went to"),
    "notice_failed": Reason("微信回报订阅通知未送达", "WeChat reported that the notice did not arrive"),
    "template_blocked": Reason(
        "客户在微信里拒收公众号的消息", "the customer blocks the account's messages in WeChat"
    ),
    "template_failed": Reason(
        "微信回报模板消息未送达", "WeChat reported that the template message did not arrive"
    ),
    "stood_still": Reason(
        "程序停顿过久，没有发出，会重新安排",
        "the program stood still and did not send it; it is planned again",
    ),
    "no_answer": Reason("请求发出后没有回音，结果未知", "the request left and no answer came: nobody knows"),
    "unsendable": Reason("这种内容暂时无法发送", "no channel can send this kind of content yet"),
    "gave_up": Reason("多次尝试后放弃", "given up after several tries"),
    "contact_awaited": Reason("等待客户下次联系", "waits for the customer's next contact"),
    "taken_for_another": Reason(
        "微信把这次群发当成另一次的重复，是否送达未知",
        "WeChat took the mass send for a repeat of another one: nobody knows whether it reached them",
    ),
    "not_reported": Reason("微信没有回报群发结果", "WeChat never reported how the mass send ended"),
    "mass_failed": Reason("微信回报群发失败", "WeChat reported that the mass send failed"),
}
# what WeChat says of an article it did not publish
PUBLICATION: Mapping[str, Reason] = {
    "original_by_another": Reason("与别人的原创文章相同", "it is the same as somebody's original article"),
    "failed": Reason("发布失败", "publishing failed"),
    "audit_refused": Reason("平台审核没有通过", "WeChat's review refused it"),
    "deleted": Reason("发布后被删除", "it was deleted after it was published"),
    "banned": Reason("发布后被平台封禁", "WeChat banned it after it was published"),
}

Locale = str
NOBODY: Mapping[str, str] = {}


def sentence(reason: str, locale: Locale = "zh", names: Mapping[str, str] = NOBODY) -> str:
    """The sentence for a reason as it is stored, WeChat's own among them. `names`: of campaigns, by id."""
    if reason.startswith(WECHAT):
        return wechat_reasons.sentence(reason.removeprefix(WECHAT), locale)
    name, _, detail = reason.partition(":")
    if detail.startswith(WECHAT):
        detail = wechat_reasons.sentence(detail.removeprefix(WECHAT), locale)
    known = REASONS.get(name)
    if known is None:
        return reason
    is_english = locale.startswith("en")
    if name == "publication" and (why := PUBLICATION.get(detail)):
        detail = why.en if is_english else why.zh
    detail = names.get(detail, detail)
    words = known.en if is_english else known.zh
    if not detail:
        return words
    return f"{words}: {detail}" if is_english else f"{words}：{detail}"

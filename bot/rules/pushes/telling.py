"""An explanation in words, Chinese or English, as lines of plain text. Pure."""

from collections.abc import Iterable, Iterator
from datetime import datetime, tzinfo

from bot.rules.pushes import finding_words, rhythm_words
from bot.rules.pushes.reasons import ARRANGED, REASONS, sentence
from bot.values.explanation import CampaignExplained, Explanation, Finding

NO_CANDIDATE = ("no_occasion", "occasion_had", "no_candidate")  # the planner passes over who is none
WORDS = {
    "zh": {
        "who": "客户 {openid}，{at}：", "nothing_runs": "这一天没有进行中的活动。",
        "campaign": "活动「{name}」（{id}，{purpose}）：", "outside": "客户不在该活动的分群内。",
        "would": "可以推送：内容 {content}，渠道 {channel}，时段 {opens} 至 {closes}。", "arranged": "{reason}。",
        "not": "不会推送：{reason}。", "was_not": "没有推送：{reason}。", "verdict": "上次计划的结论（{at}）：{reason}。", "passed": "不属于：{reason}",
        "unseen": "计划程序还没有看过这位客户。", "weekdays": "该年的节假日尚未公布，只按星期推算。",
        "attempt": "第 {id} 号推送：内容 {content}，渠道 {channel}，状态 {state}，{at}{reason}", "why": "，{reason}",
        "values": "（{values}）", "marketing": "营销", "care": "关怀", "service": "服务",
        "reply_window": "客服消息", "mass": "群发", "subscription_notice": "订阅通知", "template_message": "模板消息",
        "next_contact": "等客户下次联系", "planned": "已计划", "claimed": "发送中", "accepted": "微信已受理", "sent": "已发送",
        "failed": "失败", "unknown": "结果未知", "skipped": "已跳过",
    },
    "en": {
        "who": "Customer {openid}, {at}:", "nothing_runs": "No campaign runs that day.",
        "campaign": "Campaign {name} ({id}, {purpose}):", "outside": "The customer is not in its segment.",
        "would": "Would be sent: content {content} by {channel}, between {opens} and {closes}.", "arranged": "Arranged: {reason}.",
        "not": "Is not sent: {reason}.", "was_not": "Was not sent: {reason}.", "verdict": "The planner's last word ({at}): {reason}.", "passed": "not so: {reason}",
        "unseen": "The planner has not looked at this customer yet.",
        "weekdays": "The year's holidays are not published yet: only weekdays were looked at.",
        "attempt": "Delivery {id}: content {content} by {channel}, {state}, {at}{reason}", "why": ", {reason}",
        "values": " ({values})", "marketing": "marketing", "care": "care", "service": "service",
        "reply_window": "customer-service message", "mass": "mass send", "subscription_notice": "subscription notice",
        "template_message": "template message", "next_contact": "the next contact", "planned": "planned",
        "claimed": "on its way", "accepted": "accepted by WeChat", "sent": "sent", "failed": "failed",
        "unknown": "outcome unknown", "skipped": "skipped",
    },
}  # fmt: skip


def told(explanation: Explanation, zone: tzinfo, locale: str = "zh") -> list[str]:
    """What speaks against each campaign; asked about a single one, also what does not."""
    words = WORDS["en" if locale.startswith("en") else "zh"]
    lines = [
        words["who"].format(openid=explanation.openid, at=_at(explanation.at, zone)),
        *rhythm_words.told(explanation, zone, locale),
    ]
    if not explanation.campaigns:
        lines.append(words["nothing_runs"])
    is_alone = len(explanation.campaigns) == 1
    for campaign in explanation.campaigns:
        found = [one for one in spoken(campaign.findings) if one.stands or is_alone]
        lines += ["", *_of_campaign(campaign, found, explanation, zone, locale, words)]
    return lines


def spoken(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Those there are words for, each reason once; not that there is a delivery: no policy speaks against that."""
    told: set[tuple[str, bool]] = set()
    for one in findings:
        is_known = one.stands or one.reason in REASONS
        if is_known and one.reason not in ARRANGED and (one.reason, one.stands) not in told:
            told.add((one.reason, one.stands))
            yield one


def _of_campaign(
    campaign: CampaignExplained,
    findings: list[Finding],
    whole: Explanation,
    zone: tzinfo,
    locale: str,
    words: dict[str, str],
) -> Iterator[str]:
    names = whole.names
    yield words["campaign"].format(
        name=campaign.name, id=campaign.campaign_id, purpose=words[campaign.purpose]
    )
    yield "  " + _answer(campaign, whole, zone, locale, words)
    for finding in findings:
        values = finding_words.told(finding.values, zone, locale)
        said = sentence(finding.reason, locale, names)
        said = said if finding.stands else words["passed"].format(reason=said)
        yield f"    {'✗' if finding.stands else '✓'} {said}" + (
            words["values"].format(values=values) if values else ""
        )
    if not campaign.calendar_known:
        yield "  " + words["weekdays"]
    if campaign.decided_at is None:
        if campaign.in_segment and campaign.objection not in NO_CANDIDATE:
            yield "  " + words["unseen"]
    else:
        at, reason = _at(campaign.decided_at, zone), sentence(campaign.last_verdict, locale, names)
        yield "  " + words["verdict"].format(at=at, reason=reason)
    for attempt in campaign.attempts:
        yield "  " + words["attempt"].format(
            id=attempt.delivery_id,
            content=attempt.content_id,
            channel=words[attempt.channel],
            state=words[attempt.state],
            at=_at(attempt.finished_at or attempt.due_at, zone),
            reason=words["why"].format(reason=sentence(attempt.reason, locale, names))
            if attempt.reason
            else "",
        )


def _answer(
    campaign: CampaignExplained, whole: Explanation, zone: tzinfo, locale: str, words: dict[str, str]
) -> str:
    if not campaign.in_segment:
        return words["outside"]
    if campaign.objection in ARRANGED:  # what stands against another one is that there is one
        return words["arranged"].format(reason=sentence(campaign.objection, locale))
    if campaign.objection:
        said = words["was_not" if whole.is_over else "not"]
        return said.format(reason=sentence(campaign.objection, locale, whole.names))
    return words["would"].format(
        content=campaign.content_id,
        channel=words[campaign.channel],
        opens=_at(campaign.opens, zone),
        closes=_at(campaign.closes, zone),
    )


def _at(instant: datetime | None, zone: tzinfo) -> str:
    return f"{instant.astimezone(zone):%Y-%m-%d %H:%M}" if instant else ""

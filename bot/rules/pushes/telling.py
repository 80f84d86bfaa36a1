"""An explanation in words, Chinese or English, as lines of plain text. Pure."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.rules.pushes import rhythm_words
from bot.rules.pushes.reasons import ARRANGED, sentence
from bot.values.explanation import CampaignExplained, Explanation

WORDS = {
    "zh": {
        "who": "客户 {openid}，{at}：",
        "campaign": "活动「{name}」（{id}）：", "outside": "客户不在该活动的分群内。",
        "would": "可以推送：内容 {content}，渠道 {channel}，时段 {opens} 至 {closes}。",
        "not": "不会推送：{reason}。", "verdict": "上次计划的结论（{at}）：{reason}。",
        "unseen": "计划程序还没有看过这位客户。", "weekdays": "该年的节假日尚未公布，只按星期推算。",
        "attempt": "第 {id} 号推送：内容 {content}，渠道 {channel}，状态 {state}，{reason}", "none": "没有",
        "reply_window": "客服消息", "mass": "群发", "subscription_notice": "订阅通知", "template_message": "模板消息",
        "next_contact": "等客户下次联系", "planned": "已计划", "claimed": "发送中", "accepted": "微信已受理", "sent": "已发送",
        "failed": "失败", "unknown": "结果未知", "skipped": "已跳过",
    },
    "en": {
        "who": "Customer {openid}, {at}:",
        "campaign": "Campaign {name} ({id}):", "outside": "the customer is not in its segment.",
        "would": "would be sent: content {content} by {channel}, between {opens} and {closes}.",
        "not": "is not sent: {reason}.", "verdict": "The planner's last word ({at}): {reason}.",
        "unseen": "The planner has not looked at this customer yet.",
        "weekdays": "The year's holidays are not published yet: only weekdays were looked at.",
        "attempt": "delivery {id}: content {content} by {channel}, {state} {reason}", "none": "none",
    },
}  # fmt: skip


def told(explanation: Explanation, zone: ZoneInfo, locale: str = "zh") -> list[str]:
    words = WORDS["en" if locale.startswith("en") else "zh"]
    lines = [
        words["who"].format(openid=explanation.openid, at=_at(explanation.at, zone)),
        *rhythm_words.told(explanation, zone, locale),
    ]
    for campaign in explanation.campaigns:
        lines.append("")
        lines += _of_campaign(campaign, zone, locale, words)
    return lines


def _of_campaign(
    campaign: CampaignExplained, zone: ZoneInfo, locale: str, words: dict[str, str]
) -> Iterator[str]:
    yield words["campaign"].format(name=campaign.name, id=campaign.campaign_id)
    if not campaign.in_segment:
        yield "  " + words["outside"]
    elif campaign.objection in ARRANGED:  # what stands against another one is that there is one
        yield f"  {sentence(campaign.objection, locale)}"
    elif campaign.objection:
        yield "  " + words["not"].format(reason=sentence(campaign.objection, locale))
    else:
        opens, closes = _at(campaign.opens, zone), _at(campaign.closes, zone)
        yield "  " + words["would"].format(
            content=campaign.content_id,
            channel=words.get(campaign.channel, campaign.channel),
            opens=opens,
            closes=closes,
        )
    for finding in campaign.findings:
        values = ", ".join(f"{name}={_shown(value, zone, words)}" for name, value in finding.values.items())
        said = f" {sentence(finding.reason, locale)}" if finding.stands else ""
        yield f"    {'✗' if finding.stands else '✓'} {finding.policy}{said}" + (
            f" ({values})" if values else ""
        )
    if not campaign.calendar_known:
        yield "  " + words["weekdays"]
    if campaign.decided_at is None:
        yield "  " + words["unseen"]
    else:
        at, reason = _at(campaign.decided_at, zone), sentence(campaign.last_verdict, locale)
        yield "  " + words["verdict"].format(at=at, reason=reason)
    for attempt in campaign.attempts:
        reason = sentence(attempt.reason, locale) if attempt.reason else ""
        yield "  " + words["attempt"].format(
            id=attempt.delivery_id,
            content=attempt.content_id,
            channel=words.get(attempt.channel, attempt.channel),
            state=words.get(attempt.state, attempt.state),
            reason=reason,
        ).rstrip("， ")


def _shown(value: Any, zone: ZoneInfo, words: dict[str, str]) -> str:
    if value is None:
        return words["none"]
    return _at(value, zone) if isinstance(value, datetime) else str(value)


def _at(instant: datetime | None, zone: ZoneInfo) -> str:
    return f"{instant.astimezone(zone):%Y-%m-%d %H:%M}" if instant else ""

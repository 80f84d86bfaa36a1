"""A customer's rhythm in words, Chinese or English: how they take our pushes, why, and when the next may come. Pure."""

from datetime import datetime, tzinfo

from bot.rules.pushes.rhythm import BACKS_OFF_BY, SPEAKS, TIRED_AFTER
from bot.values.explanation import Explanation

WORDS = {
    "zh": {
        "engaged": "活跃", "ordinary": "一般", "tired": "倦怠",
        "rhythm": "互动程度：{engagement}（{why}）；常规推送每 {days} 天一条{sum}。",
        "spoke": "最近一次来消息 {spoke}", "never_spoke": "还没有来过消息", "unanswered": "之后有 {unanswered} 条推送没有回应",
        "sum": "（一般 {ordinary} 天，从第 {from_} 条没有回应的推送起每条加 {step} 天，最多 {most} 天；一有回应马上恢复）",
        "engaged_means": "{speaks} 天内来过消息且没有回应的不到 {from_} 条，就是活跃",
        "never": "从未收到推送，随时可以。",
        "last": "上次推送 {last}；限时推送不早于 {urgent}，常规推送不早于 {next}。", "and": "，",
    },
    "en": {
        "engaged": "engaged", "ordinary": "ordinary", "tired": "tired",
        "rhythm": "Engagement: {engagement} ({why}); a regular push every {days} days{sum}.",
        "spoke": "last wrote {spoke}", "never_spoke": "never wrote", "unanswered": "{unanswered} pushes unanswered since",
        "sum": " ({ordinary} days, {step} more for each push unanswered from number {from_} on, at most {most}; an answer restores it at once)",
        "engaged_means": "engaged is who wrote within {speaks} days and left fewer than {from_} unanswered",
        "never": "There was never a push: any time will do.",
        "last": "Last push {last}; a time-bound one not before {urgent}, a regular one not before {next}.", "and": ", ",
    },
}  # fmt: skip


def told(explanation: Explanation, zone: tzinfo, locale: str = "zh") -> list[str]:
    """Two lines."""
    words = WORDS["en" if locale.startswith("en") else "zh"]
    numbers = {
        "unanswered": explanation.unanswered, "speaks": SPEAKS.days, "from_": TIRED_AFTER, "step": BACKS_OFF_BY,
        "most": explanation.most_gap_days, "ordinary": explanation.ordinary_gap_days, "spoke": _at(explanation.spoke_at, zone),
    }  # fmt: skip
    why = [words["spoke" if explanation.spoke_at else "never_spoke"], words["unanswered"]]
    if explanation.engagement != "tired":
        why.append(words["engaged_means"])
    is_tired = explanation.engagement == "tired"
    rhythm = words["rhythm"].format(
        engagement=words.get(explanation.engagement, explanation.engagement),
        why=words["and"].join(why).format(**numbers),
        days=explanation.gap_days,
        sum=words["sum"].format(**numbers) if is_tired else "",
    )
    if explanation.last_push_at is None:
        return [rhythm, words["never"]]
    last = words["last"].format(
        last=_at(explanation.last_push_at, zone),
        urgent=_at(explanation.next_urgent_at, zone),
        next=_at(explanation.next_regular_at, zone),
    )
    return [rhythm, last]


def _at(instant: datetime | None, zone: tzinfo) -> str:
    return f"{instant.astimezone(zone):%Y-%m-%d %H:%M}" if instant else ""

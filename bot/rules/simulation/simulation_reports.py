"""What a simulation tells: lines for the terminal, and the shape for programs (docs/simulate.md). Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import tzinfo
from typing import Any

from bot.rules.columns import table
from bot.rules.pushes.reasons import ARRANGED, sentence
from bot.rules.simulation import simulation_words as words
from bot.values.channels import MASS, NOTICE, REPLY_WINDOW, TEMPLATE
from bot.values.simulation import CampaignLine, Day, Simulated

MASS_AT_ONCE = 10_000  # openids in one request
CHANNELS = (REPLY_WINDOW, NOTICE, TEMPLATE, MASS)

_TITLES = {
    "zh": {
        "reply_window": "回复窗口", "subscription_notice": "订阅通知", "template_message": "模板消息", "mass": "群发", "day": "日期", "kind": "", "sent": "发出",
        "requests": "群发请求", "wrote": "来信", "answered": "其中回复", "stopped": "退订", "left": "取关", "bought": "下单",
        "used": "本月已群发", "quota": "剩余额度", "reserve": "节日预留", "works": "工作日", "free": "休息日",
        "campaign": "活动", "name": "名称", "priority": "优先级", "candidates": "候选", "reached": "触达人数", "kept": "保留中",
        "why": "未发出的主要原因（人次）",
    },
    "en": {
        "reply_window": "window", "subscription_notice": "notice", "template_message": "template", "mass": "mass", "day": "day", "kind": "", "sent": "sent",
        "requests": "requests", "wrote": "wrote", "answered": "answers", "stopped": "stopped", "left": "left", "bought": "bought",
        "used": "mass used", "quota": "left", "reserve": "reserve", "works": "working", "free": "free",
        "campaign": "campaign", "name": "name", "priority": "priority", "candidates": "candidates", "reached": "reached",
        "kept": "kept", "why": "why not, mostly (customer-days)",
    },
}  # fmt: skip


def of_simulation(found: Simulated, zone: tzinfo, language: str) -> Iterator[str]:
    titles = _TITLES[language]
    yield _head(found, zone, language)
    yield ""
    yield from table([_day_titles(found, titles), *(_day(day, found, titles) for day in found.days)], left=2)
    yield ""
    yield from _campaigns(found, titles, language)
    yield ""
    yield from _people(found, language)
    yield ""
    yield from words.model(found.rates, language)
    yield ""
    yield "提醒：" if language == "zh" else "Warnings:"
    for number, each in enumerate(found.warnings, start=1):
        yield f"  {number}. {words.warning(each, found, language)}"
    if not found.warnings:
        yield "  没有" if language == "zh" else "  none"


def _head(found: Simulated, zone: tzinfo, language: str) -> str:
    begins, first, last = found.starts_at.astimezone(zone), found.days[0].day, found.days[-1].day
    if language == "zh":
        drawn = f"{found.customers:,} 位客户"
        if found.copied:
            drawn += f"（店里有 {found.known:,} 位，其余 {found.copied:,} 位按他们复制，数字是放大后的）"
        elif found.customers < found.known:
            drawn += f"（从 {found.known:,} 位中固定抽取，数字只是抽样的）"
        drafts = f"；假设草稿已启动：{'、'.join(found.drafts)}" if found.drafts else ""
        return f"模拟 {len(found.days)} 天，{first} 至 {last}，从 {begins:%m月%d日 %H:%M} 开始；{drawn}；种子 {found.seed}{drafts}"
    drawn = f"{found.customers:,} customers"
    if found.copied:
        drawn += (
            f" (the shop has {found.known:,}; {found.copied:,} are copies of them, so the figures are scaled)"
        )
    elif found.customers < found.known:
        drawn += f" (a fixed sample of {found.known:,}: the figures are the sample's)"
    drafts = f"; as if these drafts ran: {', '.join(found.drafts)}" if found.drafts else ""
    return f"{len(found.days)} days, {first} to {last}, from {begins:%Y-%m-%d %H:%M}; {drawn}; seed {found.seed}{drafts}"


def _channels(found: Simulated) -> list[str]:
    return [name for name in CHANNELS if any(day.sent.get(name) for day in found.days)]


def _day_titles(found: Simulated, titles: Mapping[str, str]) -> list[str]:
    names = ["day", "kind", "sent", *_channels(found), "wrote", "answered", "stopped", "left", "bought"]
    if found.mass_target:
        names[-5:-5] = ["requests"]
    if found.mass_target == "openids":
        names += ["used", "quota", "reserve"]
    return [titles[name] for name in names]


def _day(day: Day, found: Simulated, titles: Mapping[str, str]) -> list[str]:
    numbers = [sum(day.sent.values()), *(day.sent.get(name, 0) for name in _channels(found))]
    if found.mass_target:
        numbers.append(requests(day))
    numbers += [day.wrote, day.answered, day.stopped, day.left, day.bought]
    if found.mass_target == "openids":
        numbers += [day.mass_used, day.mass_left, day.reserve_left]
    kind = titles["works" if day.works else "free"] + ("" if day.calendar_known else "?")
    return [f"{day.day:%m-%d}", kind, *(f"{number:,}" for number in numbers)]


def requests(day: Day) -> int:
    """Of mass sends to WeChat: each content and instant, 10,000 openids at a time."""
    return sum(-(-people // MASS_AT_ONCE) for people in day.mass_requests.values())


def _campaigns(found: Simulated, titles: Mapping[str, str], language: str) -> Iterator[str]:
    channels = _channels(found)
    names = ["campaign", "name", "priority", "candidates", "sent", *channels, "reached", "kept"]
    rows = [[titles[name] for name in names]]
    reasons = [titles["why"]]
    for line in found.campaigns:
        cells, why = _campaign(found, line, channels, language)
        rows.append(cells)
        reasons.append(why)
    for written, why in zip(table(rows, left=2), reasons, strict=True):  # all equally wide
        yield f"{written}  {why}".rstrip()


def _campaign(
    found: Simulated, line: CampaignLine, channels: list[str], language: str
) -> tuple[list[str], str]:
    days = [each for each in found.by_campaign if each.campaign_id == line.id]
    against = _against(found, line.id)
    numbers = [
        line.priority,
        max((day.candidates for day in days), default=0),
        sum(day.sent_all for day in days),
        *(sum(day.sent.get(name, 0) for day in days) for name in channels),
        found.reached.get(line.id, 0),
        days[-1].verdicts.get("kept", 0) if days else 0,
    ]
    most = [f"{sentence(reason, language)} {number:,}" for reason, number in against.most_common(3)]
    return [line.id, line.name, *(f"{number:,}" for number in numbers)], "; ".join(most)


def _against(found: Simulated, campaign_id: str) -> Counter[str]:
    """Verdicts and refusals over all days, those of other campaigns by name."""
    total: Counter[str] = Counter()
    for each in found.by_campaign:
        if each.campaign_id == campaign_id:
            total.update({reason: n for reason, n in each.verdicts.items() if reason not in ARRANGED})
            total.update(each.refused)
    return total


def _people(found: Simulated, language: str) -> Iterator[str]:
    def listed(many: Mapping[int, int], unit: str) -> str:
        return "  ".join(f"{count}{unit} {number:,}" for count, number in many.items()) or "–"

    if language == "zh":
        yield f"这些天里收到几次推送（人数）：{listed(found.times, ' 次')}"
        yield f"定期推送与上一次相隔：{listed(found.gaps_regular, ' 天')}；最短 {_hours(found.least_hours_regular)} 小时"
        yield f"限时推送与上一次相隔：{listed(found.gaps_bound, ' 天')}；任何两次最短 {_hours(found.least_hours)} 小时"
    else:
        yield f"pushes got in these days (customers): {listed(found.times, ' ×')}"
        yield f"regular pushes after the one before: {listed(found.gaps_regular, ' d')}; the least {_hours(found.least_hours_regular)} h"
        yield f"time-bound pushes after the one before: {listed(found.gaps_bound, ' d')}; the least of all {_hours(found.least_hours)} h"


def _hours(hours: int | None) -> str:
    return "–" if hours is None else str(hours)


def as_told(found: Simulated, zone: tzinfo) -> dict[str, Any]:
    """For programs: docs/simulate.md names every field."""
    return {
        "starts_at": found.starts_at.astimezone(zone),
        "days": [_plain_day(day, found) for day in found.days],
        "campaigns": [asdict(line) | {"reached": found.reached.get(line.id, 0)} for line in found.campaigns],
        "customers": found.customers,
        "known": found.known,
        "copied": found.copied,
        "seed": found.seed,
        "drafts": list(found.drafts),
        "mass": {"target": found.mass_target, "a_month": found.mass_most},
        "halted": list(found.halted),
        "times_reached": found.times,
        "gaps": {
            "regular_days": found.gaps_regular,
            "time_bound_days": found.gaps_bound,
            "least_hours": found.least_hours,
            "least_hours_regular": found.least_hours_regular,
        },
        "model": [asdict(rate) for rate in found.rates],
        "in_the_way": [asdict(blame) for blame in found.blames],
        "warnings": [
            {
                "kind": each.kind,
                "about": each.about,
                "numbers": dict(each.numbers),
                "zh": words.warning(each, found, "zh"),
                "en": words.warning(each, found, "en"),
            }
            for each in found.warnings
        ],
        "seconds": dict(found.seconds),
    }


def _plain_day(day: Day, found: Simulated) -> dict[str, Any]:
    campaigns = [
        {
            "campaign": each.campaign_id,
            "candidates": each.candidates,
            "planned": each.planned,
            "sent": each.sent,
            "contents": each.contents,
            "verdicts": each.verdicts,
            "refused": each.refused,
        }
        for each in found.by_campaign
        if each.day == day.day
    ]
    return asdict(day) | {"mass_requests": requests(day), "campaigns": campaigns}

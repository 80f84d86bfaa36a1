"""A simulation as a picture: what goes out each day by campaign, what does not and why, and the quota. SVG. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape

from bot.rules.pushes.reasons import ARRANGED, sentence
from bot.values.simulation import Simulated

WIDTH, LEFT, RIGHT, TOP = 1120, 84, 300, 64
HEIGHT, APART = 230, 76  # of a panel, and between two
COLOURS = ("#2a78d6", "#eb6834", "#1baa6d", "#9b59b6", "#d6a400", "#17a2b8", "#c0392b", "#7f8c8d")
OTHERS = "#c9ced6"
INK, FAINT, LINE = "#1f2933", "#52606d", "#e4e7eb"
FONT = "'Noto Sans CJK SC','PingFang SC','Microsoft YaHei','Noto Sans SC',sans-serif"

Series = Mapping[str, Sequence[int]]

_TITLES = {
    "zh": ("每天发出（按活动）", "每天没有发出的候选（按原因）", "月度群发额度（人次）", "其他", "剩余额度", "节日预留", "模拟推送日历"),
    "en": ("sent each day, by campaign", "candidates not sent to, by reason", "monthly mass quota (sends)", "others",
           "left", "reserve", "The calendar of pushes, simulated"),
}  # fmt: skip


def draw(found: Simulated, language: str) -> str:
    """A whole SVG document; it refers to nothing outside itself."""
    sent, against, quota, others, left, reserve, title = _TITLES[language]
    panels = [
        (sent, _top(_sent(found), others)),
        (against, _top(_against(found, language), others)),
    ]
    if found.mass_target == "openids":
        panels.append(
            (quota, {left: [day.mass_left for day in found.days], reserve: [day.reserve_left for day in found.days]})
        )  # fmt: skip
    days = [f"{day.day:%m-%d}" for day in found.days]
    free = [not day.works for day in found.days]
    height = TOP + len(panels) * (HEIGHT + APART)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" font-family="{FONT}" fill="{INK}" role="img">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="30" font-size="20" font-weight="600">{escape(title)}</text>',
        f'<text x="{LEFT}" y="50" font-size="13" fill="{FAINT}">{escape(_about(found, language))}</text>',
    ]
    for number, (name, series) in enumerate(panels):
        is_level = name == quota
        parts += _panel(name, series, days, free, TOP + number * (HEIGHT + APART) + 30, is_level=is_level)
    return "\n".join([*parts, "</svg>", ""])


def _about(found: Simulated, language: str) -> str:
    span = f"{found.days[0].day} – {found.days[-1].day}"
    if language == "zh":
        grown = f"（由 {found.known:,} 位放大）" if found.copied else ""
        return f"{span} · {found.customers:,} 位客户{grown} · 种子 {found.seed}"
    grown = f" (grown from {found.known:,})" if found.copied else ""
    return f"{span} · {found.customers:,} customers{grown} · seed {found.seed}"


def _sent(found: Simulated) -> dict[str, list[int]]:
    place = {day.day: number for number, day in enumerate(found.days)}
    series = {line.id: [0] * len(found.days) for line in found.campaigns}
    for each in found.by_campaign:
        series.setdefault(each.campaign_id, [0] * len(found.days))[place[each.day]] += each.sent_all
    names = {line.id: line.name for line in found.campaigns}
    return {names.get(id_, id_): counts for id_, counts in series.items()}


def _against(found: Simulated, language: str) -> dict[str, list[int]]:
    place = {day.day: number for number, day in enumerate(found.days)}
    series: dict[str, list[int]] = {}
    for each in found.by_campaign:
        for reason, number in each.verdicts.items():
            if reason not in ARRANGED:
                name = sentence(reason.partition(":")[0], language)
                series.setdefault(name, [0] * len(found.days))[place[each.day]] += number
    return series


def _top(series: Series, others: str) -> dict[str, list[int]]:
    """The largest as they are, all smaller ones together; nothing that is nought everywhere."""
    total = Counter({name: sum(counts) for name, counts in series.items()})
    names = [name for name, number in total.most_common() if number]
    shown = {name: list(series[name]) for name in names[: len(COLOURS) - 1]}
    if rest := names[len(COLOURS) - 1 :]:
        shown[others] = [sum(day) for day in zip(*(series[name] for name in rest), strict=True)]
    return shown


def _panel(
    title: str, series: Series, days: Sequence[str], free: Sequence[bool], top: int, *, is_level: bool
) -> list[str]:
    """`is_level`: what is left each evening, of which the last counts and not the sum."""
    highest = max([1, *(sum(counts) for counts in zip(*series.values(), strict=True))])
    scale = _round_up(highest)
    wide = (WIDTH - LEFT - RIGHT) / len(days)
    parts = [f'<text x="{LEFT}" y="{top - 10}" font-size="15" font-weight="600">{escape(title)}</text>']
    for quarter in range(5):
        y = top + HEIGHT - HEIGHT * quarter / 4
        parts.append(f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="{LINE}"/>')
        parts.append(
            f'<text x="{LEFT - 8}" y="{y + 4:.1f}" font-size="12" fill="{FAINT}" text-anchor="end">{scale * quarter // 4:,}</text>'
        )
    every = max(1, len(days) // 10)
    for number, day in enumerate(days):
        x = LEFT + number * wide
        if number % every == 0:
            weight = ' font-weight="600"' if free[number] else ""
            parts.append(
                f'<text x="{x + wide / 2:.1f}" y="{top + HEIGHT + 18}" font-size="11" fill="{FAINT}" text-anchor="middle"{weight}>{day}</text>'
            )
        parts += _bar(series, number, x + wide * 0.12, wide * 0.76, top, scale)
    numbers = {name: counts[-1] if is_level else sum(counts) for name, counts in series.items()}
    return parts + _legend(numbers, top)


def _bar(series: Series, number: int, x: float, wide: float, top: int, scale: int) -> list[str]:
    parts, y = [], float(top + HEIGHT)
    for place, (name, counts) in enumerate(series.items()):
        high = HEIGHT * counts[number] / scale
        if high >= 0.3:
            y -= high
            parts.append(
                f'<rect x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{high:.1f}" fill="{_colour(place)}"><title>{escape(name)}: {counts[number]:,}</title></rect>'
            )
    return parts


def _legend(numbers: Mapping[str, int], top: int) -> list[str]:
    parts, x = [], WIDTH - RIGHT + 24
    for place, (name, number) in enumerate(numbers.items()):
        y = top + 14 + place * 24
        parts.append(f'<rect x="{x}" y="{y - 11}" width="13" height="13" fill="{_colour(place)}"/>')
        words = name if len(name) <= 18 else f"{name[:17]}…"
        parts.append(f'<text x="{x + 20}" y="{y}" font-size="13">{escape(words)} · {number:,}</text>')
    return parts


def _colour(place: int) -> str:
    return COLOURS[place] if place < len(COLOURS) - 1 else OTHERS


def _round_up(number: int) -> int:
    """To one, two or five with noughts, and never below four, so that quarters are whole."""
    step = 1
    while True:
        for factor in (1, 2, 4, 5, 8):
            if factor * step >= max(number, 4):
                return factor * step
        step *= 10

"""Facts in words, for the terminal, the console and the customer's own page. Pure."""

from collections.abc import Iterator, Mapping
from zoneinfo import ZoneInfo

from bot.rules.people.facts import FactRules
from bot.values.facts import ERASED, Attribute, Evidence, Fact, Source

SOURCES: Mapping[Source, tuple[str, str]] = {
    "own_word": ("您告诉我们的", "their own word"),
    "staff": ("工作人员记录的", "staff"),
    "order": ("来自您的订单", "an order"),
    "import": ("来自店铺的客户资料", "an import"),
    "inference": ("根据您的购物和反馈推测的", "inferred"),
}
_NUMBERS: Mapping[str, tuple[str, str]] = {  # {n}: the number, {all}: the orders
    "discounted": ("{all} 笔订单中 {n} 笔用了优惠", "{n} of {all} orders at a discount"),
    "cheap": ("{all} 笔订单中 {n} 笔选了同类中便宜的", "{n} of {all} orders of the cheap in their category"),
    "novel": ("{all} 笔订单中 {n} 笔买了刚上架的新品", "{n} of {all} orders with something new"),
    "repeated": ("{all} 笔订单中 {n} 笔是回购", "{n} of {all} orders of something bought before"),
    "asked_price": ("问过 {n} 次价格或优惠", "asked {n} times about prices"),
    "asked_function": ("问过 {n} 次用法、材质或质量", "asked {n} times about use, material or quality"),
    "asked_trend": ("问过 {n} 次新品或流行款", "asked {n} times about what is new"),
    "good_reviews": ("{n} 次好评", "{n} good reviews"),
    "fair_reviews": ("{n} 次中评", "{n} fair reviews"),
    "bad_reviews": ("{n} 次差评", "{n} bad reviews"),
    "returned": ("{n} 次退货", "{n} returns"),
    "exchanged": ("{n} 次换货或维修", "{n} exchanges or repairs"),
    "complaints": ("{n} 次投诉", "{n} complaints"),
}


def evidence(numbers: Evidence, language: str = "zh") -> str:
    """9 笔订单中 7 笔用了优惠；问过 2 次价格或优惠. Empty when there is nothing to say."""
    if numbers.get("from") == "birthday":
        return "由生日得出" if language == "zh" else "from the birthday"
    at, joint = (0, "；") if language == "zh" else (1, "; ")
    told = (
        words[at].format(n=numbers[name], all=numbers.get("orders", 0))
        for name, words in _NUMBERS.items()
        if numbers.get(name)
    )
    return joint.join(told)


def source(of: Source, language: str = "zh") -> str:
    return SOURCES[of][0 if language == "zh" else 1]


def of_facts(found: list[Fact], rules: FactRules, zone: ZoneInfo) -> Iterator[str]:
    """For the terminal: what is believed first, then what is not, then what was."""
    if not found:
        yield "nothing is known"
    for fact in sorted(found, key=lambda one: (one.ended_at is not None, one.attribute, not one.holds)):
        yield _line(fact, rules.attributes.get(fact.attribute), zone)


def _line(fact: Fact, attribute: Attribute | None, zone: ZoneInfo) -> str:
    value = fact.value or "(not to be known)"
    if attribute is not None and attribute.choice(fact.value):
        value = f"{fact.value} {attribute.shown(fact.value)}"
    by = f" {fact.staff}" if fact.staff else ""
    parts = [
        f"{'=' if fact.holds else ' '} {fact.attribute}: {value}",
        f"{source(fact.source, 'en')}{by}",
        f"{fact.at.astimezone(zone):%Y-%m-%d %H:%M}",
    ]
    if fact.source == "inference":
        parts.append(f"confidence {fact.confidence:.2f}")
    if fact.value != ERASED and (told := evidence(fact.evidence, "en")):
        parts.append(told)
    if fact.ended_at is not None:
        parts.append(f"{fact.ended_by} {fact.ended_at.astimezone(zone):%Y-%m-%d %H:%M}")
    return "  ·  ".join(parts)

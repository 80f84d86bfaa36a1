"""The portrait in words: a sentence in Chinese and in English, and the lines of the commands."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import tzinfo
from typing import Any

from bot.rules.worth.portrait import LEAST_PEOPLE, LEAST_POSITIVES
from bot.rules.worth.portrait_traits import Facts, Language, reason_in_words, trait_in_words
from bot.values.portrait import (
    Definition,
    InSegment,
    Lookalike,
    Portrait,
    Portrayed,
    Shared,
    Top,
)

PEOPLE_TOLD, PURCHASES_TOLD = 3, 2  # in the sentence
AT_EQUAL_ORDERS = " at an equal number of orders"

_OBSTACLES: Mapping[str, tuple[str, str]] = {
    "nobody": ("还没有可比较的客户：请先导入客户或订单，再运行 weilan refresh。", "There are no customers with figures yet: import some, then run weilan refresh."),
    "nobody_bought": ("还没有客户下过单，因此还分不出最好的客户。", "Nobody has bought anything yet, so nobody is one of the best."),
    "none_best": ("没有客户属于这一组，或者还没有运行 weilan refresh。", "Nobody belongs to this group, or weilan refresh has not run yet."),
    "all_equal": ("所有客户都同样好，没有可以比较的其他客户。", "All customers are equally good: there is nobody else to compare with."),
    "all_members": ("所有客户都在这一组里，没有可以比较的其他客户。", "Every customer belongs to this group: there is nobody else to compare with."),
    "too_few": (
        f"人数太少，说不出可靠的结论：两边都至少要有 {LEAST_PEOPLE} 人。",
        f"Too few people to say anything reliable: at least {LEAST_PEOPLE} are needed on either side.",
    ),
}  # fmt: skip
_NO_MODEL: Mapping[str, str] = {
    "too_few": f"no model: at least {LEAST_POSITIVES} of the best and {LEAST_POSITIVES} others are needed",
    "no_traits": "no model: nothing is known by which these could be told apart",
    "no_better_than_chance": "no model: on people it had not seen it was no better than chance",
}
_POPULATIONS = {"buyers": "who bought", "people": "who never bought"}


def who(definition: Definition, name: str, language: Language) -> str:
    match definition, language:
        case Top(percent, "spent"), "zh":
            return f"消费额排在前 {percent}% 的客户"
        case Top(percent, "spent"), _:
            return f"the {percent} % of the customers who spent most"
        case InSegment(segment), "zh":
            return f"“{name or segment}”的客户"
        case InSegment(segment), _:
            return f"the customers of {name or segment}"
        case Top(percent), "zh":
            return f"前 {percent}% 的客户"
        case Top(percent), _:
            return f"the top {percent} % of the customers"


def sentence(portrait: Portrait, facts: Facts, language: Language) -> str:
    """What stands out, the surest first; or that nothing does."""
    subject = who(portrait.definition, portrait.name, language)
    if portrait.reason:
        return _OBSTACLES[portrait.reason][0 if language == "zh" else 1]
    told = [each for each in portrait.shared if each.is_more_common]
    people = _without_repeats([each for each in told if not _is_of_purchases(each)])[:PEOPLE_TOLD]
    purchases = [each for each in told if _is_of_purchases(each)][:PURCHASES_TOLD]
    if language == "zh":
        return _in_chinese(subject, people, purchases, facts)
    return _in_english(subject, people, purchases, facts)


def _is_of_purchases(each: Shared) -> bool:
    return each.trait.attribute in {"bought", "began_with"}


def _without_repeats(shared: Sequence[Shared]) -> list[Shared]:
    """A city says the province, too."""
    has_city = any(each.trait.attribute == "city" for each in shared)
    return [each for each in shared if each.trait.attribute != "province" or not has_city]


def _in_chinese(subject: str, people: Sequence[Shared], purchases: Sequence[Shared], facts: Facts) -> str:
    if not people and not purchases:
        return f"没有发现能把{subject}和其他客户明显区分开的特征。"
    parts = []
    most = [each for each in people if each.best_have * 2 > each.best_of]
    more = [each for each in people if each not in most]
    if most:
        parts.append("多为" + "、".join(f"{_named(each, facts, 'zh')}{_zh(each)}" for each in most))
    if more:
        parts.append("更常见的是" + "、".join(f"{_named(each, facts, 'zh')}{_zh(each)}" for each in more))
    said = f"{subject}{'，'.join(parts)}" if parts else subject
    for each in purchases:
        named = _named(each, facts, "zh")
        equal = "订单数相当时，" if each.at_equal_orders else ""
        said += f"，{equal}{named}的比例是其他客户的 {_times(each)} 倍（{_interval(each)}）"
    return f"{said}。"


def _in_english(subject: str, people: Sequence[Shared], purchases: Sequence[Shared], facts: Facts) -> str:
    if not people and not purchases:
        return f"No attribute distinguishes {subject} from the others."
    parts = [
        f"{'mostly' if each.best_have * 2 > each.best_of else 'more often'} {_named(each, facts, 'en')} "
        f"({_times(each)} times the others' share{AT_EQUAL_ORDERS if each.at_equal_orders else ''}, {_interval(each)})"
        for each in people
    ]
    for each in purchases:
        equal = AT_EQUAL_ORDERS if each.at_equal_orders else ""
        parts.append(f"{_times(each)} times as often {_named(each, facts, 'en')}{equal} ({_interval(each)})")
    return f"{subject[0].upper()}{subject[1:]} are {', '.join(parts)}."


def _named(each: Shared, facts: Facts, language: Language) -> str:
    return trait_in_words(each.trait, facts, language)


def _zh(each: Shared) -> str:
    return (
        f"（占 {_percent(each.best_have, each.best_of)}，是其他客户的 {_times(each)} 倍，{_interval(each)}）"
    )


def _times(each: Shared) -> str:
    return _two_digits(each.lift)


def _interval(each: Shared) -> str:
    return f"{_two_digits(each.low)}–{_two_digits(each.high)}"


def _two_digits(ratio: float) -> str:
    return f"{ratio:.2f}" if ratio < 1.5 else f"{ratio:.1f}" if ratio < 20 else f"{ratio:.0f}"


def _percent(have: int, of: int) -> str:
    return f"{100 * have / of:.0f}%" if of else "0%"


def of_portrait(portrait: Portrait, facts: Facts) -> Iterator[str]:
    yield sentence(portrait, facts, "zh")
    yield sentence(portrait, facts, "en")
    if portrait.reason:
        return
    yield f"{portrait.best} of {portrait.best + portrait.rest} customers compared; {len(portrait.shared)} traits, those that stand:"
    standing = [each for each in portrait.shared if each.stands]
    for title, some in (
        ("more common", [each for each in standing if each.lift > 1]),
        ("less common", sorted((each for each in standing if each.lift < 1), key=lambda each: each.high)),
    ):
        if some:
            yield f"{title}:"
        for each in some:
            yield (
                f"  {_two_digits(each.lift):>5} ({_interval(each)})  "
                f"{_percent(each.best_have, each.best_of):>4} against {_percent(each.rest_have, each.rest_of):>4}  "
                f"{trait_in_words(each.trait, facts, 'zh')}{'  (at equal orders)' if each.at_equal_orders else ''}"
            )
    if portrait.left_out:
        yield f"left out, because they make somebody one of these: {', '.join(portrait.left_out)}"


def of_refresh(done: Portrayed) -> Iterator[str]:
    yield f"{who(done.definition, done.name, 'en')}; version {done.version}; {done.scored} customers scored, {done.written} rows written"
    for model in done.models:
        yield f"{_POPULATIONS[model.population]}: learnt from {model.positives} of the best and {model.negatives} others"
        if model.reason:
            yield f"  {_NO_MODEL[model.reason]}"
        if model.check is not None:
            check = model.check
            yield f"  AUC {check.auc:.2f} ({check.auc_low:.2f}–{check.auc_high:.2f}) on {check.people} people held out"
            for promised, came_true, people in check.calibration:
                yield f"  promised {promised:5.0%}  came true {came_true:5.0%}  of {people}"
    yield f"seconds: {', '.join(f'{step} {seconds}' for step, seconds in done.seconds.items())}"


def of_lookalikes(found: Sequence[Lookalike], facts: Facts) -> Iterator[str]:
    for each in found:
        yield f"{each.score:3}  {each.openid}  {_reasons(each, facts)}"


def of_one(found: Lookalike, facts: Facts, zone: tzinfo) -> Iterator[str]:
    yield f"{found.openid}: {found.score} of 100 like this one are among the best (as of {found.at.astimezone(zone):%Y-%m-%d %H:%M})"
    for reason in found.reasons:
        yield f"  {reason_in_words(reason, facts, 'zh')}"


def _reasons(found: Lookalike, facts: Facts) -> str:
    return " ".join(reason_in_words(reason, facts, "zh") for reason in found.reasons)


def as_told(portrait: Portrait, facts: Facts) -> dict[str, Any]:
    """For programs: everything compared, and the sentences."""
    return {
        "definition": portrait.definition,
        "at": portrait.at,
        "best": portrait.best,
        "rest": portrait.rest,
        "reason": portrait.reason,
        "sentence": {language: sentence(portrait, facts, language) for language in ("zh", "en")},
        "shared": portrait.shared,
        "left_out": portrait.left_out,
    }

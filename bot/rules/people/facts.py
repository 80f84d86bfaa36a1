"""What may be known of a customer: reads facts.toml, checks a value, and decides which source is believed.

The defaults stand in facts.toml beside this; a shop's own file replaces them as a whole.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from bot.rules.calendar import lunar
from bot.rules.intake.cells import Wrong, day, text
from bot.rules.people import regions
from bot.rules.rule_files import shaped
from bot.toml_files import toml_in
from bot.values.facts import BELIEVED, Attribute, Choice, Fact

BIRTHDAY, AGE_BAND = "birthday", "age_band"
DISTRICT = "district"
LUNAR_BIRTHDAY = "lunar_birthday"  # kept as people write it: 八月十五
OF_THE_ROW = ("name", "gender", "birthday", "province", "city")  # have a column of their own, for templates
ALWAYS = frozenset(OF_THE_ROW) | {
    "age_band",
    "decision_driver",
    "strictness",
}  # the code itself leans on these
BANDS = ((20, "under_20"), (30, "20s"), (40, "30s"), (50, "40s"), (60, "50s"), (1000, "60_plus"))
NEEDED: Mapping[str, frozenset[str]] = {  # choices the code itself makes
    "decision_driver": frozenset({"price", "function", "trend"}),
    "strictness": frozenset({"tolerant", "enduring", "perfectionist"}),
    AGE_BAND: frozenset(band for _, band in BANDS),
    "gender": frozenset({"female", "male"}),
}
PLACES = {"province": regions.province, "city": regions.city}  # the same place is written in several ways
LONGEST = 40  # characters of a value that is no choice: what the columns hold


class BadFacts(ValueError):
    """One line that names the file, the place and what was expected."""


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


Name = Annotated[str, Field(pattern=r"^[a-z0-9_]{1,40}$")]
Words = Annotated[str, Field(min_length=1, max_length=60)]
Percent = Annotated[int, Field(ge=0, le=100)]


class _Choice(_Table):
    name: Name
    label: Words
    english: Words
    words: tuple[Words, ...] = ()


class _Attribute(_Table):
    name: Name
    label: Words
    english: Words
    question: Annotated[str, Field(max_length=100)] = ""
    purpose: Annotated[str, Field(max_length=60)] = ""
    turn: Annotated[int, Field(ge=0, le=100)] = 0
    choice: Annotated[tuple[_Choice, ...], Field(max_length=9)] = ()


class _Inference(_Table):
    least: Annotated[int, Field(ge=1, le=1000)]
    sure: Percent
    novel_days: Annotated[int, Field(ge=1, le=3660)]
    cheap_percent: Annotated[int, Field(ge=1, le=100)]
    chat_days: Annotated[int, Field(ge=1, le=3660)]
    price_words: Annotated[tuple[Words, ...], Field(max_length=40)]
    function_words: Annotated[tuple[Words, ...], Field(max_length=40)]
    trend_words: Annotated[tuple[Words, ...], Field(max_length=40)]


class _File(_Table):
    inference: _Inference
    attribute: tuple[_Attribute, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InferenceRules:
    """`sure` is between 0 and 1."""

    least: int
    sure: float
    novel_days: int
    cheap_percent: int
    chat_days: int
    words: Mapping[str, tuple[str, ...]]  # by decision driver


@dataclass(frozen=True, slots=True)
class FactRules:
    attributes: Mapping[str, Attribute]
    inference: InferenceRules

    @property
    def asked(self) -> tuple[Attribute, ...]:
        """Those that are asked about, in their turn."""
        return tuple(
            sorted(
                (one for one in self.attributes.values() if one.question), key=lambda one: one.asked_in_turn
            )
        )


@lru_cache(8)
def load(path: str) -> FactRules:
    """The rules in the file at `path`, or the defaults when it is empty. Read once a process. Raises `BadFacts`."""
    file = Path(path) if path else Path(__file__).with_name("facts.toml")
    return read(str(file), toml_in(file, BadFacts))


def read(name: str, raw: dict[str, Any]) -> FactRules:
    """The rules in a parsed file called `name`. Raises `BadFacts`."""
    file = shaped(_File, name, raw, BadFacts)
    attributes = {one.name: _attribute(one) for one in file.attribute}
    if fault := next(_faults(file, attributes), ""):
        raise BadFacts(f"{name}: {fault}")
    given = file.inference
    words = {"price": given.price_words, "function": given.function_words, "trend": given.trend_words}
    return FactRules(
        attributes,
        InferenceRules(
            least=given.least,
            sure=given.sure / 100,
            novel_days=given.novel_days,
            cheap_percent=given.cheap_percent,
            chat_days=given.chat_days,
            words=words,
        ),
    )


def checked(attribute: Attribute, given: str, today: date) -> str:
    """The value as it is kept. `given` may be a choice's name or label, a day, or a few words. Raises `Wrong`."""
    words = text(LONGEST)(given)
    if attribute.choices:
        found = next((one for one in attribute.choices if words in {one.name, one.label, one.english}), None)
        if found is None:
            raise Wrong(f"one of {', '.join(one.name for one in attribute.choices)}")
        return found.name
    if attribute.name == BIRTHDAY:
        born = day(words)
        if born > today:
            raise Wrong("a day that is past")
        return born.isoformat()
    if attribute.name == LUNAR_BIRTHDAY:
        return _lunar_day(words)
    return PLACES[attribute.name](words) if attribute.name in PLACES else words


def _lunar_day(words: str) -> str:
    try:
        return str(lunar.read(words))
    except lunar.NoSuchDay as error:
        raise Wrong(str(error)) from None


def age_band(born: date, today: date) -> str:
    """The decade of their age: 30s from the thirtieth birthday to the day before the fortieth."""
    had_birthday = (today.month, today.day) >= (born.month, born.day)
    age = today.year - born.year - (0 if had_birthday else 1)
    return next(band for below, band in BANDS if age < below)


def believed(facts: Iterable[Fact]) -> Fact | None:
    """Of what the sources say about one attribute, the one that is believed; its value may be `ERASED`."""
    return max((fact for fact in facts if fact.ended_at is None), key=_weight, default=None)


def _weight(fact: Fact) -> tuple[int, datetime]:
    return BELIEVED[fact.source], fact.at


def _attribute(given: _Attribute) -> Attribute:
    choices = tuple(
        Choice(name=one.name, label=one.label, english=one.english, words=one.words) for one in given.choice
    )
    return Attribute(
        name=given.name,
        label=given.label,
        english=given.english,
        choices=choices,
        question=given.question,
        purpose=given.purpose,
        asked_in_turn=given.turn,
    )


def _faults(file: _File, attributes: Mapping[str, Attribute]) -> Iterator[str]:
    yield from (
        f"attribute: {name} stands there twice" for name in _twice(one.name for one in file.attribute)
    )
    yield from (f"attribute: {name} is missing" for name in sorted(ALWAYS - set(attributes)))
    for one in attributes.values():
        names = [choice.name for choice in one.choices]
        lacking = sorted(NEEDED.get(one.name, frozenset()) - set(names))
        yield from (f"attribute.{one.name}: the choice {name} is missing" for name in lacking)
        yield from (f"attribute.{one.name}: the choice {name} stands there twice" for name in _twice(names))
        if one.question and not one.choices:
            yield f"attribute.{one.name}: expected choices where there is a question"
        if one.choices and one.name in OF_THE_ROW and one.name not in NEEDED:
            yield f"attribute.{one.name}: expected no choices"


def _twice(names: Iterable[str]) -> list[str]:
    return [name for name, count in Counter(names).items() if count > 1]

"""Understands a customer's words: what they want, one thing or several, how sure that is, and what they name.

Held by each process that answers; `handlers/understanding_watch.py` puts newer models and products in, whole, between two messages.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal, Protocol

from bot.insight.catalogue import Catalogue, Named, catalogue, is_free
from bot.insight.intent_model import MOST_GUESSES, Array
from bot.rules.talk.intent_names import COURTESIES, UNCLEAR
from bot.rules.talk.pieces import pieces
from bot.rules.talk.slots import slots_in
from bot.rules.talk.wording import compact
from bot.values.understood import Guess, Part, Slot, Understood

SURE = 0.6  # of a piece: from here it counts as a wish of its own
HELD = 64  # texts: several intentions ask about the words of one message
UNHEARD = Guess(UNCLEAR, 0.0)  # while nothing is learned


class Model(Protocol):
    """Sentences to intents: by characters alone, or with an encoder beside them."""

    @property
    def labels(self) -> Sequence[str]: ...

    def guesses(self, text: str, most: int = MOST_GUESSES) -> list[Guess]: ...

    def confidence(self, text: str) -> Array: ...


@dataclass(frozen=True, slots=True)
class Watched:
    """Words the operator watches: a customer who says one gets a person; the bot never says the others."""

    escalating: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    version: str = ""

    def escalates(self, text: str) -> bool:
        return bool(self.escalating) and _says_one(text, self.escalating)

    def forbids(self, text: str) -> bool:
        return bool(self.forbidden) and _says_one(text, self.forbidden)


@dataclass(frozen=True, slots=True)
class _Known:
    model: Model | None = None
    catalogue: Catalogue = field(default_factory=Catalogue)


class Understanding:
    """One per process, shared by its threads."""

    def __init__(self, model: Model | None = None) -> None:
        self.version = ""  # of the sentences the model was learned from
        self.fault = ""  # why newer sentences could not be learned; the earlier ones stay
        self.products_version = ""
        self.watched = Watched()
        self._known = _Known(model)
        self._ask, self._name = self._asking(self._known)

    def of(self, text: str) -> Understood:
        """Never fails; without a model everything is `unclear` with no confidence."""
        return self._ask(text)

    def products_in(self, text: str) -> Sequence[Slot]:
        """The products it names, in their order, as `of` has them among its slots; the model is not asked."""
        return self._name(text)

    @property
    def is_learned(self) -> bool:
        return self._known.model is not None

    @property
    def state(self) -> Literal["ok", "learning", "failed"]:
        """While it is not ok, messages are answered by the word rules and what was learned before, if anything was."""
        if self.fault:
            return "failed"
        return "ok" if self.is_learned else "learning"

    @property
    def labels(self) -> Sequence[str]:
        return self._known.model.labels if self._known.model else ()

    def put_model(self, model: Model, version: str) -> None:
        self._put(_Known(model, self._known.catalogue))
        self.version, self.fault = version, ""

    def put_products(self, products: Sequence[Named], version: str) -> None:
        self._put(_Known(self._known.model, catalogue(products)))
        self.products_version = version

    def _put(self, known: _Known) -> None:
        self._known, (self._ask, self._name) = known, self._asking(known)

    @staticmethod
    def _asking(known: _Known) -> tuple[Callable[[str], Understood], Callable[[str], Sequence[Slot]]]:
        @lru_cache(HELD)
        def name(text: str) -> Sequence[Slot]:
            return tuple(known.catalogue.slots_in(text))

        @lru_cache(HELD)
        def ask(text: str) -> Understood:
            return _understood(text, known.model, name(text))

        return ask, name


def _understood(text: str, model: Model | None, products: Sequence[Slot]) -> Understood:
    whole = _part(text, 0, len(text), model)
    found = [*products, *slots_in(text)]
    return Understood(whole=whole, parts=_parts(text, whole, model), slots=tuple(_apart(found)))


def _part(text: str, start: int, end: int, model: Model | None) -> Part:
    guesses = model.guesses(text[start:end]) if model else [UNHEARD]
    return Part(text=text[start:end].strip(), start=start, end=end, guesses=tuple(guesses))


def _parts(text: str, whole: Part, model: Model | None) -> tuple[Part, ...]:
    """The pieces that surely want something, each another thing than the one before; else the whole."""
    cut = pieces(text) if model else []
    if len(cut) < 2:
        return (whole,)
    wishes: list[Part] = []
    for start, end in cut:
        part = _part(text, start, end, model)
        if part.best.confidence < SURE or part.best.intent in COURTESIES:
            continue
        if wishes and wishes[-1].best.intent == part.best.intent:
            wishes[-1] = _part(text, wishes[-1].start, end, model)
        else:
            wishes.append(part)
    return tuple(wishes) if len({part.best.intent for part in wishes}) > 1 else (whole,)


def _says_one(text: str, words: Sequence[str]) -> bool:
    said = compact(text)
    return any(word and word in said for word in map(compact, words))


def _apart(found: Sequence[Slot]) -> list[Slot]:
    """In their order; where two overlap, the one that was found first stays."""
    kept: list[Slot] = []
    for slot in found:
        if is_free(slot.start, slot.end, kept):
            kept.append(slot)
    return sorted(kept, key=lambda slot: slot.start)

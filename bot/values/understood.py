"""What was understood of a customer's words: what they want, how sure that is, and what they named."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

SlotKind = Literal["product", "order", "quantity", "time", "phone", "place"]


@dataclass(frozen=True, slots=True)
class Guess:
    """`confidence` is calibrated: of the guesses at 0.8 four in five are right."""

    intent: str
    confidence: float  # 0 to 1


@dataclass(frozen=True, slots=True)
class Slot:
    """`start` and `end` are places in the text as the customer wrote it; `text` is what stands there.

    `value` is the same in one form: an order number in capitals, a quantity in digits, a product's external id. Of
    a name that fits several products it is empty, and `choices` are their ids, the nearest first.
    """

    kind: SlotKind
    text: str
    start: int
    end: int
    value: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of the message that wants one thing; `guesses` are never empty, the likeliest first."""

    text: str
    start: int
    end: int
    guesses: tuple[Guess, ...]

    @property
    def best(self) -> Guess:
        return self.guesses[0]


@dataclass(frozen=True, slots=True)
class Understood:
    """`whole` is the message as one; `parts` are the things it wants, in its order, one where it wants one thing."""

    whole: Part
    parts: tuple[Part, ...]
    slots: tuple[Slot, ...] = ()

    @property
    def intent(self) -> str:
        return self.whole.best.intent

    @property
    def confidence(self) -> float:
        return self.whole.best.confidence

    def slots_of(self, kind: SlotKind) -> Sequence[Slot]:
        return [slot for slot in self.slots if slot.kind == kind]

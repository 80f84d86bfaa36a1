"""Who hears an answer, the parts an answer is told in, and the tone that chooses among them."""

from dataclasses import dataclass
from typing import Literal

Detail = Literal["short", "usual", "exact"]
Courtesy = Literal["none", "usual", "warm"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """What is known of who hears it; nothing of it decides anything where they want nothing personal."""

    name: str = ""
    strictness: str = ""  # tolerant, enduring, perfectionist; empty: not known
    driver: str = ""  # price, function, trend
    service_class: str = ""  # A to D
    manager: str = ""  # their account manager's name
    wants_personal: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Tone:
    """How an answer sounds; as it stands here it is the plain form. `because`: the lines of the rules that fit."""

    detail: Detail = "usual"
    courtesy: Courtesy = "usual"
    greets: bool = False
    names_manager: bool = False
    follows_up: bool = False
    because: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An answer in its parts. `facts` says all that was asked; what stands around it is left out or added by the tone."""

    facts: str
    exact: str = ""  # instead of the facts: the same, with exact times and numbers
    opening: str = ""
    closing: str = ""  # what they may say next
    proof: str = ""  # where it stands, as of when
    wants_person: bool = False  # somebody of the shop can do more for them here

    @property
    def plain(self) -> str:
        return "\n\n".join(filter(None, (self.opening, self.facts, self.closing)))

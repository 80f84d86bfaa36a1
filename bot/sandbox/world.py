"""What every part of the sandbox works on: the account, the clock, the state, and the two lists it writes to.

The functions of this package that take a `World` are called with `world.lock` held.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.clock import Clock
from bot.sandbox.account import Account
from bot.sandbox.errors import Refused
from bot.sandbox.state import Errand, Follower, Line, Side, State, Way

MOST_LINES = 300
MOST_PROBLEMS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A template of the account: `fields` are its data keys, such as thing1 or character_string2."""

    id: str
    title: str
    fields: tuple[str, ...]
    labels: tuple[str, ...] = ()  # what stands beside each; none: the keys themselves


@dataclass(slots=True, kw_only=True)
class World:
    account: Account
    clock: Clock
    state: State
    templates: Sequence[Template] = ()
    notices: Sequence[Template] = ()
    limits: dict[str, int] = field(default_factory=dict)  # daily calls by path, instead of a new account's
    lock: threading.RLock = field(default_factory=threading.RLock)
    changed: threading.Condition = field(init=False)
    version: int = 0

    def __post_init__(self) -> None:
        self.changed = threading.Condition(self.lock)

    def now(self) -> datetime:
        return self.clock.now()

    def real(self) -> datetime:
        return self.clock.real()

    def number(self) -> int:
        self.state.last_number += 1
        return self.state.last_number

    def has_changed(self) -> None:
        self.version += 1
        self.changed.notify_all()

    def follower(self, openid: object) -> Follower:
        found = self.state.followers.get(openid) if isinstance(openid, str) else None
        if found is None:
            raise Refused(40003)
        return found

    def show(self, openid: str, side: Side, way: Way, kind: str, text: str = "", **details: Any) -> Line:
        """Writes one line into a customer's chat."""
        line = Line(n=self.number(), at=self.now(), side=side, way=way, kind=kind, text=text, details=details)
        lines = self.state.chats.setdefault(openid, [])
        lines.append(line)
        del lines[:-MOST_LINES]
        if openid in self.state.followers and way != "mass":  # else one send would turn the whole list over
            self.state.followers[openid].active_at = line.at
        self.has_changed()
        return line

    def owe(self, errand: Errand) -> None:
        self.state.errands.append(errand)
        self.has_changed()

    def note_problem(self, openid: str, problem: str) -> None:
        """What an operator in training should see although the platform keeps silent about it."""
        self.state.problems.append(f"{openid}: {problem}")
        del self.state.problems[:-MOST_PROBLEMS]
        if openid in self.state.followers:
            self.show(openid, "system", "problem", "note", problem)

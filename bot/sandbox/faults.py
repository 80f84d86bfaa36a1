"""Trouble on order: late answers, broken connections, server errors, nonsense, error codes.

A fault is for the paths that match its pattern and goes off for the next so many calls, or by chance.
"""

import fnmatch
import random
import threading
from dataclasses import dataclass
from typing import Literal

FaultKind = Literal["latency", "drop", "lost", "status", "garbage", "errcode"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """`drop` breaks the connection after the call took effect, `lost` before; the caller cannot tell which.

    `value`: seconds of latency, the HTTP status, or the errcode. `times` None: until it is taken away.
    """

    kind: FaultKind
    path: str = "*"
    value: float = 0
    times: int | None = 1
    probability: float = 1.0


class Faults:
    """What is ordered, shared by threads."""

    def __init__(self, chance: random.Random | None = None) -> None:
        self._chance = chance or random.Random()
        self._ordered: list[tuple[Fault, int | None]] = []
        self._lock = threading.Lock()

    def order(self, fault: Fault) -> None:
        with self._lock:
            self._ordered.append((fault, fault.times))

    def clear(self) -> None:
        with self._lock:
            self._ordered.clear()

    def ordered(self) -> list[Fault]:
        with self._lock:
            return [fault for fault, _ in self._ordered]

    def going_off(self, path: str) -> list[Fault]:
        """The faults this call meets, each counted down."""
        going, kept = [], []
        with self._lock:
            for fault, left in self._ordered:
                goes = fnmatch.fnmatchcase(path, fault.path) and self._chance.random() < fault.probability
                if goes:
                    going.append(fault)
                    left = None if left is None else left - 1  # noqa: PLW2901
                if left != 0:
                    kept.append((fault, left))
            self._ordered = kept
        return going

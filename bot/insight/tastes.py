"""What the customers' purchases teach, and how it is kept: which things go together, who buys alike, what is bought again.

It is learnt in `taste_learning`, by a process of its own; a purchase weighs half after `HALF_LIFE` days.
"""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

HALF_LIFE = 180.0  # days
LARGEST_HISTORY = 60  # things of one customer that count, the newest

Whole = NDArray[np.int64]
Weights = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Lines:
    """What was bought, a line each: arrays of the same length, in any order."""

    customers: Whole
    orders: Whole
    products: Whole  # their ids
    days: Whole  # on which day, counted from any day


@dataclass(frozen=True, slots=True)
class Learnt:
    """All that a suggestion is made from; `products` are ids in order, everything else counts by their places."""

    products: Whole
    popularity: Weights  # 0 to 1
    again_after: Weights  # days from one purchase to the next; 0: not consumed
    also: Whole  # a row a product: places of those bought by the same people, -1 where there is none
    also_weight: Weights
    together: Whole  # the same of one basket
    together_weight: Weights
    crowd_starts: Whole  # the crowd's purchases as rows one after the other
    crowd_places: Whole
    crowd_weight: Weights


def gather(parts: Iterable[Sequence[tuple[int, int, int, int]]]) -> Lines:
    """Customer, order, product and day of each line; parts are let go of one by one."""
    columns = [np.array(part, np.int64).reshape(-1, 4) for part in parts]
    rows = np.concatenate(columns) if columns else np.empty((0, 4), np.int64)
    return Lines(customers=rows[:, 0], orders=rows[:, 1], products=rows[:, 2], days=rows[:, 3])


def lines_to_bytes(lines: Lines) -> bytes:
    kept = io.BytesIO()
    np.savez(kept, **{name: getattr(lines, name) for name in Lines.__slots__})
    return kept.getvalue()


def lines_of(kept: bytes) -> Lines:
    with np.load(io.BytesIO(kept), allow_pickle=False) as arrays:
        return Lines(**{name: arrays[name] for name in Lines.__slots__})


def to_bytes(learnt: Learnt) -> bytes:
    kept = io.BytesIO()
    np.savez_compressed(kept, **{name: getattr(learnt, name) for name in Learnt.__slots__})
    return kept.getvalue()


def from_bytes(kept: bytes) -> Learnt:
    """Raises `ValueError` or `KeyError` for what `to_bytes` did not make."""
    with np.load(io.BytesIO(kept), allow_pickle=False) as arrays:
        return Learnt(**{name: arrays[name] for name in Learnt.__slots__})

"""ABC: who brings the first so many percent of the whole. Pure, in whole numbers; who is equal stays together."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from bot.values.partitions import Shares

K = TypeVar("K")


def least_within(groups: Iterable[tuple[int, int]], percent: int, total: int, before: int = 0) -> int | None:
    """The least value whose holders still belong to the first `percent` of the total; None when nobody does.

    `groups`: (value, how many have it), the largest first; `before`: what those above them bring. They belong when
    those who bring more bring less than the percentage together, so the one who crosses the line belongs.
    """
    least = None
    for value, count in groups:
        if before * 100 >= total * percent:
            break
        least = value
        before += value * count
    return least


def classes(amounts: Mapping[K, int], shares: Shares) -> dict[K, int]:
    """0 for the first share, 1 up to the second, 2 for the rest and for all who bring nothing."""
    counts: dict[int, int] = {}
    for amount in amounts.values():
        counts[amount] = counts.get(amount, 0) + 1
    groups, total = sorted(counts.items(), reverse=True), sum(amounts.values())
    first = least_within(groups, shares.first, total)
    second = least_within(groups, shares.second, total)
    return {
        key: 2 if not amount or second is None or amount < second else int(first is None or amount < first)
        for key, amount in amounts.items()
    }


def last_of_fifths(count: int) -> list[int]:
    """Where the lower fifths end: positions counted from 0 in ascending order. Above the first of them is 2, and so on;
    a tie across the line gets the lower score."""
    return [-(-fifth * count // 5) - 1 for fifth in range(1, 5)] if count else []


def last_of_top(percent: int, count: int) -> int:
    """The last position, counted from 0 in descending order, within the top `percent`; at least the first one."""
    return -(-percent * count // 100) - 1

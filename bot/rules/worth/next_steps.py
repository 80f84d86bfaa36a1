"""What one customer can do, or time, that brings them to another place; pure.

Each step is followed to its end: who buys has bought just now and once more, who follows is known from now on, days
pass for everything at once. So it comes true for whoever takes it, as long as the others stand still.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from bot.rules.worth.boxes import shown
from bot.values.partitions import Box, Numbers, Partition, Place, Span
from bot.values.value import Step

Lines = Mapping[int, int]  # percent: what the last of the buyers' top so many percent spent, in fen

DAYS = ("days_since_order", "days_known", "days_silent")


def steps(partition: str, places: Partition, numbers: Numbers, spent: int, lines: Lines) -> Iterator[Step]:
    """At most one to each place they are not in. `spent` in fen."""
    for place in places:
        if not place.holds(numbers):
            yield from _first(partition, place, numbers, spent, lines)


def top_percent(spent: int, lines: Lines) -> int:
    """The line above a buyer: those within the top 5 %, but not the top 1 %, are at 1."""
    return max((percent for percent, line in lines.items() if spent < line), default=0)


def _first(partition: str, place: Place, numbers: Numbers, spent: int, lines: Lines) -> Iterator[Step]:
    for box in place.boxes:
        for field, span in box.items():
            after = None if span.holds(numbers[field]) else _after(field, span, numbers, lines)
            if after is not None and place.holds(after):
                yield _step(partition, place, field, box, numbers, spent, lines)
                return


def _after(field: str, span: Span, numbers: Numbers, lines: Lines) -> Numbers | None:
    """The numbers once `field` has just come into the span; None when nothing brings it there."""
    now = numbers[field]
    if now is not None and now < span.least:
        return _risen(field, span.least, numbers)
    return _fallen(field, span.below or 1, numbers, lines)


def _risen(field: str, to: int, numbers: Numbers) -> Numbers | None:
    match field:
        case "top_percent":  # to fall among the buyers is nothing one does
            return None
        case "orders" | "spent":
            return _bought(numbers) | {field: to}
        case "days_since_order" | "days_known" | "days_silent":
            return _later(numbers, to - (numbers[field] or 0))
        case "follows":
            return {**numbers, "follows": to, "days_known": 0}
        case _:
            return {**numbers, field: to}


def _fallen(field: str, below: int, numbers: Numbers, lines: Lines) -> Numbers | None:
    match field:
        case "orders" | "spent" | "returns" | "refunds" | "reviews" | "days_known":
            return None
        case "top_percent":
            line = lines.get(below)
            return None if line is None else _bought(numbers) | {field: top_percent(line, lines)}
        case "days_since_order":
            return _bought(numbers)
        case "days_silent":
            return {**numbers, "days_silent": 0}
        case _:
            return {**numbers, field: below - 1}


def _bought(numbers: Numbers) -> dict[str, int | None]:
    """Once more, and just now; for so little that they stand among the buyers where they stood."""
    return {**numbers, "orders": (numbers["orders"] or 0) + 1, "days_since_order": 0}


def _later(numbers: Numbers, days: int) -> Numbers:
    aged = {field: (numbers[field] or 0) + days for field in DAYS if numbers[field] is not None}
    return {**numbers, **aged}


def _step(
    partition: str, place: Place, field: str, box: Box, numbers: Numbers, spent: int, lines: Lines
) -> Step:
    span = box[field]
    is_now = "never" if numbers[field] is None else str(numbers[field])
    if field == "top_percent" and span.below is not None:
        needed = Decimal(lines[span.below]) / 100
        return Step(
            partition=partition, to=place.name, field="spent", is_now=str(Decimal(spent) / 100),
            would_be=f">= {needed}, as the top {span.below} % did",
        )  # fmt: skip
    return Step(partition=partition, to=place.name, field=field, is_now=is_now, would_be=shown(span))

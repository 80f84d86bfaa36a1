"""Decides whether places take in everybody exactly once: by looking into every box between two cuts."""

from collections.abc import Mapping, Sequence
from itertools import product
from math import prod

from bot.values.partitions import Partition, Place, Span

MOST_BOXES = 200_000

Domains = Mapping[str, Span]


def fault(places: Partition, domains: Domains) -> str | None:
    """One line with numbers that nobody's place holds, or two places do; None when all is well.

    Within one box between neighbouring cuts every condition has the same answer, so one number of each decides it.
    """
    cuts = {field: _cuts(field, places, domains[field]) for field in _fields(places)}
    if prod(len(numbers) for numbers in cuts.values()) > MOST_BOXES:
        return f"too many cuts to look between: {', '.join(cuts)}"
    for numbers in product(*cuts.values()):
        example = dict(zip(cuts, numbers, strict=True))
        holding = [place.name for place in places if place.holds(example)]
        if len(holding) != 1:
            who = ", ".join(f"{field} = {number}" for field, number in example.items())
            return f"{' and '.join(holding)} both take in {who}" if holding else f"nothing takes in {who}"
    return None


def outside(place: Place, domains: Domains) -> str | None:
    """A box that nobody could ever be in is a slip of the pen."""
    for box in place.boxes:
        for field, span in box.items():
            domain = domains[field]
            below = span.below if span.below is not None else domain.below
            if (below is not None and below <= span.least) or (
                domain.below is not None and span.least >= domain.below
            ):
                return f"{place.name}: no {field} is {shown(span)}"
    return None


def shown(span: Span) -> str:
    if span.below is None:
        return f">= {span.least}"
    if span.below == span.least + 1:
        return f"= {span.least}"
    return f"< {span.below}" if span.least == 0 else f">= {span.least}, < {span.below}"


def _fields(places: Partition) -> list[str]:
    return list(dict.fromkeys(field for place in places for box in place.boxes for field in box))


def _cuts(field: str, places: Partition, domain: Span) -> Sequence[int]:
    """The least number of each stretch between two cuts."""
    spans = [box[field] for place in places for box in place.boxes if field in box]
    bounds = {domain.least, *(span.least for span in spans)}
    bounds |= {span.below for span in spans if span.below is not None}
    return sorted(
        bound for bound in bounds if bound >= domain.least and (domain.below is None or bound < domain.below)
    )

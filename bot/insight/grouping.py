"""Puts questions that ask the same thing together, by the pairs of characters and concepts they share."""

import math
from collections.abc import Mapping, Sequence

from bot.insight.knowledge_terms import of_text

ALIKE = 0.4  # cosine from which two questions are one to the operator


def grouped(questions: Sequence[str]) -> list[list[int]]:
    """Places of the questions, each in one group; the largest group first, in a group the first one said it first."""
    groups: list[list[int]] = []
    leaders: list[Mapping[str, float]] = []
    having: dict[str, list[int]] = {}  # term → groups whose first question has it
    for number, question in enumerate(questions):
        said = _unit(of_text(question))
        shares: dict[int, float] = {}
        for term, worth in said.items():
            for group in having.get(term, ()):
                shares[group] = shares.get(group, 0.0) + worth * leaders[group][term]
        best = max(shares, key=lambda group: (shares[group], -group), default=None)
        if best is not None and shares[best] >= ALIKE:
            groups[best].append(number)
            continue
        for term in said:
            having.setdefault(term, []).append(len(groups))
        leaders.append(said)
        groups.append([number])
    return sorted(groups, key=lambda group: (-len(group), group[0]))


def _unit(said: Mapping[str, float]) -> dict[str, float]:
    length = math.sqrt(sum(worth * worth for worth in said.values())) or 1.0
    return {term: worth / length for term, worth in said.items()}

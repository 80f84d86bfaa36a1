"""What stands against a customer for each kind of campaign: each question is asked once, however many kinds lean on it."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import Column, ColumnElement, Select, case, literal_column
from sqlalchemy.sql import visitors
from sqlalchemy.sql.elements import False_

from bot.store.planning.eligibility import NEXT_CONTACT, Candidate, Policy, before_contents
from bot.store.planning.moments import Moment
from bot.store.planning.plan_entries import KEEPS, OfPurpose
from bot.store.planning.plan_tables import CODE_BITS, KINDS, NOTHING

_ANSWERS = "answers"
_OF_CHANNELS = ("reach", "reserved", "too_few_left")  # long ones that several policies ask


class Questions:
    """Of one statement over the customers: `beside` holds the questions, `codes` is written in their answers."""

    def __init__(self) -> None:
        self._asked: list[ColumnElement[Any]] = []

    def codes(self, of: OfPurpose) -> Iterable[ColumnElement[Any]]:
        """Of all kinds of the purpose, `KINDS` of them in a whole number."""
        for first in range(0, len(of.kinds), KINDS):
            some = of.kinds[first : first + KINDS]
            one, *others = (self._code(kind, of.moment, place * CODE_BITS) for place, kind in enumerate(some))
            yield sum(others, start=one)

    def beside(self, rows: Select[Any]) -> Any:
        """The rows with the answers, to select the codes from. Not merged into what selects: it would ask again."""
        answers = (each.label(f"a_{place}") for place, each in enumerate(self._asked))
        return rows.add_columns(*answers).offset(0).subquery(_ANSWERS)

    def _code(self, candidate: Candidate, moment: Moment, shift: int) -> ColumnElement[Any]:
        """The place of the first policy that stands against every content of such a campaign."""
        of_channels = {name: self._answer(getattr(candidate, name)) for name in _OF_CHANNELS}
        answered = replace(candidate, **of_channels)
        whens: list[tuple[ColumnElement[bool], ColumnElement[Any]]] = [
            (self._truth(policy, candidate, answered, moment), literal_column(str(code << shift)))
            for code, policy in before_contents()
        ]
        nothing: ColumnElement[Any] = literal_column(str(NOTHING << shift))
        whens = [(truth, code) for truth, code in whens if not isinstance(truth, False_)]
        return case(*whens, else_=nothing) if whens else nothing

    def _truth(
        self, policy: Policy, candidate: Candidate, answered: Candidate, moment: Moment
    ) -> ColumnElement[bool]:
        truth = _stands(policy, answered, moment)
        if _reads_customers(truth):
            return self._answer(_stands(policy, candidate, moment))
        return truth

    def _answer(self, question: ColumnElement[Any]) -> ColumnElement[Any]:
        if not _reads_customers(question):
            return question
        same = (place for place, one in enumerate(self._asked) if one.compare(question, compare_keys=False))
        place = next(same, len(self._asked))
        if place == len(self._asked):
            self._asked.append(question)
        return literal_column(f"{_ANSWERS}.a_{place}", question.type)


def _stands(policy: Policy, candidate: Candidate, moment: Moment) -> ColumnElement[bool]:
    """What is kept already is not asked here: it is known of all at once, later."""
    if policy.name == KEEPS:
        return candidate.reach == NEXT_CONTACT
    return policy.holds(candidate, moment)


def _reads_customers(expression: ColumnElement[Any]) -> bool:
    return any(isinstance(each, Column) for each in visitors.iterate(expression))

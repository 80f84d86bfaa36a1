"""What stands against a customer for each kind of campaign: each question is asked once, however many kinds lean on it."""

import functools
import operator
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from sqlalchemy import Column, ColumnElement, Select, case, false, literal_column
from sqlalchemy.sql import visitors

from bot.store.planning.eligibility import Policy, before_contents
from bot.store.planning.moments import Moment
from bot.store.planning.operands import Candidate, first_of
from bot.store.planning.plan_entries import KEEPS, OfPurpose
from bot.store.planning.plan_tables import CODE_BITS, KINDS, NOTHING
from bot.values.channels import NEXT_CONTACT

Objections: TypeAlias = list[tuple[int, ColumnElement[bool]]]  # by their places in `POLICIES`

_ANSWERS = "answers"
_OF_CHANNELS = ("reach", "reserved", "too_few_left")  # long ones that several policies ask


class Questions:
    """Of one statement over the customers: `beside` holds the questions, `codes` is written in their answers."""

    def __init__(self) -> None:
        self._asked: list[ColumnElement[Any]] = []

    def codes(self, of: OfPurpose) -> Iterable[ColumnElement[Any]]:
        """Of all kinds of the purpose, `KINDS` of them in a whole number."""
        for first in range(0, len(of.kinds), KINDS):
            objections = [self._objections(kind, of.moment) for kind in of.kinds[first : first + KINDS]]
            shared = _shared(objections)
            ones = [1 << place * CODE_BITS for place in range(len(objections))]
            own = (_first(each[len(shared) :], one) for each, one in zip(objections, ones, strict=True))
            yield case(
                *((truth, _number(code * sum(ones))) for code, truth in shared),
                else_=functools.reduce(operator.add, own),
            )

    def beside(self, rows: Select[Any]) -> Any:
        """The rows with the answers, to select the codes from. Not merged into what selects: it would ask again."""
        answers = (each.label(f"a_{place}") for place, each in enumerate(self._asked))
        return rows.add_columns(*answers).offset(0).subquery(_ANSWERS)

    def _objections(self, candidate: Candidate, moment: Moment) -> Objections:
        """The policies that may stand against every content of such a campaign."""
        of_channels = {name: self._answer(getattr(candidate, name)) for name in _OF_CHANNELS}
        answered = replace(candidate, **of_channels)
        asked = (
            (code, self._truth(policy, candidate, answered, moment)) for code, policy in before_contents()
        )
        return [(code, truth) for code, truth in asked if not truth.compare(false())]

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


def _shared(objections: Sequence[Objections]) -> Objections:
    """Those that all kinds begin with."""
    one, *others = objections
    differ = (
        place
        for place, (code, truth) in enumerate(one)
        if not all(
            place < len(each) and each[place][0] == code and each[place][1].compare(truth) for each in others
        )
    )
    return one[: next(differ, len(one))]


def _first(objections: Objections, one: int) -> ColumnElement[Any]:
    """The place of the first policy that stands, so many times."""
    return first_of(((truth, _number(code * one)) for code, truth in objections), _number(NOTHING * one))


def _number(value: int) -> ColumnElement[Any]:
    """Into the statement itself: SQLite computes with it faster than with a parameter."""
    return literal_column(str(value))


def _stands(policy: Policy, candidate: Candidate, moment: Moment) -> ColumnElement[bool]:
    """What is kept already is not asked here: it is known of all at once, later."""
    if policy.name == KEEPS:
        return candidate.reach == NEXT_CONTACT
    return policy.holds(candidate, moment)


def _reads_customers(expression: ColumnElement[Any]) -> bool:
    return any(isinstance(each, Column) for each in visitors.iterate(expression))

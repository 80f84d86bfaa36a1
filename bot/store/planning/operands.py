"""What the policies are asked about: the operands of a push, and what is known of them before the database is asked."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import BindParameter, ColumnElement, case, false, func, literal, null, true

Condition = ColumnElement[bool]
Text = ColumnElement[Any]

NONE: Final[Text] = null()
ONE: Final[Text] = literal(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What is meant for the customer: columns of a delivery and its campaign and content, or literals."""

    campaign_id: Text
    running: Condition
    purpose: Text
    regular: Condition
    marketing_in_window: Condition
    content_id: Text
    approved_by: Text
    useful_until: Text
    channel: Text  # null: none can reach them with this content
    entitled: Condition
    reach: Text  # the channel the best suited of the campaign's contents could go by; null: none of them any
    reserved: Condition  # only the reserve stands between them and a mass send
    messages: Text = ONE  # of the reply window it takes
    by_mass: Condition = field(default_factory=true)  # one mass send can carry it
    is_article: Condition = field(default_factory=false)  # which nobody can be shown before it is published
    too_long: Condition = field(
        default_factory=false
    )  # only the number of its parts stands against the window
    least: Text = ONE  # messages the shortest of the campaign's contents takes
    too_few_left: Condition = field(default_factory=false)  # the window is open, and not even that is left
    held_out: Condition = field(default_factory=false)  # of this campaign, not of everything
    is_chosen: Condition = field(default_factory=false)  # its segment goes by who they are, or what they did
    notice_template: Text = NONE  # by which the content may go as a subscription notice
    template_id: Text = NONE  # by which it may go as a template message
    calls_spent: Condition = field(default_factory=false)  # only the day's calls stand against that
    mine: Text = NONE  # planning: "planned" or "kept" when this campaign has its delivery for the day
    other: Text = NONE  # planning: the campaign that has the customer's turn
    awaited: Text = NONE  # planning: the more important campaign that gets them later today
    kept: Text = NONE  # planning: the campaign whose content waits for the next contact


def truly(condition: ColumnElement[Any]) -> Condition:
    """Unknown counts as no."""
    return func.coalesce(condition, false())


def known(is_so: bool) -> Condition:
    return true() if is_so else false()


def is_one_of(operand: Text, *words: str) -> Condition:
    """Of a literal this is known here: whatever hangs on it need not be asked at all."""
    if isinstance(operand, BindParameter):
        return known(operand.value in words)
    return operand == words[0] if len(words) == 1 else operand.in_(words)


def is_given(operand: Text) -> Condition:
    return known(operand.value is not None) if isinstance(operand, BindParameter) else operand.is_not(None)


def first_of(answers: Iterable[tuple[Condition, Text]], otherwise: Text = NONE) -> Text:
    """What stands beside the first condition that holds; none is asked that is known here, nor any behind a sure one."""
    asked: list[tuple[Condition, Text]] = []
    for condition, answer in answers:
        if condition.compare(true()):
            otherwise = answer
            break
        if not condition.compare(false()):
            asked.append((condition, answer))
    return case(*asked, else_=otherwise) if asked else otherwise


def either(condition: Condition, one: int, other: int) -> ColumnElement[int]:
    """One number or the other; only one is left when it is known which."""
    if condition.compare(true()) or condition.compare(false()) or one == other:
        return literal(one if condition.compare(true()) else other)
    return case((condition, one), else_=other)

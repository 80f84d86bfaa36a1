"""The one mass send a day of a subscription account: what it could be, and what it was given to."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A campaign's content, if the day were given to it."""

    campaign_id: str
    content_id: str
    people: int  # whom it would reach
    answers: float  # of them, as they are expected to answer: each one's likelihood, added up
    priority: int  # of the campaign
    waited: int  # days since the campaign last had a day, or since it began


@dataclass(frozen=True, slots=True, kw_only=True)
class DaysSend:
    winner: Offer
    good: float
    # campaign → whom its contents would have reached
    waiting: Mapping[str, int] = field(default_factory=dict)
    was_given: bool = False  # before this pass

"""Why a customer will, or will not, get a campaign's content: what every policy says, and on what it was decided."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One policy. `values` are the customer's own facts it looked at."""

    policy: str
    stands: bool  # true: it speaks against the push
    reason: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    delivery_id: int
    content_id: str
    channel: str
    state: str
    reason: str
    planned_at: datetime
    due_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignExplained:
    campaign_id: str
    name: str
    purpose: str
    in_segment: bool
    opens: datetime  # of the window it would go into
    closes: datetime
    calendar_known: bool
    channel: str  # empty: none can reach them
    content_id: str  # empty: nothing they have not had
    findings: tuple[Finding, ...]
    last_verdict: str  # of the planner; empty: it has not looked yet
    decided_at: datetime | None
    attempts: tuple[Attempt, ...]  # newest first

    @property
    def objection(self) -> str:
        """The first policy that stands against it; empty when the next pass would plan it."""
        return "" if not self.in_segment else next((one.reason for one in self.findings if one.stands), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    customer_id: int
    openid: str
    at: datetime
    engagement: str
    unanswered: int  # pushes since they last spoke
    spoke_at: datetime | None
    gap_days: int  # from one regular push to the next
    ordinary_gap_days: int
    most_gap_days: int  # of the most tired
    last_push_at: datetime | None
    next_urgent_at: datetime | None  # none: at any time; only time-bound campaigns may come as soon
    next_regular_at: datetime | None  # none: at any time
    campaigns: tuple[CampaignExplained, ...]
    is_over: bool  # told by what was decided then
    names: Mapping[str, str]  # of all campaigns, by id: reasons name others

"""What a simulation knows, and what it tells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime


class NobodyThere(Exception):
    """One line: what there is nothing to simulate with."""


@dataclass(frozen=True, slots=True)
class Wanted:
    days: int
    customers: int | None  # None: those the shop has
    seed: int
    at: datetime
    drafts: tuple[str, ...] = ()  # campaigns that are looked at as if they ran


@dataclass(frozen=True, slots=True)
class Past:
    """What is known of how customers answered, over the last `days`: whose, and when, in seconds since 1970."""

    now: float
    days: int
    heard_since: float | None  # the oldest message of all; before it nobody listened
    people: Sequence[tuple[int, str, float, int]]  # id, engagement, known since, purchases in these days
    contacts: Sequence[tuple[int, float]]  # messages of theirs
    pushes: Sequence[tuple[int, float]]
    stopped: int  # who said TD in these days
    left: int  # who unfollowed


@dataclass(frozen=True, slots=True)
class Rate:
    """How often something happens, in one group of customers, and how sure that is."""

    what: str  # writes (a day), answers, stops, leaves (a push), buys (a day)
    group: str  # engagement, or "all"
    rate: float
    low: float  # nine times out of ten it lies between these
    high: float
    seen: int  # times it happened
    of: int  # times it could have
    assumed: bool  # too little was seen: mostly our assumption


@dataclass(frozen=True, slots=True)
class CampaignLine:
    id: str
    name: str
    priority: int
    regular: bool
    starts: date
    ends: date
    contents: int
    unapproved: tuple[str, ...]  # contents nobody has approved
    festival: str = ""  # that it waits for


@dataclass(slots=True)
class CampaignDay:
    """One campaign on one day."""

    campaign_id: str
    day: date
    judged: dict[tuple[str, str], int] = field(default_factory=dict)  # in the last pass: purpose, verdict
    planned: int = 0  # deliveries made this day
    sent: dict[str, int] = field(default_factory=dict)  # by channel
    contents: dict[str, int] = field(default_factory=dict)
    refused: dict[str, int] = field(default_factory=dict)  # at the claim, by reason

    @property
    def verdicts(self) -> dict[str, int]:
        """Of the day's last pass; all candidates together."""
        total: dict[str, int] = {}
        for (_, reason), number in self.judged.items():
            total[reason] = total.get(reason, 0) + number
        return total

    @property
    def candidates(self) -> int:
        return sum(self.verdicts.values())

    @property
    def sent_all(self) -> int:
        return sum(self.sent.values())


@dataclass(slots=True)
class Day:
    """One day of the account."""

    day: date
    works: bool
    calendar_known: bool
    sent: dict[str, int] = field(default_factory=dict)
    mass_requests: dict[str, int] = field(default_factory=dict)  # content and minute → people
    wrote: int = 0
    answered: int = 0  # of these, after a push
    stopped: int = 0
    left: int = 0
    bought: int = 0
    mass_used: int = 0  # this month, all followers together
    mass_left: int = 0  # of the month's quota, without the reserve
    reserve_left: int = 0


@dataclass(frozen=True, slots=True)
class Gap:
    """Between a push and the one before it."""

    regular: bool  # the later one
    days: int  # calendar days
    hours: int
    pushes: int


@dataclass(frozen=True, slots=True)
class Blame:
    """Customers a campaign did not reach because of another one's push."""

    campaign_id: str
    reason: str  # too_soon, day_taken, lost_to, quota
    by: str
    on: date  # the day of the push that stood in the way
    customers: int


@dataclass(slots=True)
class Played:
    """What came out of one part of the customers; several are added up by `rules/simulation/simulation_sums.py`."""

    days: list[Day] = field(default_factory=list)
    by_campaign: dict[tuple[date, str], CampaignDay] = field(default_factory=dict)
    blames: list[Blame] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    times: dict[int, int] = field(default_factory=dict)
    reached: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Warned:
    """`about`: campaign or content, or empty. The words are made by `rules/simulation/simulation_words.py`."""

    kind: str
    about: str = ""
    numbers: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulated:
    starts_at: datetime
    days: tuple[Day, ...]
    campaigns: tuple[CampaignLine, ...]
    by_campaign: tuple[CampaignDay, ...]  # by day, then as the campaigns are ordered
    customers: int
    known: int  # customers the shop has
    copied: int  # of `customers`, those that were copied from others
    seed: int
    rates: tuple[Rate, ...]
    reached: Mapping[str, int]  # campaign → different customers
    times: Mapping[int, int]  # pushes in all these days → customers
    gaps_regular: Mapping[int, int]  # calendar days → pushes
    gaps_bound: Mapping[int, int]
    least_hours: int | None  # between any two pushes
    least_hours_regular: int | None
    mass_most: int  # of mass sends a customer and month
    mass_target: str  # openids, tag, or empty: the account cannot
    halted: tuple[str, ...]  # channels that are stopped now, and stay so here
    blames: tuple[Blame, ...]
    seconds: Mapping[str, float]
    drafts: tuple[str, ...] = ()
    warnings: tuple[Warned, ...] = ()

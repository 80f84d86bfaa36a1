"""What a planning pass is about: each campaign's contents of one purpose, in order, and whom they may be for.

Many campaigns judge a customer alike: those share a kind, and everybody is judged once for each kind. An audience
is a campaign's segment; a customer's audiences are bits of a number.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Subquery, and_, literal, select

from bot.config import Config
from bot.rules.pushes.spread import slots_of
from bot.rules.pushes.turns import turn_of
from bot.rules.pushes.windows import Window
from bot.store.campaigns import campaigns_running, festivals
from bot.store.database import Session
from bot.store.planning import awaited, occasions
from bot.store.planning.awaited import Awaited
from bot.store.planning.candidates import Shape, alike, of_campaign, shapes_of
from bot.store.planning.eligibility import Policy
from bot.store.planning.moments import Moment, planning
from bot.store.planning.operands import Candidate
from bot.store.segments.segments import members_beside, understood
from bot.store.tables import campaigns
from bot.values.channels import TEMPLATE
from bot.values.festival import Festival

BITS = 62  # audiences in one whole number
KEEPS = "already_kept"  # of a kind: only the next contact could bring it to them


@dataclass(slots=True)
class OfPurpose:
    """Everything of one purpose: its window, and the kinds and audiences of its campaigns, by number."""

    purpose: str
    window: Window
    slots: list[datetime]
    moment: Moment
    kinds: list[Candidate] = field(default_factory=list)
    numbers: dict[tuple[Any, ...], int] = field(default_factory=dict)  # of the kinds
    audiences: dict[str, ColumnElement[bool]] = field(default_factory=dict)  # by name, in the order of bits

    @property
    def masks(self) -> int:
        """Whole numbers it takes for the bits."""
        return -(-len(self.audiences) // BITS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A campaign's contents of one purpose."""

    number: int
    campaign: Row[Any]
    campaign_number: int
    of: OfPurpose
    candidate: Candidate
    kind: int
    bit: int | None  # None: everybody is its audience
    occasion: Subquery | None = None  # whose it is on the window's day; None: the campaign waits for none
    takes_calls: bool = False  # of a channel that has so many a day, for all together
    later: Sequence[Awaited] = ()  # more important ones that keep their customers from it

    @property
    def purpose(self) -> str:
        return self.of.purpose


@dataclass(frozen=True, slots=True)
class Agenda:
    entries: Sequence[Entry]
    purposes: Mapping[str, OfPurpose]
    numbers: Mapping[str, int]  # of every campaign there is
    windows: Mapping[str, Window]  # that are open or open soon, of purposes without a campaign too

    @property
    def later(self) -> list[Awaited]:
        """All that keep their customers from some campaign at hand."""
        return list({one.campaign_id: one for entry in self.entries for one in entry.later}.values())

    @property
    def in_turn(self) -> list[Entry]:
        """As they choose: the most important first, equally important ones in another order every day."""
        return sorted(
            self.entries,
            key=lambda one: (-one.campaign.priority, turn_of(one.campaign.id, one.of.window.day), one.number),
        )

    @property
    def is_of_one_piece(self) -> bool:
        """What one customer gets leans on what the others do: a day's one mass send, or its calls."""
        return any(one.takes_calls or one.of.moment.mass.target == "tag" for one in self.entries)

    def others(self, entry: Entry) -> list[int]:
        """The entries of the same campaign for other purposes."""
        return [
            one.number
            for one in self.entries
            if one.campaign_number == entry.campaign_number and one.number != entry.number
        ]

    @property
    def book(self) -> dict[str, Any]:
        """What the numbers mean, for whoever reads the verdicts later."""
        return {
            "windows": {
                name: {"opens": window.opens.isoformat(), "closes": window.closes.isoformat()}
                for name, window in self.windows.items()
            },
            "entries": [
                {"campaign": one.campaign.id, "purpose": one.purpose, "kind": one.kind, "bit": one.bit}
                for one in self.entries
            ],
            "audiences": {name: list(of.audiences) for name, of in self.purposes.items()},
        }


def agenda(session: Session, windows: Mapping[str, Window], at: datetime, config: Config) -> Agenda:
    """The campaigns that run on the day of their purpose's window, numbered by id: so numbers stay as days pass."""
    purposes = {name: _of_purpose(session, name, window, at, config) for name, window in windows.items()}
    known = session.execute(select(campaigns.c.id).order_by(campaigns.c.id)).scalars()
    numbers = {name: number for number, name in enumerate(known, start=1)}
    days, later = festivals.known(session), awaited.later_today(session, at, config, windows)
    entries: list[Entry] = []
    running = campaigns_running.between(session, [window.day for window in windows.values()])
    purposes_of = campaigns_running.purposes(session, running)
    for campaign in sorted(running, key=lambda one: str(one.id)):
        for purpose in purposes_of.get(campaign.id, ()):
            of = purposes.get(purpose)
            if not of or not campaign.starts <= of.window.day <= campaign.ends:
                continue
            occasion = _occasion(campaign, of, config, days)
            if campaign.occasion is None or occasion is not None:
                number = numbers[campaign.id]
                entries.append(_entry(session, len(entries), campaign, number, of, occasion, later))
    asked = {entry.purpose for entry in entries}
    asked_for = {name: of for name, of in purposes.items() if name in asked}
    return Agenda(entries, asked_for, numbers, windows)


def _of_purpose(session: Session, name: str, window: Window, at: datetime, config: Config) -> OfPurpose:
    slots = slots_of(max(at, window.opens), window.closes)
    return OfPurpose(name, window, slots, planning(session, window, at, slots[-1], config))


def _occasion(
    campaign: Row[Any], of: OfPurpose, config: Config, days: Mapping[str, Festival]
) -> Subquery | None:
    if campaign.occasion is None:
        return None
    return occasions.of_campaign(campaign, of.window.day, config.push.zone, days)


def _entry(
    session: Session,
    number: int,
    campaign: Row[Any],
    campaign_number: int,
    of: OfPurpose,
    occasion: Subquery | None,
    later: Sequence[Awaited],
) -> Entry:
    shapes = shapes_of(session, campaign.id, of.purpose)
    kind = of.numbers.setdefault(alike(campaign, shapes), len(of.kinds))
    if kind == len(of.kinds):
        of.kinds.append(of_campaign(campaign, of.purpose, of.moment, shapes))
    return Entry(
        number=number,
        campaign=campaign,
        campaign_number=campaign_number,
        of=of,
        candidate=replace(of.kinds[kind], campaign_id=literal(campaign.id)),
        kind=kind,
        bit=_bit_of_audience(session, campaign, of, number if occasion is not None else None),
        occasion=occasion,
        takes_calls=_takes_calls(of, shapes),
        later=awaited.before(later, campaign, of.window),
    )


def _takes_calls(of: OfPurpose, shapes: Sequence[Shape]) -> bool:
    is_taken = of.purpose == "service" and TEMPLATE in of.moment.channels
    return is_taken and any(shape.template_id is not None for shape in shapes)


def _bit_of_audience(
    session: Session, campaign: Row[Any], of: OfPurpose, of_occasion: int | None
) -> int | None:
    """`of_occasion`: the number of the entry, if it waits for one."""
    asked, name = audience_of(session, campaign, of.moment), str(campaign.segment_id)
    if of_occasion is not None and not occasions.concerns_all(campaign):
        has_one = occasions.is_laid_aside(of_occasion)
        asked, name = has_one if asked is None else and_(asked, has_one), f"{name}@{campaign.id}"
    if asked is None:
        return None
    of.audiences.setdefault(name, asked)
    return list(of.audiences).index(name)


def audience_of(session: Session, campaign: Row[Any], moment: Moment) -> ColumnElement[bool] | None:
    """Who may be a candidate, over `customers` beside `customer_statistics`; None: everybody."""
    rule = understood(session, campaign.rule)
    return None if rule == understood(session, {}) else members_beside(rule, moment.now)


def reason_of(policy: Policy, candidate: Candidate) -> ColumnElement[Any]:
    return literal(KEEPS) if policy.name == KEEPS else policy.says(candidate)

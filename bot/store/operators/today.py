"""The figures of one day, and what somebody should look at, for the console's first page."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain

from sqlalchemy import ColumnElement, and_, func, select

from bot.rules.contents.rendering import needs_of_any_way
from bot.store.campaigns import uploads
from bot.store.campaigns.contents import soon_needed
from bot.store.database import Session
from bot.store.delivery_states import IS_ENDED, IS_NOT_SKIPPED
from bot.store.sending import halts
from bot.store.tables import (
    campaign_contents,
    campaigns,
    contents,
    customers,
    deliveries,
    handovers,
    messages,
)
from bot.values.pushes import Halted

RECENT = timedelta(days=7)  # what nobody knew for longer is for the list of deliveries
UNDER_WAY = ("being_published", "not_held")  # no refusal: it takes a while


@dataclass(frozen=True, slots=True)
class Figures:
    messages_in: int
    messages_out: int
    customers_who_spoke: int
    new_followers: int
    deliveries: dict[str, int]  # by state, only those that occur

    @property
    def pushes(self) -> int:
        """That went out or are to: what was skipped is another's turn, or nobody's."""
        return sum(number for state, number in self.deliveries.items() if state != "skipped")


@dataclass(frozen=True, slots=True)
class Refused:
    """A content that a running campaign is to send, and WeChat would not take."""

    content_id: str
    title: str
    reason: str


@dataclass(frozen=True, slots=True)
class Concerns:
    halted: list[Halted]
    unknown: int  # deliveries of the last days whose outcome nobody knows
    waiting: int  # customers who wait for a person
    answers_owed: int  # messages whose answer is not ready yet
    unapproved: list[tuple[str, str]]  # running campaigns with a content nobody approved: id, name
    refused: list[Refused]

    @property
    def stopped(self) -> bool:
        return any(one.channel == halts.PUSHES for one in self.halted)

    @property
    def any(self) -> bool:
        return any(
            (self.halted, self.unknown, self.waiting, self.answers_owed, self.unapproved, self.refused)
        )


def figures(session: Session, day: date, since: datetime, until: datetime) -> Figures:
    """`since` and `until` bound the day `day` of the shop. An event is no message: WeChat's reports come as such."""
    of_today = (
        messages.c.created_at >= since,
        messages.c.created_at < until,
        messages.c.kind.not_like("event:%"),
    )
    asked = (
        select(messages.c.direction, func.count().label("number"))
        .where(*of_today)
        .group_by(messages.c.direction)
    )
    said = {row.direction: row.number for row in session.execute(asked)}
    spoke = select(func.count(messages.c.customer_id.distinct())).where(
        *of_today, messages.c.direction == "in"
    )
    followers = select(func.count()).where(customers.c.followed_at >= since, customers.c.followed_at < until)
    return Figures(
        messages_in=said.get("in", 0),
        messages_out=said.get("out", 0),
        customers_who_spoke=session.execute(spoke).scalar_one(),
        new_followers=session.execute(followers).scalar_one(),
        deliveries=_by_state(session, day, since, until),
    )


def _by_state(session: Session, day: date, since: datetime, until: datetime) -> dict[str, int]:
    """By two indexes: what was skipped does not stand in that of a day, and is found by when it was due."""
    due = and_(deliveries.c.due_at >= since, deliveries.c.due_at < until)
    found: dict[str, int] = {}
    for of_the_day in (and_(IS_NOT_SKIPPED, deliveries.c.day == day), and_(~IS_NOT_SKIPPED, due)):
        asked = select(deliveries.c.state, func.count().label("number")).where(of_the_day)
        found |= {row.state: row.number for row in session.execute(asked.group_by(deliveries.c.state))}
    return found


def concerns(session: Session, now: datetime, day: date) -> Concerns:
    return Concerns(
        halted=halts.every(session, now),
        unknown=_count(session, _is_newly_unknown(now)),
        waiting=_count(session, handovers.c.closed_at.is_(None)),
        answers_owed=_count(session, messages.c.state == "pending"),
        unapproved=_running_without_approval(session),
        refused=_refused(session, day),
    )


def _is_newly_unknown(now: datetime) -> ColumnElement[bool]:
    """By the index of what ended, which begins with the day: an outcome may be given up on days after it."""
    first = (now - 2 * RECENT).date()
    return and_(
        IS_ENDED,
        deliveries.c.day >= first,
        deliveries.c.state == "unknown",
        deliveries.c.finished_at > now - RECENT,
    )


def _running_without_approval(session: Session) -> list[tuple[str, str]]:
    asked = (
        select(campaigns.c.id, campaigns.c.name)
        .join(campaign_contents, campaign_contents.c.campaign_id == campaigns.c.id)
        .join(contents, contents.c.id == campaign_contents.c.content_id)
        .where(campaigns.c.status == "running", contents.c.approved_at.is_(None))
        .distinct()
        .order_by(campaigns.c.name)
    )
    return [(row.id, row.name) for row in session.execute(asked)]


def _refused(session: Session, day: date) -> list[Refused]:
    wanted = {content.id: needs_of_any_way(content) for content in soon_needed(session, day)}
    standings = uploads.standings(session, chain.from_iterable(wanted.values()))
    refusals = {need: one.error for need, one in standings.items() if one.error not in ("", *UNDER_WAY)}
    reasons = {name: refusals[need] for name, all_ in wanted.items() for need in all_ if need in refusals}
    asked = select(contents.c.id, contents.c.title).where(contents.c.id.in_(reasons))
    found = session.execute(asked.order_by(contents.c.title))
    return [Refused(row.id, row.title, reasons[row.id]) for row in found]


def _count(session: Session, condition: ColumnElement[bool]) -> int:
    number: int = session.execute(select(func.count()).where(condition)).scalar_one()
    return number

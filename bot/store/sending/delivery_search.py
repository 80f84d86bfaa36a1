"""Searches the deliveries and counts them by state, so that what is shown always adds up."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, or_, select

from bot.store.database import Session
from bot.store.delivery_states import IS_PLANNED, STATES
from bot.store.newest import newest
from bot.store.people.customer_search import is_meant
from bot.store.sending.handing import OUTWARD
from bot.store.tables import campaigns, contents, customers, deliveries


@dataclass(frozen=True, slots=True)
class DeliveryLine:
    id: int
    campaign_id: str  # empty: an answer that was not ready in time, or a person's message
    campaign_name: str
    customer_id: int
    customer_name: str
    openid: str
    content_id: str
    content_title: str
    channel: str
    purpose: str
    state: str
    reason: str
    day: date
    planned_at: datetime
    due_at: datetime
    claimed_at: datetime | None
    finished_at: datetime | None
    attempts: int
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryFilter:
    """Empty fields filter nothing. Days are calendar days of the shop, both included."""

    campaign_id: str = ""
    state: str = ""
    reason: str = ""
    customer: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Totals:
    states: dict[str, int]  # every state, also those with none
    reasons: dict[tuple[str, str], int]  # (state, reason), the most frequent first

    @property
    def all(self) -> int:
        return sum(self.states.values())


def find(
    session: Session, wanted: DeliveryFilter, *, before: int | None = None, most: int = 50
) -> list[DeliveryLine]:
    """Newest first; `before` is the id the last page ended with."""
    asked = _lines().where(*_conditions(wanted))
    return [_line(row) for row in newest(session, asked, deliveries.c.id, before=before, most=most)]


def coming(session: Session, now: datetime, *, most: int = 8) -> list[DeliveryLine]:
    """What goes out next, the soonest first; without what is kept for the customer's next contact.

    Nor what missed its window: the next plan says when, or that it is too late.
    """
    is_to_come = or_(deliveries.c.closes_at.is_(None), deliveries.c.closes_at > now)
    soonest: list[tuple[datetime, int]] = []
    for channel in OUTWARD:  # each by itself, as the index of what is planned begins with it
        asked = select(deliveries.c.due_at, deliveries.c.id).where(IS_PLANNED, is_to_come)
        asked = asked.where(deliveries.c.channel == channel).order_by(deliveries.c.due_at, deliveries.c.id)
        soonest += [(row.due_at, row.id) for row in session.execute(asked.limit(most))]
    ids = [number for _, number in sorted(soonest)[:most]]
    found = lines_of(session, ids)
    return [found[number] for number in ids]


def lines_of(session: Session, delivery_ids: list[int]) -> dict[int, DeliveryLine]:
    return {row.id: _line(row) for row in session.execute(_lines().where(deliveries.c.id.in_(delivery_ids)))}


def totals(session: Session, wanted: DeliveryFilter) -> Totals:
    asked = (
        select(deliveries.c.state, deliveries.c.reason, func.count().label("number"))
        .select_from(deliveries)
        .where(*_conditions(wanted))
        .group_by(deliveries.c.state, deliveries.c.reason)
    )
    if wanted.customer:
        asked = asked.join(customers, customers.c.id == deliveries.c.customer_id)
    states = dict.fromkeys(STATES, 0)
    reasons: dict[tuple[str, str], int] = {}
    for state, reason, number in session.execute(asked):
        states[state] += number
        if reason:
            reasons[state, reason] = number
    return Totals(states, dict(sorted(reasons.items(), key=lambda found: (-found[1], found[0]))))


def _lines() -> Select[Any]:
    return (
        select(
            deliveries,
            campaigns.c.name.label("campaign_name"),
            customers.c.name.label("customer_name"),
            customers.c.openid,
            contents.c.title.label("content_title"),
        )
        .join(customers, customers.c.id == deliveries.c.customer_id)
        .outerjoin(campaigns, campaigns.c.id == deliveries.c.campaign_id)
        .outerjoin(contents, contents.c.id == deliveries.c.content_id)
    )


def _conditions(wanted: DeliveryFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.campaign_id:
        conditions.append(deliveries.c.campaign_id == wanted.campaign_id)
    if wanted.state:
        # those that were sent are nearly all: SQLite would go to each of them by the index of what ended
        state = deliveries.c.state.concat("") if wanted.state == "sent" else deliveries.c.state
        conditions.append(state == wanted.state)
    if wanted.reason:
        conditions.append(deliveries.c.reason == wanted.reason)
    if wanted.customer:
        conditions.append(is_meant(wanted.customer))
    if wanted.since:
        conditions.append(deliveries.c.day >= wanted.since)
    if wanted.until:
        conditions.append(deliveries.c.day <= wanted.until)
    return conditions


def _line(row: Row[Any]) -> DeliveryLine:
    return DeliveryLine(
        id=row.id,
        campaign_id=row.campaign_id or "",
        campaign_name=row.campaign_name or "",
        customer_id=row.customer_id,
        customer_name=row.customer_name or "",
        openid=row.openid or "",
        content_id=row.content_id or "",
        content_title=row.content_title or "",
        channel=row.channel,
        purpose=row.purpose,
        state=row.state,
        reason=row.reason,
        day=row.day,
        planned_at=row.planned_at,
        due_at=row.due_at,
        claimed_at=row.claimed_at,
        finished_at=row.finished_at,
        attempts=row.attempts,
        payload=row.payload or {},
    )

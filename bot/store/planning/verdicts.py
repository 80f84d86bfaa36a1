"""What was decided for a customer and a campaign, derived from where the customer stands: one expression, no row of its own.

It is used for the totals of a pass, over those who stand alike, and by whoever reads: one customer's, a campaign's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Row,
    Select,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    literal_column,
    select,
    true,
    union_all,
)

from bot.rules.pushes.windows import PURPOSES
from bot.store.database import Session
from bot.store.planning.eligibility import above_deliveries
from bot.store.planning.plan_entries import BITS, KEEPS
from bot.store.tables import former_standings, plan_passes, standings

MINE = ("planned", "kept", "withdrawn")
LOOKED_BACK = 1_000  # passes; one purpose rests for a night, or as long as no campaign of it runs
VALUES = (
    "last_push_at", "engagement", "silent_pushes", "window_until", "window_left", "mass_month", "mass_used",
)  # fmt: skip
STANDING = ("pass_id", "reasons", "turn", "kept", "own", "audiences", *VALUES)


def verdict(
    reason: ColumnElement[Any],
    own: ColumnElement[Any],
    turn: ColumnElement[Any],
    kept: ColumnElement[Any],
    campaign_id: str,
) -> ColumnElement[Any]:
    """For one of a campaign's audience; null when the pass had nothing to say.

    `reason`: what stands against them for campaigns of this kind. `own`: what the campaign says besides. `turn`, `kept`:
    ids of the campaigns that have their turn, and whose content waits for them.
    """
    me = literal(campaign_id)
    return case(
        (reason.in_(above_deliveries(campaign_id)), reason),
        (own.in_(MINE), own),
        (turn == me, "planned"),
        (turn.is_not(None), literal("lost_to:") + turn),
        (and_(reason == KEEPS, kept == me), "kept"),
        (and_(reason == KEEPS, kept.is_not(None)), literal("lost_to:") + kept),
        (and_(reason.is_not(None), reason != KEEPS), reason),
        else_=own,
    )


@dataclass(frozen=True, slots=True)
class Page:
    """Of a pass' book: how the numbers of one purpose are read."""

    pass_id: int
    purpose: str
    entries: Sequence[dict[str, Any]]
    opens: datetime
    closes: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    campaign_id: str
    purpose: str
    reason: str
    decided_at: datetime  # by the pass that first said so
    values: dict[str, Any]  # of the customer, as they were then


def page_at(session: Session, purpose: str, at: datetime | None = None) -> Page | None:
    """Of the last pass over everybody that looked at the purpose, and had begun by then; None before the first."""
    asked = select(plan_passes.c.id, plan_passes.c.book).where(
        plan_passes.c.kind == "full", plan_passes.c.finished_at.is_not(None)
    )
    if at is not None:
        asked = asked.where(plan_passes.c.at <= at)
    for row in session.execute(asked.order_by(plan_passes.c.id.desc()).limit(LOOKED_BACK)):
        if entries := [entry for entry in row.book["entries"] if entry["purpose"] == purpose]:
            opens, closes = (
                datetime.fromisoformat(row.book["windows"][purpose][name]) for name in ("opens", "closes")
            )
            return Page(row.id, purpose, entries, opens, closes)
    return None


def pages(session: Session, at: datetime | None = None) -> list[Page]:
    found = (page_at(session, purpose, at) for purpose in PURPOSES)
    return [page for page in found if page]


def of_customer(session: Session, customer_id: int, at: datetime | None = None) -> list[Verdict]:
    """The last word of every campaign that was looked at: now, or as it was at an instant that is over."""
    found: list[Verdict] = []
    for page in pages(session, at):
        table = _standing_at(session, page.purpose, customer_id, at)
        for entry in page.entries:
            asked = select(table, _said(table, entry).label("said")).where(_is_of_audience(table, entry))
            row = session.execute(asked).one_or_none()
            if row is not None and row.said is not None:
                found.append(_verdict(session, row, entry))
    return found


def of_campaign(session: Session, campaign_id: str) -> Select[tuple[int, str]]:
    """Everybody's last verdict for a campaign, in the columns `customer_id` and `reason`."""
    parts = [
        select(standings.c.customer_id, _said(standings, entry).label("reason")).where(
            standings.c.purpose == page.purpose, _is_of_audience(standings, entry)
        )
        for page in pages(session)
        for entry in page.entries
        if entry["campaign"] == campaign_id
    ]
    if not parts:
        return select(standings.c.customer_id, standings.c.purpose.label("reason")).where(false())
    every = union_all(*parts).subquery()
    return select(every.c.customer_id, every.c.reason).where(every.c.reason.is_not(None))


def _said(table: Any, entry: dict[str, Any]) -> ColumnElement[Any]:
    reason = table.c.reasons[entry["kind"]].as_string()
    own = table.c.own[entry["campaign"]].as_string()
    return verdict(reason, own, table.c.turn, table.c.kept, entry["campaign"])


def _is_of_audience(table: Any, entry: dict[str, Any]) -> ColumnElement[bool]:
    if entry["bit"] is None:
        return true()
    mask = table.c.audiences[entry["bit"] // BITS].as_string()
    bit: ColumnElement[int] = literal_column(str(1 << entry["bit"] % BITS))
    return cast(mask, BigInteger).op("&")(bit) != literal_column("0")


def _standing_at(session: Session, purpose: str, customer_id: int, at: datetime | None) -> Any:
    """The one row that held then, if it is kept still."""
    of_them = and_(standings.c.purpose == purpose, standings.c.customer_id == customer_id)
    now = select(*(standings.c[name] for name in STANDING)).where(of_them)
    if at is None:
        return now.subquery()
    done = and_(plan_passes.c.at <= at, plan_passes.c.finished_at.is_not(None))
    last = session.execute(select(func.max(plan_passes.c.id)).where(done)).scalar() or 0
    was = former_standings.c
    then = select(*(was[name] for name in STANDING)).where(
        was.customer_id == customer_id, was.purpose == purpose, was.pass_id <= last, was.until_pass > last
    )
    return union_all(now.where(standings.c.pass_id <= last), then).subquery()


def _verdict(session: Session, row: Row[Any], entry: dict[str, Any]) -> Verdict:
    at = session.execute(select(plan_passes.c.at).where(plan_passes.c.id == row.pass_id)).scalar_one()
    return Verdict(
        campaign_id=entry["campaign"],
        purpose=entry["purpose"],
        reason=row.said,
        decided_at=at,
        values={name: getattr(row, name) for name in VALUES},
    )

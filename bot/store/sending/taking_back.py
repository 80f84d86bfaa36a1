"""A claim that certainly sent nothing is undone: the customer gets the rhythm and the ledger back, once."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, FromClause, ScalarSelect, and_, exists, func, or_, select, update

from bot.store.among import among
from bot.store.database import Session
from bot.store.planning.moments import Moment
from bot.store.programs import outbox
from bot.store.sending import daily_calls, notice_consents
from bot.store.sending.claims import customers_of
from bot.store.tables import customers, deliveries
from bot.values.channels import NEXT_CONTACT

_taken, _there = deliveries.alias("taken"), deliveries.alias("there")


def take_back(session: Session, ids: Iterable[int], month: str) -> None:
    """Of deliveries that certainly sent nothing: the customer gets the rhythm and the ledger back.

    The rhythm only while nobody has pushed since; the ledger only while it is still the one taken from. The
    caller has just moved these from `claimed` by compare-and-set, so it happens once.
    """
    ids = list(ids)
    if not ids:
        return
    taken = _taken
    is_last = taken.c.id == customers.c.last_push_id
    session.execute(
        update(customers)
        .where(customers.c.id.in_(customers_of(session, ids)), among(session, customers.c.last_push_id, ids))
        .values(
            last_push_at=_value_of(taken, taken.c.before_push_at, is_last),
            last_push_day=_value_of(taken, taken.c.before_push_day, is_last),
            last_push_id=_value_of(taken, taken.c.before_push_id, is_last),
        )
    )
    _give_to_ledger(
        session,
        ids,
        "window",
        {"window_left": customers.c.window_left + _messages_of(session, taken, ids)},
        _no_message_since(session, taken, ids),
    )
    notice_consents.give_back(session, ids)
    daily_calls.give_back(session, ids)
    _give_to_ledger(
        session, ids, "mass", {"mass_used": customers.c.mass_used - 1},
        and_(customers.c.mass_month == month, customers.c.mass_used > 0),
    )  # fmt: skip


def release(
    session: Session,
    ids: Sequence[int],
    moment: Moment,
    reason: str,
    *,
    token: str | None = None,
    due_at: datetime | None = None,
) -> None:
    """Claimed deliveries that certainly sent nothing are planned again, and the claim is taken back.

    With a token, only while they are that claim's. One whose customer has another push planned meanwhile gives
    way to it.
    """
    if not ids:
        return
    claimed = and_(among(session, deliveries.c.id, ids), deliveries.c.state == "claimed")
    if token is not None:
        claimed = and_(claimed, deliveries.c.claim_token == token)
    there = _there
    is_replaced = and_(
        deliveries.c.campaign_id.is_not(None),
        exists()
        .where(
            there.c.customer_id == deliveries.c.customer_id,
            there.c.state == "planned",
            there.c.campaign_id.is_not(None),
            there.c.channel != NEXT_CONTACT,
        )
        .correlate(deliveries),
    )
    gave_way = session.execute(
        update(deliveries)
        .where(claimed, is_replaced)
        .values(state="skipped", reason="lost_to", finished_at=moment.now)
        .returning(deliveries.c.id)
    )
    replaced = list(gave_way.scalars())
    outbox.deliveries_ended(session, replaced)
    take_back(session, replaced, moment.month)
    values: dict[str, Any] = {
        "state": "planned",
        "reason": reason[:100],
        "claim_token": None,
        "left_at": None,
        "lease_until": None,
        "handed_until": None,
    }
    if due_at is not None:
        values["due_at"] = due_at
    back = session.execute(update(deliveries).where(claimed).values(values).returning(deliveries.c.id))
    take_back(session, list(back.scalars()), moment.month)


def _give_to_ledger(
    session: Session, ids: list[int], took: str, values: dict[str, Any], still_the_same: ColumnElement[bool]
) -> None:
    paid = select(deliveries.c.customer_id).where(
        among(session, deliveries.c.id, ids), deliveries.c.took == took
    )
    session.execute(update(customers).where(customers.c.id.in_(paid), still_the_same).values(values))


def _messages_of(session: Session, taken: FromClause, ids: list[int]) -> ColumnElement[int]:
    """How many the window gave for what they were to get."""
    given = (
        select(func.sum(taken.c.messages))
        .where(taken.c.customer_id == customers.c.id, taken.c.took == "window")
        .where(among(session, taken.c.id, ids))
    )
    return func.coalesce(given.correlate(customers).scalar_subquery(), 0)


def _no_message_since(session: Session, taken: FromClause, ids: list[int]) -> ColumnElement[bool]:
    """Their next message opens a new window; what an old one was owed is not added to it."""
    claimed_at = (
        select(taken.c.claimed_at)
        .where(
            taken.c.customer_id == customers.c.id, among(session, taken.c.id, ids), taken.c.took == "window"
        )
        .order_by(taken.c.id.desc())
        .limit(1)
        .correlate(customers)
        .scalar_subquery()
    )
    return or_(customers.c.spoke_at.is_(None), customers.c.spoke_at <= claimed_at)


def _value_of(mine: FromClause, what: ColumnElement[Any], which: ColumnElement[bool]) -> ScalarSelect[Any]:
    return select(what).select_from(mine).where(which).correlate(customers).scalar_subquery()

"""Forgets a person, as the platform demands when they leave: what is kept says nothing about anybody.

An anonymous row stays so that deliveries keep adding up. A keyed hash keeps the opt-out, and the rhythm for a
month, so that leaving and coming back neither undoes a refusal nor brings two pushes on one day.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, func, insert, null, select, update

from bot.rules.hashing import openid_hash
from bot.store.database import Session
from bot.store.loyalty import points
from bot.store.people import follow_history, merges
from bot.store.planning import standings
from bot.store.programs import outbox
from bot.store.segments import segment_memberships
from bot.store.tables import (
    account_managers,
    best_hours,
    bind_codes,
    binding_talks,
    channel_suppressions,
    customer_categories,
    customer_moves,
    customer_statistics,
    customer_tags,
    customers,
    deliveries,
    facts,
    follow_doubts,
    follow_ups,
    followers_named,
    former_names,
    handovers,
    lookalikes,
    messages,
    notice_consents,
    nurturing_plans,
    open_questions,
    orders,
    questions,
    reviews,
    spoken_hours,
    suppressions,
)
from bot.store.talk import forms, mentions

RHYTHM_KEPT = timedelta(days=31)  # the longest a monthly quota or a gap can matter
REPEATS_END = timedelta(minutes=1)  # WeChat repeats a push for 15 s; until then the key of each must stand

# what a row without a person says; of merged rows the one that is no more is such
NOTHING: dict[str, Any] = {
    "openid": None, "external_id": None, "phone": None, "union_id": None, "name": None, "gender": None, "birthday": None,
    "province": None, "city": None, "level": None, "points": 0,
    "source_scene": "", "followed_at": None, "spoke_at": None, "wants_pushes": False, "asked_for_pushes_at": None,
    "wants_personal": True,
    "stopped_pushes_at": None, "engagement": "ordinary", "silent_pushes": 0, "with_person_until": None,
    "complaint_open": False, "window_until": None, "window_left": 0, "scene_until": None, "scene_left": 0,
    "last_push_at": None, "last_push_day": None, "last_push_id": None, "mass_month": None, "mass_used": 0,
    "has_kept": False, "has_pending": False, "question_until": None, "ask_after": None,
    "form_until": None,
}  # fmt: skip

MADE_OF_THEM = (
    customer_statistics, customer_moves, follow_ups, lookalikes, customer_categories, nurturing_plans, spoken_hours, best_hours, open_questions,
    account_managers,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What was removed, by count; `known` is false when there was nobody to forget."""

    known: bool
    messages: int = 0
    tags: int = 0
    verdicts: int = 0
    handovers: int = 0
    deliveries_called_off: int = 0
    orders_unlinked: int = 0
    places: int = 0
    facts: int = 0
    keeps_opt_out: bool = False


def forget(session: Session, customer_id: int, salt: str, now: datetime) -> Receipt:
    """Everything at once, in the caller's transaction; a second time there is nothing left to do."""
    person = session.execute(select(customers).where(customers.c.id == customer_id).with_for_update()).first()
    if person is None or person.forgotten_at is not None:
        return Receipt(known=False)
    if person.openid:
        _keep_the_refusal(session, person, salt, now)
    called_off = _call_off(session, customer_id, now)
    receipt = Receipt(
        known=True,
        messages=_forget_messages(session, customer_id, now),
        tags=_remove(session, customer_tags.delete().where(customer_tags.c.customer_id == customer_id)),
        verdicts=standings.forget(session, customer_id),
        handovers=_remove(session, handovers.delete().where(handovers.c.customer_id == customer_id)),
        deliveries_called_off=called_off,
        orders_unlinked=_unlink_orders(session, customer_id),
        places=_forget_places(session, customer_id),
        facts=_forget_facts(session, customer_id),
        keeps_opt_out=not person.wants_pushes,
    )
    points.forget(session, customer_id, now)
    forms.forget(session, customer_id)
    mentions.forget(session, customer_id)
    merges.forget(session, customer_id)
    segment_memberships.forget(session, customer_id)
    follow_history.forget(session, customer_id, openid_hash(person.openid, salt) if person.openid else None)
    _forget_binding(session, customer_id)
    session.execute(delete(followers_named).where(followers_named.c.openid == person.openid))
    outbox.forget(session, customer_id)
    outbox.record(session, "customer.forgotten", customer_id, None, now)
    gone = NOTHING | {"forgotten_at": now, "unfollowed_at": now}
    session.execute(update(customers).where(customers.c.id == customer_id).values(gone))
    return receipt


def forget_authorised(session: Session, customer_id: int) -> None:
    """They withdrew what a web page of ours was allowed to read; they still follow."""
    shared: dict[str, Any] = {"name": None, "province": None, "city": None}
    theirs = (facts.c.customer_id == customer_id, facts.c.attribute.in_(shared))
    session.execute(delete(facts).where(*theirs))
    session.execute(update(customers).where(customers.c.id == customer_id).values(shared))


def tidy(session: Session, now: datetime) -> int:
    """Daily: hashes that keep no refusal."""
    old = suppressions.c.forgotten_at < now - RHYTHM_KEPT
    session.execute(update(suppressions).where(old, suppressions.c.opted_out).values(_NO_RHYTHM))
    follow_history.tidy(session, now - RHYTHM_KEPT)
    return _remove(session, delete(suppressions).where(old, ~suppressions.c.opted_out))


def drop_late_words(session: Session, now: datetime, first: int, last: int) -> None:
    """Daily, for a stretch of customers: what arrived for somebody while they were being forgotten."""
    forgotten = select(customers.c.id).where(
        customers.c.id.between(first, last), customers.c.forgotten_at < now - REPEATS_END
    )
    session.execute(delete(messages).where(messages.c.customer_id.in_(forgotten)))
    theirs = update(deliveries).where(deliveries.c.customer_id.in_(forgotten), _has_words())
    session.execute(theirs.values(payload=null()))


_NO_RHYTHM: dict[str, Any] = {"last_push_at": None, "last_push_day": None, "mass_month": None, "mass_used": 0}


def _keep_the_refusal(session: Session, person: Row[Any], salt: str, now: datetime) -> None:
    hashed = openid_hash(person.openid, salt)
    session.execute(delete(suppressions).where(suppressions.c.openid_hash == hashed))
    if person.wants_pushes and person.last_push_at is None and not person.mass_used:
        return
    session.execute(
        insert(suppressions).values(
            openid_hash=hashed,
            opted_out=not person.wants_pushes,
            last_push_at=person.last_push_at,
            last_push_day=person.last_push_day,
            mass_month=person.mass_month,
            mass_used=person.mass_used,
            forgotten_at=now,
        )
    )


def _forget_messages(session: Session, customer_id: int, now: datetime) -> int:
    """Words go at once. The bare keys of the last minute stay, so that a repeat of them has no effect."""
    theirs = messages.c.customer_id == customer_id
    count = session.execute(select(func.count()).select_from(messages).where(theirs)).scalar_one()
    repeatable = (messages.c.direction == "in") & (messages.c.created_at > now - REPEATS_END)
    session.execute(delete(messages).where(theirs, ~repeatable))
    bare: dict[str, Any] = {"text": "", "raw": None, "payload": null(), "source_id": None, "state": "done"}
    session.execute(update(messages).where(theirs).values(bare))
    return int(count)


def _call_off(session: Session, customer_id: int, now: datetime) -> int:
    theirs = deliveries.c.customer_id == customer_id
    waiting = update(deliveries).where(theirs, deliveries.c.state == "planned")
    called_off = _remove(
        session, waiting.values(state="skipped", reason="forgotten", finished_at=now, payload=null())
    )
    over = update(deliveries).where(theirs, deliveries.c.state != "claimed", _has_words())
    session.execute(over.values(payload=null()))
    return called_off


def _has_words() -> ColumnElement[bool]:
    return deliveries.c.payload.is_not(None) & (deliveries.c.state != "claimed")


def _unlink_orders(session: Session, customer_id: int) -> int:
    """The shop's books keep the order and the review; whose they were stays with the shop."""
    session.execute(update(reviews).where(reviews.c.customer_id == customer_id).values(customer_id=None))
    return _remove(
        session, update(orders).where(orders.c.customer_id == customer_id).values(customer_id=None)
    )


def _forget_places(session: Session, customer_id: int) -> int:
    """What was made of their orders and their messages: figures, places, moves, follow-ups, likeness, hours."""
    return sum(
        _remove(session, delete(table).where(table.c.customer_id == customer_id)) for table in MADE_OF_THEM
    )


def _forget_facts(session: Session, customer_id: int) -> int:
    """What was known of them, from whomever, and what they were asked."""
    session.execute(delete(questions).where(questions.c.customer_id == customer_id))
    return _remove(session, delete(facts).where(facts.c.customer_id == customer_id))


def _forget_binding(session: Session, customer_id: int) -> None:
    for table in (
        bind_codes,
        binding_talks,
        former_names,
        notice_consents,
        channel_suppressions,
        follow_doubts,
    ):
        session.execute(delete(table).where(table.c.customer_id == customer_id))


def _remove(session: Session, statement: Any) -> int:
    return int(session.execute(statement).rowcount)

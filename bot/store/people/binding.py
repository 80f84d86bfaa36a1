"""Joins a chat with what the shop knows of the same person, after a proof: a code the shop gave out, or an order of theirs.

Nobody learns here whether a phone or an order exists: what is unknown, what is wrong and what belongs to another chat
ends as `wrong`, and counts. Tries are counted before they are judged, by who tries and by whom they try to be, in rows
that lock, so that many at once get no more tries than one.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import case, delete, func, literal, select, update

from bot.rules.hashing import openid_hash as keyed
from bot.rules.talk.binding_words import CODE_LENGTH, CODE_LETTERS
from bot.store.database import Instant, Session
from bot.store.people import merges, merging
from bot.store.tables import bind_codes, binding_talks, binding_tries, customers, orders
from bot.store.upserts import or_insert
from bot.values.merging import How, Refused

MOST_TRIES = 5  # that do not fit, within a day
TRIES_COUNT = timedelta(days=1)
TALK_LASTS = timedelta(minutes=10)
CODE_LASTS = timedelta(days=1)
CODES_A_DAY = 5  # for one customer

Outcome = Literal["bound", "wrong", "locked", "busy"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who wants to be bound: the customer of the chat."""

    id: int
    openid: str


@dataclass(frozen=True, slots=True)
class Talk:
    phone: str  # empty: it was asked for


# ---- the talk


def talk_of(session: Session, customer_id: int, now: datetime) -> Talk | None:
    """None when nothing was asked, or too long ago."""
    mine = select(binding_talks.c.phone).where(
        binding_talks.c.customer_id == customer_id, binding_talks.c.expires_at > now
    )
    found = session.execute(mine).first()
    return Talk(found.phone or "") if found else None


def ask(session: Session, customer_id: int, phone: str, now: datetime) -> None:
    """Begins the talk, or notes the phone they said."""
    fresh = {"phone": phone or None, "expires_at": now + TALK_LASTS}
    put = or_insert(session, binding_talks).values(customer_id=customer_id, **fresh)
    session.execute(put.on_conflict_do_update(index_elements=["customer_id"], set_=fresh))


def end(session: Session, customer_id: int) -> None:
    session.execute(delete(binding_talks).where(binding_talks.c.customer_id == customer_id))


def phone_bound(session: Session, customer_id: int) -> str | None:
    """The phone of a customer the shop knows, empty when it has none; None while the chat is all we know of them."""
    found = session.execute(
        select(customers.c.phone, customers.c.external_id).where(customers.c.id == customer_id)
    ).one()
    return (found.phone or "") if found.phone or found.external_id else None


# ---- the proofs


def by_code(session: Session, asker: Asker, code: str, salt: str, now: datetime) -> Outcome:
    if not _may_try(session, _asker_key(asker, salt), now):
        return "locked"
    valid = select(bind_codes.c.id, bind_codes.c.customer_id).where(
        bind_codes.c.code_hash == _code_hash(code, salt),
        bind_codes.c.ended_at.is_(None),
        bind_codes.c.expires_at > now,
    )
    found = session.execute(valid).first()
    if found is not None:  # of two who use it at once the second waits here, and looks again
        session.execute(select(customers.c.id).where(customers.c.id == found.customer_id).with_for_update())
        found = session.execute(valid).first()
    if found is None:
        return "wrong"
    outcome = _joined(session, asker, found.customer_id, "code", salt, now)
    if outcome == "bound":
        used = update(bind_codes).where(bind_codes.c.id == found.id)
        session.execute(used.values(ended_at=now, ended_by="used"))
    return outcome


def by_order(
    session: Session, asker: Asker, order: str, *, phone: str = "", tail: str = "", salt: str, now: datetime
) -> Outcome:
    """The order's number, and the customer's phone or its last four digits: one of them is given."""
    target = _of_order(session, order)
    if phone:
        claimed = session.execute(select(customers.c.id).where(customers.c.phone == phone)).scalar()
    else:
        claimed = target.id if target else None
    aimed_at = f"customer:{claimed}" if claimed else f"nobody:{phone or order.upper()}"
    keys = _asker_key(asker, salt), "t:" + keyed(aimed_at, salt)
    if not all(_may_try(session, key, now) for key in keys):  # who may not try counts for nobody else
        return "locked"
    if (
        target is None
        or not target.phone
        or not (target.phone == phone if phone else target.phone[-4:] == tail)
    ):
        return "wrong"
    outcome = _joined(session, asker, target.id, "order", salt, now)
    if outcome == "bound":
        session.execute(delete(binding_tries).where(binding_tries.c.who == keys[1]))
    return outcome


def tries_left(session: Session, asker: Asker, salt: str, now: datetime) -> int:
    mine = select(binding_tries.c.tries).where(
        binding_tries.c.who == _asker_key(asker, salt), binding_tries.c.since > now - TRIES_COUNT
    )
    return max(MOST_TRIES - (session.execute(mine).scalar() or 0), 0)


# ---- the codes


def give_code(
    session: Session,
    customer_id: int,
    *,
    lasts: timedelta,
    salt: str,
    now: datetime,
    choose: Callable[[str], str] = secrets.choice,
) -> str | None:
    """A code for a customer who is not bound yet; earlier ones end. None when there were too many within a day."""
    session.execute(select(customers.c.id).where(customers.c.id == customer_id).with_for_update())
    lately = select(func.count()).where(
        bind_codes.c.customer_id == customer_id, bind_codes.c.made_at > now - TRIES_COUNT
    )
    if session.execute(lately).scalar_one() >= CODES_A_DAY:
        return None
    standing = update(bind_codes).where(
        bind_codes.c.customer_id == customer_id, bind_codes.c.ended_at.is_(None)
    )
    session.execute(standing.values(ended_at=now, ended_by="replaced"))
    made = {"customer_id": customer_id, "made_at": now, "expires_at": now + lasts}
    while True:  # short enough to be typed, so that two may come out alike
        code = "".join(choose(CODE_LETTERS) for _ in range(CODE_LENGTH))
        kept = or_insert(session, bind_codes).values(made | {"code_hash": _code_hash(code, salt)})
        if session.execute(kept.on_conflict_do_nothing().returning(bind_codes.c.id)).first() is not None:
            return code


def has_a_chat(session: Session, customer_id: int) -> bool:
    """True also for who is forgotten: neither can be bound to a chat."""
    lacks = (customers.c.openid.is_(None), customers.c.forgotten_at.is_(None))
    lacking = select(customers.c.id).where(customers.c.id == customer_id, *lacks)
    return session.execute(lacking).first() is None


def tidy(session: Session, now: datetime) -> None:
    """Daily: what nobody can use any more."""
    session.execute(delete(binding_talks).where(binding_talks.c.expires_at < now))
    session.execute(delete(binding_tries).where(binding_tries.c.since < now - TRIES_COUNT))
    session.execute(delete(bind_codes).where(bind_codes.c.expires_at < now - CODE_LASTS))


def _joined(session: Session, asker: Asker, target_id: int, how: How, salt: str, now: datetime) -> Outcome:
    if how == "order" and merges.were_parted(session, asker.id, target_id):
        return "wrong"  # somebody found that they are two: what proved it then proves nothing now
    merged = merging.merge(session, asker.id, target_id, how=how, staff_id=None, now=now)
    if isinstance(merged, Refused):
        return "busy" if merged.why == "push_under_way" else "wrong"
    session.execute(delete(binding_tries).where(binding_tries.c.who == _asker_key(asker, salt)))
    end(session, asker.id)
    return "bound"


def _of_order(session: Session, number: str) -> Any:
    """Whose it is, capitals aside."""
    found = (
        select(customers.c.id, customers.c.phone)
        .join(orders, orders.c.customer_id == customers.c.id)
        .where(orders.c.external_id.in_({number, number.upper(), number.lower()}))
    )
    return session.execute(found).first()


def _may_try(session: Session, who: str, now: datetime) -> bool:
    """Counts the try; the row stays locked until the transaction ends."""
    over = binding_tries.c.since < now - TRIES_COUNT
    put = or_insert(session, binding_tries).values(who=who, tries=1, since=now)
    counted = put.on_conflict_do_update(
        index_elements=["who"],
        set_={
            "tries": case((over, 1), else_=binding_tries.c.tries + 1),
            "since": case((over, literal(now, Instant())), else_=binding_tries.c.since),
        },
    )
    tries: int = session.execute(counted.returning(binding_tries.c.tries)).scalar_one()
    return tries <= MOST_TRIES


def _asker_key(asker: Asker, salt: str) -> str:
    """By the openid, not the row: leaving and coming back gives no new tries."""
    return "a:" + keyed(asker.openid, salt)


def _code_hash(code: str, salt: str) -> str:
    return keyed(f"bind:{code}", salt)

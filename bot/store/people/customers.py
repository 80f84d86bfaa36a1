"""Customers as the door meets them: made at the first contact, locked while their message is answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Boolean, ColumnElement, bindparam, case, delete, func, literal_column, or_, select

from bot.rules.hashing import openid_hash
from bot.rules.pushes.buckets import bucket_of
from bot.rules.pushes.rhythm import engagement
from bot.store.database import Session
from bot.store.programs import outbox
from bot.store.tables import customers, suppressions
from bot.store.upserts import or_insert
from bot.values.profile import Profile


@dataclass(frozen=True, slots=True)
class Window:
    """How many customer-service messages WeChat takes after a contact, and for how long."""

    messages: int
    lasts: timedelta


AFTER_SPEAKING = Window(5, timedelta(hours=48))
AFTER_A_SCENE = Window(3, timedelta(minutes=1))  # follow, scan, menu tap

_c = customers.c


_MAY_BE_EMPTY = ("openid", "name", "province", "city", "level")


def _or_empty(column: ColumnElement[str]) -> ColumnElement[str]:
    return func.coalesce(column, literal_column("''"))


# something may wait for their contact. A pass keeps contents for so many that it marks none of their rows. In words: in what
# a statement returns, SQLAlchemy leaves out on SQLite whose columns they are, and the inner ones would be meant
HAS_KEPT: ColumnElement[bool] = or_(
    _c.has_kept,
    literal_column(
        "EXISTS (SELECT 1 FROM deliveries AS kept WHERE kept.state = 'planned' AND kept.channel = 'next_contact'"
        " AND kept.channel LIKE 'next!_contact' ESCAPE '!' AND kept.customer_id = customers.id)",
        Boolean,
    ),
)


def _read(name: str) -> ColumnElement[Any]:
    if name == "has_kept":
        return HAS_KEPT.label(name)
    return _or_empty(_c[name]) if name in _MAY_BE_EMPTY else _c[name]


# a row that begins with these becomes a profile without looking at names: the columns are the fields of `Profile`
COLUMNS: tuple[ColumnElement[Any], ...] = tuple(_read(name) for name in Profile._fields)

_BY_OPENID = select(*COLUMNS).where(_c.openid == bindparam("openid_"))
_BY_OPENID_LOCKED = _BY_OPENID.with_for_update(
    key_share=True
)  # not against the planner's rows; SQLite has one writer anyway
_BY_ID = select(*COLUMNS).where(_c.id == bindparam("id_"))
_SUPPRESSION = select(suppressions).where(suppressions.c.openid_hash == bindparam("hash_"))

# what a contact changes; the hot path puts the same values into its own statement
SPEAKING = {
    _c.spoke_at: bindparam("now_", type_=_c.spoke_at.type),
    _c.window_until: bindparam("until_", type_=_c.window_until.type),
    _c.window_left: bindparam("left_", type_=_c.window_left.type),
    _c.silent_pushes: 0,
    _c.engagement: bindparam("engagement_", type_=_c.engagement.type),
}
OPENING_A_SCENE = {
    _c.scene_until: bindparam("until_", type_=_c.scene_until.type),
    _c.scene_left: bindparam("left_", type_=_c.scene_left.type),
    _c.silent_pushes: 0,
    _c.engagement: case((_c.engagement == "tired", "ordinary"), else_=_c.engagement),
}


def met(session: Session, openid: str, now: datetime, *, salt: str, source: str = "") -> Profile:
    """The customer of `openid`, made if this is the first contact; on PostgreSQL the row stays locked.

    Who was forgotten and comes back gets back only what outlived the forgetting: the opt-out and the rhythm.
    """
    known = session.execute(_BY_OPENID_LOCKED, {"openid_": openid}).first()
    if known is None:
        _make(session, openid, now, salt, source)
        known = session.execute(_BY_OPENID_LOCKED, {"openid_": openid}).one()
    return profile_from(known)


def profile_of(session: Session, openid: str) -> Profile | None:
    found = session.execute(_BY_OPENID, {"openid_": openid}).first()
    return profile_from(found) if found else None


def profile_by_id(session: Session, customer_id: int) -> Profile | None:
    found = session.execute(_BY_ID, {"id_": customer_id}).first()
    return profile_from(found) if found else None


def speaking(now: datetime, window: Window = AFTER_SPEAKING) -> dict[str, Any]:
    """The values of `SPEAKING`."""
    return {
        "now_": now,
        "until_": now + window.lasts,
        "left_": window.messages,
        "engagement_": engagement(now, 0, now),
    }


def opening_a_scene(now: datetime, window: Window = AFTER_A_SCENE) -> dict[str, Any]:
    """The values of `OPENING_A_SCENE`."""
    return {"until_": now + window.lasts, "left_": window.messages}


def profile_from(row: Sequence[Any]) -> Profile:
    """From a row that begins with `COLUMNS`."""
    return Profile._make(row[: len(COLUMNS)])


def _make(session: Session, openid: str, now: datetime, salt: str, source: str) -> None:
    """Two processes may meet a customer at once: the second waits for the first and finds the row."""
    values = {
        "openid": openid,
        "bucket": bucket_of(openid),
        "followed_at": now,
        "created_at": now,
        "source": source,
    }
    hashed = openid_hash(openid, salt)
    kept = session.execute(_SUPPRESSION, {"hash_": hashed}).first()
    if kept is not None:
        values |= {
            "wants_pushes": not kept.opted_out,
            "stopped_pushes_at": kept.forgotten_at if kept.opted_out else None,
            "last_push_at": kept.last_push_at,
            "last_push_day": kept.last_push_day,
            "mass_month": kept.mass_month,
            "mass_used": kept.mass_used,
        }
    made = or_insert(session, customers).values(values).on_conflict_do_nothing().returning(customers.c.id)
    if (customer_id := session.execute(made).scalar_one_or_none()) is not None:
        outbox.record(session, "customer.created", customer_id, {"source": source}, now)
    if kept is not None:
        session.execute(delete(suppressions).where(suppressions.c.openid_hash == hashed))

"""Followers the platform names: who is new here becomes a customer, with where they came from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from bot.rules.hashing import openid_hash
from bot.rules.pushes.buckets import bucket_of
from bot.store.database import Session
from bot.store.people import customers, follow_history, following, merging
from bot.store.programs import outbox
from bot.store.segments import segment_changes
from bot.store.tables import customers as people
from bot.store.tables import follow_history as history
from bot.store.tables import suppressions
from bot.store.upserts import or_insert


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A follower as WeChat tells of them; `source` in our words."""

    openid: str
    since: datetime | None
    source: str = ""
    scene: str = ""
    union_id: str = ""


def take(session: Session, named: Sequence[Named], *, salt: str, now: datetime) -> int:
    """How many were not known to follow. A person's own word, the opt-out, outlives their absence."""
    openids = [one.openid for one in named]
    known = {
        row.openid: row.followed_at is not None and row.unfollowed_at is None
        for row in session.execute(
            select(people.c.openid, people.c.followed_at, people.c.unfollowed_at).where(
                people.c.openid.in_(openids)
            )
        )
    }
    remembered = _remembered(session, [openid for openid in openids if openid not in known], salt)
    elsewhere = _by_union_id(session, named)
    fresh = []
    new = 0
    for one in named:
        if known.get(one.openid):
            continue
        new += 1
        if one.openid in known or one.openid in remembered or one.union_id in elsewhere:
            _one(session, one, elsewhere.get(one.union_id), salt, now)
        else:
            fresh.append(one)
    _all_new(session, fresh, now)
    return new


def _one(session: Session, one: Named, elsewhere: int | None, salt: str, now: datetime) -> None:
    """Somebody about whom something is kept already: as if they had just followed."""
    customer = customers.met(session, one.openid, now, salt=salt)
    who, since = openid_hash(one.openid, salt), one.since or now
    following.followed(session, customer.id, source=one.source, scene=one.scene, who=who, now=since)
    if elsewhere is not None and elsewhere != customer.id:
        merging.merge(session, customer.id, elsewhere, how="union_id", staff_id=None, now=now)
    segment_changes.note(session, [customer.id])


def _all_new(session: Session, fresh: Sequence[Named], now: datetime) -> None:
    """Whoever follows by themselves at this very moment is there already, and stays as they are."""
    if not fresh:
        return
    rows = [
        {
            "openid": one.openid, "bucket": bucket_of(one.openid), "followed_at": one.since or now, "created_at": now,
            "source": one.source, "source_scene": one.scene,
        }
        for one in fresh
    ]  # fmt: skip
    put = or_insert(session, people).values(rows).on_conflict_do_nothing()
    made = session.execute(
        put.returning(people.c.id, people.c.followed_at, people.c.source, people.c.source_scene)
    )
    rows_made = made.all()
    segment_changes.note(session, [row.id for row in rows_made])
    follow_history.came_first(
        session,
        [
            {"customer_id": row.id, "source": row.source, "scene": row.source_scene, "at": row.followed_at}
            for row in rows_made
        ],
    )
    for kind in ("customer.created", "customer.followed"):
        outbox.record_all(session, kind, [row.id for row in rows_made], {"source": "sync"}, now)


def _remembered(session: Session, openids: Sequence[str], salt: str) -> set[str]:
    """Of strangers, those who were here and were forgotten."""
    hashes = {openid_hash(openid, salt): openid for openid in openids}
    found: set[str] = set()
    for column in (suppressions.c.openid_hash, history.c.who):
        found |= set(session.scalars(select(column).where(column.in_(hashes)).distinct()))
    return {hashes[one] for one in found}


def _by_union_id(session: Session, named: Iterable[Named]) -> dict[str, int]:
    """Customers without a chat whom the shop knows by WeChat's own name for the person."""
    union_ids = {one.union_id for one in named} - {""}
    asked = select(people.c.union_id, people.c.id).where(
        people.c.union_id.in_(union_ids), people.c.openid.is_(None), people.c.forgotten_at.is_(None)
    )
    return {row.union_id: row.id for row in session.execute(asked)} if union_ids else {}


@dataclass(frozen=True, slots=True)
class Known:
    id: int
    openid: str
    name: str
    followed_at: datetime | None
    scene: str


def every(session: Session) -> list[Known]:
    """All who follow, in the order in which they became customers."""
    c = people.c
    asked = select(c.id, c.openid, c.name, c.followed_at, c.source_scene).where(
        c.openid.is_not(None), c.followed_at.is_not(None), c.unfollowed_at.is_(None)
    )
    return [
        Known(row.id, row.openid, row.name or "", row.followed_at, row.source_scene)
        for row in session.execute(asked.order_by(c.id))
    ]

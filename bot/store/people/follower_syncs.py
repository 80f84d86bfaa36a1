"""How far a reading of WeChat's followers is, and what it used of the day's quota: where a killed one goes on."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import case, delete, exists, func, insert, select, update

from bot.store.database import Session
from bot.store.people import follow_history, forgetting
from bot.store.programs import outbox
from bot.store.tables import customers, follower_syncs, followers_named
from bot.store.upserts import or_insert

STALE = timedelta(days=7)  # of a reading that was not ended: too much has changed, so it begins anew

_s = follower_syncs.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """`after` is the last openid that is stored, `page_after` where its page began; `total` as WeChat says."""

    id: int
    started_at: datetime
    page_after: str
    after: str
    has_all_names: bool
    total: int
    named: int
    new: int
    gone: int


def begin(session: Session, now: datetime) -> Run:
    """The one that was not ended, or a new one."""
    open_ = select(follower_syncs).where(_s.finished_at.is_(None), _s.started_at > now - STALE)
    found = session.execute(open_.order_by(_s.id.desc()).limit(1)).first()
    if found is None:
        session.execute(delete(followers_named))
        session.execute(update(follower_syncs).where(_s.finished_at.is_(None)).values(finished_at=now))
        found = session.execute(insert(follower_syncs).values(started_at=now).returning(follower_syncs)).one()
    return _read(found)


def read(session: Session, run_id: int) -> Run:
    return _read(session.execute(select(follower_syncs).where(_s.id == run_id)).one())


def calls_on(session: Session, day: date) -> tuple[int, int]:
    """Pages and details asked for on WeChat's day, by all readings."""
    asked = select(func.sum(_s.page_calls), func.sum(_s.detail_calls)).where(_s.day == day)
    pages, details = session.execute(asked).one()
    return int(pages or 0), int(details or 0)


def count_call(session: Session, run_id: int, day: date, *, pages: int = 0, details: int = 0) -> None:
    """Before the call leaves: one that was lost may have been counted by WeChat, too."""
    is_today = _s.day == day
    values = {
        "day": day,
        "page_calls": case((is_today, _s.page_calls), else_=0) + pages,
        "detail_calls": case((is_today, _s.detail_calls), else_=0) + details,
    }
    session.execute(update(follower_syncs).where(_s.id == run_id).values(values))


def began_page(session: Session, run_id: int, after: str, total: int) -> None:
    session.execute(
        update(follower_syncs).where(_s.id == run_id).values(page_after=after, after=after, total=total)
    )


def stored(session: Session, run_id: int, openids: list[str], new: int) -> None:
    """These were named, and are in."""
    _name(session, openids)
    values: dict[str, Any] = {"after": openids[-1], "named": _s.named + len(openids), "new": _s.new + new}
    session.execute(update(follower_syncs).where(_s.id == run_id).values(values))


def has_all_names(session: Session, run_id: int) -> None:
    """Counted once more: a page that was read again named the same people."""
    named = select(func.count()).select_from(followers_named).scalar_subquery()
    values: dict[str, Any] = {"has_all_names": True, "named": named}
    session.execute(update(follower_syncs).where(_s.id == run_id).values(values))


def unnamed(session: Session, run: Run, most: int) -> list[str]:
    """Who follows as far as we know, did so when the reading began, and was not named."""
    c = customers.c
    follows = (
        c.openid.is_not(None),
        c.followed_at < run.started_at,
        c.created_at < run.started_at,
        c.unfollowed_at.is_(None),
    )
    is_named = exists().where(followers_named.c.openid == c.openid)
    return list(session.scalars(select(c.openid).where(*follows, ~is_named).order_by(c.id).limit(most)))


def are_gone(
    session: Session, run_id: int, asked: list[str], openids: Iterable[str], *, salt: str, now: datetime
) -> int:
    """Of those asked about, WeChat says these do not follow: they are forgotten as if they had said so."""
    gone, left = 0, set(openids)
    for openid in sorted(left):
        customer_id = session.scalar(select(customers.c.id).where(customers.c.openid == openid))
        if customer_id is None:
            continue
        outbox.record(session, "customer.unfollowed", customer_id, None, now)
        follow_history.left(session, customer_id, now)
        gone += forgetting.forget(session, customer_id, salt, now).known
    _name(session, [openid for openid in asked if openid not in left])
    session.execute(update(follower_syncs).where(_s.id == run_id).values(gone=_s.gone + gone))
    return gone


def finish(session: Session, run_id: int, now: datetime) -> None:
    session.execute(delete(followers_named))
    session.execute(update(follower_syncs).where(_s.id == run_id).values(finished_at=now))


def _name(session: Session, openids: list[str]) -> None:
    if not openids:
        return
    put = or_insert(session, followers_named)
    session.execute(put.values([{"openid": openid} for openid in openids]).on_conflict_do_nothing())


def _read(row: Any) -> Run:
    return Run(
        id=row.id,
        started_at=row.started_at,
        page_after=row.page_after,
        after=row.after,
        has_all_names=row.has_all_names,
        total=row.total,
        named=row.named,
        new=row.new,
        gone=row.gone,
    )

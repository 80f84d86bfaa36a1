"""How mass sends ended, as WeChat reports it, or does not."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, select, update

from bot.store.database import Session
from bot.store.planning import engagement
from bot.store.programs import outbox
from bot.store.sending.daily_calls import SHANGHAI
from bot.store.sending.reported_endings import REPORTED_WITHIN
from bot.store.sending.taking_back import take_back
from bot.store.tables import deliveries, early_mass_reports, mass_sends
from bot.store.upserts import or_insert
from bot.values.reports import MassFinished

LONGEST_ID = 40  # of WeChat's, as its column holds


def finished(session: Session, report: MassFinished, now: datetime) -> None:
    """MASSSENDJOBFINISH, or what mass/get says later. Told twice, or of a send that is not ours: no effect.

    A send to few may be over before WeChat's answer to the request was written: then it is kept for `settle_early`.
    """
    told = {
        "status": report.status[:100],
        "total": report.total,
        "filtered": report.filtered,
        "sent": report.sent,
        "errors": report.errors,
    }
    whose = select(mass_sends.c.id).where(mass_sends.c.wechat_id == report.msg_id_of_job)
    if session.execute(whose.limit(1)).first() is not None:
        _end(session, report.msg_id_of_job, told, now)
    elif 0 < len(report.msg_id_of_job) <= LONGEST_ID:
        early = or_insert(session, early_mass_reports)
        early = early.values(wechat_id=report.msg_id_of_job, told_at=now, **told)
        session.execute(early.on_conflict_do_nothing())


def settle_early(session: Session, now: datetime) -> int:
    """Reports that were faster than the answer, which is here by now. How many."""
    row = early_mass_reports.c
    asked = select(early_mass_reports).join(mass_sends, mass_sends.c.wechat_id == row.wechat_id)
    answered = mass_sends.c.state.in_(("accepted", "done", "failed"))  # ended: mass/get was asked meanwhile
    found = session.execute(asked.where(answered)).all()
    for early in found:
        told = {name: getattr(early, name) for name in ("status", "total", "filtered", "sent", "errors")}
        _end(session, early.wechat_id, told, now)
    session.execute(delete(early_mass_reports).where(row.wechat_id.in_([one.wechat_id for one in found])))
    return len(found)


def _end(session: Session, wechat_id: str, told: dict[str, Any], now: datetime) -> None:
    well = _went_well(told["status"])
    _count(session, wechat_id, {name: told[name] for name in ("total", "filtered", "sent", "errors")})
    ended = session.execute(
        update(mass_sends)
        .where(mass_sends.c.wechat_id == wechat_id, mass_sends.c.state == "accepted")
        .values(state="done" if well else "failed", reason=told["status"], finished_at=now)
        .returning(mass_sends.c.id)
    )
    for mass_id in list(ended.scalars()):
        of_it = and_(deliveries.c.mass_send_id == mass_id, deliveries.c.state == "accepted")
        if well:
            outbox.ending(
                session, update(deliveries).where(of_it).values(state="sent", finished_at=now), "sent"
            )
        else:
            _reported_failed(session, of_it, now)


def _count(session: Session, wechat_id: str, figures: dict[str, int]) -> None:
    """mass/get tells no figures; a report that comes after it does."""
    if figures["total"]:
        uncounted = and_(mass_sends.c.wechat_id == wechat_id, mass_sends.c.total.is_(None))
        session.execute(update(mass_sends).where(uncounted).values(figures))


def _reported_failed(session: Session, which: ColumnElement[bool], now: datetime) -> None:
    failed = (
        update(deliveries)
        .where(which)
        .values(state="failed", reason="mass_failed", finished_at=now)
        .returning(deliveries.c.id, deliveries.c.claimed_at)
    )
    months = {row.id: f"{row.claimed_at.astimezone(SHANGHAI):%Y-%m}" for row in session.execute(failed)}
    outbox.deliveries_ended(session, list(months))
    for month in sorted(set(months.values())):
        take_back(session, [id_ for id_, of_it in months.items() if of_it == month], month)
    engagement.one_unanswered_less(session, list(months), now)


def unreported(session: Session, before: datetime) -> list[str]:
    """WeChat's ids of the sends accepted before then of which no end was reported."""
    waiting = select(mass_sends.c.wechat_id).where(
        mass_sends.c.state == "accepted", mass_sends.c.created_at < before
    )
    return [wechat_id for wechat_id in session.execute(waiting).scalars() if wechat_id]


def give_up_unreported(session: Session, now: datetime) -> None:
    """Nobody ever said how they ended: unknown, and said so. What was told of sends that are not ours goes."""
    not_ours = early_mass_reports.c.told_at < now - REPORTED_WITHIN
    session.execute(delete(early_mass_reports).where(not_ours))
    unreported = {"state": "unknown", "reason": "not_reported", "finished_at": now}
    old = and_(mass_sends.c.state == "accepted", mass_sends.c.created_at < now - REPORTED_WITHIN)
    given_up = update(mass_sends).where(old).values(unreported).returning(mass_sends.c.id)
    for mass_id in list(session.execute(given_up).scalars()):
        of_it = and_(deliveries.c.mass_send_id == mass_id, deliveries.c.state == "accepted")
        outbox.ending(session, update(deliveries).where(of_it).values(unreported), "unknown")


def _went_well(status: str) -> bool:
    return status.strip().lower().replace("_", " ") == "send success"

"""How mass sends ended, as WeChat reports it, or does not."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, select, update

from bot.store.database import Session
from bot.store.programs import outbox
from bot.store.sending.reported_endings import REPORTED_WITHIN
from bot.store.sending.taking_back import take_back
from bot.store.tables import deliveries, mass_sends
from bot.values.reports import MassFinished


def finished(session: Session, report: MassFinished, now: datetime) -> None:
    """MASSSENDJOBFINISH, or what mass/get says later. Told twice, or of a send that is not ours: no effect."""
    well = _went_well(report)
    ended = session.execute(
        update(mass_sends)
        .where(mass_sends.c.wechat_id == report.msg_id_of_job, mass_sends.c.state == "accepted")
        .values(
            state="done" if well else "failed",
            reason=report.status[:100],
            total=report.total,
            filtered=report.filtered,
            sent=report.sent,
            errors=report.errors,
            finished_at=now,
        )
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


def _reported_failed(session: Session, which: ColumnElement[bool], now: datetime) -> None:
    failed = (
        update(deliveries)
        .where(which)
        .values(state="failed", reason="mass_failed", finished_at=now)
        .returning(deliveries.c.id, deliveries.c.day)
    )
    days = {row.id: row.day for row in session.execute(failed)}
    outbox.deliveries_ended(session, list(days))
    for month in sorted({f"{day:%Y-%m}" for day in days.values()}):
        take_back(session, [id_ for id_, day in days.items() if f"{day:%Y-%m}" == month], month)


def unreported(session: Session, before: datetime) -> list[str]:
    """WeChat's ids of the sends accepted before then of which no end was reported."""
    waiting = select(mass_sends.c.wechat_id).where(
        mass_sends.c.state == "accepted", mass_sends.c.created_at < before
    )
    return [wechat_id for wechat_id in session.execute(waiting).scalars() if wechat_id]


def give_up_unreported(session: Session, now: datetime) -> None:
    """Nobody ever said how they ended: unknown, and said so."""
    old = select(mass_sends.c.id).where(
        mass_sends.c.state == "accepted", mass_sends.c.created_at < now - REPORTED_WITHIN
    )
    for mass_id in list(session.execute(old).scalars()):
        ends = (
            update(deliveries)
            .where(deliveries.c.mass_send_id == mass_id, deliveries.c.state == "accepted")
            .values(state="unknown", reason="not_reported", finished_at=now)
        )
        outbox.ending(session, ends, "unknown")
        session.execute(
            update(mass_sends)
            .where(mass_sends.c.id == mass_id, mass_sends.c.state == "accepted")
            .values(state="unknown", reason="not_reported", finished_at=now)
        )


def _went_well(report: MassFinished) -> bool:
    return report.status.strip().lower().replace("_", " ") == "send success"

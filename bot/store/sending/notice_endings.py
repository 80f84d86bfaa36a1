"""How subscription notices ended: WeChat takes one, and its event tells later whether it came.

The event may be faster than the answer to the request. So it is kept on the delivery while that is still claimed,
and whichever of the two is written second ends the delivery. An answer that was lost is found out the same way.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, select, update

from bot.rules.contents.notices import filled, told
from bot.store.database import Session
from bot.store.planning import engagement
from bot.store.planning.eligibility import NOTICE
from bot.store.programs import outbox
from bot.store.sending import notice_consents
from bot.store.sending.taking_back import take_back
from bot.store.tables import customers, deliveries
from bot.store.talk import messages
from bot.values.incoming import NoticeResult
from bot.values.push import Claimed
from bot.values.reply import Text

REPORTED_WITHIN = timedelta(days=3)
NOTHING_LEFT = 43101


def accepted(session: Session, attempts: Sequence[Claimed], now: datetime) -> None:
    """WeChat took them: they wait for its report, or end by one that came before."""
    _lock_customers(session, [delivery.profile.id for delivery in attempts])
    for delivery in attempts:
        taken = session.execute(
            update(deliveries)
            .where(deliveries.c.id == delivery.id, deliveries.c.claim_token == delivery.token)
            .where(deliveries.c.state.in_(("claimed", "unknown")))
            .values(state="accepted", reason="")
            .returning(deliveries.c.id, deliveries.c.reported)
        ).one_or_none()
        if taken is not None:
            _log(session, delivery, now)
            _settle(session, deliveries.c.id == delivery.id, taken.reported, now)


def reported(session: Session, customer_id: int, results: Iterable[NoticeResult], now: datetime) -> None:
    """WeChat's event. One of a notice that none of our deliveries sent still used a consent."""
    for result in results:
        found = _unreported(session, customer_id, result)
        if found is None:
            if result.error_code == 0:
                notice_consents.spent_elsewhere(session, customer_id, result.template_id, now)
            continue
        mine = deliveries.c.id == found.id
        said: dict[str, Any] = {"reported": result.error_code}
        said |= {"wechat_id": result.msg_id[:40]} if result.msg_id else {}
        session.execute(update(deliveries).where(mine).values(said))
        if found.state != "claimed":
            _settle(session, mine, result.error_code, now)
        if result.error_code == NOTHING_LEFT:
            notice_consents.refuse(session, customer_id, result.template_id, now)


def settle_recovered(session: Session, now: datetime) -> int:
    """Claims whose worker died after WeChat had reported: recovery called them unknown, the report knows. How many."""
    known = and_(deliveries.c.channel == NOTICE, deliveries.c.state == "unknown")
    asked = select(deliveries.c.id, deliveries.c.reported).where(known, deliveries.c.reported.is_not(None))
    found = session.execute(asked).all()
    for row in found:
        _settle(session, deliveries.c.id == row.id, row.reported, now)
    return len(found)


def give_up_unreported(session: Session, now: datetime) -> int:
    """WeChat took them and never told the rest: unknown, and said so."""
    old = and_(deliveries.c.channel == NOTICE, deliveries.c.state == "accepted")
    ends = update(deliveries).where(old, deliveries.c.claimed_at < now - REPORTED_WITHIN)
    values = {"state": "unknown", "reason": "not_reported", "finished_at": now}
    return outbox.ending(session, ends.values(values), "unknown")


def _unreported(session: Session, customer_id: int, result: NoticeResult) -> Row[int, str] | None:
    """The delivery it is about: the oldest of the template, as the answer to the request names no id."""
    theirs = and_(
        deliveries.c.customer_id == customer_id,
        deliveries.c.channel == NOTICE,
        deliveries.c.notice_template == result.template_id,
        deliveries.c.state.in_(("claimed", "accepted", "unknown")),
        deliveries.c.left_at.is_not(None),
        deliveries.c.reported.is_(None),
    )
    asked = select(deliveries.c.id, deliveries.c.state).where(theirs).order_by(deliveries.c.id)
    return session.execute(asked.limit(1).with_for_update()).one_or_none()


def _settle(session: Session, which: ColumnElement[bool], code: int | None, now: datetime) -> None:
    if code is None:
        return
    ends = update(deliveries).where(which, deliveries.c.state.in_(("accepted", "unknown")))
    if code == 0:
        outbox.ending(session, ends.values(state="sent", reason="", finished_at=now), "sent")
        return
    failed = ends.values(state="failed", reason=f"notice_failed:{code}", finished_at=now)
    rows = session.execute(failed.returning(deliveries.c.id, deliveries.c.day)).all()
    outbox.deliveries_ended(session, [row.id for row in rows])
    for row in rows:
        take_back(session, [row.id], f"{row.day:%Y-%m}")


def _log(session: Session, delivery: Claimed, now: datetime) -> None:
    notice = delivery.content.notice if delivery.content else None
    words = filled(notice, delivery.profile) if notice else None
    if words is not None:
        said = messages.Said(
            customer_id=delivery.profile.id, reply=Text(told(words)), delivery_id=delivery.id
        )
        messages.all_said(session, [said], now)
    engagement.one_more_unanswered(session, [delivery.profile.id], now)


def _lock_customers(session: Session, ids: Sequence[int]) -> None:
    """First the customer, then the delivery, as the event does: so that the two never wait for each other."""
    if ids:
        theirs = select(customers.c.id).where(customers.c.id.in_(ids)).order_by(customers.c.id)
        session.execute(theirs.with_for_update(key_share=True))

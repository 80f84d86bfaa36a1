"""WeChat's event about subscription notices: which delivery each result is of, and what it says about consents."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Row, and_, select, text

from bot.store.database import Session
from bot.store.sending import notice_consents
from bot.store.sending.reported_endings import told_by_event
from bot.store.tables import deliveries
from bot.store.tables.pushes import UNREPORTED
from bot.values.reports import NoticeResult

NOTHING_LEFT = 43101


def reported(session: Session, customer_id: int, results: Iterable[NoticeResult], now: datetime) -> None:
    """One of a notice that none of our deliveries sent still used a consent."""
    for result in results:
        found = _unreported(session, customer_id, result)
        if found is None:
            if result.error_code == 0:
                notice_consents.spent_elsewhere(session, customer_id, result.template_id, now)
            continue
        told_by_event(session, found.id, found.state, result.error_code, result.msg_id, now)
        if result.error_code == NOTHING_LEFT:
            notice_consents.refuse(session, customer_id, result.template_id, now)


def _unreported(session: Session, customer_id: int, result: NoticeResult) -> Row[int, str] | None:
    """The delivery it is about: the oldest of the template, as the answer to the request names no id."""
    theirs = and_(
        deliveries.c.customer_id == customer_id,
        text(UNREPORTED),  # word for word as the index has it
        deliveries.c.notice_template == result.template_id,
        deliveries.c.left_at.is_not(None),
        deliveries.c.reported.is_(None),
    )
    asked = select(deliveries.c.id, deliveries.c.state).where(theirs).order_by(deliveries.c.id)
    return session.execute(asked.limit(1).with_for_update()).one_or_none()

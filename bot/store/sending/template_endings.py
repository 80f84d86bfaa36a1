"""TEMPLATESENDJOBFINISH: which template message it is of, and whether the customer got it."""

from datetime import datetime

from sqlalchemy import Row, and_, case, or_, select

from bot.store.database import Session
from bot.store.sending import steering
from bot.store.sending.reported_endings import SYSTEM_FAILED, USER_BLOCK, told_by_event
from bot.store.tables import customers, deliveries
from bot.values.channels import TEMPLATE
from bot.values.reports import TemplateFinished


def reported(session: Session, found: TemplateFinished, now: datetime) -> None:
    """One that another program of the account's sent says nothing here."""
    whose = select(customers.c.id).where(customers.c.openid == found.openid).with_for_update(key_share=True)
    customer_id = session.execute(whose).scalar_one_or_none()
    mine = _of(session, customer_id, found.msg_id_of_job) if customer_id is not None else None
    if customer_id is None or mine is None:
        return
    code = _code(found.status)
    told_by_event(session, mine.id, mine.state, code, found.msg_id_of_job, now)
    if code == USER_BLOCK:
        steering.suppress(session, customer_id, TEMPLATE, "template_blocked", now)


def _of(session: Session, customer_id: int, msg_id: str) -> Row[int, str] | None:
    """The one of this id; else one whose answer, which names the id, is still to come or was lost."""
    is_named = deliveries.c.wechat_id == msg_id
    is_unnamed = and_(deliveries.c.wechat_id.is_(None), deliveries.c.state.in_(("claimed", "unknown")))
    theirs = and_(
        deliveries.c.customer_id == customer_id,
        deliveries.c.channel == TEMPLATE,
        deliveries.c.state.in_(("claimed", "accepted", "unknown")),
        deliveries.c.left_at.is_not(None),
        or_(and_(deliveries.c.reported.is_(None), is_unnamed), is_named),
    )
    asked = select(deliveries.c.id, deliveries.c.state).where(theirs)
    asked = asked.order_by(case((is_named, 0), else_=1), deliveries.c.id.desc())
    return session.execute(asked.limit(1).with_for_update()).one_or_none()


def _code(status: str) -> int:
    """`success`, `failed:user block`, `failed: system failed`: written with and without the space."""
    said = status.lower()
    if said == "success":
        return 0
    return USER_BLOCK if "block" in said else SYSTEM_FAILED

"""Mass sends nobody else was in: WeChat refuses a list of one, so the content waits for that customer's next contact."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select, update

from bot.store.database import Session
from bot.store.programs import outbox
from bot.store.tables import campaigns, customers, deliveries
from bot.values.channels import MASS, NEXT_CONTACT


def keep_the_lone(session: Session, closed: ColumnElement[bool], at: datetime) -> int:
    """Of deliveries whose window is over: who was alone with a content is planned no further by mass. How many.

    Kept where the campaign, the purpose and what is kept already allow it; else skipped, so that another campaign
    has its turn.
    """
    alone = and_(closed, deliveries.c.channel == MASS, deliveries.c.reason == "too_few")
    ids = set(session.execute(select(deliveries.c.id).where(alone)).scalars())
    if not ids:
        return 0
    may_be_kept = (
        select(deliveries.c.id)
        .join(customers, customers.c.id == deliveries.c.customer_id)
        .join(campaigns, campaigns.c.id == deliveries.c.campaign_id)
        .where(deliveries.c.id.in_(ids), campaigns.c.id.in_(_campaigns_that_keep(session)), ~_has_one_kept())
        .where(
            or_(
                deliveries.c.purpose != "marketing",
                customers.c.asked_for_pushes_at.is_not(None),
                campaigns.c.marketing_in_window,
            )
        )
    )
    keeps = set(session.execute(may_be_kept).scalars())
    waits = {"channel": NEXT_CONTACT, "reason": "contact_awaited", "closes_at": None, "handed_until": None}
    whose = (
        update(deliveries).where(deliveries.c.id.in_(keeps), deliveries.c.state == "planned").values(waits)
    )
    kept = session.execute(whose.returning(deliveries.c.customer_id)).scalars().all()
    session.execute(update(customers).where(customers.c.id.in_(kept)).values(has_kept=True))
    rest = and_(deliveries.c.id.in_(ids - keeps), deliveries.c.state == "planned")
    ends = update(deliveries).where(rest).values(state="skipped", reason="too_few", finished_at=at)
    return len(kept) + outbox.ending(session, ends, "skipped")


def _campaigns_that_keep(session: Session) -> list[str]:
    found = session.execute(select(campaigns.c.id, campaigns.c.channels))
    return [row.id for row in found if not row.channels or NEXT_CONTACT in row.channels]


def _has_one_kept() -> ColumnElement[bool]:
    """One at a time: the next waits until it went out."""
    kept = deliveries.alias("kept")
    return (
        exists()
        .where(kept.c.customer_id == deliveries.c.customer_id, kept.c.state == "planned")
        .where(kept.c.channel == NEXT_CONTACT, kept.c.campaign_id.is_not(None))
        .correlate(deliveries)
    )

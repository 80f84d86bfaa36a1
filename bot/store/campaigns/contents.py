"""Contents as they are sent and shown: found by id, approved, and which of them are about to be needed."""

from datetime import date

from sqlalchemy import select

from bot.store.campaigns import approvals
from bot.store.campaigns.content_rows import content_of
from bot.store.database import Session
from bot.store.tables import campaign_contents, campaigns, contents
from bot.values.push import Content


def find(session: Session, content_id: str) -> Content | None:
    row = session.execute(select(contents).where(contents.c.id == content_id)).one_or_none()
    return content_of(row) if row else None


def standing_approval(session: Session, content_id: str) -> str:
    """The name of who approved exactly what stands there; empty when nobody has."""
    version = session.execute(
        select(contents.c.version).where(contents.c.id == content_id, contents.c.approved_by.is_not(None))
    ).scalar_one_or_none()
    if version is None:
        return ""
    stands = (one for one in approvals.of_content(session, content_id) if one.withdrawn_at is None)
    return next((one.staff for one in stands if one.version == version), "")


def soon_needed(session: Session, today: date) -> list[Content]:
    """Approved contents of running campaigns that are more than words."""
    of_running = (
        select(campaign_contents.c.content_id)
        .join(campaigns, campaigns.c.id == campaign_contents.c.campaign_id)
        .where(campaigns.c.status == "running", campaigns.c.ends >= today)
    )
    asked = (
        select(contents)
        .where(contents.c.id.in_(of_running), contents.c.kind != "text", contents.c.approved_by.is_not(None))
        .order_by(contents.c.id)
    )
    return [content_of(row) for row in session.execute(asked)]

"""How a content goes by the account's templates, as operators write it: kept beside its words."""

from datetime import datetime

from sqlalchemy import update

from bot.store.campaigns import approvals
from bot.store.campaigns.content_rows import filling_columns
from bot.store.database import Session
from bot.store.tables import contents
from bot.values.push import Content


def keep(session: Session, content: Content, *, seen_at: datetime, now: datetime) -> bool:
    """Takes the approval away. False when somebody changed the content since it was seen, at `seen_at`."""
    changed = session.execute(
        update(contents)
        .where(contents.c.id == content.id, contents.c.updated_at == seen_at)
        .values(**filling_columns(content.notice, content.template), updated_at=now)
        .returning(contents.c.id)
    )
    if changed.one_or_none() is None:
        return False
    approvals.withdraw(session, content.id, now)
    return True

"""The operator's knowledge entries, read as a whole for the index, and a version that tells when to read again."""

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from bot.store.database import Session
from bot.store.tables import knowledge
from bot.store.talk import knowledge_asks
from bot.values.knowledge import Entry

Unreachable = SQLAlchemyError  # what reading may raise while the database is down or behind


def entries(session: Session) -> list[Entry]:
    """Every enabled entry."""
    columns = (
        knowledge.c.id,
        knowledge.c.question,
        knowledge.c.answer,
        knowledge.c.keywords,
        knowledge.c.category,
    )
    asks = knowledge_asks.of_enabled(session)
    rows = session.execute(select(*columns).where(knowledge.c.enabled).order_by(knowledge.c.id))
    return [
        Entry(
            id=entry_id,
            question=question,
            answer=answer,
            keywords=keywords,
            category=category,
            asks=asks.get(entry_id, ()),
        )
        for entry_id, question, answer, keywords, category in rows
    ]


def version(session: Session) -> str:
    """Changes with every edit: entries that are there, entries that are enabled, and the newest change."""
    enabled = func.count().filter(knowledge.c.enabled)
    total, live, newest = session.execute(
        select(func.count(), enabled, func.max(knowledge.c.updated_at))
    ).one()
    return f"{total}:{live}:{newest.isoformat() if newest else ''}"

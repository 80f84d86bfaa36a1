"""What time the database thinks it is."""

from datetime import UTC, datetime

from sqlalchemy import func, select

from bot.store.database import Session


def now(session: Session) -> datetime:
    """To the second; SQLite's is this machine's own."""
    found: datetime = session.execute(select(func.current_timestamp())).scalar_one()
    return found if found.tzinfo else found.replace(tzinfo=UTC)

"""The festivals this shop goes by: those the product knows, and its own before them."""

from sqlalchemy import select

from bot.rules.calendar.festivals import together
from bot.store.database import Session
from bot.store.tables import festivals
from bot.values.festival import Festival


def known(session: Session) -> dict[str, Festival]:
    """By id, without those that are switched off."""
    return together(own(session))


def own(session: Session) -> list[Festival]:
    """As the shop wrote them, by id."""
    rows = session.execute(select(festivals).order_by(festivals.c.id))
    return [
        Festival(
            id=row.id,
            name=row.name,
            english=row.english,
            kind=row.kind,
            falls=row.falls,
            lasts=row.lasts,
            since=row.since,
            enabled=row.enabled,
        )
        for row in rows
    ]

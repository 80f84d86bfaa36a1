"""The indexes of the figures, out of the way while everybody's figures and places are written for the first time.

Otherwise each row would change six places of the database. A refresh that finds some missing, because one ended in the
middle, builds them.
"""

from sqlalchemy import select

from bot.store.database import Session
from bot.store.tables import customer_statistics

FOR_CUT_POINTS = frozenset(f"ix_customer_statistics_{name}" for name in ("orders", "spent", "last_order_at"))
OF_PLACES = frozenset(str(index.name) for index in customer_statistics.indexes) - FOR_CUT_POINTS


def nobody_has_a_place(session: Session) -> bool:
    has_one = select(customer_statistics.c.customer_id).where(customer_statistics.c.tier.is_not(None))
    return session.execute(has_one.limit(1)).first() is None


def drop(session: Session) -> None:
    for index in customer_statistics.indexes:
        index.drop(session, checkfirst=True)


def build(session: Session, name: str) -> None:
    """Nothing to do when it is there."""
    index = next(each for each in customer_statistics.indexes if each.name == name)
    index.create(session, checkfirst=True)

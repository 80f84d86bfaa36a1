"""What is out of the way while everybody's figures and places are written for the first time, and is put back afterwards.

The indexes of the figures: otherwise each row would change six places of the database. On PostgreSQL also what looks each
written row's customer up and locks them, which takes longer than the writing: at the end one look at all comes to the same.
A refresh that finds some missing, because one ended in the middle, puts them back.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import inspect, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.schema import AddConstraint

from bot.store.database import Session
from bot.store.tables import customer_statistics, customers, follow_ups, nurturing_plans

OF_ORDERS = frozenset({"ix_customer_statistics_orders", "ix_customer_statistics_last_order_at"})
OF_MONEY = frozenset({"ix_customer_statistics_spent"})
ALL = frozenset(str(index.name) for index in customer_statistics.indexes)
OF_PLACES = ALL - OF_ORDERS - OF_MONEY
SORTED_IN = "256MB"  # of the server's memory, an index at a time
WAITS = "300ms"  # whoever writes to us stands behind us in that queue
_TO_CUSTOMERS = {
    table.name: constraint
    for table in (customer_statistics, follow_ups, nurturing_plans)
    for constraint in table.foreign_key_constraints
    if constraint.referred_table is customers
}


def nobody_has_a_place(session: Session) -> bool:
    has_one = select(customer_statistics.c.customer_id).where(customer_statistics.c.tier.is_not(None))
    return session.execute(has_one.limit(1)).first() is None


def drop(session: Session, names: Collection[str]) -> None:
    for index in customer_statistics.indexes:
        if index.name in names:
            index.drop(session, checkfirst=True)


def build(session: Session, name: str) -> None:
    """Nothing to do when it is there."""
    if session.dialect.name == "postgresql":
        session.execute(text(f"SET LOCAL maintenance_work_mem = '{SORTED_IN}'"))
    index = next(each for each in customer_statistics.indexes if each.name == name)
    index.create(session, checkfirst=True)


def let_go_of_customers(session: Session) -> bool:
    """Whether it could: not while somebody is in the way. Then writing takes longer, and that is all."""
    if session.dialect.name != "postgresql":
        return True
    with suppress(OperationalError), _waiting_little(session):
        for table, constraint in _TO_CUSTOMERS.items():
            session.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {constraint.name}"))
        return True
    return False


def hold_on_to_customers(session: Session) -> bool:
    """From now on each row that is written has a customer; `look_customers_up` does the rest, which takes longer.

    Whether it could, as above. Customers first: whoever writes to us has them before the figures.
    """
    if session.dialect.name != "postgresql":
        return True
    looked = inspect(session)
    missing = {
        table: constraint
        for table, constraint in _TO_CUSTOMERS.items()
        if constraint.name not in {each["name"] for each in looked.get_foreign_keys(table)}
    }
    with suppress(OperationalError), _waiting_little(session):
        if missing:
            session.execute(text("LOCK TABLE customers IN SHARE ROW EXCLUSIVE MODE"))
        for constraint in missing.values():
            session.execute(text(f"{AddConstraint(constraint).compile(session)} NOT VALID"))
        return True
    return False


def look_customers_up(session: Session) -> None:
    """In one look, of all rows that were written meanwhile. Nobody is kept waiting."""
    if session.dialect.name != "postgresql":
        return
    names = [constraint.name for constraint in _TO_CUSTOMERS.values()]
    waiting = text(
        "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE conname = ANY(:names) AND NOT convalidated"
    )
    for table, name in session.execute(waiting, {"names": names}).all():
        session.execute(text(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}"))


@contextmanager
def _waiting_little(session: Session) -> Iterator[None]:
    """Gives up before the database would take two that wait for each other apart, which might end a message."""
    session.execute(text(f"SET LOCAL lock_timeout = '{WAITS}'"))
    with session.begin_nested():
        yield

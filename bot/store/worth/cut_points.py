"""Where the lines between the customers run, read off an index: fifths for RFM, shares of buyers, ABC.

The same customers give the same cut points, and a tie is never split, because a cut point is a value somebody has.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, func, literal_column, select

from bot.rules.worth import pareto
from bot.store.database import Session
from bot.store.tables import customer_statistics
from bot.values.partitions import Rules

STEPS = 100  # so many parts of the buyers are added up one after the other …
LEAST_STEP = 1_000  # … but not by fewer

# spelled out, not a parameter: so the database sees that the indexes of buyers hold everything asked for
_BOUGHT = literal_column("customer_statistics.orders") > literal_column("0")


@dataclass(frozen=True, slots=True, kw_only=True)
class CutPoints:
    """Empty, or None, while nobody bought anything. Money in fen."""

    buyers: int
    r: tuple[datetime, ...] = ()  # the last of each lower fifth: above it is the next
    f: tuple[int, ...] = ()
    m: tuple[int, ...] = ()
    top: dict[int, int]  # percent: what the last of the top so many percent spent
    a: int | None = None  # who spent as much is in A
    b: int | None = None


@dataclass(frozen=True, slots=True)
class OfOrders:
    r: tuple[datetime, ...]
    f: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class OfMoney:
    m: tuple[int, ...]
    top: dict[int, int]
    a: int | None
    b: int | None


def read(session: Session, rules: Rules) -> CutPoints:
    return together(buyers(session), of_orders(session), of_money(session, rules))


def together(buyers: int, orders: OfOrders | None, money: OfMoney | None) -> CutPoints:
    """The parts may be read at once, by a session each."""
    if not buyers or orders is None or money is None:
        return CutPoints(buyers=0, top={})
    return CutPoints(buyers=buyers, r=orders.r, f=orders.f, m=money.m, top=money.top, a=money.a, b=money.b)


def buyers(session: Session) -> int:
    found: int = session.execute(
        select(func.count()).select_from(customer_statistics).where(_BOUGHT)
    ).scalar_one()
    return found


def of_orders(session: Session) -> OfOrders | None:
    row, count = customer_statistics.c, buyers(session)
    if not count:
        return None
    return OfOrders(_fifths(session, row.last_order_at, count), _fifths(session, row.orders, count))


def of_money(session: Session, rules: Rules) -> OfMoney | None:
    spent, count = customer_statistics.c.spent, buyers(session)
    if not count:
        return None
    total = session.execute(select(func.sum(spent)).where(_BOUGHT, spent >= 0)).scalar_one()
    percents = (rules.abc.first, rules.abc.second)
    a, b = _abc(session, percents, int(total or 0), max(LEAST_STEP, count // STEPS))
    top = {
        percent: _at(session, spent, count - 1 - pareto.last_of_top(percent, count), count)
        for percent in rules.percents
    }
    return OfMoney(_fifths(session, spent, count), top, a, b)


def _fifths(session: Session, column: Column[Any], buyers: int) -> tuple[Any, ...]:
    return tuple(_at(session, column, position, buyers) for position in pareto.last_of_fifths(buyers))


def _at(session: Session, column: Column[Any], position: int, buyers: int) -> Any:
    """The value at a position in ascending order, counted from the nearer end."""
    values = select(column).where(_BOUGHT)
    if position * 2 < buyers:
        values = values.order_by(column).offset(position)
    else:
        values = values.order_by(column.desc()).offset(buyers - 1 - position)
    return session.execute(values.limit(1)).scalar_one()


def _abc(session: Session, percents: Sequence[int], total: int, step: int) -> list[int | None]:
    """Walks down in steps until the next percentage is reached, and looks at single values only there."""
    spent = customer_statistics.c.spent
    found: list[int | None] = []
    above: int | None = None
    before = 0
    while len(found) < len(percents):
        rest = [_BOUGHT] if above is None else [_BOUGHT, spent < above]
        lowest = session.scalar(select(spent).where(*rest).order_by(spent.desc()).offset(step - 1).limit(1))
        within = rest if lowest is None else [*rest, spent >= lowest]
        brought = int(session.scalar(select(func.coalesce(func.sum(spent), 0)).where(*within)) or 0)
        while len(found) < len(percents) and (
            lowest is None or (before + brought) * 100 >= total * percents[len(found)]
        ):
            groups = session.execute(
                select(spent, func.count()).where(*within).group_by(spent).order_by(spent.desc())
            )
            line = pareto.least_within(
                ((value, count) for value, count in groups), percents[len(found)], total, before
            )
            found.append(above if line is None else line)
        above, before = lowest, before + brought
    return found

"""Which values of open attributes the portrait looks at: the most common ones, and none that few people have."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from sqlalchemy import Column, func, select

from bot.rules.worth.portrait import LEAST_PEOPLE, MOST_SETS, MOST_VALUES, NOT_COMPARED
from bot.store.database import Session
from bot.store.tables import customer_tags, customers, facts, product_statistics, products

Vocabulary: TypeAlias = Mapping[str, Sequence[str]]  # the values of each attribute that has no fixed ones

OWN = {
    "gender": customers.c.gender,
    "province": customers.c.province,
    "city": customers.c.city,
    "level": customers.c.level,
    "source": customers.c.source,
    "scene": customers.c.source_scene,
}


def of_shop(session: Session) -> dict[str, tuple[str, ...]]:
    """The most common values, each had by at least `LEAST_PEOPLE`; of facts, `facts.<attribute>`."""
    found = {name: _common(session, column, MOST_VALUES) for name, column in OWN.items()}
    found["tag"] = _common(session, customer_tags.c.tag, MOST_SETS)
    found["bought"] = found["began_with"] = _categories(session)
    counted = (
        select(facts.c.attribute, facts.c.value, func.count())
        .where(facts.c.holds, facts.c.attribute.not_in(NOT_COMPARED))
        .group_by(facts.c.attribute, facts.c.value)
        .having(func.count() >= LEAST_PEOPLE)
        .order_by(facts.c.attribute, func.count().desc(), facts.c.value)
    )
    for attribute, value, _ in session.execute(counted):
        known = found.get(f"facts.{attribute}", ())
        if len(known) < MOST_VALUES:
            found[f"facts.{attribute}"] = (*known, value)
    return found


def _common(session: Session, column: Column[Any], most: int) -> tuple[str, ...]:
    statement = (
        select(column)
        .where(column.is_not(None), column != "")
        .group_by(column)
        .having(func.count() >= LEAST_PEOPLE)
        .order_by(func.count().desc(), column)
        .limit(most)
    )
    return tuple(session.scalars(statement))


def _categories(session: Session) -> tuple[str, ...]:
    """Those sold most lately; before anything was counted, by name."""
    sold = func.coalesce(func.sum(product_statistics.c.quantity), 0)
    statement = (
        select(products.c.category)
        .join_from(products, product_statistics, isouter=True)
        .where(products.c.category != "")
        .group_by(products.c.category)
        .order_by(sold.desc(), products.c.category)
        .limit(MOST_SETS)
    )
    return tuple(session.scalars(statement))

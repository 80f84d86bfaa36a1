"""The shop's products as the chat names and describes them; price and stock are read when they are said."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, Select, func, select

from bot.store.database import Session
from bot.store.tables import products

MOST = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """`also`: names it goes by, from its attribute `aliases`."""

    external_id: str
    name: str
    category: str
    description: str
    price: Decimal
    stock: int
    also: tuple[str, ...] = ()


def on_sale(session: Session) -> list[Product]:
    rows = session.execute(_columns().where(products.c.is_on_sale).order_by(products.c.id).limit(MOST))
    return [_product(row) for row in rows]


def described(session: Session, external_ids: Sequence[str]) -> list[Product]:
    """Those that are on sale, in the order they were asked for, as they are at this moment."""
    some = products.c.external_id.in_(list(external_ids)) & products.c.is_on_sale
    found = {row.external_id: _product(row) for row in session.execute(_columns().where(some))}
    return [found[one] for one in external_ids if one in found]


def version(session: Session) -> str:
    """Changes when a product comes, goes, or is written anew."""
    count, sold, newest, last = session.execute(
        select(
            func.count(),
            func.count().filter(products.c.is_on_sale),
            func.max(products.c.updated_at),
            func.max(products.c.id),
        )
    ).one()
    return f"{count}:{sold}:{newest.isoformat() if newest else ''}:{last or 0}"


def _columns() -> Select[Any]:
    return select(
        products.c.external_id,
        products.c.name,
        products.c.category,
        products.c.description,
        products.c.price,
        products.c.stock,
        products.c.attributes,
    )


def _product(row: Row[Any]) -> Product:
    aliases = row.attributes.get("aliases", ()) if isinstance(row.attributes, dict) else ()
    return Product(
        external_id=row.external_id,
        name=row.name,
        category=row.category,
        description=row.description,
        price=row.price,
        stock=row.stock,
        also=tuple(map(str, aliases)) if isinstance(aliases, list | tuple) else (),
    )

"""The shop's products as the chat names and describes them; price and stock are read when they are said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, Select, func, select

from bot.store.database import Session
from bot.store.tables import product_firsts, products

MOST = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """`also`: names it goes by, from its attribute `aliases`; `guarantee` is an attribute, too."""

    external_id: str
    name: str
    category: str
    description: str
    price: Decimal
    stock: int
    also: tuple[str, ...] = ()
    guarantee: str = ""


def on_sale(session: Session) -> list[Product]:
    rows = session.execute(_columns().where(products.c.is_on_sale).order_by(products.c.id).limit(MOST))
    return [_product(row) for row in rows]


def described(session: Session, external_ids: Sequence[str]) -> list[Product]:
    """Those that are on sale, in the order they were asked for, as they are at this moment."""
    some = products.c.external_id.in_(list(external_ids)) & products.c.is_on_sale
    found = {row.external_id: _product(row) for row in session.execute(_columns().where(some))}
    return [found[one] for one in external_ids if one in found]


def called(session: Session, names: Sequence[str]) -> list[Product]:
    """Those on sale of just these names, as they stand in orders."""
    some = products.c.name.in_(list(names)) & products.c.is_on_sale
    return [_product(row) for row in session.execute(_columns().where(some).order_by(products.c.id))]


def is_category(session: Session, name: str) -> bool:
    """Whether something on sale is of the category called so."""
    some = select(products.c.id).where(products.c.category == name, products.c.is_on_sale)
    return session.execute(some.limit(1)).first() is not None


def first_sold(session: Session, external_id: str) -> datetime | None:
    """When it was first sold, as far as it is known."""
    asked = select(product_firsts.c.sold_at).join(products, products.c.id == product_firsts.c.product_id)
    return session.execute(asked.where(products.c.external_id == external_id)).scalar()


def id_of(session: Session, external_id: str) -> int | None:
    return session.execute(select(products.c.id).where(products.c.external_id == external_id)).scalar()


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
    attributes = row.attributes if isinstance(row.attributes, dict) else {}
    aliases, guarantee = attributes.get("aliases", ()), attributes.get("guarantee", "")
    return Product(
        external_id=row.external_id,
        name=row.name,
        category=row.category,
        description=row.description,
        price=row.price,
        stock=row.stock,
        also=tuple(map(str, aliases)) if isinstance(aliases, list | tuple) else (),
        guarantee=guarantee if isinstance(guarantee, str) else "",
    )

"""Products by what they sold lately, regions by what their people spent: best, steady, slow; key and ordinary."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from sqlalchemy import (
    BigInteger,
    Column,
    Integer,
    Row,
    String,
    case,
    delete,
    func,
    insert,
    literal_column,
    select,
)

from bot.rules.worth import pareto
from bot.store.database import Instant, Session
from bot.store.shop.purchases import BOUGHT, fen
from bot.store.tables import (
    customer_statistics,
    customers,
    order_lines,
    orders,
    product_statistics,
    products,
    region_statistics,
)
from bot.store.worth.tallies import Tally, tallied
from bot.values.partitions import Rules, Shares

PACES = ("best", "steady", "slow")

_lately = Tally(
    "sold_lately",
    keys=(Column("product_id", Integer),),
    sums=(Column("quantity", BigInteger), Column("sold", BigInteger)),
    latest=(Column("last_sold_at", Instant),),
)
_by_city = Tally(
    "spent_by_city",
    keys=(Column("province", String(40)), Column("city", String(40))),
    sums=(Column("customers", Integer), Column("buyers", Integer), Column("spent", BigInteger)),
)

Sold: TypeAlias = Sequence[Row[*tuple[Any, ...]]]  # of every product: id, quantity, sold in fen, last_sold_at
Spent: TypeAlias = Sequence[Row[*tuple[Any, ...]]]  # of every city: its names, customers, buyers, fen


def sold(session: Session, rules: Rules, now: datetime) -> Sold:
    """The long part of counting products; it reads only."""
    since = now - timedelta(days=rules.products_days)
    line = order_lines.c
    lately = select(orders.c.id, orders.c.ordered_at).where(
        orders.c.ordered_at > since, orders.c.status.in_(BOUGHT)
    )
    if session.dialect.name == "sqlite":
        # keeps the orders together: otherwise it begins with all the lines there ever were. PostgreSQL does so with
        # several workers, whom an OFFSET would send away
        lately = lately.offset(0)
    fresh = lately.subquery()
    lines = (
        select(
            line.product_id,
            line.quantity,
            (fen(line.price) * line.quantity).label("sold"),
            fresh.c.ordered_at.label("last_sold_at"),
        )
        .join_from(fresh, order_lines, line.order_id == fresh.c.id)
        .where(line.product_id.is_not(None))
    )
    of_each = tallied(session, lines, _lately)
    return session.execute(
        select(products.c.id, of_each.c.quantity, of_each.c.sold, of_each.c.last_sold_at)
        .join_from(products, of_each, of_each.c.product_id == products.c.id, isouter=True)
        .order_by(products.c.id)
    ).all()


def note_products(session: Session, found: Sold, rules: Rules, now: datetime) -> Counter[str]:
    """Every product gets its row; what nobody bought is slow. One that was removed meanwhile does not."""
    there = set(session.scalars(select(products.c.id)))
    found = [row for row in found if row.id in there]
    paces = pareto.classes({row.id: int(row.sold or 0) for row in found}, rules.products)
    session.execute(delete(product_statistics))
    if found:
        session.execute(
            insert(product_statistics),
            [
                {
                    "product_id": row.id,
                    "quantity": int(row.quantity or 0),
                    "sold": int(row.sold or 0),
                    "last_sold_at": row.last_sold_at,
                    "pace": PACES[paces[row.id]],
                    "counted_at": now,
                }
                for row in found
            ],
        )
    return Counter(PACES[pace] for pace in paces.values())


def spent(session: Session) -> Spent:
    """The long part of counting regions; it reads only."""
    row = customer_statistics.c
    everybody = select(
        func.coalesce(customers.c.province, "").label("province"),
        func.coalesce(customers.c.city, "").label("city"),
        literal_column("1").label("customers"),
        case((row.orders > 0, 1), else_=0).label("buyers"),
        row.spent,
    ).join_from(customers, customer_statistics, row.customer_id == customers.c.id)
    found = tallied(session, everybody, _by_city)
    return session.execute(select(found).order_by(found.c.province, found.c.city)).all()


def note_regions(session: Session, found: Spent, rules: Rules, now: datetime) -> Counter[str]:
    """By city; whose city is not known count together as one that is not a key region."""
    amounts = {(each.province, each.city): int(each.spent) for each in found if each.province or each.city}
    classes = pareto.classes(amounts, Shares(rules.key_regions, 100))
    kinds = {
        (each.province, each.city): "ordinary" if classes.get((each.province, each.city), 2) else "key"
        for each in found
    }
    session.execute(delete(region_statistics))
    if found:
        session.execute(
            insert(region_statistics),
            [
                {
                    "province": each.province,
                    "city": each.city,
                    "customers": each.customers,
                    "buyers": int(each.buyers),
                    "spent": int(each.spent),
                    "kind": kinds[each.province, each.city],
                    "counted_at": now,
                }
                for each in found
            ],
        )
    return Counter(kinds.values())

"""What customers did, counted for the inference: orders, words in chat, reviews, returns, complaints; a stretch at once.

Memory is bounded by the stretch. Only those who did something since the last time are counted, unless everybody is.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from sqlalchemy import (
    ColumnElement,
    Integer,
    Interval,
    Select,
    and_,
    case,
    delete,
    func,
    literal,
    or_,
    select,
)

from bot.rules.people.facts import InferenceRules
from bot.rules.worth.inference import DriverSignals, StrictnessSignals
from bot.store.database import Session
from bot.store.shop.purchases import BOUGHT, CAME_BACK
from bot.store.tables import (
    customer_statistics,
    customers,
    handovers,
    messages,
    order_lines,
    orders,
    product_firsts,
    products,
    returns,
    reviews,
)
from bot.store.upserts import or_insert

Flag: TypeAlias = ColumnElement[Any]
KINDS = ("discounted", "novel", "repeated", "cheap", "plain")  # an order is the first of these that it is
IN_FLIGHT = timedelta(minutes=10)  # what was begun before the last time, and committed after it

_ids = customers.c.id


def forget_firsts(session: Session) -> None:
    """Before they are noted all over again."""
    session.execute(delete(product_firsts))


def note_firsts(session: Session, who: Select[Any]) -> None:
    """When each product these customers bought was first sold; an order that arrives late may make that earlier."""
    sold = (
        select(order_lines.c.product_id, func.min(orders.c.ordered_at))
        .join(orders, orders.c.id == order_lines.c.order_id)
        .where(
            orders.c.customer_id.in_(who),
            order_lines.c.product_id.is_not(None),
            orders.c.status.in_(BOUGHT),
        )
        .group_by(order_lines.c.product_id)
        .order_by(order_lines.c.product_id)
    )
    put = or_insert(session, product_firsts).from_select(["product_id", "sold_at"], sold)
    earlier = put.excluded.sold_at
    session.execute(
        put.on_conflict_do_update(
            index_elements=["product_id"], set_={"sold_at": earlier}, where=product_firsts.c.sold_at > earlier
        )
    )


def changed(first: int, last: int, since: datetime | None) -> Select[Any]:
    """Ids from `first` to `last` of those who did something since; of everybody when `since` is None."""
    stretch = select(_ids).where(_ids.between(first, last), customers.c.forgotten_at.is_(None))
    if since is None:
        return stretch
    since -= IN_FLIGHT
    figures = select(customer_statistics.c.customer_id).where(
        customer_statistics.c.customer_id.between(first, last), customer_statistics.c.updated_at > since
    )
    return stretch.where(or_(customers.c.spoke_at > since, _ids.in_(figures)))


def drivers(
    session: Session, who: Select[Any], rules: InferenceRules, now: datetime
) -> dict[int, DriverSignals]:
    opened_at = session.scalar(select(func.min(orders.c.ordered_at)))
    bought: dict[int, dict[str, int]] = {}
    if opened_at is not None:
        for customer_id, *numbers in session.execute(_by_customer(session, who, rules, opened_at)):
            bought[customer_id] = dict(zip(("orders", *KINDS), map(int, numbers), strict=True))
    for customer_id, *counts in session.execute(_asked(who, rules, now)):
        theirs = bought.setdefault(customer_id, {})
        theirs.update(zip((f"asked_{name}" for name in rules.words), map(int, counts), strict=True))
    return {customer_id: DriverSignals(**numbers) for customer_id, numbers in bought.items()}


def strictness(session: Session, who: Select[Any]) -> dict[int, StrictnessSignals]:
    found: dict[int, dict[str, int]] = {}
    rated = reviews.c.rating
    reviewed = (
        select(reviews.c.customer_id, _sum(rated >= 4), _sum(rated == 3), _sum(rated <= 2))
        .where(reviews.c.customer_id.in_(who))
        .group_by(reviews.c.customer_id)
    )
    is_return = returns.c.kind == "return"
    came_back = (
        select(orders.c.customer_id, _sum(is_return), _sum(~is_return))
        .join(returns, returns.c.order_id == orders.c.id)
        .where(orders.c.customer_id.in_(who), returns.c.status.in_(CAME_BACK))
        .group_by(orders.c.customer_id)
    )
    complained = (
        select(handovers.c.customer_id, func.count())
        .where(handovers.c.customer_id.in_(who), handovers.c.reason == "complaint")
        .group_by(handovers.c.customer_id)
    )
    for statement, names in (
        (reviewed, ("good_reviews", "fair_reviews", "bad_reviews")),
        (came_back, ("returned", "exchanged")),
        (complained, ("complaints",)),
    ):
        for customer_id, *numbers in session.execute(statement):
            found.setdefault(customer_id, {}).update(zip(names, map(int, numbers), strict=True))
    return {customer_id: StrictnessSignals(**numbers) for customer_id, numbers in found.items()}


def _by_customer(
    session: Session, who: Select[Any], rules: InferenceRules, opened_at: datetime
) -> Select[Any]:
    """Lines are gathered into orders, orders into customers. Nothing is new in the shop's own first days."""
    one = _lines(session, who, rules, opened_at).subquery()
    each = (
        select(
            one.c.customer_id,
            one.c.is_discounted,
            func.max(one.c.is_novel).label("is_novel"),
            func.min(one.c.is_cheap).label("is_cheap"),
            func.max(case((one.c.ordered_at > one.c.first_bought_at, 1), else_=0)).label("is_repeated"),
        )
        .group_by(one.c.order_id, one.c.customer_id, one.c.is_discounted)
        .subquery()
    )
    kind = case(
        (each.c.is_discounted == 1, "discounted"),
        (each.c.is_novel == 1, "novel"),
        (each.c.is_repeated == 1, "repeated"),
        (each.c.is_cheap == 1, "cheap"),
        else_="plain",
    )
    ordered = select(each.c.customer_id, kind.label("kind")).subquery()
    counts = (_sum(ordered.c.kind == name) for name in KINDS)
    return select(ordered.c.customer_id, func.count(), *counts).group_by(ordered.c.customer_id)


def _lines(session: Session, who: Select[Any], rules: InferenceRules, opened_at: datetime) -> Select[Any]:
    mean = (
        select(products.c.category, func.avg(products.c.price).label("price"))
        .where(products.c.category != "")
        .group_by(products.c.category)
        .subquery()
    )
    cheap = (
        select(products.c.id)
        .join(mean, mean.c.category == products.c.category)
        .where(products.c.price * 100 < mean.c.price * rules.cheap_percent)
    )
    span = timedelta(days=rules.novel_days)
    is_novel = and_(
        product_firsts.c.sold_at > opened_at + span,
        orders.c.ordered_at < _after(session, product_firsts.c.sold_at, rules.novel_days),
    )
    first_bought = func.min(orders.c.ordered_at).over(
        partition_by=(orders.c.customer_id, order_lines.c.product_id)
    )
    return (
        select(
            orders.c.id.label("order_id"),
            orders.c.customer_id,
            orders.c.ordered_at,
            _flag(or_(orders.c.coupon_amount > 0, orders.c.discount > 0)).label("is_discounted"),
            _flag(is_novel).label("is_novel"),
            _flag(order_lines.c.product_id.in_(cheap)).label("is_cheap"),
            case((order_lines.c.product_id.is_(None), orders.c.ordered_at), else_=first_bought).label(
                "first_bought_at"
            ),
        )
        .select_from(
            orders.outerjoin(order_lines, order_lines.c.order_id == orders.c.id).outerjoin(
                product_firsts, product_firsts.c.product_id == order_lines.c.product_id
            )
        )
        .where(orders.c.customer_id.in_(who), orders.c.status.in_(BOUGHT))
    )


def _after(session: Session, instant: ColumnElement[Any], days: int) -> ColumnElement[Any]:
    """So many days after an instant of a row; SQLite keeps instants as text."""
    if session.dialect.name == "sqlite":
        return func.datetime(instant, f"+{days} days", type_=instant.type)
    return instant + literal(timedelta(days=days), Interval())


def _asked(who: Select[Any], rules: InferenceRules, now: datetime) -> Select[Any]:
    """How many of their messages have a word of each kind in them."""
    has = [_has_one_of(words) for words in rules.words.values()]
    return (
        select(messages.c.customer_id, *map(_sum, has))
        .where(
            messages.c.customer_id.in_(who),
            messages.c.direction == "in",
            messages.c.kind == "text",
            messages.c.created_at > now - timedelta(days=rules.chat_days),
            or_(*has),
        )
        .group_by(messages.c.customer_id)
    )


def _has_one_of(words: Sequence[str]) -> ColumnElement[bool]:
    return or_(*(messages.c.text.contains(word, autoescape=True) for word in words))


def _flag(condition: ColumnElement[bool]) -> Flag:
    return case((condition, 1), else_=0)


def _sum(condition: ColumnElement[bool]) -> Flag:
    return func.sum(_flag(condition), type_=Integer)

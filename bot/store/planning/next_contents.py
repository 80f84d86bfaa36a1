"""Which content of a campaign comes next for a customer: what is new to them, in the order they answer best."""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Row,
    ScalarSelect,
    Subquery,
    and_,
    exists,
    func,
    literal,
    or_,
    select,
)

from bot.store.database import Instant
from bot.store.planning import occasions, variants
from bot.store.planning.moments import Moment
from bot.store.planning.rotation import AS_LISTED, Rotation
from bot.store.tables import campaign_contents, contents, customers, deliveries

_pool, _choice, _last = campaign_contents.alias("pool"), contents.alias("choice"), deliveries.alias("got")
_got = deliveries.alias("got")


def judged_rows(
    campaign: Row[Any],
    purpose: str,
    moment: Moment,
    occasion: Subquery | None = None,
    *,
    rotation: Rotation = AS_LISTED,
    taken: FromClause | None = None,
) -> FromClause:
    """Each customer beside their next content of the campaign, which may be none.

    With an occasion only who has one. Its day decides what is of use, and comes again: so may a content.
    `taken`: who gets what already and has no delivery yet, by `customer_id`, `content_id` and the number of the `entry`.
    """
    rows: FromClause = customers
    if occasion is not None:
        rows = customers.join(occasion, occasion.c.customer_id == customers.c.id)
    return rows.outerjoin(
        contents, contents.c.id == _next_content(campaign, purpose, moment, occasion, rotation, taken)
    )


def _next_content(
    campaign: Row[Any],
    purpose: str,
    moment: Moment,
    occasion: Subquery | None,
    rotation: Rotation,
    taken: FromClause | None,
) -> ScalarSelect[str]:
    """Of the pool of their variant what they never got: of the category they answer best, the first as listed.

    When repeats are wanted, and they got everything, the one they got longest ago.
    """
    pool, choice, got = _pool, _choice, _last
    of_pool = rotation.beside(
        pool.join(choice, choice.c.id == pool.c.content_id), choice.c.category, customers.c.id
    )
    by_response = rotation.order(choice.c.category, moment.today)
    if comes_again(campaign, occasion):
        last, rows = [func.coalesce(func.max(got.c.id), 0)], of_pool.outerjoin(got, _has_got(got, pool))
        if taken is not None:
            rows = rows.outerjoin(taken, _is_taken(taken, pool))
            last.insert(0, func.coalesce(func.max(taken.c.entry), -1))
        wanted = select(pool.c.content_id).select_from(rows)
        wanted = wanted.group_by(
            pool.c.content_id, pool.c.position, choice.c.category, *rotation.columns
        ).order_by(*last, *by_response, pool.c.position, pool.c.content_id)
    else:
        wanted = select(pool.c.content_id).select_from(of_pool)
        wanted = wanted.where(is_new(pool)).order_by(*by_response, pool.c.position, pool.c.content_id)
        if taken is not None:
            wanted = wanted.where(~exists().where(_is_taken(taken, pool)).correlate(customers, pool))
    wanted = wanted.where(*of_use(campaign, purpose, moment, pool, choice, occasion)).limit(1)
    outer = (customers,) if occasion is None else (customers, occasion)
    return wanted.correlate(*outer).scalar_subquery()


def comes_again(campaign: Row[Any], occasion: Subquery | None) -> bool:
    """The same content may: an occasion's day comes again, and some campaigns want it so."""
    return campaign.repeat or occasion is not None


def of_use(
    campaign: Row[Any],
    purpose: str,
    moment: Moment,
    pool: FromClause,
    choice: FromClause,
    occasion: Subquery | None,
) -> list[ColumnElement[bool]]:
    """Contents of the campaign that a customer of this variant, or with this occasion, may still get now.

    `pool`, `choice`: a row of `campaign_contents` and that of the content it names.
    """
    found = [
        pool.c.campaign_id == campaign.id,
        choice.c.purpose == purpose,
        or_(choice.c.useful_until.is_(None), choice.c.useful_until > moment.now),
    ]
    if campaign.variants:
        found.append(or_(pool.c.variant == "", pool.c.variant == variants.variant_of(campaign)))
    if occasion is not None:
        found.append(occasions.useful_until(occasion, choice) > literal(moment.now, Instant()))
    return found


def is_new(pool: FromClause) -> ColumnElement[bool]:
    """The row's content to the row's customer."""
    return ~exists().where(_has_got(_got, pool)).correlate(customers, pool)


def _has_got(got: FromClause, pool: FromClause) -> ColumnElement[bool]:
    return and_(
        got.c.customer_id == customers.c.id, got.c.content_id == pool.c.content_id, got.c.state != "skipped"
    )


def _is_taken(taken: FromClause, pool: FromClause) -> ColumnElement[bool]:
    return and_(taken.c.customer_id == customers.c.id, taken.c.content_id == pool.c.content_id)

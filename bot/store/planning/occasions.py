"""Whose occasion it is: for one campaign and day, the customers to be reached, each with the one occurrence meant.

Everything begins at an index: the value of a birthday, the instant of an order, the day of a meeting. Nobody else's
row is looked at, so a birthday campaign costs what the day's birthdays cost, however many follow.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    Column,
    ColumnElement,
    Integer,
    MetaData,
    Row,
    Select,
    String,
    Subquery,
    Table,
    and_,
    case,
    cast,
    exists,
    func,
    insert,
    literal,
    literal_column,
    or_,
    select,
    union_all,
)

from bot.rules.calendar import lunar
from bot.rules.people.facts import BIRTHDAY, LUNAR_BIRTHDAY
from bot.rules.pushes import occasions
from bot.store.database import Instant, Session
from bot.store.shop.purchases import BOUGHT
from bot.store.tables import (
    care_meetings,
    customer_statistics,
    customers,
    deliveries,
    facts,
    orders,
    returns,
    shipments,
)
from bot.store.tables.columns import BigId
from bot.values.festival import Festival
from bot.values.occasion import OccasionKind, Occurrence

# of a planning pass: whose each entry's occasion is. A statement that goes through everybody with six of these questions in
# it takes twice as long: its program is seven times as long, though hardly more of it is run for a customer.
found_of_pass = Table(
    "plan_occasions",
    MetaData(),
    Column("entry", Integer, primary_key=True, autoincrement=False),
    Column("customer_id", BigId, primary_key=True, autoincrement=False),
    prefixes=["TEMPORARY"],
    sqlite_with_rowid=False,
)
_had_before = deliveries.alias("had")
_other = shipments.alias("other")
OLDEST = 110  # years
FIRST_YEAR = 2000  # before it nobody followed or ordered
NOT_SKIPPED: ColumnElement[str] = literal_column(
    "'skipped'"
)  # spelled out: else SQLite does not see that the index is for it


def of_campaign(
    campaign: Row[Any], day: date, zone: ZoneInfo, known: Mapping[str, Festival]
) -> Subquery | None:
    """`customer_id, occasion, eve, passes, closes, had`: one row for everybody who has an occasion to be sent for.

    None when the day is no day of it for anybody. `had` is true when the campaign did it already, or is about to; of
    several, what is still to be done goes first, and of that what closes first.
    """
    occasion = occasions.read(campaign.occasion)
    near = tuple(occasions.near(occasion, day, zone, known))
    return _whose(campaign.id, occasion.kind, occasion.name, near, zone)


@lru_cache(maxsize=128)  # the passes of a day ask for the same, and so many parts are long in the making
def _whose(
    campaign_id: str, kind: OccasionKind, name: str, near: tuple[Occurrence, ...], zone: ZoneInfo
) -> Subquery | None:
    rows = [row for one in near for row in _rows(campaign_id, kind, name, one, zone)]
    if not rows:
        return None
    found = union_all(*rows).subquery("found") if len(rows) > 1 else rows[0].subquery("found")
    told = select(found, _had(campaign_id, found).label("had"))
    if kind == "festival" and len(rows) == 1:
        return told.subquery("occasions")  # each customer once as it is
    each = told.subquery("each")
    turn = func.row_number().over(
        partition_by=each.c.customer_id, order_by=(each.c.had, each.c.closes, each.c.occasion)
    )
    turns = select(each, turn.label("turn")).subquery("turns")
    columns = [column for column in turns.c if column.name != "turn"]
    return select(*columns).where(turns.c.turn == literal_column("1")).subquery("occasions")


def concerns_all(campaign: Row[Any]) -> bool:
    """A festival is everybody's on its days."""
    return occasions.read(campaign.occasion).kind == "festival"


def lay_aside(session: Session, entry: int, occasion: Subquery) -> None:
    """Into the pass's own table."""
    rows = select(literal(entry), occasion.c.customer_id)
    session.execute(insert(found_of_pass).from_select(["entry", "customer_id"], rows))


def is_laid_aside(entry: int) -> ColumnElement[bool]:
    """Over `customers`."""
    found = found_of_pass.c
    return customers.c.id.in_(select(found.customer_id).where(found.entry == literal_column(str(entry))))


def useful_until(occasion: Subquery, contents: Any) -> ColumnElement[datetime]:
    """When a content is of no use any more, beside the row of the occasion."""
    ends = occasion.c
    until = contents.c.occasion_until
    return case((until == "eve", ends.eve), (until == "day", ends.passes), else_=ends.closes)


def _had(campaign_id: str, found: Subquery) -> ColumnElement[bool]:
    """What was skipped may be planned again."""
    had = _had_before
    return exists().where(
        had.c.customer_id == found.c.customer_id,
        had.c.campaign_id == campaign_id,
        had.c.occasion == found.c.occasion,
        had.c.state != NOT_SKIPPED,
    )


def _rows(
    campaign_id: str, kind: OccasionKind, name: str, one: Occurrence, zone: ZoneInfo
) -> Iterator[Select[Any]]:
    match kind:
        case "festival":
            yield _row(customers.c.id, literal(one.key), one)
        case "birthday":
            yield from _birthdays(one)
        case "anniversary" if name == "membership":
            key = literal(f"membership:{one.day.year}")
            followed = _in_years_before(customers.c.id, customers.c.followed_at, one, zone)
            yield _row(customers.c.id, key, one).where(followed)
        case "anniversary":
            yield _first_orders(one, zone)
        case "after":
            yield _EVENTS[name](one, zone)
        case "care":
            yield _row(care_meetings.c.customer_id, literal(f"met:{one.day}"), one).where(
                care_meetings.c.campaign_id == campaign_id,
                care_meetings.c.met_on == one.day,
                care_meetings.c.left_on.is_(None),
                care_meetings.c.is_occasion,
            )


def _row(customer_id: ColumnElement[Any], key: ColumnElement[Any], one: Occurrence) -> Select[Any]:
    return select(
        customer_id.label("customer_id"),
        cast(key, String(60)).label("occasion"),
        literal(one.eve, Instant()).label("eve"),
        literal(one.passes, Instant()).label("passes"),
        literal(one.closes, Instant()).label("closes"),
    )


def _birthdays(one: Occurrence) -> Iterator[Select[Any]]:
    """Who told a lunar birthday keeps that one; the others keep the day in their papers."""
    lunar_fact = facts.alias("lunar_fact")
    keeps_lunar = exists().where(
        lunar_fact.c.customer_id == facts.c.customer_id,
        lunar_fact.c.attribute == LUNAR_BIRTHDAY,
        lunar_fact.c.holds,
    )
    days = [day.isoformat() for day in _same_day_in(range(one.day.year - OLDEST, one.day.year), one.day)]
    yield _row(facts.c.customer_id, literal(f"birthday:{one.day.year}"), one).where(
        facts.c.attribute == BIRTHDAY, facts.c.value.in_(days), facts.c.holds, ~keeps_lunar
    )
    if one.day.year in lunar.YEARS:
        year, kept = lunar.kept_on(one.day)
        yield _row(facts.c.customer_id, literal(f"birthday:{year}"), one).where(
            facts.c.attribute == LUNAR_BIRTHDAY,
            facts.c.value.in_([str(day) for day in kept]),
            facts.c.holds,
        )


def _first_orders(one: Occurrence, zone: ZoneInfo) -> Select[Any]:
    of_theirs = customer_statistics.c.customer_id == orders.c.customer_id
    return (
        _row(orders.c.customer_id, literal(f"first_order:{one.day.year}"), one)
        .select_from(orders.join(customer_statistics, of_theirs))
        .where(_in_years_before(orders.c.id, orders.c.ordered_at, one, zone))
        .where(customer_statistics.c.first_order_at == orders.c.ordered_at)
    )


def _in_years_before(
    row_id: ColumnElement[Any], column: ColumnElement[Any], one: Occurrence, zone: ZoneInfo
) -> ColumnElement[bool]:
    """A stretch of the index for each year: of many stretches joined by `or` SQLite reads the whole table."""
    days = _same_day_in(range(FIRST_YEAR, one.day.year), one.day)
    return row_id.in_(union_all(*(select(row_id).where(_on(column, day, zone)) for day in days)))


def _same_day_in(years: range, day: date) -> Iterator[date]:
    """What is of 29 February is kept on the 28th in other years."""
    for year in years:
        if (day.month, day.day) != (2, 29) or _is_leap(year):
            yield day.replace(year=year)
        if (day.month, day.day) == (2, 28) and not _is_leap(day.year) and _is_leap(year):
            yield date(year, 2, 29)


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _on(column: ColumnElement[Any], day: date, zone: ZoneInfo) -> ColumnElement[bool]:
    """A calendar day of the shop's."""
    begins, ends = (datetime.combine(one, time(), zone) for one in (day, day + timedelta(days=1)))
    return and_(column >= literal(begins, Instant()), column < literal(ends, Instant()))


def _of_order(one: Occurrence) -> Select[Any]:
    key = literal("order:") + cast(orders.c.id, String(20))
    return _row(orders.c.customer_id, key, one).where(
        orders.c.customer_id.is_not(None), orders.c.status.in_(BOUGHT)
    )


def _after_order(one: Occurrence, zone: ZoneInfo) -> Select[Any]:
    return _of_order(one).where(_on(orders.c.ordered_at, one.day, zone))


def _after_shipment(one: Occurrence, zone: ZoneInfo) -> Select[Any]:
    """After the first parcel."""
    earlier = exists().where(
        _other.c.order_id == shipments.c.order_id, _other.c.shipped_at < shipments.c.shipped_at
    )
    return (
        _of_order(one)
        .select_from(shipments.join(orders))
        .where(_on(shipments.c.shipped_at, one.day, zone), ~earlier)
    )


def _after_delivered(one: Occurrence, zone: ZoneInfo) -> Select[Any]:
    """After the last parcel, when all have come."""
    still = exists().where(
        _other.c.order_id == shipments.c.order_id,
        _other.c.status != "returned",
        or_(_other.c.delivered_at.is_(None), _other.c.delivered_at > shipments.c.delivered_at),
    )
    return (
        _of_order(one)
        .select_from(shipments.join(orders))
        .where(_on(shipments.c.delivered_at, one.day, zone), ~still)
    )


def _after_repair(one: Occurrence, zone: ZoneInfo) -> Select[Any]:
    return _after_return(one, zone, ("repair",))


def _after_return(
    one: Occurrence, zone: ZoneInfo, kinds: tuple[str, ...] = ("return", "exchange")
) -> Select[Any]:
    key = literal("return:") + cast(returns.c.id, String(20))
    return (
        _row(orders.c.customer_id, key, one)
        .select_from(returns.join(orders))
        .where(orders.c.customer_id.is_not(None), returns.c.status == "closed", returns.c.kind.in_(kinds))
        .where(_on(returns.c.closed_at, one.day, zone))
    )


_EVENTS = {
    "order": _after_order,
    "shipment": _after_shipment,
    "delivered": _after_delivered,
    "repair": _after_repair,
    "return": _after_return,
}

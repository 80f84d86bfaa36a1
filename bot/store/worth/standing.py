"""Where one customer stands, by which numbers, and what would move them a step."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, case, func, or_, select

from bot.rules.worth import next_steps
from bot.store.database import Session
from bot.store.tables import customer_moves, customer_statistics, customers
from bot.store.worth import asked_of_people, cut_points, nurturing, scoring
from bot.store.worth.cut_points import CutPoints
from bot.store.worth.measures import INDICATORS, INSTANTS, Measured
from bot.store.worth.scoring import GIVEN, PLACED, WRITTEN
from bot.values.partitions import Numbers, Partition, Rules
from bot.values.value import Move, Standing, Step

MOST_MOVES = 20
COUNTED = ("orders", "follows", "returns", "refunds", "reviews", "satisfaction", "r", "f", "m", "score")


def tally(session: Session) -> dict[str, dict[str, int]]:
    """How many customers stand in each place of each partition."""
    columns = [customer_statistics.c[name] for name in PLACED.values()]
    rows = session.execute(select(*columns, func.count()).group_by(*columns)).all()
    found: dict[str, dict[str, int]] = {partition: {} for partition in PLACED}
    for *places, count in rows:
        for partition, place in zip(PLACED, places, strict=True):
            found[partition][place] = found[partition].get(place, 0) + count
    return found


def of(session: Session, openid: str, rules: Rules, now: datetime) -> Standing | None:
    """By the openid, else by the shop's external_id. None for nobody, or of whom nothing was added up yet."""
    measured = Measured(now, rules, cut_points.read(session, rules))
    given = (
        select(*(customer_statistics.c[name] for name in GIVEN))
        .join_from(customer_statistics, customers, customers.c.id == customer_statistics.c.customer_id)
        .where(or_(customers.c.openid == openid, customers.c.external_id == openid))
        .order_by(case((customers.c.openid == openid, 0), else_=1))
        .limit(1)
    )
    new = scoring.with_places(given, measured).offset(0).subquery()
    columns = dict(new.c.items())
    indicators = (made(columns, now).label(f"indicator_{name}") for name, made in INDICATORS.items())
    row = session.execute(select(*new.c, *indicators)).one_or_none()
    if row is None:
        return None
    return _standing(session, openid, measured, row)


def _standing(session: Session, openid: str, measured: Measured, row: Row[Any]) -> Standing:
    rules, kept = measured.rules, _kept(session, row.customer_id)
    numbers = _numbers(row, measured)
    new = {partition: getattr(row, name) for partition, name in PLACED.items()}
    old = {partition: getattr(kept, name) for partition, name in PLACED.items()}
    places = new if None in old.values() else old
    better = (
        select(func.count()).select_from(customer_statistics).where(customer_statistics.c.score > row.score)
    )
    everybody = select(func.count()).select_from(customer_statistics)
    return Standing(
        openid=openid,
        version=rules.version,
        spent=Decimal(row.spent) / 100,
        numbers=numbers,
        indicators={name: getattr(row, f"indicator_{name}") for name in INDICATORS},
        score=row.score,
        rank=session.execute(better).scalar_one() + 1,
        of=session.execute(everybody).scalar_one(),
        places=places,
        titles=_titles(rules, places),
        service=next((each.service for each in rules.classes if each.name == places["class"]), ""),
        plan=nurturing.of(session, row.customer_id, rules),
        follow_ups=tuple(asked_of_people.of(session, row.customer_id)),
        is_fresh=old == new,
        steps=tuple(_steps(numbers, row.spent, measured)),
        moves=tuple(_moves(session, row.customer_id)),
    )


def _kept(session: Session, customer_id: int) -> Row[Any]:
    columns = (customer_statistics.c[name] for name in WRITTEN)
    return session.execute(select(*columns).where(customer_statistics.c.customer_id == customer_id)).one()


def _numbers(row: Row[Any], measured: Measured) -> dict[str, int | None]:
    instants = {field: getattr(row, column) for field, column in INSTANTS.items()}
    return {
        **{name: getattr(row, name) for name in COUNTED},
        "spent": row.spent // 100,
        "top_percent": _top_percent(row, measured.cuts),
        **{
            field: None if at is None else (measured.now - at) // timedelta(days=1)
            for field, at in instants.items()
        },
    }


def _top_percent(row: Row[Any], cuts: CutPoints) -> int:
    return next_steps.top_percent(row.spent, cuts.top) if row.orders else 100


def _titles(rules: Rules, places: Mapping[str, str]) -> dict[str, str]:
    tiers = {place.name: place.title for place in rules.tiers}
    stages = {place.name: place.title for place in rules.lifecycle}
    classes = {each.name: each.title for each in rules.classes}
    cells = {
        rules.cell(one.name, other.name): f"{one.title}×{other.title}"
        for one in rules.satisfied
        for other in rules.volumes
    }
    named = {"tier": tiers, "lifecycle": stages, "class": classes, "cell": cells}
    return {partition: titles.get(places[partition], "") for partition, titles in named.items()}


def _steps(numbers: Numbers, spent: int, measured: Measured) -> Iterator[Step]:
    rules = measured.rules
    partitions: tuple[tuple[str, Partition], ...] = (
        ("tier", rules.tiers),
        ("satisfaction", rules.satisfied),
        ("volume", rules.volumes),
        ("lifecycle", rules.lifecycle),
    )
    for name, places in partitions:
        yield from next_steps.steps(name, places, numbers, spent, measured.cuts.top)


def _moves(session: Session, customer_id: int) -> Iterator[Move]:
    """The latest first."""
    mine = select(customer_moves).where(customer_moves.c.customer_id == customer_id)
    for row in session.execute(mine.order_by(customer_moves.c.id.desc()).limit(MOST_MOVES)):
        yield Move(
            partition=row.partition,
            was=row.was,
            became=row.became,
            version=row.version,
            at=row.at,
            because={
                "orders": str(row.orders),
                "spent": str(Decimal(row.spent) / 100),
                "last order": row.last_order_at.date().isoformat() if row.last_order_at else "never",
                "satisfaction": str(row.satisfaction),
            },
        )

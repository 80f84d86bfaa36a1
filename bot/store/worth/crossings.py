"""Whose figures can have changed since the last refresh: new rows, and those a line has passed over meanwhile.

Between two refreshes by the same rules only the lines move: cut points with the others' purchases, spans of days with
the calendar. A row that no line passed over, and nobody wrote, is what it was; only the others are made anew.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, insert, literal_column, or_, select

from bot.rules.worth.partitions import BadPartitions
from bot.store.database import Session
from bot.store.tables import customer_statistics, refreshes
from bot.store.worth.compared import compared
from bot.store.worth.cut_points import CutPoints
from bot.store.worth.measures import FORMULAS, INSTANTS, NEAR, Measured
from bot.values.partitions import Rules

# spelled out, so that the database sees that its small index of stale rows holds them
IS_STALE = literal_column("customer_statistics.is_stale") == literal_column("1")


def begun(session: Session, measured: Measured) -> None:
    """From now on some are scored by these lines and some by the last: until `finished` everybody is looked at."""
    rules = measured.rules
    cuts = {"content": rules.content}
    session.execute(insert(refreshes).values(at=measured.now, version=rules.version, cuts=cuts))


def finished(session: Session, measured: Measured) -> None:
    cuts = asdict(measured.cuts) | {
        "r": [line.isoformat() for line in measured.cuts.r],
        "rules": _fingerprint(measured.rules),
        "content": measured.rules.content,
    }
    session.execute(insert(refreshes).values(at=measured.now, version=measured.rules.version, cuts=cuts))


def refuse_changed(session: Session, path: str, rules: Rules) -> None:
    """Every move names its rules' version, so one version is one set of rules. Raises `BadPartitions`.

    Asked of a shop's own file; what Weilan brings along changes with Weilan.
    """
    asked = select(refreshes.c.cuts).where(refreshes.c.version == rules.version)
    used = session.execute(asked.order_by(refreshes.c.id.desc()).limit(1)).scalar()
    if path and used and used.get("content", rules.content) != rules.content:
        raise BadPartitions(
            f"{path}: version: customers were placed by other rules of version {rules.version!r} already; "
            "expected a new version for changed rules"
        )


def last(session: Session, rules: Rules) -> Measured | None:
    """What everybody was last scored by; None when that is not known, or was by other rules."""
    row = session.execute(select(refreshes).order_by(refreshes.c.id.desc()).limit(1)).one_or_none()
    if row is None or row.cuts.get("rules") != _fingerprint(rules):
        return None
    cuts = row.cuts
    return Measured(
        row.at,
        rules,
        CutPoints(
            buyers=cuts["buyers"],
            r=tuple(map(datetime.fromisoformat, cuts["r"])),
            f=tuple(cuts["f"]),
            m=tuple(cuts["m"]),
            top={int(percent): cut for percent, cut in cuts["top"].items()},
            a=cuts["a"],
            b=cuts["b"],
        ),
    )


def passed_over(before: Measured, after: Measured) -> ColumnElement[bool] | None:
    """True on every row that may come out otherwise than before; None when that may be any."""
    if before.rules != after.rules or not before.cuts.buyers or not after.cuts.buyers:
        return None
    if (before.cuts.a is None) != (after.cuts.a is None) or (before.cuts.b is None) != (after.cuts.b is None):
        return None
    between = [
        column.between(*sorted((old, new))) for column, old, new in _lines(before, after) if old != new
    ]
    return or_(IS_STALE, *between)


def _lines(before: Measured, after: Measured) -> Iterator[tuple[ColumnElement[Any], Any, Any]]:
    row, old, new = customer_statistics.c, before.cuts, after.cuts
    for column, was, is_now in (
        (compared(row.last_order_at), old.r, new.r),
        (row.orders, old.f, new.f),
        (row.spent, old.m, new.m),
        (row.spent, (old.a, old.b), (new.a, new.b)),
        (row.spent, tuple(old.top.values()), tuple(new.top.values())),
    ):
        for one, other in zip(was, is_now, strict=True):
            yield column, one, other
    for name, days in _spans_of_days(after.rules):
        yield compared(row[name]), before.now - timedelta(days=days), after.now - timedelta(days=days)


def _spans_of_days(rules: Rules) -> set[tuple[str, int]]:
    found = {("spoke_at", days) for days, _ in NEAR}
    for places in (rules.tiers, rules.satisfied, rules.volumes, rules.lifecycle):
        for place in places:
            for box in place.boxes:
                for field, span in box.items():
                    if field in INSTANTS:
                        found |= {(INSTANTS[field], days) for days in (span.least, span.below) if days}
    return {(name, min(days, 40_000)) for name, days in found}


def _fingerprint(rules: Rules) -> str:
    return hashlib.sha256(f"{FORMULAS} {rules!r}".encode()).hexdigest()

"""Points come when an order can no longer be sent back, go with what came back, and end; levels follow what was paid."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.rules.worth import membership as rules_of
from bot.services import Services
from bot.store.database import Session
from bot.store.loyalty import earning, levels, points
from bot.store.worth import statistics
from bot.values.membership import Rules

AT_ONCE = 500  # entries a transaction: messages go on between two
LATELY = timedelta(days=2)
STRETCH = 20_000  # customers a transaction

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Kept:
    earned: int = 0
    taken_back: int = 0
    expired: int = 0
    levels: int = 0


def keep(services: Services) -> Kept:
    """What is due now; nothing where the shop keeps points itself. Done again it changes nothing."""
    if services.config.membership.source != "orders":
        return Kept()
    rules, now = rules_of.load(services.config.membership.rules), services.now()
    today = now.astimezone(services.config.push.zone).date()
    with services.database.transaction() as session:
        if points.begun_at(session) is None:
            points.begin(session, rules_of.lasts_to(today, rules), now)
    kept = Kept(
        earned=_all(services, lambda session: _earn(session, services, rules, now)),
        taken_back=_all(services, lambda session: _take_back(session, now)),
        expired=_all(services, lambda session: points.expire(session, today, now, AT_ONCE)),
        levels=_raise(services, rules, now),
    )
    if kept != Kept():
        _log.info(
            "membership kept",
            earned=kept.earned,
            taken_back=kept.taken_back,
            expired=kept.expired,
            levels=kept.levels,
        )
    return kept


def put_levels_right(services: Services) -> int:
    """Nightly, of everybody; down only on the first day of a month."""
    if services.config.membership.source != "orders":
        return 0
    rules, now = rules_of.load(services.config.membership.rules), services.now()
    down = now.astimezone(services.config.push.zone).day == 1
    with services.database.reading() as session:
        stretches = statistics.stretches(session, STRETCH)
    changed = 0
    for first, last in stretches:
        with services.database.transaction() as session:
            changed += levels.put_right(session, rules, now, first, last, down=down)
    return changed


def _all(services: Services, some: Callable[[Session], int]) -> int:
    done = 0
    while True:
        with services.database.transaction() as session:
            found = some(session)
        done += found
        if found < AT_ONCE:
            return done


def _earn(session: Session, services: Services, rules: Rules, now: datetime) -> int:
    begun = points.begun_at(session) or now
    found = earning.ripe(session, now, timedelta(days=rules.comes_after_days), begun, AT_ONCE)
    zone = services.config.push.zone
    for order in found:
        level, ordered_on = rules_of.named(order.level, rules), order.ordered_at.astimezone(zone).date()
        brought = rules_of.earned(order.amount, level, ordered_on, rules)
        about = points.About(key=f"order:{order.id}", kind="order", order_id=order.id)
        points.gain(
            session,
            order.customer_id,
            brought,
            about,
            rules_of.lasts_to(now.astimezone(zone).date(), rules),
            now,
        )
    return len(found)


def _take_back(session: Session, now: datetime) -> int:
    back = _back(session, "return", earning.returned(session, AT_ONCE), now)
    return max(back, _back(session, "refund", earning.refunded(session, AT_ONCE), now))


def _back(session: Session, kind: str, found: Sequence[Any], now: datetime) -> int:
    for one in found:
        brought, left = points.brought_by(session, one.order_id)
        part = (
            left if one.returned is None else min(rules_of.taken_back(brought, one.paid, one.returned), left)
        )
        about = points.About(key=f"{kind}:{one.id}", kind=kind, order_id=one.order_id)
        points.take_back(session, one.customer_id, part, about, now)
    return len(found)


def _raise(services: Services, rules: Rules, now: datetime) -> int:
    with services.database.transaction() as session:
        return levels.raise_lately(session, rules, now, LATELY)

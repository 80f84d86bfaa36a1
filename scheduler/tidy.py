"""Housekeeping, once a day: what was only kept for a while goes.

A part at a time, because on SQLite whoever wants to write waits for the whole of a transaction, messages too.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from bot.services import Services
from bot.store import tidying
from bot.store.database import Database, Session
from bot.store.people import binding, forgetting, merging
from bot.store.planning import engagement
from bot.store.programs import idempotency
from bot.store.rows import parts
from bot.store.sending import steering
from bot.store.talk import forms, model_calls
from bot.store.worth import statistics

AT_ONCE = 50_000  # customers


def tidy(services: Services) -> None:
    database, now, real = services.database, services.now(), services.clock.real()
    with database.transaction() as session:
        tidying.drop_totals(session, now)
        tidying.drop_ended_sessions(session, now)
        tidying.drop_expired_keys(session, real)
        idempotency.tidy(session, real)
        forgetting.tidy(session, now)
        binding.tidy(session, now)
        forms.tidy(session, now)
        model_calls.tidy(session, now)
        merging.gather(session, now)
        steering.drop_suppressions_they_lifted(session)
    _drop(database, tidying.old_bodies, tidying.drop_bodies, now)
    _drop(database, tidying.unused_passes, tidying.drop_passes, now)
    _everybody(database, forgetting.drop_late_words, now)
    _everybody(database, tidying.drop_former_standings, now)


def refresh_engagement(services: Services) -> None:
    """Engaged, ordinary or tired: from it follows how far apart their pushes are aimed."""
    _everybody(services.database, engagement.refresh, services.now())


def _drop(
    database: Database,
    find: Callable[[Session, datetime], Sequence[int]],
    drop: Callable[[Session, Sequence[int]], None],
    now: datetime,
) -> None:
    """Looked for aside: no writer waits for it."""
    with database.reading() as session:
        found = find(session, now)
    for some in parts(found):
        with database.transaction() as session:
            drop(session, some)


def _everybody(
    database: Database, change: Callable[[Session, datetime, int, int], object], now: datetime
) -> None:
    with database.reading() as session:
        stretches = statistics.stretches(session, AT_ONCE)
    for first, last in stretches:
        with database.transaction() as session:
            change(session, now, first, last)

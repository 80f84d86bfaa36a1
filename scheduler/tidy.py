"""Housekeeping, once a day: what was only kept for a while goes."""

from bot.services import Services
from bot.store import tidying
from bot.store.people import binding, forgetting, merging
from bot.store.planning import engagement
from bot.store.programs import idempotency
from bot.store.sending import steering
from bot.store.talk import forms, model_calls
from bot.store.worth import statistics

AT_ONCE = 50_000  # customers


def tidy(services: Services) -> None:
    now = services.now()
    with services.database.transaction() as session:
        tidying.drop_raw_bodies(session, now)
        tidying.drop_totals(session, now)
        tidying.drop_passes(session, now)
        tidying.drop_ended_sessions(session, now)
        tidying.drop_expired_keys(session, services.clock.real())
        idempotency.tidy(session, services.clock.real())
        forgetting.tidy(session, now)
        binding.tidy(session, now)
        forms.tidy(session, now)
        model_calls.tidy(session, now)
        merging.gather(session, now)
        steering.drop_suppressions_they_lifted(session)
    with services.database.reading() as session:
        stretches = statistics.stretches(session, AT_ONCE)
    for first, last in stretches:
        with services.database.transaction() as session:
            tidying.drop_former_standings(session, now, first, last)


def refresh_engagement(services: Services) -> None:
    """Engaged, ordinary or tired: from it follows how far apart their pushes are aimed."""
    with services.database.transaction() as session:
        engagement.refresh(session, services.now())

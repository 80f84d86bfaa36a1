"""Housekeeping, once a day: what was only kept for a while goes."""

from bot.services import Services
from bot.store import binding, engagement, forgetting, idempotency, merging, steering, tidying


def tidy(services: Services) -> None:
    now = services.now()
    with services.database.transaction() as session:
        tidying.drop_raw_bodies(session, now)
        tidying.drop_totals(session, now)
        tidying.drop_ended_sessions(session, now)
        tidying.drop_expired_keys(session, services.clock.real())
        idempotency.tidy(session, services.clock.real())
        forgetting.tidy(session, now)
        binding.tidy(session, now)
        merging.gather(session, now)
        steering.drop_suppressions_they_lifted(session)


def refresh_engagement(services: Services) -> None:
    """Engaged, ordinary or tired: from it follows how far apart their pushes are aimed."""
    with services.database.transaction() as session:
        engagement.refresh(session, services.now())

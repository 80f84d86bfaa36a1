"""Learns from who answered which pushes: hourly, a few at a time, each push once."""

from bot.services import Services
from bot.store.planning import rotation

MOST_AT_ONCE = 500  # hours of pushes in one run


def learn(services: Services) -> None:
    for _ in range(MOST_AT_ONCE):
        with services.database.transaction() as session:
            if not rotation.count(session, services.now()):
                return

"""When within a window each one's push is due: a batch is spread, so that load and replies do not come at once. Pure."""

from datetime import datetime

SLOTS = 12
SPREAD = 0.5  # of what is left of the window


def slots_of(first: datetime, closes: datetime) -> list[datetime]:
    step = (closes - first) * SPREAD / SLOTS
    return [first + step * number for number in range(SLOTS)]

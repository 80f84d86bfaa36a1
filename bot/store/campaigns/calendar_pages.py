"""The calendar of this shop, day by day, for the terminal and the console."""

from datetime import date

from bot.config import Push
from bot.rules.calendar import calendar_days
from bot.store.campaigns import festivals, working_days
from bot.store.database import Session
from bot.values.calendar import CalendarShown


def shown(session: Session, first: date, last: date, push: Push) -> CalendarShown:
    """Both days included."""
    entered = working_days.overrides(session, first, last)
    return calendar_days.shown(
        first,
        last,
        push,
        working_days.between(session, first, last),
        {one.day: one.note for one in entered},
        festivals.known(session).values(),
    )

"""Each night: when customers wrote the day before, and from that the half hour in which each is best reached."""

from datetime import date, datetime, time, timedelta

from bot.rules.calendar.workdays import PUBLISHED, WorkingCalendar
from bot.rules.pushes.best_hour import spans
from bot.services import Services
from bot.store.planning import best_hours
from bot.store.planning.best_hours import Day

LOOKS_BACK = timedelta(days=120)  # the first time, and after a long stop
A_DAY = timedelta(days=1)


def refresh(services: Services, calendar: WorkingCalendar = PUBLISHED) -> int:
    """A transaction for each day and each window; done again it changes nothing. Gives how many days were counted."""
    push = services.config.push
    today = services.now().astimezone(push.zone).date()

    def over(day: date) -> Day:
        begins, ends = (datetime.combine(each, time(), push.zone) for each in (day, day + A_DAY))
        return Day(day, calendar.kind(day).works, begins, ends)

    with services.database.reading() as session:
        missing = best_hours.uncounted(session, today - LOOKS_BACK, today - A_DAY, push.zone)
    days = [over(day) for day in missing]
    for day in days:
        with services.database.transaction() as session:
            best_hours.count(session, day)
    windows = spans(today, push)
    for window in sorted(windows):
        with services.database.transaction() as session:
            best_hours.judge(session, window, days)
    with services.database.transaction() as session:
        best_hours.drop_others(session, windows)
    return len(days)

"""When somebody answers: the hours of service, on working days and on free ones. Pure, told the time."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.config import Person
from bot.rules.calendar.workdays import WorkingCalendar

LONGEST_BREAK = 15  # days looked ahead; the longest holiday has eight
_WEEKDAYS = "一二三四五六日"


def next_service(now: datetime, person: Person, zone: ZoneInfo, calendar: WorkingCalendar) -> datetime | None:
    """`now` itself while somebody serves, else when somebody begins to; None when nobody does within two weeks."""
    today = now.astimezone(zone).date()
    for ahead in range(LONGEST_BREAK):
        day = today + timedelta(days=ahead)
        hours = person.working_hours if calendar.kind(day).works else person.free_hours
        if hours is None:
            continue
        opens, closes = (datetime.combine(day, at, zone) for at in hours)
        if now < closes:
            return max(now, opens)
    return None


def when_words(at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """今天 09:00, 明天 09:00, 周一 09:00, 10月8日 09:00."""
    local = at.astimezone(zone)
    return f"{_day_words(local.date(), now.astimezone(zone).date())} {local:%H:%M}"


def _day_words(day: date, today: date) -> str:
    away = (day - today).days
    if away <= 1:
        return ("今天", "明天")[away]
    return f"周{_WEEKDAYS[day.weekday()]}" if away < 7 else f"{day.month}月{day.day}日"

"""When a push of each purpose may go out, on the working calendar, and never at night. Pure, told the time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.config import Push
from bot.rules.calendar.workdays import PUBLISHED, DayKind, WorkingCalendar

PURPOSES = ("marketing", "care", "service")
LONGEST_WAIT = 15  # days looked ahead; there is a window on every day unless the quiet hours eat it

Span = tuple[time, time]

WORKING_DAY: dict[str, tuple[Span, ...]] = {
    "marketing": ((time(11), time(12)), (time(16, 30), time(18))),
    "care": ((time(19, 30), time(21, 30)),),
    "service": ((time(9), time(20, 30)),),
}
FREE_DAY: dict[str, tuple[Span, ...]] = {
    "marketing": ((time(10, 30), time(12)),),
    "care": ((time(10), time(21, 30)),),
    "service": ((time(10), time(20, 30)),),
}


@dataclass(frozen=True, slots=True)
class Window:
    """From `opens`, up to but without `closes`."""

    opens: datetime
    closes: datetime
    day: date
    kind: DayKind

    def holds(self, instant: datetime) -> bool:
        return self.opens <= instant < self.closes


class NoWindow(ValueError):
    """The quiet hours leave a purpose no time at all."""


def window_at(
    purpose: str, instant: datetime, push: Push, calendar: WorkingCalendar = PUBLISHED
) -> Window | None:
    """The window that is open at the instant, if one is."""
    day = instant.astimezone(push.zone).date()
    windows = windows_of(purpose, day, push, calendar)
    return next((window for window in windows if window.holds(instant)), None)


def next_window(purpose: str, instant: datetime, push: Push, calendar: WorkingCalendar = PUBLISHED) -> Window:
    """The first window that opens after the instant; one that is open already is not it."""
    day = instant.astimezone(push.zone).date()
    for ahead in range(LONGEST_WAIT):
        for window in windows_of(purpose, day + timedelta(days=ahead), push, calendar):
            if window.opens > instant:
                return window
    raise NoWindow(f"the quiet hours leave no window for {purpose}")


def windows_of(
    purpose: str, day: date, push: Push, calendar: WorkingCalendar = PUBLISHED
) -> Iterator[Window]:
    """The day's windows in order, without the quiet hours."""
    kind = calendar.kind(day)
    spans = WORKING_DAY if kind.works else FREE_DAY
    for begins, ends in spans[purpose]:
        for opens, closes in _awake(begins, ends, push):
            yield Window(
                datetime.combine(day, opens, push.zone), datetime.combine(day, closes, push.zone), day, kind
            )


def without_any(push: Push) -> list[str]:
    """Purposes that the quiet hours leave no time at all, on no day."""
    spans = {purpose: (*WORKING_DAY[purpose], *FREE_DAY[purpose]) for purpose in PURPOSES}
    return [one for one in PURPOSES if not any(list(_awake(*span, push)) for span in spans[one])]


def is_quiet(instant: datetime, push: Push) -> bool:
    clock = instant.astimezone(push.zone).time()
    if push.quiet_from <= push.quiet_until:
        return push.quiet_from <= clock < push.quiet_until
    return clock >= push.quiet_from or clock < push.quiet_until


def _awake(begins: time, ends: time, push: Push) -> Iterator[Span]:
    """What the quiet hours leave of a span of one day."""
    if push.quiet_from > push.quiet_until:  # over midnight: a span is cut at both ends
        begins, ends = max(begins, push.quiet_until), min(ends, push.quiet_from)
        if begins < ends:
            yield begins, ends
        return
    if begins < min(ends, push.quiet_from):
        yield begins, min(ends, push.quiet_from)
    if max(begins, push.quiet_until) < ends:
        yield max(begins, push.quiet_until), ends

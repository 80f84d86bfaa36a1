"""The product's time is moved, and the timetable notices it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.clock import FixedClock
from bot.services import Services
from scheduler.timetable import TIMETABLE, Desk


def move(services: Services, by: timedelta) -> None:
    moved = replace(services, clock=_Moved(services.now() + by, by))
    next(job for job in TIMETABLE if job.id == "notice the clock").run(Desk(moved, _Idle()))


class _Moved(FixedClock):
    """The product's time was moved by so much; the real one was not."""

    def __init__(self, at: datetime, by: timedelta) -> None:
        super().__init__(at)
        self._by = by

    def real(self) -> datetime:
        return self.now() - self._by


class _Idle:
    """An engine that is given nothing to do."""

    def hand(self, ids: Sequence[int]) -> bool:
        return not ids

    def stop(self) -> None:
        pass

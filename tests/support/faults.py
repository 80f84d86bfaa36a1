"""Workers that die, or stand still while others act, at a chosen point of their work."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import event

from bot.clock import Clock
from bot.services import Services
from bot.store.database import Database, Session
from tests.support import pushing
from tests.support.fake_wechat import FakeWeChat

# a process may die at any of these; at the last three it holds no transaction, and others may act meanwhile
POINTS = ("statement", "commit", "between", "before request", "after request")


class Crash(BaseException):
    """The process dies here: nothing after it runs, no open transaction commits."""


@dataclass
class Trouble:
    """What befalls one piece of work when it comes to its `number`th point of that kind."""

    point: str
    number: int
    befalls: Callable[[], None]

    def reached(self, point: str) -> None:
        if point == self.point:
            self.number -= 1
            if self.number == 0:
                self.befalls()


def dies() -> None:
    raise Crash


class Worker:
    """A process of its own: its connections, and what befalls it. Its key store is one nobody watches."""

    def __init__(self, known: Database, clock: Clock, wechat: FakeWeChat, sections: dict[str, Any]) -> None:
        self.trouble: Trouble | None = None
        self.database = Pausing(known.engine.url.render_as_string(hide_password=False), self.reached)
        event.listen(self.database.engine, "before_cursor_execute", lambda *_: self.reached("statement"))
        event.listen(self.database.engine, "commit", lambda _: self.reached("commit"))
        self._known, self._clock, self._wechat = known, clock, wechat
        self.services = self.with_settings(sections)

    def with_settings(self, sections: dict[str, Any]) -> Services:
        made = pushing.services_with(self._known, self._clock, self._wechat, **sections)
        self.services = replace(made, database=self.database)
        return self.services

    def work(self, task: Callable[[Services], object], trouble: Trouble | None = None) -> bool:
        """False when it died over it."""
        self.trouble = trouble
        try:
            task(self.services)
        except Crash:
            return False
        finally:
            self.trouble = None
        return True

    def reached(self, point: str) -> None:
        if self.trouble is not None:
            self.trouble.reached(point)

    def close(self) -> None:
        self.database.close()


class Pausing(Database):
    """Tells when a transaction is about to begin."""

    def __init__(self, url: str, reached: Callable[[str], None]) -> None:
        super().__init__(url, synchronous="normal")
        self._reached = reached

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        self._reached("between")
        with super().transaction() as session:
            yield session

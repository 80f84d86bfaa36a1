"""A door in a process of its own, for tests of what two processes do to one another and what a death leaves."""

import os
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from bot.clock import SystemClock
from bot.store.database import Database
from bot.wechat import messages
from handlers.chat.speaking import Answer, Context, Slow
from handlers.exchange import Exchange
from handlers.taking import Push, Taking
from handlers.windows import windows_of
from tests.support.door import opened, services_of

APART = get_context("forkserver")  # imports once what follows, and each process is a copy of that
APART.set_forkserver_preload([__name__])


def say_all(url: str, spool: Path, pushes: list[str], answers: Any, ready: Any) -> None:
    """Pushes each through an application of this process; puts what was answered into `answers`."""
    database = Database(url, synchronous="normal")
    with opened(services_of(database, SystemClock(), spool)) as door:
        ready.wait()
        answers.put([door.push(xml) for xml in pushes])
    database.close()


def take_and_die(url: str, spool: Path, xml: str) -> None:
    """Takes a message in, and is gone after the commit, before anybody hears the answer."""
    database = Database(url, synchronous="normal")
    services = services_of(database, SystemClock(), spool)
    push = Push(messages.read(xml.encode()), xml, services.now())
    Taking(services, windows_of(services.config)).safely(push, 5)
    os._exit(9)


def die_thinking(url: str, spool: Path, xml: str) -> None:
    """Takes a message in whose answer takes long, and is gone while it is made."""
    database = Database(url, synchronous="normal")
    services = services_of(database, SystemClock(), spool)
    push = Push(messages.read(xml.encode()), xml, services.now())
    Exchange(services, windows_of(services.config), answer=_dies).answer(push, 0)
    os._exit(1)


def _dies(context: Context) -> tuple[str, Answer | Slow]:
    del context
    return "slow", Slow(work=_die)


def _die() -> Answer:
    os._exit(9)


def run(target: Any, *given: Any) -> int:
    """Runs it to its end and gives its exit code."""
    process = APART.Process(target=target, args=given)
    process.start()
    process.join(180)
    code = process.exitcode
    assert code is not None, "it hangs"
    return code

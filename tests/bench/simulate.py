"""Thirty days of 100,000 customers beforehand: `python -m tests.bench.simulate`. Printed, not asserted.

python -m tests.bench.simulate                     the demo shop, its customers copied up to 100,000
python -m tests.bench.simulate 20000 7             so many customers, so many days
python -m tests.bench.simulate --postgresql        copied from PostgreSQL

Beside the time stands the processor's: on a machine that does other things, too, only that says what the work costs.
"""

import resource
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from bot.clock import FixedClock
from bot.config import Config
from bot.insight.knowledge import WordIndex
from bot.sandbox import demo
from bot.services import Services
from bot.store import schema
from bot.store.database import Database
from bot.store.keys import SqlKeys
from bot.store.segments import segments
from bot.values.simulation import Wanted
from scheduler.refresh import refresh
from scheduler.simulate import simulate
from tests.support import servers
from tests.support.fake_wechat import FakeWeChat

NOW = datetime(2026, 11, 23, 22, tzinfo=UTC)  # Tuesday, 6:00 in Shanghai


def measure(database: Database, customers: int, days: int, folder: Path) -> None:
    clock = FixedClock(NOW)
    config = Config.model_validate({"wechat": {"account_kind": "service", "verified": True}})
    services = Services(
        config=config, clock=clock, database=database, keys=SqlKeys(database, clock.real), wechat=FakeWeChat(), knowledge=WordIndex(),
    )  # fmt: skip
    with database.transaction() as session:
        segments.keep_everyone(session, NOW)
    demo.open_shop(database, folder, NOW)
    refresh(services)
    began, before = time.perf_counter(), _processor()
    found = simulate(services, Wanted(days, customers, 1, NOW))
    took, used = time.perf_counter() - began, _processor() - before
    sent = sum(sum(day.sent.values()) for day in found.days)
    print(
        f"{database.engine.dialect.name}: {days} days of {found.customers:,} customers, {len(found.campaigns)} campaigns, {sent:,} sends"
    )
    print(f"  {took:.1f} s; {used:.1f} s of processor; {sent / took:,.0f} sends a second")
    print(f"  of both parts together: {', '.join(f'{step} {each}' for step, each in found.seconds.items())}")
    print(
        f"  memory of a part at most {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024:.0f} MB"
    )


def _processor() -> float:
    """Of this process and of those it has waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def main() -> None:
    words = [word for word in sys.argv[1:] if not word.startswith("--")]
    customers, days = (
        (int(word) for word in (*words, "100000", "30")[:2]) if len(words) != 1 else (int(words[0]), 30)
    )
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="weilan-bench-")))
        if "--postgresql" in sys.argv:
            server = stack.enter_context(servers.postgresql())
            database = Database(servers.create_database(server, "simulate"))
        else:
            database = Database(f"sqlite:///{folder / 'simulate.db'}", synchronous="normal")
        stack.callback(database.close)
        schema.upgrade(database)
        measure(database, customers, days, folder)


if __name__ == "__main__":
    main()

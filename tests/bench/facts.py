"""The nightly inference over many customers: `python -m tests.bench.facts [--sqlite|--postgresql] [CUSTOMERS…]`. Printed, not asserted."""

import resource
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from sqlalchemy import func, insert, select, update

from bot.clock import FixedClock
from bot.config import Config
from bot.insight.knowledge import WordIndex
from bot.services import Services
from bot.store import schema
from bot.store.database import Database
from bot.store.keys import SqlKeys
from bot.store.people.facts_inferred import Written
from bot.store.tables import customers, messages, products
from scheduler.inference import infer
from scheduler.refresh import refresh
from tests.bench.value import NOW, fill
from tests.support import servers
from tests.support.fake_wechat import FakeWeChat

WRITES_AT_ONCE = 10_000
CHANGED = 1_000  # of them, one did something since


def measure(database: Database, count: int) -> None:
    fill(database, count)
    talk(database, count)
    clock = FixedClock(NOW)
    services = Services(
        config=Config(), clock=clock, database=database, keys=SqlKeys(database, clock.real), wechat=FakeWeChat(), knowledge=WordIndex(),
    )  # fmt: skip
    refresh(services, from_scratch=True)
    print(f"\n{database.engine.dialect.name}: {count:,} customers, {count * 10:,} order lines")
    clock.forward(hours=1)
    told("everybody", services)
    clock.forward(days=1)
    told("the night after", services)
    clock.forward(days=1)
    with database.transaction() as session:
        some = customers.c.id % CHANGED == 0
        session.execute(update(customers).where(some).values(spoke_at=clock.now()))
    told(f"one in {CHANGED:,}", services)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  {'memory':<16} {peak:.0f} MB at most, of this process so far")


def talk(database: Database, count: int) -> None:
    """Every second one has asked something; products have categories and prices of all kinds."""
    asked = ("有优惠券吗", "紫砂壶怎么用", "有新款吗", "在吗", "谢谢")
    for start in range(0, count, WRITES_AT_ONCE):
        rows = [
            {
                "customer_id": who + 1,
                "direction": "in",
                "kind": "text",
                "text": asked[who % 5],
                "created_at": NOW,
            }
            for who in range(start, min(start + WRITES_AT_ONCE, count), 2)
        ]
        with database.transaction() as session:
            session.execute(insert(messages), rows)
    with database.transaction() as session:
        kind = func.concat("类", products.c.id % 20) if not database.is_sqlite else "类"
        session.execute(update(products).values(category=kind, price=20 + products.c.id % 200))
        session.execute(select(func.count()).select_from(products))


def told(what: str, services: Services) -> None:
    began, cpu = time.perf_counter(), time.process_time()
    found: Written = infer(services)
    took, used = time.perf_counter() - began, time.process_time() - cpu
    print(
        f"  {what:<16} {took:7.1f} s ({used:.1f} s of this process's CPU): {found.looked_at:,} looked at, "
        f"{found.said:,} said, {found.ended:,} ended",
        flush=True,
    )


def main(arguments: list[str]) -> None:
    sizes = [int(argument) for argument in arguments if argument.isdecimal()] or [100_000]
    with ExitStack() as stack:
        for size in sizes:
            if "--postgresql" not in arguments:
                folder = stack.enter_context(tempfile.TemporaryDirectory())
                on_sqlite = Database(f"sqlite:///{Path(folder) / 'bench.db'}", synchronous="normal")
                schema.upgrade(on_sqlite)
                measure(on_sqlite, size)
                on_sqlite.close()
            if "--sqlite" not in arguments:
                server = stack.enter_context(servers.postgresql())
                on_postgresql = Database(servers.create_database(server, f"facts_{size}"))
                schema.upgrade(on_postgresql)
                measure(on_postgresql, size)
                on_postgresql.close()


if __name__ == "__main__":
    main(sys.argv[1:])

"""Figures, cut points, places and a segment over many customers: `python -m tests.bench.value`. Printed, not asserted.

python -m tests.bench.value                       100,000 customers on SQLite and PostgreSQL
python -m tests.bench.value 100000 1000000        these sizes
python -m tests.bench.value --sqlite 5000000      one database only
"""

import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import DBAPIError

from bot.clock import FixedClock
from bot.config import Config
from bot.insight.knowledge import WordIndex
from bot.rules.worth import partitions
from bot.services import Services
from bot.store import schema
from bot.store.database import Database
from bot.store.keys import SqlKeys
from bot.store.segments import segments
from bot.store.tables import (
    customer_statistics,
    customers,
    follow_ups,
    nurturing_plans,
    order_lines,
    refreshes,
)
from bot.store.worth import statistics
from bot.store.worth.scoring import WRITTEN
from bot.values import rule
from bot.values.value import RefreshReport
from scheduler import refresh as refreshing
from scheduler import stretches
from scheduler.refresh import refresh
from tests.bench import _duck
from tests.support import servers
from tests.support.fake_wechat import FakeWeChat

NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)
MAUTIC = "  Mautic, reported       about 40 min for one segment over 260,000 contacts (mautic/mautic#8113)"
TWO_YEARS = 63_072_000  # seconds
FIVE_CONDITIONS = {
    "all": [
        {"field": "tier", "op": "in", "value": ["top", "big", "medium"]},
        {"field": "lifecycle", "op": "=", "value": "loyal"},
        {"field": "rfm.r", "op": ">=", "value": 4},
        {"field": "score", "op": ">=", "value": 700},
        {"field": "abc", "op": "=", "value": "A"},
    ]
}


def fill(database: Database, customers: int) -> None:
    """2.5 orders and 10 lines a customer, few of them buying most; the same every time."""
    sqlite = database.is_sqlite
    numbers = (
        "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {0}) SELECT i FROM n) AS n"
        if sqlite
        else "generate_series(1, {0}) AS n(i)"
    )

    def ago(seconds: str) -> str:
        began = int(NOW.timestamp())
        if sqlite:
            return f"strftime('%Y-%m-%d %H:%M:%S', {began} - {seconds}, 'unixepoch') || '.000000'"
        return f"to_timestamp({began} - {seconds})"

    def chance(salt: int, below: int) -> str:
        return f"((CAST(n.i AS BIGINT) * {salt} + 12345) % 2147483647 * 48271 % 2147483647 % {below})"

    orders = customers * 5 // 2
    cities = (
        f"CASE {chance(69621, 4)} WHEN 0 THEN '杭州' WHEN 1 THEN '苏州' WHEN 2 THEN '宁波' ELSE '绍兴' END"
    )
    yes = "1" if sqlite else "true"
    statements = (
        f"""INSERT INTO products (id, external_id, name, price, stock, attributes)
        SELECT i, 'p' || i, '茶' || i, 99, 10, '{{}}' FROM {numbers.format(2000)}""",
        f"""INSERT INTO customers (id, openid, bucket, city, province, followed_at, created_at, spoke_at, wants_pushes)
        SELECT i, 'o' || i, i % 10000, {cities}, '浙江', {ago(chance(16807, TWO_YEARS))}, {ago(str(TWO_YEARS))},
        CASE WHEN i % 3 = 0 THEN {ago(chance(39373, TWO_YEARS))} END, {yes} FROM {numbers.format(customers)}""",
        f"""INSERT INTO orders (id, external_id, customer_id, status, amount, coupon_amount, ordered_at)
        SELECT i, 'D' || i, 1 + {chance(742938285, customers)} * {chance(950706376, customers)} / {customers},
        CASE {chance(1226874159, 20)} WHEN 0 THEN 'refunded' WHEN 1 THEN 'closed' ELSE 'delivered' END,
        10 + {chance(62089911, 99999)} / 100.0, CASE i % 5 WHEN 0 THEN 5 ELSE 0 END, {ago(f"{TWO_YEARS} * ({orders} - CAST(n.i AS BIGINT)) / {orders}")}
        FROM {numbers.format(orders)}""",
        f"""INSERT INTO order_lines (order_id, position, product_id, product_name, quantity, price)
        SELECT i, p.k, 1 + ({chance(630360016, 2000)} + p.k * 577) % 2000, '茶', 1 + i % 3, 20
        FROM {numbers.format(orders)}
        CROSS JOIN (SELECT 1 AS k UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4) AS p""",
        f"""INSERT INTO reviews (external_id, customer_id, rating, reviewed_at)
        SELECT 'r' || i, 1 + {chance(48271, customers)}, 1 + {chance(16807, 9)} % 5, {ago("86400")}
        FROM {numbers.format(customers // 5)}""",
        f"""INSERT INTO returns (external_id, order_id, kind, status, requested_at)
        SELECT 't' || i, i * 40, 'return', 'closed', {ago("86400")} FROM {numbers.format(orders // 40)}""",
    )
    for statement in statements:
        with database.transaction() as session:
            session.exec_driver_sql(statement.replace("%", "%%") if not sqlite else statement)


def measure(database: Database, customers: int) -> None:
    began = time.perf_counter()
    fill(database, customers)
    if not database.is_sqlite:
        _tend(database)
    with database.reading() as session:
        lines = session.scalar(select(func.count()).select_from(order_lines))
    print(
        f"\n{database.engine.dialect.name}: {customers:,} customers, {lines:,} order lines, made in {time.perf_counter() - began:.0f} s"
    )
    _alone(database)
    clock = FixedClock(NOW)
    services = _services(database, clock)
    if not database.is_sqlite:
        _tend(database)
    _told("a second refresh", *_cost(database, lambda: refresh(services)))
    _told("from scratch again", *_cost(database, lambda: refresh(services, from_scratch=True)))
    clock.forward(days=1)
    _told("a day later", *_cost(database, lambda: refresh(services)))
    clock.forward(days=1)
    rescore(database, clock.now())
    count(database, clock.now())
    _forget_places(database)
    _told("first places", *_cost(database, lambda: refresh(services)))
    began = time.process_time()
    for _ in range(10):
        sum(number * number for number in range(500_000))
    print(
        f"  {'this machine':<18} {(time.process_time() - began) * 100:.0f} ms of processor for 500,000 squares in Python, to compare runs by"
    )


def _alone(database: Database) -> None:
    """From scratch in a process of its own, so that the peak of memory is the refresh's and not of the making."""
    url = database.engine.url.render_as_string(hide_password=False)
    print(end="", flush=True)
    subprocess.run([sys.executable, "-m", "tests.bench.value", "--alone", url], check=True)


def _from_scratch(url: str) -> None:
    database = Database(url, synchronous="normal")
    services = _services(database, FixedClock(NOW))
    before = _memory()
    _told("from scratch", *_cost(database, lambda: refresh(services, from_scratch=True)))
    print(f"  {'memory':<18} {_memory()} MB at most, of which {before} MB before it began")
    database.close()


def _services(database: Database, clock: FixedClock) -> Services:
    return Services(
        config=Config(), clock=clock, database=database, keys=SqlKeys(database, clock.real), wechat=FakeWeChat(), knowledge=WordIndex(),
    )  # fmt: skip


def _memory() -> int:
    """Megabytes at most, of this process alone: what `getrusage` says begins with its parent's."""
    told = Path("/proc/self/status").read_text(encoding="ascii")
    return int(told.partition("VmHWM:")[2].split()[0]) // 1024


def rescore(database: Database, now: datetime) -> None:
    """By the figures as they stand: new cut points, and whoever a line passed over."""
    rules = partitions.load("")
    with database.reading() as session:
        last = statistics.last_id(session)
    with ThreadPoolExecutor(stretches.READERS) as beside:
        began, cpu = time.perf_counter(), time.process_time()
        measured, before = refreshing.lines(database, rules, now, beside)
        read = time.perf_counter() - began
        scored = refreshing.place(database, measured, before, last, beside)
        took, used = time.perf_counter() - began, time.process_time() - cpu
    print(
        f"  {'re-score':<18} {took:6.2f} s ({used:.2f} s of processor here): cut points {read:.2f}, places {took - read:.2f}; changed {scored.changed:,}"
    )


def count(database: Database, now: datetime) -> None:
    tree = rule.parse(FIVE_CONDITIONS)
    with database.reading() as session:
        began = time.perf_counter()
        found = segments.count(session, tree, now)
        took = time.perf_counter() - began
    print(f"  {'segment of five':<18} {took:6.3f} s counted, {found:,} members")


def _forget_places(database: Database) -> None:
    """As an import leaves it: it wrote the figures with the orders."""
    with database.transaction() as session:
        for table in (refreshes, follow_ups, nurturing_plans):
            session.execute(delete(table))
        session.execute(update(customer_statistics).values(dict.fromkeys(WRITTEN) | {"is_stale": 1}))
    if not database.is_sqlite:
        _tend(database)


def _tend(database: Database) -> None:
    """What autovacuum does in a production's quiet minutes."""
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as session:
        session.execute(text("VACUUM ANALYZE"))


def _cost(database: Database, work: Callable[[], RefreshReport]) -> tuple[RefreshReport, float, float]:
    """Beside it somebody writes a little, again and again, as messages do; says how long they had to wait at most."""
    with _writing_beside(database) as waits:
        began, cpu = time.perf_counter(), time.process_time()
        report = work()
        took, used = time.perf_counter() - began, time.process_time() - cpu
    print(
        f"  {'a message beside':<18} waited {max(waits):.2f} s at most, {sorted(waits)[len(waits) * 99 // 100]:.3f} s in 99 of 100"
    )
    return report, took, used


@contextmanager
def _writing_beside(database: Database) -> Iterator[list[float]]:
    waits, over = [0.0], threading.Event()

    def write() -> None:
        while not over.wait(0.02):
            began = time.perf_counter()
            with suppress(DBAPIError), database.transaction() as session:
                session.execute(update(customers).where(customers.c.id == 1).values(name="b"))
            waits.append(time.perf_counter() - began)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        yield waits
    finally:
        over.set()
        writer.join()


def _told(name: str, report: RefreshReport, took: float, used: float) -> None:
    steps = ", ".join(f"{step} {seconds}" for step, seconds in report.seconds.items())
    print(f"  {name:<18} {took:6.2f} s ({used:.2f} s of processor here): {steps}; changed {report.changed:,}")


def main() -> None:
    if sys.argv[1:2] == ["--alone"]:
        _from_scratch(sys.argv[2])
        return
    flags = {word for word in sys.argv[1:] if word.startswith("--")}
    sizes = [int(word) for word in sys.argv[1:] if word not in flags] or [100_000]
    for size in sizes:
        with ExitStack() as stack:
            if "--postgresql" not in flags:
                folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="weilan-bench-")))
                database = Database(f"sqlite:///{folder / 'value.db'}", synchronous="normal")
                stack.callback(database.close)
                schema.upgrade(database)
                measure(database, size)
                if find_spec("duckdb"):
                    _duck.measure(folder / "value.db")
                print(MAUTIC)
            if "--sqlite" not in flags:
                server = stack.enter_context(servers.postgresql())
                database = Database(servers.create_database(server, "value"))
                stack.callback(database.close)
                schema.upgrade(database)
                measure(database, size)


if __name__ == "__main__":
    main()

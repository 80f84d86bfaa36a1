"""Segments over many customers, counted and materialised: `python -m tests.bench.segments`. Printed, not asserted.

python -m tests.bench.segments                       100,000 customers on SQLite and PostgreSQL
python -m tests.bench.segments 100000 1000000        these sizes
python -m tests.bench.segments --sqlite 5000000      one database only

Beside each time stands the processor's time of this process, and of PostgreSQL's when it did the work: on a machine
that does other things, too, only that says what the work costs.
"""

import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import text

from bot.clock import FixedClock
from bot.config import Config
from bot.insight.knowledge import WordIndex
from bot.services import Services
from bot.store import schema
from bot.store.database import Database, Session
from bot.store.keys import SqlKeys
from bot.store.segments import segment_changes, segments
from bot.values.rule import parse
from scheduler.refresh import refresh
from scheduler.segments import refresh_all, refresh_changed
from tests.bench.value import fill
from tests.support import servers
from tests.support.fake_wechat import FakeWeChat

NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)
ROUNDS = 5


def is_(field: str, op: str, value: Any, **beside: Any) -> dict[str, Any]:
    return {"field": field, "op": op, "value": value} | beside


# five conditions each, but for the design's own example
RULES: dict[str, dict[str, Any]] = {
    "places": {"all": [
        is_("tier", "in", ["top", "big", "medium"]), is_("lifecycle", "=", "loyal"), is_("rfm.r", ">=", 4),
        is_("score", ">=", 700), is_("abc", "=", "A"),
    ]},
    "two thirds of all": {"all": [
        is_("tier", "in", ["small", "medium", "inactive"]), {"not": is_("lifecycle", "=", "potential")},
        is_("rfm.r", ">=", 1), is_("rfm.m", ">=", 1), is_("score", ">=", 1),
    ]},
    "purchases": {"all": [
        is_("orders_total", ">=", 3), is_("spent_total", ">", 1000), is_("days_since_order", "<", 90), is_("rfm.f", ">=", 3),
        is_("abc", "=", "A"),
    ]},
    "with a city": {"all": [
        is_("orders_365d", ">=", 2), is_("region.city", "in", ["杭州", "苏州"]), is_("tier", "in", ["top", "big"]),
        is_("score", ">=", 600), is_("wants_pushes", "=", True),
    ]},
    "the design's": {"all": [
        is_("orders_365d", ">=", 1), {"any": [is_("region.city", "in", ["杭州", "苏州"]), is_("tags", "has", "tea")]},
    ]},
}  # fmt: skip


def measure(database: Database, customers: int) -> None:
    clock = FixedClock(NOW)
    services = Services(
        config=Config(), clock=clock, database=database, keys=SqlKeys(database, clock.real), wechat=FakeWeChat(), knowledge=WordIndex(),
    )  # fmt: skip
    fill(database, customers)
    _tend(database)
    refresh(services, from_scratch=True)
    _tend(database)
    print(f"\n{database.engine.dialect.name}: {customers:,} customers")
    for name, raw in RULES.items():
        rule = parse(raw)
        times = [_cost(database, lambda: _counted(database, rule, NOW)) for _ in range(ROUNDS)]  # noqa: B023
        found = times[0][0]
        took, used = min(each[1] for each in times), min(each[2] for each in times)
        print(
            f"  {name:<18} counted      {took:6.3f} s ({used:.3f} s of processor), {found:,} members",
            flush=True,
        )
    refresh_all(services)
    for name, raw in RULES.items():
        with database.transaction() as session:
            segments.define(session, name.replace(" ", "-").replace("'", ""), name=name, rule=raw, now=NOW)
        with _longest(database) as held:
            found, took, used = _cost(database, lambda: refresh_changed(services))
        members = max((each.members for each in found.segments), default=0) if found else 0
        print(
            f"  {name:<18} materialised {took:6.3f} s ({used:.3f} s of processor), {members:,} members; longest transaction {held[0] * 1000:.0f} ms",
            flush=True,
        )
    clock.forward(hours=1)
    with database.transaction() as session:
        segment_changes.note(session, range(1, 1001))
    _, took, used = _cost(database, lambda: refresh_changed(services))
    print(
        f"  {'a thousand changed':<18} looked at    {took:6.3f} s ({used:.3f} s of processor), all {len(RULES)} segments"
    )
    clock.forward(days=1)
    with _longest(database) as held:
        _, took, used = _cost(database, lambda: refresh_all(services))
    print(
        f"  {'a day later':<18} all anew     {took:6.3f} s ({used:.3f} s of processor), all {len(RULES)} segments; longest transaction {held[0] * 1000:.0f} ms"
    )
    print(
        f"  {'memory':<18} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB at most, of this process so far"
    )


def _counted(database: Database, rule: Any, now: datetime) -> int:
    with database.reading() as session:
        return segments.count(session, rule, now)


def _cost(database: Database, work: Callable[[], Any]) -> tuple[Any, float, float]:
    servers_time = _server_time(database)
    began, cpu = time.perf_counter(), time.process_time()
    found = work()
    took, used = time.perf_counter() - began, time.process_time() - cpu
    return found, took, used + _server_time(database) - servers_time


def _server_time(database: Database) -> float:
    """What the connections of this pool have used of PostgreSQL's processor so far, while they live."""
    if database.is_sqlite:
        return 0.0
    with database.reading() as session:
        pids = session.execute(
            text("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
        ).scalars()
        return sum(_ticks(pid) for pid in pids) / os.sysconf("SC_CLK_TCK")


def _ticks(pid: int) -> int:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0
    return int(fields[11]) + int(fields[12])


@contextmanager
def _longest(database: Database) -> Iterator[list[float]]:
    """How long the longest transaction had the writer's place."""
    held, transaction = [0.0], database.transaction

    @contextmanager
    def timed() -> Iterator[Session]:
        with transaction() as session:
            began = time.perf_counter()
            yield session
        held[0] = max(held[0], time.perf_counter() - began)

    database.transaction = timed  # type: ignore[method-assign]
    yield held
    database.transaction = transaction  # type: ignore[method-assign]


def _tend(database: Database) -> None:
    """What autovacuum does in a production's quiet minutes."""
    if not database.is_sqlite:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as session:
            session.execute(text("VACUUM ANALYZE"))


def main() -> None:
    flags = {word for word in sys.argv[1:] if word.startswith("--")}
    sizes = [int(word) for word in sys.argv[1:] if word not in flags] or [100_000]
    for size in sizes:
        with ExitStack() as stack:
            if "--postgresql" not in flags:
                folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="weilan-bench-")))
                database = Database(f"sqlite:///{folder / 'segments.db'}", synchronous="normal")
                stack.callback(database.close)
                schema.upgrade(database)
                measure(database, size)
            if "--sqlite" not in flags:
                server = stack.enter_context(servers.postgresql())
                database = Database(servers.create_database(server, "segments"))
                stack.callback(database.close)
                schema.upgrade(database)
                measure(database, size)
    print(
        "\nfor comparison, reported and not measured here: Mautic, one segment over 260,000 contacts, about 40 minutes"
    )
    print("(mautic/mautic#8113)")


if __name__ == "__main__":
    main()

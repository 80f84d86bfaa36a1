"""A planning pass over many customers and twenty campaigns: `python -m tests.bench.planning`. Printed, not asserted.

python -m tests.bench.planning                       100,000 customers on SQLite and PostgreSQL
python -m tests.bench.planning 100000 1000000        these sizes
python -m tests.bench.planning --sqlite 1000000      one database only
"""

import multiprocessing
import os
import resource
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import func, insert, select, text, update

from bot.clock import FixedClock
from bot.config import Config
from bot.insight.knowledge import WordIndex
from bot.services import Services
from bot.store import schema
from bot.store.database import Database
from bot.store.keys import SqlKeys
from bot.store.tables import (
    campaign_contents,
    campaigns,
    contents,
    customers,
    deliveries,
    messages,
    segments,
    staff,
    standings,
)
from bot.values.push import PlanReport
from scheduler.plan import plan, tick
from tests.support import servers
from tests.support.fake_wechat import FakeWeChat

MORNING = datetime(
    2026, 11, 24, 3, tzinfo=UTC
)  # a Tuesday, 11:00 in Shanghai: service and marketing are open
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
GOT_EACH = 4  # pushes of the last weeks a customer; those of the last days decide the rhythm
SEGMENTS: dict[str, dict[str, Any]] = {
    "everyone": {},
    "hangzhou": {"field": "region.city", "op": "=", "value": "杭州"},
    "buyers": {"field": "orders", "op": ">=", "value": 2},
    "best": {"all": [{"field": "tier", "op": "in", "value": ["top", "big"]}, {"field": "score", "op": ">=", "value": 700}]},
    "sleepers": {"all": [{"field": "lifecycle", "op": "=", "value": "dormant"}, {"field": "spoke_days", "op": ">=", "value": 30}]},
    "lately": {"field": "days_since_order", "op": "<=", "value": 60},
    "south": {"any": [{"field": "region.city", "op": "in", "value": ["苏州", "宁波"]}, {"field": "points", "op": ">", "value": 500}]},
    "tagged": {"field": "tags", "op": "has", "value": "tea"},
}  # fmt: skip


def fill(database: Database, many: int) -> None:
    """Followers and those who left, pushed lately or not, with four pushes behind each; the same every time."""
    sqlite = database.is_sqlite
    numbers = (
        f"(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {many}) SELECT i FROM n) AS n"
        if sqlite
        else f"generate_series(1, {many}) AS n(i)"
    )

    def ago(seconds: str) -> str:
        began = int(MORNING.timestamp())
        if sqlite:
            return f"strftime('%Y-%m-%d %H:%M:%S', {began} - ({seconds}), 'unixepoch') || '.000000'"
        return f"to_timestamp({began} - ({seconds}))"

    def day(ahead: str) -> str:
        return (
            f"date('2026-11-24', '-' || ({ahead}) || ' days')"
            if sqlite
            else f"date '2026-11-24' - CAST({ahead} AS INTEGER)"
        )

    def chance(salt: int, below: int) -> str:
        return f"((CAST(n.i AS BIGINT) * {salt} + 12345) % 2147483647 * 48271 % 2147483647 % {below})"

    yes, no = ("1", "0") if sqlite else ("true", "false")
    pushed = f"(1 + {chance(69621, 12)})"  # days ago
    city = f"CASE {chance(40692, 4)} WHEN 0 THEN '杭州' WHEN 1 THEN '苏州' WHEN 2 THEN '宁波' ELSE '绍兴' END"
    statements = [
        f"""INSERT INTO customers (id, openid, bucket, city, province, points, followed_at, unfollowed_at, created_at, spoke_at,
          wants_pushes, asked_for_pushes_at, engagement, silent_pushes, window_until, window_left,
          last_push_at, last_push_day, last_push_id, mass_month, mass_used, complaint_open)
        SELECT i, 'o' || i, {chance(16807, 10000)}, {city}, '浙江', {chance(9301, 1000)}, {ago("20000000")},
          CASE WHEN {chance(48271, 100)} < 15 THEN {ago("500000")} END, {ago("20000000")},
          CASE WHEN i % 3 = 0 THEN {ago(f"86400 * {chance(39373, 200)}")} END,
          CASE WHEN {chance(742938285, 100)} < 8 THEN {no} ELSE {yes} END,
          CASE WHEN i % 4 = 0 THEN {ago("9000000")} END,
          CASE WHEN i % 10 < 2 THEN 'engaged' WHEN i % 10 < 4 THEN 'tired' ELSE 'ordinary' END, i % 10 % 5,
          CASE WHEN i % 20 = 0 THEN {ago("-90000")} END, CASE WHEN i % 20 = 0 THEN 5 ELSE 0 END,
          {ago(f"86400 * {pushed} - 3600")}, {day(pushed)}, i * {GOT_EACH}, '2026-11', CASE WHEN {chance(950706376, 10)} < 6 THEN 4 ELSE {chance(950706376, 10)} - 6 END,
          CASE WHEN i % 500 = 0 THEN {yes} ELSE {no} END
        FROM {numbers}""",
        f"""INSERT INTO customer_statistics (customer_id, follows, orders, placed, spent, reviews, rating_sum, returns, refunds,
          score, tier, lifecycle, last_order_at, is_stale, known_at, updated_at)
        SELECT i, 1, {chance(1226874159, 6)}, 0, 10000, 0, 0, 0, 0, {chance(62089911, 1000)},
          CASE {chance(630360016, 5)} WHEN 0 THEN 'top' WHEN 1 THEN 'big' WHEN 2 THEN 'medium' ELSE 'small' END,
          CASE {chance(16807, 3)} WHEN 0 THEN 'dormant' WHEN 1 THEN 'loyal' ELSE 'new' END,
          {ago(f"86400 * {chance(39373, 300)}")}, 0, {ago("0")}, {ago("0")} FROM {numbers}""",
        f"""INSERT INTO customer_tags (customer_id, tag) SELECT i, 'tea' FROM {numbers} WHERE i % 5 = 0""",
        f"""INSERT INTO best_hours (works, opens, closes, customer_id, half, messages, permille)
        SELECT {yes}, 540, 1230, i, 24 + i % 16, 20, 300 + i % 400 FROM {numbers} WHERE i % 2 = 0""",
        f"""INSERT INTO deliveries (id, campaign_id, customer_id, content_id, channel, purpose, regular, state, day,
          planned_at, due_at, claimed_at, left_at, finished_at, attempts, before_push_at)
        SELECT (i - 1) * {GOT_EACH} + k.k, 'c' || (1 + {chance(48271, 20)}), i, 'w' || (1 + ({chance(69621, 100)} + k.k * 17) % 100), 'mass',
          'service', {yes}, 'sent', {day(f"{pushed} + 3 * ({GOT_EACH} - k.k)")}, {ago(f"86400 * ({pushed} + 3 * ({GOT_EACH} - k.k))")},
          {ago(f"86400 * ({pushed} + 3 * ({GOT_EACH} - k.k))")}, {ago("0")}, {ago("0")}, {ago("0")}, 1, NULL
        FROM {numbers} CROSS JOIN (SELECT 1 AS k UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4) AS k ORDER BY 1""",
    ]  # fmt: skip
    with database.transaction() as session:
        if not sqlite:  # every key is there
            session.exec_driver_sql("SET LOCAL session_replication_role = replica")
        _define(session)
        for index in deliveries.indexes:  # built once all rows are there: much faster than row by row
            index.drop(session)
        for statement in statements:
            session.exec_driver_sql(statement.replace("%", "%%") if not sqlite else statement)
        for index in deliveries.indexes:
            index.create(session)
        if not sqlite:
            session.exec_driver_sql("SELECT setval('deliveries_id_seq', (SELECT max(id) FROM deliveries))")


def _fill_apart(url: str, many: int) -> None:
    """In a process of its own, whose memory is not the planner's."""
    database = Database(url)
    fill(database, many)
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as session:
        session.execute(text("ANALYZE" if database.is_sqlite else "VACUUM ANALYZE"))
    database.close()


def _define(session: Any) -> None:
    """Twenty campaigns over eight segments, five contents each; half for service, half marketing; some time-bound."""
    who = {"name": "bench", "role": "operator", "password_hash": "!", "created_at": LONG_AGO}
    staff_id = session.execute(insert(staff).values(who).returning(staff.c.id)).scalar_one()
    for name, rule in SEGMENTS.items():
        session.execute(insert(segments).values(id=name, name=name, rule=rule, updated_at=LONG_AGO))
    names = list(SEGMENTS)
    for number in range(1, 21):
        purpose = "service" if number % 2 else "marketing"
        session.execute(
            insert(campaigns).values(
                id=f"c{number}", name=f"c{number}", segment_id=names[number % len(names)], priority=number % 5,
                starts=date(2026, 1, 1), ends=date(2027, 12, 31), status="running", regular=number % 7 != 0,
                channels=["reply_window", "mass"] if number % 3 else [], updated_at=LONG_AGO,
            )
        )  # fmt: skip
        for place in range(5):
            content = f"w{(number - 1) * 5 + place + 1}"
            session.execute(
                insert(contents).values(
                    id=content, title=content, category="leisure", purpose=purpose, kind="text", text="您好",
                    updated_at=LONG_AGO, approved_by=staff_id, approved_at=LONG_AGO,
                )
            )  # fmt: skip
            session.execute(
                insert(campaign_contents).values(campaign_id=f"c{number}", content_id=content, position=place)
            )


def measure(database: Database, many: int, server: str) -> None:
    began = time.perf_counter()
    url = database.engine.url.render_as_string(hide_password=False)
    filling = multiprocessing.get_context("spawn").Process(target=_fill_apart, args=(url, many))
    filling.start()
    filling.join()
    assert filling.exitcode == 0
    name = database.engine.dialect.name
    print(
        f"\n{name}: {many:,} customers, {GOT_EACH * many:,} deliveries, made in {time.perf_counter() - began:.0f} s"
    )
    clock = FixedClock(MORNING)
    services = Services(
        config=Config(), clock=clock, database=database, keys=SqlKeys(database, clock.real), wechat=FakeWeChat(), knowledge=WordIndex(),
    )  # fmt: skip

    def told(what: str, at: datetime) -> None:
        with _writing_beside(database) as waits:
            report, took, used = _cost(lambda: plan(services, at), server)
        verdicts = sum(number for each in report.campaigns for number in each.totals.values())
        print(
            f"  {what:<34} {took:6.2f} s wall, {used:6.2f} s processor: planned {report.planned:,}, {verdicts:,} verdicts"
        )
        print(
            f"  {'  another writer meanwhile waited':<34} {max(waits):6.2f} s at most, {sorted(waits)[len(waits) * 99 // 100]:.2f} s in 99 of 100, {len(waits):,} times"
        )

    told("the first pass of all", MORNING)
    told("another a minute later", MORNING + timedelta(minutes=1))
    _of_the_minute(services, MORNING + timedelta(minutes=2), many)
    with database.reading() as session:
        rows = session.execute(select(func.count()).select_from(standings)).scalar_one()
        planned = session.execute(select(func.count()).where(deliveries.c.state == "planned")).scalar_one()
    print(f"  {'kept':<34} {rows:,} standings, {planned:,} deliveries waiting")
    print(
        f"  {'memory':<34} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB at most, of this process so far"
    )
    print(f"  {'load':<34} {os.getloadavg()[0]:.1f} at the end")


@contextmanager
def _writing_beside(database: Database) -> Iterator[list[float]]:
    """What a message would: a small transaction every twentieth of a second, each with the seconds it took."""
    waits, stop = list[float](), threading.Event()

    def write() -> None:
        while not stop.is_set():
            began = time.perf_counter()
            with database.transaction() as session:
                session.execute(
                    update(customers).where(customers.c.id == 1).values(points=customers.c.points)
                )
            waits.append(time.perf_counter() - began)
            stop.wait(0.05)

    thread = threading.Thread(target=write)
    thread.start()
    yield waits
    stop.set()
    thread.join()


def _of_the_minute(services: Services, at: datetime, many: int) -> None:
    """Nobody changed; then a thousand wrote."""
    began, cpu = time.perf_counter(), time.process_time()
    for _ in range(10):
        nothing = tick(services, at)
    assert nothing is None
    took, used = time.perf_counter() - began, time.process_time() - cpu
    print(f"  {'a tick with nothing due':<34} {took * 100:6.1f} ms wall, {used * 100:6.1f} ms processor")
    with services.database.transaction() as session:
        said = [
            {"customer_id": each, "direction": "in", "kind": "text", "created_at": at}
            for each in range(1, many, max(1, many // 1000))
        ]
        session.execute(insert(messages), said)
    began, cpu = time.perf_counter(), time.process_time()
    tick(services, at + timedelta(minutes=1))
    took, used = time.perf_counter() - began, time.process_time() - cpu
    print(f"  {'a tick when 1,000 wrote':<34} {took:6.2f} s wall, {used:6.2f} s processor here")


def _cost(work: Callable[[], PlanReport], server: str) -> tuple[PlanReport, float, float]:
    began, cpu = time.perf_counter(), time.process_time() + _backends(server)
    report = work()
    return report, time.perf_counter() - began, time.process_time() + _backends(server) - cpu


def _backends(server: str) -> float:
    """Seconds of processor of all PostgreSQL's processes, those that have ended too."""
    if not server:
        return 0.0
    with psycopg.connect(server.replace("+psycopg", "") + "/postgres") as session:
        folder = session.execute("SHOW data_directory").fetchone()
    postmaster = int(Path(str(folder[0] if folder else ""), "postmaster.pid").read_text().split()[0])
    total = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == postmaster or stat.parent.name == str(postmaster):
            total += sum(map(int, fields[11:15] if stat.parent.name == str(postmaster) else fields[11:13]))
    return total / os.sysconf("SC_CLK_TCK")


def main() -> None:
    flags = {word for word in sys.argv[1:] if word.startswith("--")}
    for size in [int(word) for word in sys.argv[1:] if word not in flags] or [100_000]:
        with ExitStack() as stack:
            if "--postgresql" not in flags:
                folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="weilan-bench-")))
                database = Database(f"sqlite:///{folder / 'planning.db'}")
                stack.callback(database.close)
                schema.upgrade(database)
                measure(database, size, "")
            if "--sqlite" not in flags:
                server = stack.enter_context(servers.postgresql())
                database = Database(servers.create_database(server, "planning"))
                stack.callback(database.close)
                schema.upgrade(database)
                measure(database, size, server)


if __name__ == "__main__":
    main()

"""What is due goes out: sends a second of a worker process, beside wechatpy's client alone; mass sends by the ten thousand.

    python -m tests.bench.dispatch [--sends 4000] [--latency 0.03] [--mass 100000] [--on SQLite]

The platform answers after `latency` from the other core, where PostgreSQL is, too. Claim, ledger, outcome and log are
written down for each. Absolute numbers are the machine's; read the ratio, and the processor time a send.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from bot.store import schema
from bot.store.database import Database
from tests.bench._sender import NOON
from tests.support import servers
from tests.support.build import Build

WORKER_CORE, OTHER_CORE = "0", "1"


def main() -> None:
    parser = argparse.ArgumentParser(description="what is due goes out")
    parser.add_argument("--sends", type=int, default=4_000)
    parser.add_argument("--latency", type=float, default=0.03)
    parser.add_argument("--mass", type=int, default=100_000, help="openids; 0: not measured")
    parser.add_argument("--on", default="", help="databases whose name holds this word")
    asked = parser.parse_args()
    print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores", flush=True)
    print(
        f"{'':<34}{'sends/s':>8}{'ratio':>7}{'CPU µs':>8}{'ratio':>7}{'stmts':>7}{'MB':>6}{'idle tick ms':>14}",
        flush=True,
    )
    with tempfile.TemporaryDirectory(prefix="weilan-bench-") as folder, _platform(asked.latency) as address:
        for name, made, processes in _databases(Path(folder)):
            if asked.on in name:
                _singles(name, made, processes, address, asked.sends)
        for name, made, processes in _databases(Path(folder)):
            if asked.on in name and asked.mass and processes == 1:
                _mass(name, made, address, asked.mass)


def _singles(name: str, made: Callable[[], str], processes: int, address: str, sends: int) -> None:
    """The client alone and the product take turns, so that what else the machine does falls on both."""
    before = _run(["wechatpy", address, str(sends)], {})
    url = made()
    _lay_out(url, sends * processes, "reply_window")
    found = _together([_settings(url, address)] * processes)
    after = _run(["wechatpy", address, str(sends)], {})
    alone = sends / ((before["seconds"] + after["seconds"]) / 2)
    alone_cpu = (before["cpu"] + after["cpu"]) / 2 / sends * 1e6
    total = sends * processes
    seconds = max(one["seconds"] - one["idle"] for one in found)
    cpu = sum(one["cpu"] for one in found) / total * 1e6
    _check(url, total, "sent")
    print(f"{'wechatpy alone':<34}{alone:>8.0f}{1:>7.2f}{alone_cpu:>8.0f}{1:>7.2f}")
    print(
        f"{f'{name}, {processes} processes':<34}{total / seconds:>8.0f}{total / seconds / alone:>7.2f}{cpu:>8.0f}"
        f"{cpu / alone_cpu:>7.2f}{sum(one['statements'] for one in found) / total:>7.2f}"
        f"{max(one['mb'] for one in found):>6.0f}{max(one['tick'] for one in found):>14.1f}",
        flush=True,
    )


def _mass(name: str, made: Callable[[], str], address: str, people: int) -> None:
    url = made()
    _lay_out(url, people, "mass")
    (found,) = _together([_settings(url, address)])
    _check(url, people, "accepted")
    seconds = found["seconds"] - found["idle"]
    print(
        f"{name}, mass send to {people:,}: {seconds:.1f} s, {seconds / people * 1e6:.0f} µs and "
        f"{found['cpu'] / people * 1e6:.0f} µs of the worker's processor a person, {found['mb']:.0f} MB",
        flush=True,
    )


def _settings(url: str, address: str) -> dict[str, str]:
    unbound = '{"custom_per_second": 100000, "custom_per_day": 1000000000, "mass_per_day": 100000, "mass_calls_per_minute": 100000}'
    return {
        "WEILAN_DATABASE__URL": url,
        "WEILAN_WECHAT__APP_ID": "wx1",
        "WEILAN_WECHAT__APP_SECRET": "s" * 32,
        "WEILAN_WECHAT__API_BASE": address,
        "BENCH_LIMITS": unbound,
    }


def _lay_out(url: str, many: int, channel: str) -> None:
    database = Database(url, synchronous="normal")
    schema.upgrade(database)
    with database.transaction() as session:
        build = Build(session)
        build.segment()
        build.content(
            "words",
            purpose="service",
            text="您好，{customer.name|您}",
            approved_by=build.staff(),
            approved_at=NOON,
        )
        build.campaign("first", ["words"])
        numbers = (
            f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {many})"
            if database.is_sqlite
            else f"WITH n AS (SELECT generate_series(1, {many}) AS i)"
        )
        at, later, ago = (
            f"{NOON + by:%Y-%m-%d %H:%M:%S}" for by in (timedelta(0), timedelta(days=1), timedelta(days=-90))
        )
        zone = "" if database.is_sqlite else "+00"
        session.exec_driver_sql(
            "INSERT INTO customers (id, openid, source, bucket, followed_at, created_at, spoke_at, window_until, window_left)"
            f" {numbers} SELECT i, 'o-bench-of-the-sends-' || i, 'search', 5000, '{ago}{zone}', '{ago}{zone}', '{ago}{zone}',"
            f" '{later}{zone}', {0 if channel == 'mass' else 5} FROM n"
        )
        session.exec_driver_sql(
            "INSERT INTO deliveries (id, campaign_id, content_id, customer_id, channel, purpose, state, day, planned_at, due_at)"
            f" {numbers} SELECT i, 'first', 'words', i, '{channel}', 'service', 'planned', '{NOON:%Y-%m-%d}', '{ago}{zone}',"
            f" '{at}{zone}' FROM n"
        )
    if not database.is_sqlite:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as session:
            session.exec_driver_sql("VACUUM ANALYZE")
    database.close()


def _check(url: str, many: int, state: str) -> None:
    database = Database(url)
    with database.reading() as session:
        counted = session.exec_driver_sql("SELECT state, count(*) FROM deliveries GROUP BY state")
        found = {row[0]: row[1] for row in counted}
    database.close()
    if found != {state: many}:
        raise RuntimeError(f"expected {many} {state}, found {found}")


def _together(settings: list[dict[str, str]]) -> list[dict[str, float]]:
    found: list[dict[str, float]] = []
    workers = [
        threading.Thread(target=lambda one=one: found.append(_run(["product", "", "0"], one)))
        for one in settings
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return found


def _run(words: list[str], settings: dict[str, str]) -> dict[str, float]:
    done = subprocess.run(
        ["taskset", "-c", WORKER_CORE, sys.executable, "-m", "tests.bench._sender", *words],
        env=os.environ | settings, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    answer: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return answer


def _databases(folder: Path) -> Iterator[tuple[str, Callable[[], str], int]]:
    yield "SQLite", lambda: f"sqlite:///{folder}/{time.time_ns()}.db", 1
    with servers.postgresql(durable=True, core=int(OTHER_CORE)) as server:
        for processes in (1, 2):
            yield "PostgreSQL", lambda: servers.create_database(server, f"bench_{time.time_ns()}"), processes


@contextmanager
def _platform(latency: float) -> Iterator[str]:
    port = servers.free_port()
    platform = subprocess.Popen(
        ["taskset", "-c", OTHER_CORE, sys.executable, "-m", "tests.bench._wechat", str(port), str(latency)]
    )
    try:
        time.sleep(1.0)
        yield f"http://127.0.0.1:{port}"
    finally:
        platform.terminate()
        platform.wait()


if __name__ == "__main__":
    main()

"""How fast orders come in from a file, and how memory grows with it: three sizes, both databases.

    python -m tests.bench.importing [ORDER_LINES ...]

Each size is imported by a process of its own into an empty database, then once more: nothing changes.
"""

import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import text

from bot.intake import importing
from bot.store import schema
from bot.store.database import Database
from tests.support import servers

SIZES = (20_000, 100_000, 400_000)
PRODUCTS = 500
NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)


def main() -> None:
    sizes = [int(word.replace("_", "")) for word in sys.argv[1:]] or SIZES
    print(
        "| database | order lines | file | first import | lines/s | a second of processor, with the server's | again | lines/s | peak memory |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder, servers.postgresql() as server:
        for size in sizes:
            orders = Path(folder) / f"orders-{size}.csv"
            _write_orders(orders, size)
            urls = {
                "SQLite": f"sqlite:///{folder}/{size}.db",
                "PostgreSQL": servers.create_database(server, f"bench_{uuid.uuid4().hex[:8]}"),
            }
            for name, url in urls.items():
                first, again = (_in_a_process(url, orders) for _ in range(2))
                assert first["created"] == again["unchanged"], (first, again)
                assert first["rejected"] == again["created"] == again["updated"] == 0, (first, again)
                megabytes = max(first["memory"], again["memory"]) / 1024
                print(
                    f"| {name} | {size:,} | {orders.stat().st_size / 1e6:.0f} MB "
                    f"| {first['took']:.1f} s | {size / first['took']:,.0f} | {size / first['processor']:,.0f} "
                    f"| {again['took']:.1f} s | {size / again['took']:,.0f} | {megabytes:.0f} MB |",
                    flush=True,
                )
            orders.unlink()


def _in_a_process(url: str, orders: Path) -> dict[str, float]:
    run = subprocess.run(
        [sys.executable, "-m", "tests.bench.importing", "--one", url, str(orders)],
        check=True,
        capture_output=True,
        text=True,
    )
    found: dict[str, float] = json.loads(run.stdout.splitlines()[-1])
    return found


def _one(url: str, orders: Path) -> None:
    database = Database(url)
    schema.upgrade(database)
    products = orders.with_name("products.csv")
    names = "".join(f"P{number},货品{number},{number % 90 + 10}.50,100\n" for number in range(PRODUCTS))
    products.write_text("external_id,name,price,stock\n" + names, encoding="utf-8")
    [shelf] = importing.sources("products", [products], None)
    importing.take_in(database, shelf, NOW, salt="salt", progress=lambda _: None)
    started, processor = time.perf_counter(), time.process_time() + _of_the_server(database)
    [source] = importing.sources("orders", [orders], None)
    report = importing.take_in(database, source, NOW, salt="salt", progress=lambda _: None)
    took = time.perf_counter() - started
    processor = time.process_time() + _of_the_server(database) - processor
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    counts = {
        "created": report.created,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "rejected": report.rejected,
    }
    print(json.dumps({"took": took, "processor": processor, "memory": memory, **counts}))


def _of_the_server(database: Database) -> float:
    """Seconds of processor that PostgreSQL spent for our connection, on Linux; SQLite spends ours."""
    if database.is_sqlite:
        return 0.0
    with database.reading() as session:
        stat = Path(f"/proc/{session.scalar(text('SELECT pg_backend_pid()'))}/stat").read_text(
            encoding="utf-8"
        )
    user, system = stat.rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def _write_orders(path: Path, lines: int) -> None:
    """Two lines an order on average, ten orders a customer, as an ERP writes them."""
    chance = random.Random(lines)
    with path.open("w", encoding="utf-8") as out:
        out.write(
            "external_id,customer_external_id,status,ordered_at,paid_at,discount,product_external_id,product_name,quantity,price\n"
        )
        order = written = 0
        while written < lines:
            order += 1
            at = datetime(2024, 1, 1) + timedelta(seconds=order * 7)  # noqa: DTZ001
            head = f"D{order:09},C{chance.randrange(lines // 20 + 1):07},delivered,{at},{at + timedelta(minutes=3)},0.00"
            for _ in range(min(chance.randint(1, 3), lines - written)):
                product = chance.randrange(PRODUCTS)
                out.write(f"{head},P{product},货品{product},{chance.randint(1, 3)},{product % 90 + 10}.50\n")
                written += 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        _one(sys.argv[2], Path(sys.argv[3]))
    else:
        main()

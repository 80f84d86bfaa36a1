"""The portrait of the best 20 % and the look-alikes of everybody else, over many customers. Printed, not asserted.

python -m tests.bench.portrait                       10,000, 50,000 and 200,000 customers on SQLite and PostgreSQL
python -m tests.bench.portrait 1000000               this size
python -m tests.bench.portrait --sqlite 1000000      one database only
"""

import resource
import sys
import tempfile
import time
from contextlib import ExitStack

from bot import portrayal
from bot.clock import FixedClock
from bot.config import Config
from bot.insight.knowledge import WordIndex
from bot.services import Services
from bot.store import schema
from bot.store.database import Database
from bot.store.keys import SqlKeys
from bot.values.portrait import Top
from scheduler.refresh import refresh
from tests.bench.value import NOW, fill
from tests.support import servers
from tests.support.fake_wechat import FakeWeChat

SIZES = (10_000, 50_000, 200_000)

# categories, tags, people; half of those who spent most come from one card
TRAITS = (
    "UPDATE products SET category = '类' || (id % 12)",
    "INSERT INTO customer_tags (customer_id, tag) SELECT id, '标' || (id % 30) FROM customers WHERE id % 2 = 0",
    """UPDATE customers SET gender = CASE id % 3 WHEN 0 THEN 'male' WHEN 1 THEN 'female' END,
    source = CASE WHEN id % 7 < 3 THEN 'ADD_SCENE_SEARCH' ELSE 'ADD_SCENE_QR_CODE' END,
    source_scene = CASE WHEN id % 5 = 0 OR id < (SELECT max(id) FROM customers) / 20 THEN 'card' ELSE '' END""",
)


def measure(database: Database, customers: int) -> None:
    fill(database, customers)
    with database.transaction() as session:
        for statement in TRAITS:
            session.exec_driver_sql(statement.replace("%", "%%") if not database.is_sqlite else statement)
    clock = FixedClock(NOW)
    services = Services(
        config=Config(), clock=clock, database=database, keys=SqlKeys(database, clock.real), wechat=FakeWeChat(), knowledge=WordIndex(),
    )  # fmt: skip
    refresh(services, from_scratch=True)
    print(f"\n{database.engine.dialect.name}: {customers:,} customers")
    began = time.perf_counter()
    found = portrayal.portray(services, Top())
    standing = [str(each.trait) for each in found.shared if each.is_more_common]
    print(
        f"  {'portrait':<18} {time.perf_counter() - began:6.2f} s: {len(found.shared)} compared, {standing[:3]}"
    )
    for again in ("look-alikes", "once more"):
        began = time.perf_counter()
        done = portrayal.refresh(services)
        parts = ", ".join(f"{step} {seconds}" for step, seconds in done.seconds.items())
        print(
            f"  {again:<18} {time.perf_counter() - began:6.2f} s: {parts}; {done.scored:,} scored, {done.written:,} written"
        )
    for model in done.models:
        area = f"AUC {model.check.auc:.3f}" if model.check else model.reason
        print(f"  {model.population:<18} {area}")
    print(
        f"  {'memory':<18} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB at most, of this process so far",
        flush=True,
    )


def main() -> None:
    flags = {argument for argument in sys.argv[1:] if argument.startswith("--")}
    sizes = [int(argument) for argument in sys.argv[1:] if not argument.startswith("--")] or list(SIZES)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        server = None if "--sqlite" in flags else stack.enter_context(servers.postgresql())
        for size in sizes:
            if "--postgresql" not in flags:
                database = Database(f"sqlite:///{folder}/portrait-{size}.db", synchronous="normal")
                schema.upgrade(database)
                measure(database, size)
                database.close()
            if server is not None:
                database = Database(servers.create_database(server, f"portrait_{size}"))
                schema.upgrade(database)
                measure(database, size)
                database.close()


if __name__ == "__main__":
    main()

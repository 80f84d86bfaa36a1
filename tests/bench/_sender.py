"""One worker process of the bench: `python -m tests.bench._sender product|wechatpy ADDRESS NUMBER`. Prints one line of JSON."""

import json
import os
import resource
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from sqlalchemy import event

from bot import services
from bot.clock import MovableClock
from bot.config_file import load
from scheduler import engine
from scheduler.deliver import hand_out_at_rate

NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)  # Tuesday, a working day, 12:00 in Shanghai
TICK = 1.0  # seconds, as in the timetable
AT_ONCE = 100


def main() -> None:
    what, address, number = sys.argv[1], sys.argv[2], int(sys.argv[3])
    print(json.dumps(_wechatpy(address, number) if what == "wechatpy" else _product()), flush=True)


def _wechatpy(address: str, number: int) -> dict[str, float]:
    """The client alone, with a pool as large as its threads."""
    from requests.adapters import HTTPAdapter  # noqa: PLC0415
    from wechatpy import WeChatClient  # noqa: PLC0415

    client = WeChatClient("wx1", "s")
    client.API_BASE_URL = f"{address}/cgi-bin/"
    client.session.set(client.access_token_key, "a-token")
    client._http.mount("http://", HTTPAdapter(pool_maxsize=AT_ONCE))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda one: client.message.send_text(f"o-{one}", "您好"), range(AT_ONCE)))
        begin, spent = time.perf_counter(), time.process_time()
        list(pool.map(lambda one: client.message.send_text(f"o-{one}", "您好"), range(number)))
    return _figures(number, begin, spent, 0)


def _product() -> dict[str, float]:
    offset = NOON - datetime.now(UTC)
    config = load(None, os.environ)
    limits = json.loads(os.environ["BENCH_LIMITS"])
    config = config.model_copy(update={"wechat": config.wechat.model_copy(update={"limits": limits})})
    built = services.build(config, lambda _keys: MovableClock(lambda: offset))
    statements = 0

    def count(*_: object) -> None:
        nonlocal statements
        statements += 1

    event.listen(built.database.engine, "before_cursor_execute", count)
    through = engine.Threads(built)
    begin, spent, idle = time.perf_counter(), time.process_time(), 0
    while idle < 2:
        started = time.perf_counter()
        batches = hand_out_at_rate(built)
        engine.hand_all(built, through, batches)
        idle = 0 if batches or _waits(built) else idle + 1
        time.sleep(max(0.0, TICK - (time.perf_counter() - started)))
    through.stop()
    figures = _figures(1, begin, spent, statements)
    tick = _tick(built)
    built.close()
    return figures | {"idle": 2 * TICK, "tick": tick, "threads": threading.active_count()}


def _waits(built: services.Services) -> bool:
    """Something is planned or under way."""
    with built.database.reading() as session:
        asked = "SELECT 1 FROM deliveries WHERE state IN ('planned', 'claimed') LIMIT 1"
        return session.exec_driver_sql(asked).first() is not None


def _tick(built: services.Services) -> float:
    """Milliseconds of one with nothing due: the median of ten."""
    took = []
    for _ in range(10):
        started = time.perf_counter()
        hand_out_at_rate(built)
        took.append(1000 * (time.perf_counter() - started))
    return sorted(took)[5]


def _figures(number: int, begin: float, spent: float, statements: int) -> dict[str, float]:
    return {
        "number": number,
        "seconds": time.perf_counter() - begin,
        "cpu": time.process_time() - spent,
        "statements": statements,
        "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


if __name__ == "__main__":
    main()

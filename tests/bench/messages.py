"""Messages through the whole house, beside the canonical wechatpy + Flask AES echo on the same server and core.

    python -m tests.bench.messages [--seconds 4] [--rounds 3] [--with-werobot]

The server is pinned to one core; the load comes from another core, over kept connections, with bodies sealed
beforehand, each message once. PostgreSQL is measured twice: on the server's core, and beside the load on the other.
Absolute numbers are the machine's; read the ratios.
"""

import argparse
import contextlib
import http.client
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path

from bot.insight.intent_learning import learned, lessons
from bot.store import schema
from bot.store.database import Database
from tests.bench import _stages
from tests.bench._seeds import question, seed
from tests.support import servers
from tests.support.door import event, seal, text_message

SERVER_CORE, LOAD_CORE = 0, 1
CONNECTIONS = 8
STEADY = 300  # messages a second for the latency
PEOPLE = 2_000
_numbers = count(int(time.time() * 1000) * 1000)


@dataclass(frozen=True)
class Kind:
    name: str
    target: float  # of the echo's throughput, on SQLite
    on_postgresql: float
    make: Callable[[int], str]
    entries: int = 120


def _openid(number: int) -> str:
    return f"o-person-{number % PEOPLE:05}"


KINDS = (
    Kind("events (LOCATION)", 1.0, 0.7, lambda n: event("LOCATION", _openid(n), at=1_700_000_000 + n, Latitude="23.1", Longitude="113.3", Precision="65")),
    Kind("menu taps", 1.0, 0.7, lambda n: event("CLICK", _openid(n), at=1_700_000_000 + n, EventKey="points")),
    Kind("commands (stop, start)", 1.0, 0.7, lambda n: text_message("退订" if n % 2 else "恢复推送", _openid(n // 2), next(_numbers))),
    Kind("free text, 120 entries", 0.3, 0.3, lambda n: text_message(question(n, 120), _openid(n), next(_numbers))),
    Kind("free text, 10,000 entries", 0.3, 0.3, lambda n: text_message(question(n, 10_000), _openid(n), next(_numbers)), entries=10_000),
)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description="messages against the wechatpy echo")
    parser.add_argument("--seconds", type=float, default=4.0, help="of each measurement")
    parser.add_argument("--rounds", type=int, default=3, help="each measurement is the median of so many")
    parser.add_argument(
        "--with-werobot", action="store_true", help="installs WeRoBot from PyPI into a throw-away venv"
    )
    parser.add_argument("--threads", type=int, default=4, help="of both servers")
    parser.add_argument("--on", default="", help="databases whose name holds this word")
    parser.add_argument("--only", default="", help="kinds whose name holds this word")
    parser.add_argument("--no-postgresql", action="store_true")
    parser.add_argument("--no-stages", action="store_true")
    asked = parser.parse_args()
    os.environ["BENCH_THREADS"] = str(asked.threads)
    os.sched_setaffinity(0, {LOAD_CORE})
    with tempfile.TemporaryDirectory(prefix="weilan-bench-") as folder:
        _measure(Path(folder), asked)
        if not asked.no_stages:
            print("\nWhere the time goes (one thread, µs a message)\n", flush=True)
            _stages.show(Path(folder))


def _measure(folder: Path, asked: argparse.Namespace) -> None:
    intents = folder / "intents"
    learned(lessons(), intents)  # each process that serves finds it there
    print(
        f"{'':<45}{'req/s':>7}{'ratio':>7}{'CPU µs':>8}{'ratio':>7}{'target':>8}{'p50 ms':>8}{'p99 ms':>8}{'MB':>6}\n"
        f"ratio: to the echo, by requests and by processor time; latency at {STEADY}/s",
        flush=True,
    )
    with _served("echo", {}) as echo:
        _row("wechatpy + Flask echo, AES", KINDS[3], echo, asked, None, 1.0)
        if asked.with_werobot:
            _werobot(folder, asked, echo)
        else:
            print("WeRoBot: not measured (--with-werobot)")
        for name, url in _databases(folder, asked):
            for entries in sorted({kind.entries for kind in KINDS if asked.only in kind.name}):
                with _served(
                    "weilan",
                    {
                        "WEILAN_DATABASE__URL": url(entries),
                        "WEILAN_UNDERSTANDING__FOLDER": str(intents),
                        "WEILAN_DATABASE__SYNCHRONOUS": name.split()[-1] if "SQLite" in name else "full",
                    },
                ) as port:
                    for kind in KINDS:
                        if kind.entries == entries and asked.only in kind.name:
                            target = kind.on_postgresql if "PostgreSQL" in name else kind.target
                            _row(f"{name}: {kind.name}", kind, port, asked, echo, target)


def _databases(folder: Path, asked: argparse.Namespace) -> Iterator[tuple[str, Callable[[int], str]]]:
    def made(url: str, entries: int) -> str:
        database = Database(url, synchronous="normal")
        schema.upgrade(database)
        seed(database, people=[_openid(number) for number in range(PEOPLE)], entries=entries)
        database.close()
        return url

    if asked.on in "SQLite normal":
        yield "SQLite normal", lambda entries: made(f"sqlite:///{folder}/normal-{entries}.db", entries)
    if asked.on in "SQLite full":
        yield "SQLite full", lambda entries: made(f"sqlite:///{folder}/full-{entries}.db", entries)
    for name, core in (("PostgreSQL, other core", LOAD_CORE), ("PostgreSQL, same core", SERVER_CORE)):
        if not asked.no_postgresql and asked.on in name:
            with servers.postgresql(durable=True, core=core) as address:
                yield name, partial(_made_on, address, made)


def _made_on(address: str, made: Callable[[str, int], str], entries: int) -> str:
    return made(servers.create_database(address, f"bench_{entries}"), entries)


def _row(
    what: str, kind: Kind, port: "Served", asked: argparse.Namespace, echo: "Served | None", target: float
) -> None:
    """Echo and product take turns, so that what else the machine does falls on both."""
    ours, theirs, slow = [], [], []
    _load(port, kind, seconds=1.0)
    for _ in range(asked.rounds):
        theirs.append(_load(echo or port, kind, asked.seconds))
        ours.append(_load(port, kind, asked.seconds))
        slow.append(_load(port, kind, asked.seconds, rate=STEADY))
    rate = statistics.median(one.rate for one in ours)
    by_rate = statistics.median(our.rate / their.rate for our, their in zip(ours, theirs, strict=True))
    by_cpu = statistics.median(their.cpu / our.cpu for our, their in zip(ours, theirs, strict=True))
    cpu = statistics.median(one.cpu for one in ours)
    p50 = statistics.median(one.p50 for one in slow)
    p99 = statistics.median(one.p99 for one in slow)
    mark = "" if by_rate >= target else "  below target"
    print(
        f"{what:<45}{rate:>7.0f}{by_rate:>7.2f}{cpu:>8.0f}{by_cpu:>7.2f}{target:>8.1f}{p50:>8.2f}{p99:>8.2f}"
        f"{port.megabytes():>6.0f}{mark}",
        flush=True,
    )


@dataclass(frozen=True)
class Load:
    rate: float
    cpu: float  # µs a request, of the server and its database
    p50: float
    p99: float


def _load(served: "Served", kind: Kind, seconds: float, rate: float | None = None) -> Load:
    """As fast as it goes over some connections, or `rate` a second at even distances."""
    most = int((rate or 4_000) * seconds)
    first = next(_numbers) % 100_000_000
    now = int(time.time())
    pushes = [seal(kind.make(first + number), now) for number in range(most)]
    for _ in range(most):
        next(_numbers)
    todo = iter(pushes)
    lock = threading.Lock()
    took: list[float] = []
    spent_before = served.cpu()
    begin = time.perf_counter() + 0.05
    numbers = count()

    def client() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=10)
        while True:
            with lock:
                push, number = next(todo, None), next(numbers)
            if push is None or time.perf_counter() - begin > seconds:
                connection.close()
                return
            due = begin + number / rate if rate else time.perf_counter()
            if (early := due - time.perf_counter()) > 0:
                time.sleep(early)
            started = max(due, begin) if rate else time.perf_counter()
            connection.request("POST", f"/wechat?{push[0]}", push[1], {"Content-Type": "text/xml"})
            answer = connection.getresponse()
            body = answer.read()
            if answer.status != 200 or not body:
                raise RuntimeError(f"{answer.status} {body[:200]!r}")
            took.append(time.perf_counter() - started)

    threads = [threading.Thread(target=client) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    spent = time.perf_counter() - begin
    cpu = (served.cpu() - spent_before) / len(took) * 1e6
    milliseconds = sorted(1000 * one for one in took)
    return Load(
        len(took) / spent, cpu, statistics.median(milliseconds), milliseconds[int(len(milliseconds) * 0.99)]
    )


@dataclass(frozen=True)
class Served:
    port: int
    process: subprocess.Popen[bytes]
    with_postgresql: bool = False

    def cpu(self) -> float:
        """Seconds of processor time so far, with the database's where that is a process of its own."""
        roots = [self.process.pid, *([_postgresql()] if self.with_postgresql else [])]
        pids = [pid for root in roots for pid in (str(root), *_children(root))]
        return sum(_cpu(pid) for pid in pids)

    def megabytes(self) -> float:
        """Of the process that serves: granian's first one only watches."""
        pids = [str(self.process.pid), *_children(self.process.pid)]
        return max(_resident(pid) for pid in pids) / 1024


@contextlib.contextmanager
def _served(what: str, settings: dict[str, str], python: str = sys.executable) -> Iterator[Served]:
    port = servers.free_port()
    command = [
        "taskset",
        "-c",
        str(SERVER_CORE),
        python,
        "-m",
        "tests.bench._server",
        what,
        str(port),
        os.environ["BENCH_THREADS"],
    ]
    quiet = subprocess.DEVNULL if what == "werobot" else None  # it writes a line a request
    process = subprocess.Popen(command, env=os.environ | settings, stderr=quiet)
    try:
        _wait(port, process)
        yield Served(port, process, settings.get("WEILAN_DATABASE__URL", "").startswith("postgresql"))
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", "/wechat?signature=x")
            connection.getresponse().read()
            return
        time.sleep(0.1)
    raise RuntimeError("the server did not start")


def _children(pid: int) -> list[str]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return [each for child in found for each in (child, *_children(int(child)))]


def _postgresql() -> int:
    """The one this bench started."""
    for pid in Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text(encoding="ascii").split():
        if b"initdb" not in (line := Path(f"/proc/{pid}/cmdline").read_bytes()) and b"/postgres\0" in line:
            return int(pid)
    raise RuntimeError("no PostgreSQL of this bench")


def _cpu(pid: str) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _resident(pid: str) -> int:
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1])
    return 0


def _werobot(folder: Path, asked: argparse.Namespace, echo: Served) -> None:
    venv = folder / "werobot"
    subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
    installed = subprocess.run(
        [str(venv / "bin/pip"), "install", "-q", "werobot", "cryptography"], check=False
    )
    if installed.returncode:
        print("WeRoBot: could not be installed, not measured")
        return
    with _served("werobot", {}, str(venv / "bin/python")) as served:
        _row("WeRoBot, AES, its own server and session", KINDS[3], served, asked, echo, 0.0)


if __name__ == "__main__":
    main()

"""A PostgreSQL and a Redis of the tests' own: started on loopback, in a folder of their own, stopped at the end."""

import atexit
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import redis

from tests.support.processes import children

STARTS_WITHIN = 120.0


class Missing(Exception):
    """A server program is not installed; says what to install."""


def free_port() -> int:
    """One that this process keeps to its end: a server may listen there, and nobody is given it by chance."""
    kept = socket.socket()
    kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    kept.bind(("127.0.0.1", 0))
    atexit.register(kept.close)
    port: int = kept.getsockname()[1]
    return port


class PostgreSQL:
    """A server of its own that can stand still, and go and come back with what it holds."""

    def __init__(self, folder: Path, *, durable: bool = False, core: int | None = None) -> None:
        self._programs, self._folder, self._data = _postgresql_programs(), folder, folder / "data"
        self._as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        self._pinned = [] if core is None else ["taskset", "-c", str(core)]
        self._port = free_port()
        self._written = "on" if durable else "off"
        if self._as_user:
            shutil.chown(folder, "postgres", "postgres")
        wanted = ["-U", "weilan", "-A", "trust", "-E", "UTF8", "--no-sync"]
        _run([*self._as_user, str(self._programs / "initdb"), "-D", str(self._data), *wanted])

    @property
    def address(self) -> str:
        """SQLAlchemy's, without the database's name."""
        return f"postgresql+psycopg://weilan@127.0.0.1:{self._port}"

    def start(self) -> None:
        settings = {
            "port": self._port, "listen_addresses": "127.0.0.1", "unix_socket_directories": self._folder,
            "fsync": self._written, "full_page_writes": self._written, "max_connections": 200,
        }  # fmt: skip
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        program = [str(self._programs / "postgres"), "-D", str(self._data), *options]
        with (self._folder / "log").open("ab") as log:
            self._server = subprocess.Popen([*self._pinned, *self._as_user, *program], stdout=log, stderr=log)
        _wait_for(
            lambda: psycopg.connect(
                f"postgresql://weilan@127.0.0.1:{self._port}/postgres", connect_timeout=2
            ).close(),
            self._folder / "log",
        )

    def stop(self) -> None:
        """Whoever is connected still is sent away."""
        if self._server.poll() is None:
            os.kill(self._first_process(), signal.SIGINT)
        self._server.wait(timeout=60)

    def fall_down(self) -> None:
        """At once, in the middle of whatever it does; `start` finds what was committed."""
        os.kill(self._first_process(), signal.SIGQUIT)
        self._server.wait(timeout=60)

    def stand_still(self) -> None:
        """Connections stay open, and nobody answers on them."""
        for process in self._processes():
            os.kill(process, signal.SIGSTOP)

    def go_on(self) -> None:
        for process in (self._server.pid, *self._processes()):  # runuser stands still with what it runs
            os.kill(process, signal.SIGCONT)

    def _first_process(self) -> int:
        return int((self._data / "postmaster.pid").read_text().splitlines()[0])

    def _processes(self) -> Iterator[int]:
        """The first one, and, once that was told to start no other, its own."""
        first = self._first_process()
        yield first
        yield from children(first)


@contextmanager
def own_postgresql(*, durable: bool = False, core: int | None = None) -> Iterator[PostgreSQL]:
    """Runs an empty PostgreSQL; it is gone at the end, whatever was done to it."""
    folder = Path(tempfile.mkdtemp(prefix="weilan-pg-"))
    server = PostgreSQL(folder, durable=durable, core=core)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def postgresql(*, durable: bool = False, core: int | None = None) -> Iterator[str]:
    """Runs an empty PostgreSQL; gives its SQLAlchemy address without the database's name.

    `durable`: it really writes to the disk at a commit, as in production. `core`: pinned to that one.
    """
    with own_postgresql(durable=durable, core=core) as server:
        yield server.address


@contextmanager
def redis_server(port: int | None = None) -> Iterator[str]:
    """Runs an empty Redis that keeps nothing on disk; gives its address."""
    program = shutil.which("redis-server") or shutil.which("valkey-server")
    if not program:
        raise Missing("redis-server is not installed: apt-get install redis-server")
    port = port or free_port()
    server = subprocess.Popen(
        [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _wait_for(lambda: redis.Redis(port=port).ping(), None)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        server.terminate()
        server.wait(timeout=60)


def create_database(server: str, name: str) -> str:
    """A fresh database on a server of `postgresql()`; gives its address."""
    with psycopg.connect(server.replace("+psycopg", "") + "/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return f"{server}/{name}"


def _postgresql_programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    if found:
        return found[-1]
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    raise Missing("PostgreSQL is not installed: apt-get install postgresql")


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def _wait_for(answers: object, log: Path | None) -> None:
    until = time.monotonic() + STARTS_WITHIN
    while True:
        with contextlib.suppress(psycopg.Error, redis.RedisError, OSError):
            answers()  # type: ignore[operator]
            return
        if time.monotonic() > until:
            raise TimeoutError(log.read_text(errors="replace") if log else "the server did not start")
        time.sleep(0.05)

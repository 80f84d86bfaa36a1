"""A PostgreSQL and a Redis of the tests' own: started on loopback, in a folder of their own, stopped at the end."""

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import redis

STARTS_WITHIN = 30.0


class Missing(Exception):
    """A server program is not installed; says what to install."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def postgresql(*, durable: bool = False, core: int | None = None) -> Iterator[str]:
    """Runs an empty PostgreSQL; gives its SQLAlchemy address without the database's name.

    `durable`: it really writes to the disk at a commit, as in production. `core`: pinned to that one.
    """
    programs = _postgresql_programs()
    folder = Path(tempfile.mkdtemp(prefix="weilan-pg-"))
    port = free_port()
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if as_user:
        shutil.chown(folder, "postgres", "postgres")
    data = folder / "data"
    _run(
        [
            *as_user,
            str(programs / "initdb"),
            "-D",
            str(data),
            "-U",
            "weilan",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-sync",
        ]
    )
    settings = {
        "port": port, "listen_addresses": "127.0.0.1", "unix_socket_directories": folder, "fsync": "on" if durable else "off",
        "full_page_writes": "on" if durable else "off", "max_connections": 200,
    }  # fmt: skip
    options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
    with (folder / "log").open("wb") as log:
        pinned = [] if core is None else ["taskset", "-c", str(core)]
        server = subprocess.Popen(
            [*pinned, *as_user, str(programs / "postgres"), "-D", str(data), *options], stdout=log, stderr=log
        )
    try:
        _wait_for(
            lambda: psycopg.connect(
                f"postgresql://weilan@127.0.0.1:{port}/postgres", connect_timeout=2
            ).close(),
            folder / "log",
        )
        yield f"postgresql+psycopg://weilan@127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=20)
        shutil.rmtree(folder, ignore_errors=True)


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
        server.wait(timeout=20)


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

"""Waiting for PostgreSQL: the other threads go on, and a server that says nothing is not waited for without end."""

import threading
import time

import psycopg
import pytest

from bot.store.database import Database
from bot.store.failures import Unavailable
from bot.store.libpq import Line

LONG = 60  # seconds


def test_a_silent_server_holds_up_nobody_and_is_given_up_in_time(postgresql: Database) -> None:
    """Without this a web process stands still with its database: no /healthz, and no message is kept."""
    ticks, stop = 0, threading.Event()

    def tick() -> None:
        nonlocal ticks
        while not stop.wait(0.02):
            ticks += 1

    beside = threading.Thread(target=tick)
    url = postgresql.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url) as driver:
        line = Line(driver)
        beside.start()
        begun = time.monotonic()
        with pytest.raises(Unavailable, match="silent"):
            line.first(f"SELECT 1 FROM pg_sleep({LONG})", [])
        ended = time.monotonic()
        stop.set()
        beside.join()
        driver.close()
    assert 2 < ended - begun < LONG / 2
    assert ticks > 10  # a hundred where nothing else runs; one or two if it kept the interpreter to itself


def test_what_takes_its_time_is_waited_for(postgresql: Database) -> None:
    url = postgresql.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url) as driver:
        assert Line(driver).first("SELECT 7 FROM pg_sleep(0.3)", []) == (7,)

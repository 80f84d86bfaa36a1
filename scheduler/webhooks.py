"""Tells other programs what they want to hear: each endpoint on threads of its own, so that a slow one holds up no other.

Runs in as many processes as there are: a call is claimed for a while, made outside of any transaction, and closed. Who
dies in between leaves it to be made again, with the same event id.
"""

import threading
import time
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from typing import Any, TypeAlias

import structlog

from bot.outgoing import sealing
from bot.outgoing.telling import tell
from bot.services import Services
from bot.store.programs import outbox, webhook_calls, webhooks
from bot.store.programs.outbox import AT_ONCE
from bot.store.programs.webhooks import MOST_ENDPOINTS
from bot.values.webhooks import Told
from scheduler import mishaps

LOOKS_EVERY = 1.0  # seconds
TIDIES_EVERY = 3_600.0
BATCH = 50  # calls claimed at once; a crash repeats at most so many
LANES = 4  # threads of an endpoint with much to be told
SPARE = 16  # threads beside one for each endpoint
DOORS = 2  # of them, how many hold a connection to the database at once
UNREADABLE = "its secret is not readable with this server.secret_key: rotate it"

Door: TypeAlias = AbstractContextManager[Any]
AN_OPEN_DOOR: Door = nullcontext()

_log = structlog.get_logger(__name__)


def run(services: Services, stop: threading.Event) -> None:
    """Until `stop` is set; then ends the call each thread is making."""
    post = _Post(services, stop)
    tidied = time.monotonic() - TIDIES_EVERY
    try:
        while not stop.is_set():
            spread(services)
            post.hand_out()
            if time.monotonic() - tidied >= TIDIES_EVERY:
                tidy(services, stop)
                tidied = time.monotonic()
            stop.wait(LOOKS_EVERY)
    finally:
        post.end()


def tell_due(services: Services) -> int:
    """Everything that is due, in this thread; gives how many calls were made."""
    spread(services)
    made, never = 0, threading.Event()
    while True:
        with services.database.reading() as session:
            due = webhook_calls.due_endpoints(session, services.clock.real())
        told = sum(tell_batch(services, endpoint_id, never) for endpoint_id in due)
        if not told:
            return made
        made += told


def spread(services: Services) -> None:
    """What happened since becomes calls. Looks before it writes, for there is mostly nothing."""
    with services.database.reading() as session:
        is_there = webhook_calls.is_to_spread(session)
    while is_there:
        with services.database.transaction() as session:
            is_there = outbox.spread(session, services.clock.real()) == AT_ONCE


def tidy(services: Services, stop: threading.Event) -> None:
    while not stop.is_set():
        with services.database.transaction() as session:
            if not webhook_calls.tidy(session, services.clock.real()):
                return


def tell_batch(services: Services, endpoint_id: int, stop: threading.Event, door: Door = AN_OPEN_DOOR) -> int:
    """Claims what is due to the endpoint first, tells it, writes down what was answered. Gives how many it claimed."""
    token, real = uuid.uuid4().hex, services.clock.real
    with door, services.database.transaction() as session:
        claimed = webhook_calls.claim(session, endpoint_id, token, real(), BATCH)
    if claimed is None:
        return 0
    endpoint, calls = claimed
    told: list[Told] = []
    is_readable = True
    try:
        told = tell(endpoint, calls, services.config, real, stop.is_set)
    except sealing.Unreadable:
        is_readable = False
    with door, services.database.transaction() as session:
        webhook_calls.close(session, endpoint_id, told, token, real())
        webhook_calls.put_back(session, calls[len(told) :], token, real())
        if not is_readable:
            webhooks.pause(session, endpoint_id, UNREADABLE, real())
    return len(calls)


class _Post:
    """The threads. An endpoint has one as soon as something is due to it, and more while its batches are full."""

    def __init__(self, services: Services, stop: threading.Event) -> None:
        self._services = services
        self._stop = stop
        self._pool = ThreadPoolExecutor(MOST_ENDPOINTS + SPARE, thread_name_prefix="webhook")
        self._lanes: Counter[int] = Counter()
        self._is_full: set[int] = set()
        self._lock = threading.Lock()
        self._door = threading.BoundedSemaphore(DOORS)

    def hand_out(self) -> None:
        with self._services.database.reading() as session:
            due = webhook_calls.due_endpoints(session, self._services.clock.real())
        for endpoint_id in due:
            if self._takes(endpoint_id):
                self._pool.submit(self._serve, endpoint_id)

    def end(self) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _takes(self, endpoint_id: int) -> bool:
        with self._lock:
            lanes = self._lanes[endpoint_id]
            beside = sum(count - 1 for count in self._lanes.values() if count)
            is_free = lanes == 0 or (endpoint_id in self._is_full and lanes < LANES and beside < SPARE)
            self._lanes[endpoint_id] += is_free
            return is_free

    def _serve(self, endpoint_id: int) -> None:
        try:
            while not self._stop.is_set():
                is_full = tell_batch(self._services, endpoint_id, self._stop, self._door) == BATCH
                with self._lock:
                    (self._is_full.add if is_full else self._is_full.discard)(endpoint_id)
                if not is_full:
                    return
        except Exception as error:  # noqa: BLE001 - the job runner
            mishaps.tell(_log, "an endpoint was not told", error, endpoint=endpoint_id)
        finally:
            with self._lock:
                self._lanes[endpoint_id] -= 1

"""How work is spread: threads of this process, or Dramatiq over Redis to any number of processes and machines.

Both run the same actor, `deliver_batch` with delivery ids. The table is the truth: a task that is lost is handed
out again when its hand-over has expired, and one that comes twice finds nothing left to claim.
"""

import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Protocol

import dramatiq
import structlog
from dramatiq.brokers.redis import RedisBroker
from dramatiq.middleware import AgeLimit
from redis import RedisError

from bot.config import ConfigError
from bot.services import Services
from bot.store.sending import handing
from bot.store.sending.handing import Batch
from scheduler import mishaps
from scheduler.deliver import deliver_batch
from scheduler.senders import Senders

WORKERS = 4
WAITING = 8  # batches handed to this process and not begun
QUEUE = "weilan"
TOO_OLD = 60_000  # milliseconds; by then the batch is handed out again

_log = structlog.get_logger(__name__)


class Engine(Protocol):
    def hand(self, ids: Sequence[int]) -> bool:
        """False when it takes no more now: the batch goes back."""
        ...

    def stop(self) -> None:
        """Takes no more, and waits for what has begun."""
        ...


def build(services: Services) -> Engine:
    url = services.config.redis.url.get_secret_value()
    return Queue(services, url) if url else Threads(services)


class Threads:
    def __init__(self, services: Services, workers: int = WORKERS) -> None:
        self._services = services
        self._senders = Senders(services.config.push.at_once)
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="deliver")
        self._free = threading.Semaphore(workers + WAITING)
        self._stopped = False

    def hand(self, ids: Sequence[int]) -> bool:
        if self._stopped or not self._free.acquire(blocking=False):
            return False
        self._pool.submit(run_batch, self._services, list(ids), self._senders).add_done_callback(self._done)
        return True

    def stop(self) -> None:
        self._stopped = True
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._senders.close()

    def _done(self, _batch: Future[None]) -> None:
        self._free.release()


class Queue:
    """Puts batches into Redis for the workers of `work`."""

    def __init__(self, services: Services, url: str) -> None:
        self._broker, self._actor = _actor(services, url, None)

    def hand(self, ids: Sequence[int]) -> bool:
        try:
            self._actor.send(list(ids))
        except RedisError:
            _log.warning("redis is away: the batch is handed out again later")
            return False
        return True

    def stop(self) -> None:
        self._broker.close()


def work(services: Services, stop: threading.Event, threads: int = WORKERS) -> None:
    """A worker process: takes batches from Redis until `stop` is set, then ends what it has begun."""
    url = services.config.redis.url.get_secret_value()
    if not url:
        raise ConfigError(
            "redis.url: expected redis://… for a worker; without Redis `weilan serve` delivers by itself"
        )
    senders = Senders(services.config.push.at_once)
    broker, _ = _actor(services, url, senders)
    worker = dramatiq.Worker(broker, queues={QUEUE}, worker_threads=threads)
    worker.start()
    stop.wait()
    worker.stop()
    senders.close()
    broker.close()


def run_batch(services: Services, ids: list[int], senders: Senders | None = None) -> None:
    """A batch that fails is logged: what it had claimed is recovered, the rest is handed out again."""
    try:
        deliver_batch(services, ids, senders)
    except Exception as error:  # noqa: BLE001 - the job runner
        mishaps.tell(_log, "a batch failed", error, deliveries=len(ids))


def _actor(
    services: Services, url: str, senders: Senders | None
) -> tuple[RedisBroker, dramatiq.Actor[[list[int]], None]]:
    """The one actor, bound to this process's services: nothing of it is global."""
    broker = RedisBroker(url=url, middleware=[AgeLimit(max_age=TOO_OLD)])  # type: ignore[no-untyped-call]

    def batch(ids: list[int]) -> None:
        run_batch(services, ids, senders)

    bind = dramatiq.actor(broker=broker, actor_name="deliver_batch", queue_name=QUEUE)
    return broker, bind(batch)


def hand_all(services: Services, engine: Engine, batches: Sequence[Batch]) -> None:
    for batch in batches:
        if not engine.hand(batch.ids):
            with services.database.transaction() as session:
                handing.put_back(session, batch.ids)

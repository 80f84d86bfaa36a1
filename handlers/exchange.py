"""A message for an answer, within four of WeChat's five seconds, whatever happens in the house.

What was answered with `success` is never lost: it is in the database, or on the disk until the database takes it.
Where neither takes it, an event is lost, and of a message its customer is told so.
"""

import threading
import time
from dataclasses import replace
from functools import lru_cache, partial

import structlog
from prometheus_client import Counter

from bot.rules.talk import texts
from bot.services import Services
from bot.store.failures import Unavailable
from bot.store.spool import Kept, Spool, folder_of
from bot.store.talk.arrivals import Windows
from bot.values.incoming import Text as Said
from bot.values.incoming import Voice
from bot.values.reply import Reply, Silence, Text
from handlers import metrics, pace, router, unanswered
from handlers.pace import Pace
from handlers.patience import FOLLOWS_AFTER, Patience
from handlers.taking import FAILED, Asks, Push, Taken, Taking, known_of

BUDGET = 4.0  # seconds from the arrival of the request; WeChat waits five
LOOKS_EVERY = 0.1  # seconds, while another request makes the answer
DRAINS_EVERY = 1.0  # seconds, while messages wait on the disk
NOT_TAKEN = Text(texts.NOT_TAKEN)
log = structlog.get_logger(__name__)


class Exchange:
    """One per process, shared by the server's threads."""

    def __init__(
        self,
        services: Services,
        windows: Windows,
        answer: Asks = router.answer,
        budget: float = BUDGET,
        follows_after: float = FOLLOWS_AFTER,
    ) -> None:
        self._services = services
        self._budget = budget
        self._taking = Taking(services, windows, answer)
        has_redis = bool(services.config.redis.url.get_secret_value())
        self._pace = Pace(together=pace.counted_in(services.keys) if has_redis else None)
        self._takings = {
            "fine": self._taking,
            "told": replace(self._taking, answer=pace.answer_told),
            "silent": replace(self._taking, answer=pace.answer_silent),
        }
        behind = partial(unanswered.answer_those_behind, services, answer=answer)
        self._patience = Patience(services, behind, follows_after)
        self._spool = Spool(folder_of(services.config))
        self._drainer = _Drainer(self._taking, self._spool)
        if self._spool.is_waiting:
            self._drainer.wake()

    def answer(self, push: Push, started: float) -> Reply:
        """`started` is the monotonic second the request came in. Never raises."""
        if self._spool.is_waiting:
            self._drainer.wake()
            return self._keep(push, "others wait already")
        try:
            verdict = self._pace.of(push.incoming)
            if verdict == "fine":
                self._encode(push)
            taken = self._takings[verdict].safely(push, started + self._budget - time.monotonic())
        except Unavailable as error:
            return self._keep(push, str(error))
        except Exception as error:
            log.exception(
                "a message could not be taken in", msg_id=push.incoming.msg_id, kind=push.incoming.kind
            )
            return self._keep(push, type(error).__name__)
        _count(push, taken)
        if taken.thinking is not None:
            reply = self._patience.answer(taken.thinking, started + self._budget - time.monotonic())
            if reply is None:
                metrics.LATE.inc()
            return reply or Silence()
        if taken.is_repeat and taken.is_pending and isinstance(taken.reply, Silence):
            return self._when_settled(push, started + self._budget)
        return taken.reply

    def known_answer(self, push: Push) -> Reply | None:
        """For a stale push: the answer of a message that is known, None for a new one."""
        with self._services.database.reading() as session:
            _, found = known_of(push, session)
        if found is None:
            return None
        metrics.REPEATS.inc()
        return found.reply

    def close(self) -> None:
        self._drainer.stop()
        self._patience.close()

    def _encode(self, push: Push) -> None:
        """Before the transaction, which waits for no network."""
        if self._services.encoder is not None and isinstance(push.incoming, Said | Voice):
            self._services.encoder.ask(push.incoming.text)

    def _when_settled(self, push: Push, until: float) -> Reply:
        """A repeat while the first one's answer is in the making: both get the same."""
        pause = threading.Event()
        while time.monotonic() < until:
            with self._services.database.reading() as session:
                _, found = known_of(push, session)
            if found is None or not found.is_pending or not isinstance(found.reply, Silence):
                return found.reply if found else Silence()
            pause.wait(LOOKS_EVERY)
        return Silence()

    def _keep(self, push: Push, why: str) -> Reply:
        """On the disk, to be answered later. If even that fails it is lost, and who wrote is asked to write again."""
        try:
            self._spool.put(Kept(push.raw, push.received_at))
        except OSError:
            log.exception("a message is lost: neither database nor disk took it", msg_id=push.incoming.msg_id)
            return Silence() if push.incoming.is_event else NOT_TAKEN
        metrics.SPOOLED.inc()
        log.warning(
            "a message waits on the disk", why=why, msg_id=push.incoming.msg_id, kind=push.incoming.kind
        )
        self._drainer.wake()
        return Silence()


class _Drainer:
    """A thread that lives while messages wait on the disk, and tries to take them in."""

    def __init__(self, taking: Taking, spool: Spool) -> None:
        self._taking = taking
        self._spool = spool
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._stopped = threading.Event()

    def wake(self) -> None:
        with self._lock:
            if self._thread is None and not self._stopped.is_set():
                self._thread = threading.Thread(target=self._drain, name="spool", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()

    def _drain(self) -> None:
        while not self._stopped.wait(DRAINS_EVERY):
            self._try()
            with self._lock:
                if not self._spool.is_waiting:
                    self._thread = None
                    return

    def _try(self) -> None:
        try:
            unanswered.drain(self._taking, self._spool)
        except Exception:
            log.exception("draining failed; it is tried again")


@lru_cache(1024)
def _counter(kind: str, handler: str) -> Counter:
    """Finding a counter by its labels costs more than counting."""
    return metrics.MESSAGES.labels(kind, handler)


def _count(push: Push, taken: Taken) -> None:
    if taken.is_repeat:
        metrics.REPEATS.inc()
        return
    _counter(push.incoming.kind, taken.handler).inc()
    if taken.handler == FAILED:
        metrics.FAILED.inc()

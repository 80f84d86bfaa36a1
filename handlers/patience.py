"""The five-second guard: an answer that takes long is waited for a while, and follows later if it takes longer.

Whether the waiting request or the customer-service window gives the answer is decided once: in this process by
`_Wait`, between processes and after a crash by the state of the message's row (`messages.settle`).
"""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import structlog

from bot.services import Services
from bot.store.database import Session
from bot.store.failures import Unavailable
from bot.store.talk import messages
from bot.values.reply import Reply, Silence
from handlers.chat.speaking import Answer
from handlers.taking import SORRY, Thinking, give, owe

THINKERS = 8  # answers in the making at once; others queue
SETTLES_WITHIN = 2.5  # seconds; if WeChat is gone by then, its repeat finds the answer
log = structlog.get_logger(__name__)


class Patience:
    """`then` looks after the messages of the customer that wait behind a settled one."""

    def __init__(self, services: Services, then: Callable[[int], object]) -> None:
        self._services = services
        self._then = then
        self._pool = ThreadPoolExecutor(THINKERS, thread_name_prefix="thinking")
        # one thread of the server is always left for messages that need no thinking
        self._waiting = threading.BoundedSemaphore(max(1, services.config.server.threads - 1))

    def answer(self, thinking: Thinking, within: float) -> Reply | None:
        """The answer if it is ready `within` seconds; else None, and it goes out by itself when it is."""
        wait = _Wait()
        self._in_background(self._think, thinking, wait)
        if self._waiting.acquire(blocking=False):
            try:
                wait.ready.wait(max(0.0, within))
            finally:
                self._waiting.release()
        if wait.give_up() or wait.answer is None:
            return None
        return self._settle_at_once(thinking, wait.answer)

    def close(self) -> None:
        self._pool.shutdown(wait=True)

    def _think(self, thinking: Thinking, wait: "_Wait") -> None:
        answer = made(thinking)
        if not wait.hand_over(answer):
            settle_later(self._services, thinking, answer)
            self._then(thinking.customer_id)

    def _settle_at_once(self, thinking: Thinking, answer: Answer) -> Reply | None:
        """None when another process was faster, or the database is away: then recovery finds it pending."""

        def settle(session: Session) -> Reply | None:
            if not messages.settle(session, thinking.message_id, thinking.customer_id, thinking.handler):
                return None
            if isinstance(answer.reply, Silence):
                return answer.reply
            return give(
                self._services, session, thinking.message_id, thinking.customer_id, answer,
                thinking.handler, self._services.now(),
            )  # fmt: skip

        try:
            reply = self._services.database.together(settle, within=SETTLES_WITHIN)
        except Unavailable as error:
            log.warning("an answer stays pending", message_id=thinking.message_id, error=str(error))
            return None
        self._in_background(self._then, thinking.customer_id)
        return reply

    def _in_background(self, work: Callable[..., object], *given: object) -> None:
        self._pool.submit(work, *given).add_done_callback(_tell)


class _Wait:
    """Who gives the answer: exactly one of `give_up` and `hand_over` succeeds."""

    def __init__(self) -> None:
        self.ready = threading.Event()
        self.answer: Answer | None = None
        self._decided = threading.Lock()

    def give_up(self) -> bool:
        return self._decided.acquire(blocking=False)

    def hand_over(self, answer: Answer) -> bool:
        self.answer = answer
        is_first = self._decided.acquire(blocking=False)
        self.ready.set()
        return is_first


def made(thinking: Thinking) -> Answer:
    """The answer, or the apology for one that failed."""
    try:
        return thinking.work()
    except Exception:
        log.exception("an answer failed", message_id=thinking.message_id, handler=thinking.handler)
        return Answer(reply=SORRY)


def settle_later(services: Services, thinking: Thinking, answer: Answer) -> bool:
    """Writes an answer nobody waits for any more; False when it was settled before."""
    with services.database.transaction() as session:
        if not messages.settle(session, thinking.message_id, thinking.customer_id, thinking.handler):
            return False
        owe(services, session, thinking.message_id, thinking.customer_id, answer.reply)
        return True


def _tell(done: Future[object]) -> None:
    """What fails in the background is pending still; the log says why."""
    if error := done.exception():
        log.error("work in the background failed", exc_info=error)

"""The five-second guard: an answer that takes long is waited for a while, and follows later if it takes longer.

Whether the waiting request or the customer-service window gives the answer is decided once: in this process by
`_Wait`, between processes and after a crash by the state of the message's row (`messages.settle`).

What can be said in parts begins with the reply: what is ready then is given, the message stays pending, and the rest
follows in at most two messages, each in its turn.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial

import structlog

from bot.services import Services
from bot.store.database import Session
from bot.store.failures import Unavailable
from bot.store.people import customers
from bot.store.talk import messages
from bot.values.reply import Reply, Silence
from handlers.chat.speaking import Answer
from handlers.taking import SORRY, Thinking, give, owe

THINKERS = 8  # answers in the making at once; others queue
SETTLES_WITHIN = 2.5  # seconds; if WeChat is gone by then, its repeat finds the answer
FOLLOWS_AFTER = 6.0  # seconds from the first part of an answer to the second, if the rest is not there sooner
log = structlog.get_logger(__name__)


class Patience:
    """`then` looks after the messages of the customer that wait behind a settled one."""

    def __init__(
        self, services: Services, then: Callable[[int], object], follows_after: float = FOLLOWS_AFTER
    ) -> None:
        self._services = services
        self._follows_after = follows_after
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
        if wait.give_up():
            return self._begin(thinking, wait)
        return None if wait.answer is None else self._settle_at_once(thinking, wait.answer)

    def close(self) -> None:
        self._pool.shutdown(wait=True)

    def _think(self, thinking: Thinking, wait: "_Wait") -> None:
        answer = made(thinking)
        if wait.hand_over(answer):
            return
        with wait.telling:
            wait.end()
            settle_later(self._services, thinking, *wait.unsaid, answer)
        self._then(thinking.customer_id)

    def _begin(self, thinking: Thinking, wait: "_Wait") -> Reply | None:
        """With what can be said already; the rest follows when it is there, or some of it after a while."""
        with wait.telling:
            part = None if wait.is_over else thinking.part()
            if part is None:
                return None
            try:
                reply = self._services.database.together(
                    partial(self._begun, thinking, part), within=SETTLES_WITHIN
                )
            except Unavailable as error:
                log.warning(
                    "a part of an answer follows with the rest",
                    message_id=thinking.message_id,
                    error=str(error),
                )
                wait.unsaid.append(part)
                return None
            if reply is not None:
                wait.go_on(self._follows_after, partial(self._go_on, thinking, wait))
            return reply

    def _begun(self, thinking: Thinking, part: Answer, session: Session) -> Reply | None:
        """Once more after a commit that was done and not confirmed, it finds what it gave."""
        if not messages.begin(session, thinking.message_id, thinking.handler):
            return messages.given(session, thinking.message_id)
        return give(
            self._services, session, thinking.message_id, thinking.customer_id, part,
            thinking.handler, self._services.now(),
        )  # fmt: skip

    def _go_on(self, thinking: Thinking, wait: "_Wait") -> None:
        """The second of three parts, where WeChat's window has room for the third."""
        with wait.telling:
            if wait.is_over:
                return
            with self._services.database.reading() as session:
                profile = customers.profile_by_id(session, thinking.customer_id)
            part = thinking.part() if profile is not None and profile.window_left > 1 else None
            if part is None:
                return
            try:
                self._services.database.together(partial(self._owed, thinking, part), within=SETTLES_WITHIN)
            except Unavailable:
                wait.unsaid.append(part)

    def _owed(self, thinking: Thinking, part: Answer, session: Session) -> None:
        owe(self._services, session, thinking.message_id, thinking.customer_id, part.reply)

    def _settle_at_once(self, thinking: Thinking, answer: Answer) -> Reply | None:
        """None when another process was faster, or the database is away: then recovery finds it pending.

        A commit that was done and not confirmed is run again: it finds what it gave.
        """

        def settle(session: Session) -> Reply | None:
            if not messages.settle(session, thinking.message_id, thinking.customer_id, thinking.handler):
                return messages.given(session, thinking.message_id)
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
    """Who gives the answer: exactly one of `give_up` and `hand_over` succeeds. Then who gives its parts: whoever holds `telling`."""

    def __init__(self) -> None:
        self.ready = threading.Event()
        self.answer: Answer | None = None
        self.telling = threading.Lock()
        self.is_over = False
        self.unsaid: list[Answer] = []  # parts that the database did not take
        self._decided = threading.Lock()
        self._second: threading.Timer | None = None

    def give_up(self) -> bool:
        return self._decided.acquire(blocking=False)

    def hand_over(self, answer: Answer) -> bool:
        self.answer = answer
        is_first = self._decided.acquire(blocking=False)
        self.ready.set()
        return is_first

    def go_on(self, after: float, tell: Callable[[], None]) -> None:
        self._second = threading.Timer(after, tell)
        self._second.daemon = True
        self._second.start()

    def end(self) -> None:
        self.is_over = True
        if self._second is not None:
            self._second.cancel()


def made(thinking: Thinking) -> Answer:
    """The answer, or the apology for one that failed."""
    try:
        return thinking.work()
    except Exception:
        log.exception("an answer failed", message_id=thinking.message_id, handler=thinking.handler)
        return Answer(reply=SORRY)


def settle_later(services: Services, thinking: Thinking, *answers: Answer) -> bool:
    """Writes an answer nobody waits for any more, in one part or several; False when it was settled before."""
    with services.database.transaction() as session:
        if not messages.settle(session, thinking.message_id, thinking.customer_id, thinking.handler):
            return False
        for answer in answers:
            owe(services, session, thinking.message_id, thinking.customer_id, answer.reply)
        return True


def _tell(done: Future[object]) -> None:
    """What fails in the background is pending still; the log says why."""
    if error := done.exception():
        log.error("work in the background failed", exc_info=error)

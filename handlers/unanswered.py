"""Answers that are still owed: after a crash, behind an answer that took long, after the database was away.

Run by the timetable and by the door itself; any number of processes may do so at once.
"""

from datetime import timedelta

import structlog

from bot.rules.talk.speech import BROKEN_OFF
from bot.services import Services
from bot.store import revisions
from bot.store.failures import Unavailable
from bot.store.people import customers
from bot.store.spool import Kept, Spool, folder_of
from bot.store.talk import messages
from bot.store.talk.messages import Unanswered
from bot.values.reply import Text
from bot.wechat import messages as wechat_messages
from bot.wechat.bodies import Unreadable
from handlers import router
from handlers.chat.speaking import Answer, Context, Slow
from handlers.patience import made, settle_later
from handlers.taking import FAILED, SORRY, Asks, Push, Taking, Thinking, owe
from handlers.windows import windows_of

LIVES = timedelta(seconds=10)  # and as long as a language model may take: the process that received it has it
TAKES_WITHIN = 4.0  # seconds
log = structlog.get_logger(__name__)


def answer_pending(services: Services, answer: Asks = router.answer) -> int:
    """Answers what a process that died left unanswered, oldest first; gives how many."""
    with services.database.reading() as session:
        left = messages.unanswered(session, received_before=services.now() - _lives(services))
    return sum(_answer(services, one, answer) for one in left)


def answer_those_behind(services: Services, customer_id: int, answer: Asks = router.answer) -> int:
    """The customer's next ones, in order, after an answer they waited behind."""
    answered = 0
    while True:
        with services.database.reading() as session:
            following = messages.next_unanswered(session, customer_id)
        if following is None or following.has_begun or not _answer(services, following, answer):
            return answered
        answered += 1


def drain(taking: Taking, spool: Spool) -> int:
    """Takes in what waits on the disk, in order; stops where the database takes none. Gives how many."""
    try:
        return spool.drain(lambda kept: _take_in(taking.later(), kept))
    except Unavailable as error:
        log.warning("the database takes no messages yet", error=str(error))
        return 0


def drain_spool(services: Services) -> int:
    """`drain` for the timetable, on the machine where the folder is."""
    return drain(Taking(services, windows_of(services.config)), Spool(folder_of(services.config)))


def _take_in(taking: Taking, kept: Kept) -> bool:
    try:
        push = Push(wechat_messages.read(kept.raw.encode()), kept.raw, kept.received_at)
    except Unreadable as error:
        log.warning("a kept message is unreadable", reason=error.reason)
        return False
    try:
        taken = taking.safely(push, TAKES_WITHIN)
    except Unavailable:
        raise
    except Exception as error:
        if revisions.missing(taking.services.database):
            raise Unavailable("the database is behind: weilan db upgrade") from error
        log.exception("a kept message cannot be taken in", msg_id=push.incoming.msg_id)
        return False  # it must not hold up all that wait behind it
    if taken.thinking is not None:
        settle_later(taking.services, taken.thinking, made(taken.thinking))
        answer_those_behind(taking.services, taken.thinking.customer_id, taking.answer)
    return True


def _answer(services: Services, owed: Unanswered, answer: Asks) -> bool:
    """True when this call settled it; False when another did, or it waits behind an earlier one."""
    if owed.has_begun:
        return _end(services, owed)
    try:
        asked = _ask(services, owed, answer)
    except Exception:
        log.exception("a handler failed", message_id=owed.message_id)
        asked = _ask(services, owed, _apology)
    if isinstance(asked, Thinking):
        return settle_later(services, asked, made(asked))
    return asked


def _ask(services: Services, owed: Unanswered, answer: Asks) -> bool | Thinking:
    """Settles first and asks then, in one transaction: of two processes the second finds it settled."""
    with services.database.transaction() as session:
        if not messages.is_first_of_the_pending(session, owed.message_id, owed.customer_id):
            return False
        if not messages.settle(session, owed.message_id, owed.customer_id, ""):
            return False
        profile = customers.profile_by_id(session, owed.customer_id)
        if profile is None:
            return True
        handler, found = answer(
            Context(
                session=session,
                services=services,
                profile=profile,
                incoming=wechat_messages.read(owed.raw.encode()),
                message_id=owed.message_id,
                now=services.now(),
            )
        )
        if isinstance(found, Slow):
            messages.owe(session, owed.message_id, owed.customer_id)
            return Thinking(owed.message_id, owed.customer_id, handler, found.work, found.part)
        owe(services, session, owed.message_id, owed.customer_id, found.reply)
        return True


def _end(services: Services, owed: Unanswered) -> bool:
    """Who was giving it in parts is gone, and what was to follow with them."""
    with services.database.transaction() as session:
        if not messages.settle(session, owed.message_id, owed.customer_id, FAILED):
            return False
        owe(services, session, owed.message_id, owed.customer_id, Text(BROKEN_OFF))
        return True


def _lives(services: Services) -> timedelta:
    """Of a message: as long as the process that received it may think about it."""
    return LIVES + timedelta(milliseconds=services.config.language_model.timeout_ms if services.model else 0)


def _apology(_context: Context) -> tuple[str, Answer | Slow]:
    return FAILED, Answer(reply=SORRY)

"""One message in one transaction: its row, its customer, what its answer changed, and the answer's row.

Whatever way a message comes (from WeChat, again from WeChat, or from the disk where it waited for the database)
it goes through `take`, which is why it has one effect.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

import structlog

from bot.rules.hashing import once_hash
from bot.rules.talk import texts
from bot.rules.talk.contacts import introduces, is_a_scene, is_leaving, is_speaking, source_of
from bot.rules.talk.sent_media import reference_of
from bot.services import Services
from bot.store.database import Session
from bot.store.failures import Unavailable
from bot.store.people import customers
from bot.store.sending import deliveries
from bot.store.talk import arrivals, messages
from bot.store.talk.arrivals import Arrived, Windows
from bot.store.talk.messages import Known
from bot.values.incoming import Incoming
from bot.values.profile import Profile
from bot.values.reply import Menu, Reply, Silence, Text, ToPerson
from bot.wechat import replies
from bot.wechat.limits import PASSIVE_TEXT_BYTES
from handlers import router
from handlers.chat import questions, with_person
from handlers.chat.speaking import Answer, Context, Slow

SORRY = Text(texts.SORRY)
FAILED = "failed"  # the handler's name of what was answered with SORRY
TRIES = 3  # to find a message either new or known, while another process takes it in
Asks = Callable[[Context], tuple[str, Answer | Slow]]
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Push:
    """A message as it came: read, and as XML."""

    incoming: Incoming
    raw: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Thinking:
    """The message is in, its answer is still being made."""

    message_id: int
    customer_id: int
    handler: str
    work: Callable[[], Answer]
    part: Callable[[], Answer | None]  # what can be said before all is ready


@dataclass(frozen=True, slots=True)
class Taken:
    reply: Reply
    handler: str = ""
    is_repeat: bool = False
    is_pending: bool = False  # the answer follows, by somebody
    thinking: Thinking | None = None


@dataclass(frozen=True, slots=True)
class Taking:
    """How messages are taken in. `windows` are the account's; `answer` asks the intentions, or says the fallback."""

    services: Services
    windows: Windows
    answer: Asks = router.answer
    gives_later: bool = False  # nobody waits for the answer any more: it is owed to the customer

    def later(self) -> "Taking":
        return replace(self, gives_later=True)

    def apologising(self) -> "Taking":
        """The same way for a message whose handler failed: nobody is asked."""
        return replace(self, answer=lambda _context: (FAILED, Answer(reply=SORRY)))

    def safely(self, push: Push, within: float) -> "Taken":
        """In a transaction shared with other messages. A handler that fails costs its answer, never the message.

        Raises `Unavailable` when the database does not take it.
        """
        together = partial(self.services.database.together, key=push.incoming.openid, within=within)
        try:
            return together(partial(self.take, push), ahead=partial(self._announce, push))
        except Unavailable:
            raise
        except arrivals.Overtaken:
            return together(partial(self.take, push))
        except Exception:
            log.exception(
                "a handler failed",
                once_key=once_hash(push.incoming.once_key),
                msg_id=push.incoming.msg_id,
                kind=push.incoming.kind,
            )
            return together(partial(self.apologising().take, push))

    def take(self, push: Push, session: Session) -> Taken:
        """To be run in a transaction; may be run again after it was undone."""
        if is_leaving(push.incoming):
            return self._take_leave(push, session)
        for _ in range(TRIES):
            arrived = arrivals.arrive(session, push.incoming, push.raw, push.received_at, self.windows)
            if arrived is not None:
                return self._answered(push, arrived, session)
            push, known = known_of(push, session)
            if known is not None:
                return self._again(known, session)
            if not introduces(push.incoming):
                return self._take_report(push, session)
            salt = self.services.config.server.secret_key.get_secret_value()
            customers.met(
                session, push.incoming.openid, push.received_at, salt=salt, source=source_of(push.incoming)
            )
        raise arrivals.Overtaken

    def _announce(self, push: Push, session: Session) -> None:
        if not is_leaving(push.incoming):
            arrivals.announce(session, push.incoming, push.raw, push.received_at, self.windows)

    def _answered(self, push: Push, arrived: Arrived, session: Session) -> Taken:
        profile, now = arrived.profile, push.received_at
        if media := reference_of(push.incoming):
            messages.keep_reference(session, arrived.message_id, media)
        if arrived.may_have_to_wait and messages.waits(session, arrived.message_id, profile.id):
            return Taken(Silence(), is_pending=True)
        handler, answer = self._ask(push, profile, arrived.message_id, session)
        if profile.has_kept and (is_speaking(push.incoming) or is_a_scene(push.incoming)):
            deliveries.release_kept(session, profile.id, now, self.services.config.push)
        if isinstance(answer, Slow):
            messages.owe(session, arrived.message_id, profile.id)
            thinking = Thinking(arrived.message_id, profile.id, handler, answer.work, answer.part)
            return Taken(Silence(), handler, thinking=thinking)
        if isinstance(answer.reply, Silence) or not push.incoming.can_be_answered:
            return Taken(Silence(), handler)
        if self.gives_later or isinstance(answer.reply, Menu):  # no passive reply can carry a menu
            owe(self.services, session, arrived.message_id, profile.id, answer.reply)
            return Taken(Silence(), handler)
        reply = give(self.services, session, arrived.message_id, profile.id, answer, handler, now)
        return Taken(reply, handler)

    def _again(self, known: Known, session: Session) -> Taken:
        """A repeat. Out of the spool it means that nobody was told the answer, so it is owed."""
        if self.gives_later and known.customer_id is not None and not isinstance(known.reply, Silence):
            messages.take_back_answer(session, known.message_id)
            owe(self.services, session, known.message_id, known.customer_id, known.reply)
            return Taken(Silence(), is_repeat=True)
        return Taken(known.reply, is_repeat=True, is_pending=known.is_pending)

    def _take_report(self, push: Push, session: Session) -> Taken:
        """The platform's own report, or an event of somebody who is no customer of ours."""
        message_id = arrivals.record(
            session, arrivals.row_of(push.incoming, push.raw, push.received_at), None
        )
        if message_id is None:
            return Taken(Silence(), is_repeat=True)
        handler, _ = self._ask(push, _nobody(push), message_id, session)
        return Taken(Silence(), handler)

    def _take_leave(self, push: Push, session: Session) -> Taken:
        """Their data go, so this row keeps neither body nor openid, and is nobody's."""
        row = arrivals.row_of(push.incoming, "", push.received_at)
        message_id = arrivals.record(session, row | {"once_key": once_hash(push.incoming.once_key)}, None)
        if message_id is None:
            return Taken(Silence(), is_repeat=True)
        profile = customers.profile_of(session, push.incoming.openid)
        handler, _ = self._ask(push, profile or _nobody(push), message_id, session)
        return Taken(Silence(), handler)

    def _ask(
        self, push: Push, profile: Profile, message_id: int, session: Session
    ) -> tuple[str, Answer | Slow]:
        context = Context(
            session=session,
            services=self.services,
            profile=profile,
            incoming=push.incoming,
            message_id=message_id,
            now=push.received_at,
        )
        handler, answer = self.answer(context)
        answer = with_person.back_again(handler, answer, context)
        return handler, questions.asked_along(handler, answer, context)


def known_of(push: Push, session: Session) -> tuple[Push, Known | None]:
    """The message by the name it goes by here, and what is known of it.

    WeChat gives each MsgId once. Where another customer's message has it, one of the two was made up: they share
    neither effect nor answer, and the later one goes by its number and its sender.
    """
    incoming = push.incoming
    known = messages.known(session, incoming.once_key)
    if known is None or known.openid in {None, incoming.openid}:
        return push, known
    log.warning("another customer's message has this number", msg_id=incoming.msg_id)
    own_key = f"{incoming.once_key}:{once_hash(incoming.openid)[:33]}"
    own = replace(push, incoming=replace(incoming, once_key=own_key))
    return own, messages.known(session, own_key)


def give(
    services: Services,
    session: Session,
    message_id: int,
    customer_id: int,
    answer: Answer,
    handler: str,
    now: datetime,
) -> Reply:
    """The answer for the one who waits, in the log; what is too long for one message follows by itself."""
    first, *rest = pieces(answer.reply)
    messages.answered(
        session, message_id, customer_id, first, now, handler=handler, source_id=answer.source_id
    )
    for piece in rest:
        _owe(services, session, message_id, customer_id, piece)
    return first


def pieces(reply: Reply) -> list[Reply]:
    """As many messages as WeChat needs for it; at least one."""
    if not isinstance(reply, Text) or len(reply.text) * 4 <= PASSIVE_TEXT_BYTES:
        return [reply]
    return [Text(piece) for piece in replies.split(reply.text)] or [reply]


def owe(services: Services, session: Session, message_id: int, customer_id: int, reply: Reply) -> None:
    """The answer goes out by itself, as soon as WeChat's windows let it."""
    if isinstance(reply, Silence | ToPerson):  # only the answer to a message hands over
        return
    for piece in pieces(reply):
        _owe(services, session, message_id, customer_id, piece)


def _owe(services: Services, session: Session, message_id: int, customer_id: int, reply: Reply) -> None:
    now = services.now()
    day = now.astimezone(services.config.push.zone).date()
    deliveries.owe_answer(
        session, customer_id=customer_id, answers_id=message_id, reply=reply, day=day, now=now
    )


def _nobody(push: Push) -> Profile:
    return Profile(id=0, openid=push.incoming.openid)

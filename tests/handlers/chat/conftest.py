"""A conversation for the tests of the intentions: say something as a customer, see who answers and what."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

import pytest
from pydantic import SecretStr
from sqlalchemy import insert, select

from bot.clock import FixedClock
from bot.config import Config, Server
from bot.insight.knowledge import WordIndex
from bot.services import Services
from bot.store.database import Session
from bot.store.keys import Keys
from bot.store.people import customers
from bot.store.tables import customers as customer_rows
from bot.store.tables import messages as message_rows
from bot.store.talk import messages
from bot.values.incoming import Incoming, Text, Voice
from bot.values.knowledge import Entry
from bot.values.profile import Profile
from bot.values.reply import Reply, Silence, text_of
from bot.wechat.client import WeChatApi
from handlers import router
from handlers.chat.speaking import Answer, Context
from tests.support.build import Build

SALT = "salt"


@dataclass(frozen=True)
class Heard:
    handler: str
    reply: Reply
    source_id: str

    @property
    def text(self) -> str:
        return text_of(self.reply)


class Conversation:
    """Asks the intentions as the door does, inside the test's transaction; nothing else of the door is here."""

    def __init__(self, session: Session, services: Services, clock: FixedClock) -> None:
        self.session = session
        self.services = services
        self.clock = clock

    def context(self, incoming: Incoming, profile: Profile | None = None, message_id: int = 0) -> Context:
        profile = profile or customers.profile_of(self.session, incoming.openid)
        return Context(
            session=self.session,
            services=self.services,
            profile=profile or Profile(id=0, openid=incoming.openid),
            incoming=incoming,
            message_id=message_id,
            now=self.clock.now(),
        )

    def hear(self, incoming: Incoming) -> Heard:
        context = self.context(incoming)
        handler, answer = router.answer(context)
        assert isinstance(answer, Answer)
        self._log(context, handler, answer)
        return Heard(handler, answer.reply, answer.source_id)

    def _log(self, context: Context, handler: str, answer: Answer) -> None:
        """Both sides, as the door does: what is said next may lean on it."""
        if not context.profile.id or not isinstance(context.incoming, Text | Voice):
            return
        row = {"customer_id": context.profile.id, "direction": "in", "kind": "text"}
        written = insert(message_rows).values(
            row | {"text": context.incoming.text.replace("\0", ""), "created_at": context.now}
        )
        message_id = self.session.execute(written.returning(message_rows.c.id)).scalar_one()
        if isinstance(answer.reply, Silence):
            return
        messages.answered(
            self.session,
            message_id,
            context.profile.id,
            answer.reply,
            context.now,
            handler=handler,
            source_id=answer.source_id,
        )

    def know(self, entries: Iterable[Entry]) -> None:
        self.services.knowledge.replace(entries, "1")

    def customer(self, openid: str = "o-1") -> Any:
        """The customer's row as it is now."""
        return self.session.execute(select(customer_rows).where(customer_rows.c.openid == openid)).one()


@pytest.fixture
def talk(session: Session, clock: FixedClock) -> Conversation:
    services = Services(
        config=Config(server=Server(secret_key=SecretStr(SALT))),
        clock=clock,
        database=cast("Any", None),  # an answer has the message's session and nothing else
        keys=cast("Keys", None),
        wechat=cast("WeChatApi", None),  # no network while a message is answered
        knowledge=WordIndex(),
    )
    return Conversation(session, services, clock)


@pytest.fixture
def customer(build: Build) -> int:
    return build.customer(openid="o-1", name="小林", points=320, level="青盏")

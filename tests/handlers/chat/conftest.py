"""A conversation for the tests of the intentions: say something as a customer, see who answers and what."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from bot.clock import FixedClock
from bot.config import Config, Server
from bot.insight.knowledge import WordIndex
from bot.services import Services
from bot.store.database import Session
from bot.store.keys import Keys
from bot.store.people import customers
from bot.store.tables import customers as customer_rows
from bot.values.incoming import Incoming
from bot.values.knowledge import Entry
from bot.values.profile import Profile
from bot.values.reply import Reply, text_of
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
        handler, answer = router.answer(self.context(incoming))
        assert isinstance(answer, Answer)
        return Heard(handler, answer.reply, answer.source_id)

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

"""The demo shop and its whole chat: a message in, the answer as the customer gets it, and what that answer may quote."""

import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import select

from bot.clock import FixedClock
from bot.insight.catalogue import Named
from bot.insight.intent_model import Model
from bot.insight.product_entries import product_entry
from bot.rules.contents.templates import render
from bot.rules.worth import membership as rules_of
from bot.sandbox import demo
from bot.services import Services
from bot.store.loyalty import entitlements, levels
from bot.store.people import customers, facts
from bot.store.shop import catalogue, orders
from bot.store.tables import customers as people
from bot.store.tables import deliveries, messages
from bot.store.talk import arrivals, knowledge
from bot.values.entitled import Entitled
from bot.values.incoming import Text as Said
from bot.values.reply import from_json, text_of
from handlers import knowledge_watch
from handlers.exchange import Exchange
from handlers.taking import Push
from tests.support.price_audit import Sold

DRIVERS = ("price", "function", "trend", "")
STRICT = ("perfectionist", "tolerant", "enduring", "")


class DemoChat:
    def __init__(self, services: Services, clock: FixedClock, folder: Any, model: Model) -> None:
        self.services, self._clock = services, clock
        self._rules = rules_of.load("")
        demo.open_shop(services.database, folder, clock.now())
        knowledge_watch.refresh(services.database, services.knowledge)
        services.understanding.put_model(model, "1")
        services.knowledge.lean(model.confidence)
        with services.database.reading() as session:
            found = catalogue.on_sale(session)
            asked = select(people.c.openid).where(
                people.c.followed_at.is_not(None), people.c.openid.is_not(None)
            )
            self._entries = knowledge.entries(session)
            self.openids: Sequence[str] = [*session.scalars(asked.order_by(people.c.id)).all()]
        services.understanding.put_products(
            [Named(one.external_id, one.name, one.also) for one in found], "1"
        )
        entries = (product_entry(one.external_id, one.name, one.description, one.also) for one in found)
        services.products.replace([entry for entry in entries if entry], "1")
        self.sold = [
            Sold(name=one.name, price=one.price, stock=one.stock, description=one.description)
            for one in found
        ]
        self._exchange = Exchange(services, arrivals.Windows())
        self._numbers = count(1)

    def differ(self, most: int) -> None:
        """The first so many customers differ in what decides their purchases and how strict they are."""
        now = self._clock.now()
        with self.services.database.transaction() as session:
            for number, openid in enumerate(self.openids[:most]):
                profile = customers.profile_of(session, openid)
                told = {"decision_driver": DRIVERS[number % 4], "strictness": STRICT[number // 4 % 4]}
                for attribute, value in told.items():
                    if profile and value:
                        facts.learn(session, profile.id, attribute, value, "own_word", now, now.date())

    def hear(self, text: str, openid: str) -> tuple[str, str]:
        """The handler and all words of the answer: the passive reply, and what follows it."""
        now: datetime = self._clock.now()
        key = f"price-{next(self._numbers)}"
        incoming = Said(account="gh_demo", openid=openid, sent_at=now, once_key=key, content=text)
        reply = self._exchange.answer(Push(incoming, "<xml/>", now), time.monotonic())
        with self.services.database.reading() as session:
            id_ = session.execute(select(messages.c.id).where(messages.c.once_key == key)).scalar_one()
            owed = session.scalars(select(deliveries.c.payload).where(deliveries.c.answers_id == id_)).all()
            by = session.execute(select(messages.c.handler).where(messages.c.answers_id == id_)).scalar()
        words = [text_of(reply), *(text_of(from_json(one)) for one in owed)]
        return by or "", "\n".join(filter(None, words))

    def may_quote(self, answer: str, openid: str, before: Entitled) -> list[str]:
        """What somebody wrote and stands in it word for word; what was theirs when they asked; their orders."""
        now = self._clock.now()
        with self.services.database.reading() as session:
            profile = customers.profile_of(session, openid)
            assert profile
            quoted = [f"¥{one.amount}" for one in orders.newest(session, profile.id)]
            paid = levels.paid_by(session, profile.id, now - timedelta(days=self._rules.window_days))
        written = [render(text, profile) for one in self._entries for text in (one.answer, one.question)]
        quoted += [text for text in written if text in answer]
        above = [one.least for one in self._rules.levels if one.least > paid]
        quoted += [f"¥{paid} ¥{least - paid} {int(paid * 100 / least)}%" for least in above]
        if before.offer:
            quoted += [f"{one.name} ¥{one.value} ¥{one.least}" for one in before.offer.options]
        quoted += [f"{one.name} ¥{one.value} ¥{one.least}" for one in before.vouchers]
        return quoted + [f"{one.name} ¥{one.value}" for _, one in before.rewards] + [before.gain]

    def theirs(self, openid: str) -> Entitled:
        now = self._clock.now()
        with self.services.database.reading() as session:
            profile = customers.profile_of(session, openid)
            assert profile
            return entitlements.of(session, profile, self._rules, now.date(), now)

    def close(self) -> None:
        self._exchange.close()

"""A question for the language model: what it is told, the tools it uses, the check of what it says, what it cost.

Between the store, which knows the data, and the model, which knows nothing. The tools look only at the customer who
asks: nothing the model says, or was made to say, names somebody else.
"""

import json
import threading
import time
from datetime import datetime
from datetime import time as clock_time

import structlog

from bot.insight.catalogue import LONGEST_READ
from bot.language.model import Model
from bot.rules.talk import grounding, texts, tones
from bot.rules.talk import understanding_texts as words
from bot.rules.talk.speech import Speech
from bot.services import Services
from bot.store.database import Session
from bot.store.people import listeners
from bot.store.shop import baskets, catalogue, orders
from bot.store.talk import model_calls
from bot.values.language import Call, Completion, Message, ModelFailed
from bot.values.profile import Profile

MOST_ENTRIES = 5
MOST_PRODUCTS = 3
MOST_ROUNDS = 3  # of tools, before it has to answer
MOST_CALLS = 4  # of a round

_log = structlog.get_logger(__name__)


class Answering:
    """One question, until it is answered or the time is over: `run` once, `part` by whoever waits meanwhile."""

    def __init__(self, services: Services, model: Model, profile: Profile, question: str) -> None:
        self._services, self._model, self._profile, self._question = services, model, profile, question
        self._speech = Speech()
        self._speaking = threading.Lock()  # over `_speech` and what is known
        self._messages: list[Message] = []
        self._has_stock = False
        self._is_over = False
        self._tokens = 0
        self._heard = 0  # characters of this round
        self._began = time.monotonic()

    def run(self) -> str | None:
        """All that `part` has not given, labelled if it gave nothing; empty when it gave all.

        None when nothing may be said: it failed, said what it cannot know, or the day's tokens are spent.
        """
        now = self._services.now()
        if self._is_spent(now):
            return None
        why, is_whole = "", False
        try:
            is_whole = self._asked()
        except ModelFailed as error:
            why = str(error)
            _log.warning("the language model failed", reason=why)
        with self._speaking:
            self._is_over = True
            said = self._speech.rest(self._may_be_said, is_whole=is_whole)
        self._note(now, said, why)
        return said

    def part(self) -> str | None:
        """What is whole and checked by now, counts as given; None when nothing is, and when all is over."""
        with self._speaking:
            return None if self._is_over else self._speech.part(self._may_be_said)

    @property
    def _milliseconds(self) -> int:
        return int((time.monotonic() - self._began) * 1000)

    def _is_spent(self, now: datetime) -> bool:
        limit = self._services.config.language_model.tokens_a_day
        with self._services.database.reading() as session:
            is_spent = model_calls.spent(session, _midnight(self._services, now)) >= limit
        if is_spent:
            _log.warning("the day's tokens are spent", limit=limit)
        return is_spent

    def _asked(self) -> bool:
        """Whether it came to its end. Raises `ModelFailed`."""
        self._tell()
        for round_ in range(MOST_ROUNDS + 1):
            completion = self._round(has_tools=round_ < MOST_ROUNDS)
            if not completion.calls:
                return not completion.is_cut
            self._use(completion.calls[:MOST_CALLS])
        raise ModelFailed("tools without end")

    def _tell(self) -> None:
        found = self._services.knowledge.ranked(self._question, most=MOST_ENTRIES)
        with self._services.database.reading() as session:
            products = self._named(session)
            listener = listeners.of(session, self._profile.id)
        tone = tones.tone_of(listener, tones.load(self._services.config.facts.tones))
        told = grounding.messages(self._question, [one.entry for one in found], products, tone)
        with self._speaking:
            self._messages, self._has_stock = told, bool(products)

    def _round(self, *, has_tools: bool) -> Completion:
        left = self._services.config.language_model.timeout_ms - self._milliseconds
        if left <= 0:
            raise ModelFailed("no answer in time")
        self._heard = 0
        tools = grounding.TOOLS if has_tools else ()
        try:
            completion = self._model.complete(self._messages, tools, left / 1000, self._hear)
        except ModelFailed:
            self._tokens += self._estimated() if self._heard else 0
            raise
        self._tokens += completion.tokens or self._estimated()
        return completion

    def _hear(self, said: str) -> None:
        with self._speaking:
            self._heard += len(said)
            self._speech.hear(said)

    def _estimated(self) -> int:
        """Where the server does not count: a character is a token at most, as good as always."""
        return self._heard + sum(len(str(one["content"])) for one in self._messages)

    def _may_be_said(self, said: str) -> bool:
        known = grounding.known_of(self._messages)
        return grounding.is_grounded(
            said, known, has_stock=self._has_stock, sold=self._sold_in(said)
        ) and not self._services.understanding.watched.forbids(said)

    def _sold_in(self, said: str) -> list[str]:
        """How it calls what the shop sells: of what was not told to it no price and no stock may be said."""
        understanding = self._services.understanding
        parts = (said[at : at + LONGEST_READ] for at in range(0, len(said), LONGEST_READ))
        return [slot.text for part in parts for slot in understanding.products_in(part) if slot.value]

    def _note(self, now: datetime, said: str | None, why: str) -> None:
        ended = "refused" if self._speech.is_refused or (said is None and not why) else "said"
        with self._services.database.transaction() as session:
            model_calls.note(
                session,
                self._profile.id,
                tokens=self._tokens,
                milliseconds=self._milliseconds,
                ended="failed" if said is None and why else ended,
                why=why,
                at=now,
            )

    def _use(self, calls: tuple[Call, ...]) -> None:
        asked = [
            {
                "id": one.id,
                "type": "function",
                "function": {"name": one.name, "arguments": json.dumps(dict(one.arguments))},
            }
            for one in calls
        ]
        has_stock, told = self._has_stock, []
        with self._services.database.reading() as session:
            for one in calls:
                content, has_found = self._told(session, one)
                has_stock = has_stock or has_found
                told.append({"role": "tool", "tool_call_id": one.id, "content": content})
        with self._speaking:
            self._speech.begin_anew()
            self._has_stock = has_stock
            self._messages += [{"role": "assistant", "content": "", "tool_calls": asked}, *told]

    def _told(self, session: Session, call: Call) -> tuple[str, bool]:
        """What a tool says, and whether that is about stock."""
        if call.name == "my_orders":
            return self._orders(session), False
        name = call.arguments.get("name")
        if call.name != "product" or not isinstance(name, str) or not name.strip():
            return "没有这个工具", False
        found = baskets.to_be_had_in(session, name.strip()[:40])[:MOST_PRODUCTS]
        lines = [f"{one.name}：¥{one.price:.2f}，有货" for one in found]
        return "\n".join(lines) or "没有找到在售且有货的这件商品", bool(found)

    def _orders(self, session: Session) -> str:
        zone = self._services.config.push.zone
        mine = orders.newest(session, self._profile.id, MOST_ENTRIES)
        lines = [
            f"订单 {one.number}，{one.ordered_at.astimezone(zone):%Y-%m-%d} 下单，{'、'.join(line.product for line in one.lines)}，"
            f"¥{one.amount:.2f}，{texts.STATUS.get(one.status, '处理中')}"
            + "".join(f"，{parcel.carrier} {parcel.tracking_no}" for parcel in one.parcels)
            for one in mine
        ]
        return "\n".join(lines) or "没有订单"

    def _named(self, session: Session) -> list[str]:
        named = self._services.understanding.products_in(self._question)
        ids = [choice for slot in named for choice in slot.choices][:MOST_PRODUCTS]
        return [words.product(one.name, one.price, one.stock) for one in catalogue.described(session, ids)]


def _midnight(services: Services, now: datetime) -> datetime:
    zone = services.config.push.zone
    return datetime.combine(now.astimezone(zone).date(), clock_time(0), zone)

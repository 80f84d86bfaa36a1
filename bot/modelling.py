"""A question for the language model: what it is told, the tools it uses, the check of what it says, what it cost.

Between the store, which knows the data, and the model, which knows nothing. The tools look only at the customer who
asks: nothing the model says, or was made to say, names somebody else.
"""

import json
import time
from datetime import datetime
from datetime import time as clock_time

import structlog

from bot.language.model import Model
from bot.rules.talk import grounding, texts
from bot.rules.talk import understanding_texts as words
from bot.services import Services
from bot.store.database import Session
from bot.store.shop import baskets, catalogue, orders
from bot.store.talk import model_calls
from bot.values.language import Call, Message, ModelFailed
from bot.values.profile import Profile

MOST_ENTRIES = 5
MOST_PRODUCTS = 3
MOST_ROUNDS = 3  # of tools, before it has to answer
MOST_CALLS = 4  # of a round

_log = structlog.get_logger(__name__)


def answer(services: Services, model: Model, profile: Profile, question: str) -> str | None:
    """What may be sent, labelled; None when it failed, said what it cannot know, or the day's tokens are spent."""
    now = services.now()
    with services.database.reading() as session:
        if (
            model_calls.spent(session, _midnight(services, now))
            >= services.config.language_model.tokens_a_day
        ):
            _log.warning("the day's tokens are spent", limit=services.config.language_model.tokens_a_day)
            return None
    asked = _Asked(services, model, profile, question)
    ended, why, said = "failed", "", None
    try:
        text = asked.run()
        said = grounding.checked(text, grounding.known_of(asked.messages), has_stock=asked.has_stock)
        ended = "refused" if said is None else "said"
    except ModelFailed as error:
        why = str(error)
        _log.warning("the language model failed", reason=why)
    with services.database.transaction() as session:
        model_calls.note(
            session,
            profile.id,
            tokens=asked.tokens,
            milliseconds=asked.milliseconds,
            ended=ended,
            why=why,
            at=now,
        )
    return said


class _Asked:
    """One question, until it is answered or the time is over."""

    def __init__(self, services: Services, model: Model, profile: Profile, question: str) -> None:
        self.services, self.model, self.profile = services, model, profile
        self.tokens = 0
        self._began = time.monotonic()
        found = services.knowledge.ranked(question, most=MOST_ENTRIES)
        with services.database.reading() as session:
            products = self._named(session, question)
        self.has_stock = bool(products)
        self.messages: list[Message] = grounding.messages(question, [one.entry for one in found], products)

    @property
    def milliseconds(self) -> int:
        return int((time.monotonic() - self._began) * 1000)

    def run(self) -> str:
        """Raises `ModelFailed`."""
        for round_ in range(MOST_ROUNDS + 1):
            left = self.services.config.language_model.timeout_ms - self.milliseconds
            if left <= 0:
                raise ModelFailed("no answer in time")
            tools = grounding.TOOLS if round_ < MOST_ROUNDS else ()
            completion = self.model.complete(self.messages, tools, left / 1000)
            self.tokens += completion.tokens
            if not completion.calls:
                return completion.text
            self._use(completion.calls[:MOST_CALLS])
        raise ModelFailed("tools without end")

    def _use(self, calls: tuple[Call, ...]) -> None:
        asked = [
            {
                "id": one.id,
                "type": "function",
                "function": {"name": one.name, "arguments": json.dumps(dict(one.arguments))},
            }
            for one in calls
        ]
        self.messages.append({"role": "assistant", "content": "", "tool_calls": asked})
        with self.services.database.reading() as session:
            for one in calls:
                told = {"role": "tool", "tool_call_id": one.id, "content": self._told(session, one)}
                self.messages.append(told)

    def _told(self, session: Session, call: Call) -> str:
        if call.name == "my_orders":
            return self._orders(session)
        name = call.arguments.get("name")
        if call.name != "product" or not isinstance(name, str) or not name.strip():
            return "没有这个工具"
        found = baskets.to_be_had_in(session, name.strip()[:40])[:MOST_PRODUCTS]
        self.has_stock = self.has_stock or bool(found)
        return (
            "\n".join(f"{one.name}：¥{one.price:.2f}，有货" for one in found)
            or "没有找到在售且有货的这件商品"
        )

    def _orders(self, session: Session) -> str:
        zone = self.services.config.push.zone
        mine = orders.newest(session, self.profile.id, MOST_ENTRIES)
        lines = [
            f"订单 {one.number}，{one.ordered_at.astimezone(zone):%Y-%m-%d} 下单，{'、'.join(line.product for line in one.lines)}，"
            f"¥{one.amount:.2f}，{texts.STATUS.get(one.status, '处理中')}"
            + "".join(f"，{parcel.carrier} {parcel.tracking_no}" for parcel in one.parcels)
            for one in mine
        ]
        return "\n".join(lines) or "没有订单"

    def _named(self, session: Session, question: str) -> list[str]:
        if not self.services.understanding.is_learned:
            return []
        named = self.services.understanding.of(question).slots_of("product")
        ids = [choice for slot in named for choice in slot.choices][:MOST_PRODUCTS]
        return [words.product(one.name, one.price, one.stock) for one in catalogue.described(session, ids)]


def _midnight(services: Services, now: datetime) -> datetime:
    zone = services.config.push.zone
    return datetime.combine(now.astimezone(zone).date(), clock_time(0), zone)

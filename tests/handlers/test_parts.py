"""An answer that begins with the reply and goes on in messages: in order, the window counted, nothing lost and nothing twice."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.clock import FixedClock
from bot.config import LanguageModel
from bot.language.model import HttpModel
from bot.rules.talk.speech import BROKEN_OFF, LABEL_AHEAD
from bot.services import Services
from bot.store.database import Database
from bot.store.failures import Unavailable
from bot.store.tables import customers, deliveries, messages
from bot.values.reply import Reply, Silence, Text
from bot.wechat import messages as wechat_messages
from handlers import router, unanswered
from handlers.chat.speaking import Answer, Context, Slow
from handlers.exchange import Exchange
from handlers.patience import FOLLOWS_AFTER
from handlers.taking import Push
from handlers.windows import windows_of
from tests.support import stub_model
from tests.support.door import services_of, text_message
from tests.support.stub_model import Stream
from tests.support.waiting import comes_true

BUDGET = 0.3
SOON = 0.2


class Speaker:
    """Says the first part at once, the others as they are put into `parts`, and the rest when it is let go."""

    def __init__(self) -> None:
        self.parts = deque(["第一段。"])
        self.go_on = threading.Event()
        self.spoke = 0
        self.meanwhile: Callable[[], None] = lambda: None

    def __call__(self, context: Context) -> tuple[str, Answer | Slow]:
        if context.incoming.text != "说吧":
            return "parrot", Answer(reply=Text(context.incoming.text))
        return "speaker", Slow(work=self._rest, part=self._part)

    def _part(self) -> Answer | None:
        self.meanwhile()
        return Answer(reply=Text(self.parts.popleft()), source_id="s") if self.parts else None

    def _rest(self) -> Answer:
        self.spoke += 1
        self.go_on.wait(60)
        return Answer(reply=Text("".join([*self.parts, "最后一段。"])))


@pytest.fixture
def speaker() -> Iterator[Speaker]:
    speaker = Speaker()
    yield speaker
    speaker.go_on.set()


@pytest.fixture
def services(database: Database, clock: FixedClock, tmp_path: Path) -> Services:
    return services_of(database, clock, tmp_path / "spool")


@contextmanager
def opened(services: Services, speaker: Any, follows_after: float = FOLLOWS_AFTER) -> Iterator[Exchange]:
    exchange = Exchange(services, windows_of(services.config), speaker, BUDGET, follows_after)
    try:
        yield exchange
    finally:
        if isinstance(speaker, Speaker):
            speaker.go_on.set()
        exchange.close()


def say(exchange: Exchange, services: Services, xml: str, seconds: float = 0.0) -> Reply:
    push = Push(wechat_messages.read(xml.encode()), xml, services.now())
    return exchange.answer(push, time.monotonic() + seconds)


def owed(services: Services) -> list[str]:
    with services.database.reading() as session:
        found = session.execute(select(deliveries.c.payload).order_by(deliveries.c.id)).scalars()
        return [payload["text"] for payload in found]


def states(services: Services) -> list[str]:
    with services.database.reading() as session:
        asked = select(messages.c.state).where(messages.c.direction == "in").order_by(messages.c.id)
        return list(session.execute(asked).scalars())


def test_it_begins_with_the_reply_and_ends_with_a_message(services: Services, speaker: Speaker) -> None:
    xml = text_message("说吧")
    with opened(services, speaker) as exchange:
        assert say(exchange, services, xml) == Text("第一段。")
        assert states(services) == ["pending"]
        assert say(exchange, services, xml) == Text("第一段。")  # WeChat asks again
        speaker.go_on.set()
        assert comes_true(lambda: states(services) == ["done"])
        assert say(exchange, services, xml) == Text("第一段。")
    assert owed(services) == ["最后一段。"]
    assert speaker.spoke == 1
    with services.database.reading() as session:
        [said] = session.execute(select(messages).where(messages.c.direction == "out"))
        assert (said.text, said.handler, said.source_id) == ("第一段。", "speaker", "s")


def test_after_a_while_a_second_part_follows_before_the_last(services: Services, speaker: Speaker) -> None:
    speaker.parts.append("第二段。")
    with opened(services, speaker, SOON) as exchange:
        assert say(exchange, services, text_message("说吧")) == Text("第一段。")
        assert comes_true(lambda: owed(services) == ["第二段。"])
        assert states(services) == ["pending"]
        speaker.go_on.set()
        assert comes_true(lambda: states(services) == ["done"])
    assert owed(services) == ["第二段。", "最后一段。"]


def test_where_the_window_has_one_message_left_the_rest_is_one(services: Services, speaker: Speaker) -> None:
    def the_others_are_used_up() -> None:
        with services.database.transaction() as session:
            session.execute(update(customers).values(window_left=1))

    speaker.parts.append("第二段。")
    speaker.meanwhile = the_others_are_used_up
    with opened(services, speaker, SOON) as exchange:
        say(exchange, services, text_message("说吧"))
        time.sleep(2 * SOON)
        assert owed(services) == []
        speaker.go_on.set()
        assert comes_true(lambda: states(services) == ["done"])
    assert owed(services) == ["第二段。最后一段。"]


def test_messages_behind_wait_until_all_is_said(services: Services, speaker: Speaker) -> None:
    with opened(services, speaker) as exchange:
        say(exchange, services, text_message("说吧"))
        assert say(exchange, services, text_message("第二句")) == Silence()
        assert say(exchange, services, text_message("别人的", openid="o-bert")) == Text("别人的")
        speaker.go_on.set()
        assert comes_true(lambda: set(states(services)) == {"done"})
    assert owed(services) == ["最后一段。", "第二句"]


def test_after_a_crash_what_was_begun_is_ended_politely_and_not_begun_again(
    services: Services, speaker: Speaker, clock: FixedClock
) -> None:
    with opened(services, speaker) as exchange:
        say(exchange, services, text_message("说吧"))
        say(exchange, services, text_message("第二句"))
        assert unanswered.answer_pending(services, speaker) == 0
        clock.forward(seconds=11)
        assert unanswered.answer_pending(services, speaker) == 2
        assert owed(services) == [BROKEN_OFF, "第二句"]
    assert owed(services) == [BROKEN_OFF, "第二句"]  # who was alive all the same finds it settled
    assert speaker.spoke == 1


def test_where_there_is_a_model_recovery_waits_as_long_as_that_may_take(
    services: Services, speaker: Speaker, clock: FixedClock
) -> None:
    model = HttpModel(LanguageModel(url="http://127.0.0.1:9/v1"))
    with opened(services, speaker) as exchange:
        say(exchange, services, text_message("说吧"))
        clock.forward(seconds=20)
        assert unanswered.answer_pending(replace(services, model=model), speaker) == 0
        clock.forward(seconds=6)
        assert unanswered.answer_pending(replace(services, model=model), speaker) == 1


def test_a_part_the_database_did_not_take_follows_with_the_rest(
    sqlite: Database, clock: FixedClock, tmp_path: Path, speaker: Speaker
) -> None:
    services = services_of(sqlite, clock, tmp_path / "spool")
    with opened(services, speaker) as exchange:
        push = text_message("说吧")
        taken_in = exchange._patience

        class Away:
            """The database, but for what is written together."""

            def __getattr__(self, name: str) -> Any:
                return getattr(sqlite, name)

            def together(self, *_: object, **__: object) -> None:
                raise Unavailable("away")

        taken_in._services = replace(services, database=Away())  # type: ignore[arg-type]
        assert say(exchange, services, push) == Silence()
        speaker.go_on.set()
        assert comes_true(lambda: states(services) == ["done"])
    assert owed(services) == ["第一段。", "最后一段。"]


def test_a_language_model_speaks_that_way_through_the_whole_house(services: Services) -> None:
    go_on = threading.Event()
    first, second = "店里的猫咪是一只橘猫，大家都很喜欢它。", "它平时睡在窗边的藤椅上面。"
    with stub_model.serving() as stub:
        settings = LanguageModel(url=stub.url, model="m")
        model = HttpModel(settings)
        config = services.config.model_copy(update={"language_model": settings})
        house = replace(services, config=config, model=model)
        stub.says = [Stream([first, go_on, second], bytes_at_once=4)]
        with opened(house, router.answer) as exchange:
            xml = text_message("贵店的猫咪叫什么名字呢，能说说吗")
            assert say(exchange, house, xml, seconds=4.0) == Text(LABEL_AHEAD + first)
            go_on.set()
            assert comes_true(lambda: states(house) == ["done"])
        model.close()
    assert owed(house) == [second]

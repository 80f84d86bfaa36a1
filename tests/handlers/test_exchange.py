"""Answers that take long, fail, or have to wait their turn."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest
import structlog
from sqlalchemy import select

from bot.clock import FixedClock
from bot.rules.talk import texts
from bot.services import Services
from bot.store.database import Database, Session
from bot.store.tables import customers, deliveries, messages
from bot.store.talk import arrivals
from bot.values.reply import Reply, Silence, Text
from bot.wechat import messages as wechat_messages
from handlers import unanswered
from handlers.chat.speaking import Answer, Context, Slow
from handlers.exchange import Exchange
from handlers.taking import Push
from handlers.windows import windows_of
from tests.support.door import event, services_of, text_message
from tests.support.waiting import comes_true, is_waited_for

T = TypeVar("T")
BUDGET = 0.3


class Thoughts:
    """Answers "慢…" only when it is let go, fails on "坏…", and repeats everything else at once."""

    def __init__(self) -> None:
        self.go_on = threading.Event()
        self.thought = 0

    def __call__(self, context: Context) -> tuple[str, Answer | Slow]:
        said = context.incoming.text
        if said.startswith("坏"):
            context.session.execute(customers.update().values(points=999))
            raise ZeroDivisionError("密码")
        if not said.startswith("慢"):
            return "parrot", Answer(reply=Text(said))
        return "thinker", Slow(work=lambda: self._think(said))

    def _think(self, said: str) -> Answer:
        self.go_on.wait(60)
        self.thought += 1
        if "坏" in said:
            raise ZeroDivisionError
        return Answer(reply=Text(f"想好了：{said}"))


@pytest.fixture
def thoughts() -> Iterator[Thoughts]:
    thoughts = Thoughts()
    yield thoughts
    thoughts.go_on.set()


@pytest.fixture
def services(database: Database, clock: FixedClock, tmp_path: Path) -> Services:
    return services_of(database, clock, tmp_path / "spool")


@pytest.fixture
def exchange(services: Services, thoughts: Thoughts) -> Iterator[Exchange]:
    exchange = Exchange(services, windows_of(services.config), thoughts, BUDGET)
    yield exchange
    thoughts.go_on.set()
    exchange.close()


@pytest.fixture
def patient(services: Services, thoughts: Thoughts) -> Iterator[Exchange]:
    exchange = Exchange(services, windows_of(services.config), thoughts, 60.0)
    yield exchange
    thoughts.go_on.set()
    exchange.close()


def push(xml: str, services: Services) -> Push:
    return Push(wechat_messages.read(xml.encode()), xml, services.now())


def say(exchange: Exchange, services: Services, xml: str) -> Reply:
    return exchange.answer(push(xml, services), time.monotonic())


def rows(services: Services) -> list[Any]:
    with services.database.reading() as session:
        return list(session.execute(select(messages).order_by(messages.c.id)))


def owed(services: Services) -> list[str]:
    with services.database.reading() as session:
        found = session.execute(select(deliveries.c.payload).order_by(deliveries.c.id)).scalars()
        return [payload["text"] for payload in found]


def test_an_answer_that_is_ready_in_time_is_the_reply(
    patient: Exchange, services: Services, thoughts: Thoughts
) -> None:
    thoughts.go_on.set()
    xml = text_message("慢慢想")
    assert say(patient, services, xml) == Text("想好了：慢慢想")
    asked, answered = rows(services)
    assert (asked.state, answered.text, answered.handler) == ("done", "想好了：慢慢想", "thinker")
    assert say(patient, services, xml) == Text("想好了：慢慢想")
    assert thoughts.thought == 1
    assert owed(services) == []


class Unconfirmed(Database):
    """Its commits are done, and their confirmation is lost: what is to be written is written once more."""

    is_cut = False

    def together(self, work: Callable[[Session], T], **how: Any) -> T:
        first = super().together(work, **how)
        return super().together(work, **how) if self.is_cut else first


def test_an_answer_whose_commit_was_not_confirmed_is_given_all_the_same(
    database: Database, clock: FixedClock, tmp_path: Path, thoughts: Thoughts
) -> None:
    """Settled before, by this very process: not by another one that owes it now."""
    unconfirmed = Unconfirmed(database.engine.url.render_as_string(hide_password=False))
    services = services_of(unconfirmed, clock, tmp_path / "spool")
    exchange = Exchange(services, windows_of(services.config), thoughts, 60.0)
    with ThreadPoolExecutor(1) as door:
        said = door.submit(say, exchange, services, text_message("慢慢想"))
        assert comes_true(lambda: [row.state for row in rows(services)] == ["pending"])
        unconfirmed.is_cut = True
        thoughts.go_on.set()
        assert said.result(60) == Text("想好了：慢慢想")
    exchange.close()
    assert [row.text for row in rows(services)] == ["慢慢想", "想好了：慢慢想"]
    assert owed(services) == []
    unconfirmed.close()


def test_an_answer_that_is_late_follows_and_is_given_once(
    exchange: Exchange, services: Services, thoughts: Thoughts
) -> None:
    xml = text_message("慢慢想")
    assert say(exchange, services, xml) == Silence()
    [asked] = rows(services)
    assert (asked.state, asked.text) == ("pending", "慢慢想")
    thoughts.go_on.set()
    assert comes_true(lambda: owed(services) == ["想好了：慢慢想"])
    assert [row.state for row in rows(services)] == ["done"]
    assert say(exchange, services, xml) == Silence()
    assert owed(services) == ["想好了：慢慢想"]


@pytest.mark.parametrize("said", ["很长", "慢而长"])
def test_what_is_too_long_for_one_message_follows_and_nothing_is_cut(
    patient: Exchange, services: Services, thoughts: Thoughts, said: str
) -> None:
    thoughts.go_on.set()
    long = said + "茶" * 1500
    xml = text_message(long)
    whole = f"想好了：{long}" if said.startswith("慢") else long
    reply = say(patient, services, xml)
    assert isinstance(reply, Text)
    assert len(reply.text.encode()) <= 2000
    assert "".join([reply.text, *owed(services)]) == whole
    assert all(len(piece.encode()) <= 2000 for piece in owed(services))
    assert say(patient, services, xml) == reply
    assert "".join([reply.text, *owed(services)]) == whole


def test_a_repeat_while_the_answer_is_made_gets_the_same_and_thinks_no_second_time(
    patient: Exchange, services: Services, thoughts: Thoughts
) -> None:
    xml = text_message("慢慢想")
    with ThreadPoolExecutor(2) as pool:
        told = [pool.submit(say, patient, services, xml) for _ in range(2)]
        assert comes_true(lambda: bool(rows(services)))
        thoughts.go_on.set()
        assert [answer.result(60) for answer in told] == [Text("想好了：慢慢想")] * 2
    assert thoughts.thought == 1


def test_later_messages_wait_behind_it_and_are_answered_in_order(
    exchange: Exchange, services: Services, thoughts: Thoughts
) -> None:
    say(exchange, services, text_message("慢慢想"))
    assert say(exchange, services, text_message("第二句")) == Silence()
    assert say(exchange, services, text_message("第三句")) == Silence()
    assert say(exchange, services, text_message("别人的话", openid="o-bo")) == Text("别人的话")
    thoughts.go_on.set()
    assert comes_true(lambda: len(owed(services)) == 3)
    assert owed(services) == ["想好了：慢慢想", "第二句", "第三句"]
    assert say(exchange, services, text_message("第四句")) == Text("第四句")


def test_slow_answers_never_take_every_thread_of_the_server(
    patient: Exchange, services: Services, thoughts: Thoughts
) -> None:
    """Three of four threads may wait; the fourth is told at once that its answer follows."""
    with ThreadPoolExecutor(4) as pool:
        told = [
            pool.submit(say, patient, services, text_message("慢", openid=f"o-{number}"))
            for number in range(4)
        ]
        assert comes_true(lambda: any(answer.done() for answer in told))
        first = [answer for answer in told if answer.done()]
        assert [answer.result() for answer in first] == [Silence()]
        thoughts.go_on.set()
        assert sorted(str(answer.result(60)) for answer in told) == sorted(
            [*[str(Text("想好了：慢"))] * 3, str(Silence())]
        )


def test_a_slow_answer_that_fails_is_an_apology(
    patient: Exchange, services: Services, thoughts: Thoughts
) -> None:
    thoughts.go_on.set()
    with structlog.testing.capture_logs() as lines:
        assert say(patient, services, text_message("慢，坏")) == Text(texts.SORRY)
    assert [line["event"] for line in lines] == ["an answer failed"]


def test_a_handler_that_fails_costs_its_answer_and_nothing_else(
    exchange: Exchange, services: Services
) -> None:
    xml = text_message("坏")
    with structlog.testing.capture_logs() as lines:
        assert say(exchange, services, xml) == Text(texts.SORRY)
        assert say(exchange, services, xml) == Text(texts.SORRY)
    assert [line["event"] for line in lines] == ["a handler failed"]
    asked, answered = rows(services)
    assert (asked.text, answered.text, answered.handler) == ("坏", texts.SORRY, "failed")
    with services.database.reading() as session:
        assert session.execute(select(customers.c.points)).scalar_one() == 0


def test_who_is_overtaken_by_another_process_takes_it_for_a_repeat(
    postgresql: Database, clock: FixedClock, tmp_path: Path, thoughts: Thoughts
) -> None:
    services = services_of(postgresql, clock, tmp_path / "spool")
    exchange = Exchange(services, windows_of(services.config), thoughts, 60.0)
    say(exchange, services, text_message("您好"))
    again = push(text_message("再见"), services)
    with structlog.testing.capture_logs() as lines, ThreadPoolExecutor(1) as door:
        with postgresql.transaction() as another:
            arrivals.record(another, arrivals.row_of(again.incoming, again.raw, again.received_at), None)
            told = door.submit(exchange.answer, again, time.monotonic())
            assert comes_true(lambda: is_waited_for(postgresql))
        assert told.result(60) == Silence()
    exchange.close()
    assert (lines, [row.text for row in rows(services)]) == ([], ["您好", "您好", "再见"])


def test_an_event_that_cannot_be_answered_gets_no_apology(exchange: Exchange, services: Services) -> None:
    assert say(exchange, services, event("VIEW", EventKey="坏")) == Silence()
    assert [row.direction for row in rows(services)] == ["in"]


def test_recovery_and_a_living_process_give_one_answer(
    exchange: Exchange, services: Services, thoughts: Thoughts, clock: FixedClock
) -> None:
    """A moved clock makes a message look old while its process still thinks."""
    say(exchange, services, text_message("慢慢想"))
    clock.forward(days=1)
    with ThreadPoolExecutor(1) as pool:
        recovered = pool.submit(unanswered.answer_pending, services, thoughts)
        thoughts.go_on.set()
        recovered.result(60)
    assert comes_true(lambda: [row.state for row in rows(services)] == ["done"])
    assert owed(services) == ["想好了：慢慢想"]


def test_recovery_keeps_the_order_and_apologises_for_what_fails(
    exchange: Exchange, services: Services, clock: FixedClock
) -> None:
    for said in ("慢慢想", "坏", "第三句"):
        say(exchange, services, text_message(said))
    clock.forward(minutes=1)
    assert unanswered.answer_pending(services, _at_once) == 3
    assert owed(services) == ["慢慢想", texts.SORRY, "第三句"]
    assert unanswered.answer_pending(services, _at_once) == 0


def _at_once(context: Context) -> tuple[str, Answer | Slow]:
    if context.incoming.text == "坏":
        raise ZeroDivisionError
    return "parrot", Answer(reply=Text(context.incoming.text))


@pytest.mark.parametrize(
    ("said", "answered"),
    [
        (text_message("您好"), Text(texts.NOT_TAKEN)),
        (event("VIEW", openid="o-x", EventKey="https://a.example"), Silence()),
    ],
    ids=["a message", "an event"],
)
def test_what_neither_database_nor_disk_takes_is_an_error_in_the_log_and_its_customer_is_told(
    tmp_path: Path, clock: FixedClock, said: str, answered: Reply
) -> None:
    nowhere = tmp_path / "a file"
    nowhere.write_text("")
    database = Database(f"sqlite:///{tmp_path}/empty.db", synchronous="normal")
    services = services_of(database, clock, nowhere / "spool")
    exchange = Exchange(services, windows_of(services.config))
    with structlog.testing.capture_logs() as lines:
        assert say(exchange, services, said) == answered
    exchange.close()
    database.close()
    assert "lost" in lines[-1]["event"]
    assert lines[-1]["log_level"] == "error"


def test_a_report_of_the_platform_makes_no_customer(exchange: Exchange, services: Services) -> None:
    for name in ("TEMPLATESENDJOBFINISH", "annual_renew"):
        say(exchange, services, event(name, openid="o-helper", Status="success", MsgID="1"))
    with services.database.reading() as session:
        assert session.execute(select(customers)).all() == []
    assert [row.customer_id for row in rows(services)] == [None, None]


def test_the_instant_of_the_message_is_the_clocks(exchange: Exchange, services: Services) -> None:
    say(exchange, services, text_message("您好"))
    assert {row.created_at for row in rows(services)} == {datetime(2026, 11, 24, 4, tzinfo=UTC)}

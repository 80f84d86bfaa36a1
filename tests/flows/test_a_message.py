"""A customer writes; the webhook opens the envelope, the first handler that recognises the message answers it,
and the reply is sealed and returned. Exactly once, whatever happens in between.
"""

import multiprocessing.queues
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.clock import SystemClock
from bot.rules.talk.texts import STOPPED
from bot.services import Services
from bot.store.database import Database, Session
from bot.store.spool import Kept, Spool
from bot.store.tables import customers, deliveries, messages, suppressions
from handlers import unanswered
from tests.support.door import Door, event, opened, services_of, text_message
from tests.support.door_process import APART, die_thinking, run, say_all, take_and_die


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    return tmp_path / "spool"


@pytest.fixture
def services(database: Database, spool: Path) -> Services:
    return services_of(database, SystemClock(), spool)


@pytest.fixture
def door(services: Services) -> Iterator[Door]:
    with opened(services) as door:
        yield door


def address(database: Database) -> str:
    return database.engine.url.render_as_string(hide_password=False)


def log(database: Database, **which: Any) -> list[Any]:
    asked = select(messages).order_by(messages.c.id)
    for column, value in which.items():
        asked = asked.where(messages.c[column] == value)
    with database.reading() as session:
        return list(session.execute(asked))


def one_customer(database: Database, openid: str = "o-anna") -> Any:
    with database.reading() as session:
        return session.execute(select(customers).where(customers.c.openid == openid)).one()


def comes(found: Callable[[], Any]) -> Any:
    """Another thread needs a moment."""
    pause = APART.Event()
    for _ in range(2000):
        if answer := found():
            return answer
        pause.wait(0.05)
    raise AssertionError("it did not come")


def test_a_message_is_answered_and_both_are_in_the_log(door: Door, database: Database) -> None:
    answer = door.say("您好")
    asked, answered = log(database)
    assert (asked.direction, asked.text, asked.state) == ("in", "您好", "done")
    assert (answered.direction, answered.text, answered.answers_id) == ("out", answer, asked.id)
    assert "您好" in asked.raw
    assert asked.customer_id == answered.customer_id == one_customer(database).id


def test_two_customers_have_each_their_own(door: Door, database: Database) -> None:
    door.say("退订", openid="o-anna")
    door.say("您好", openid="o-bo")
    assert not one_customer(database, "o-anna").wants_pushes
    assert one_customer(database, "o-bo").wants_pushes


def test_a_repeat_gets_the_first_answer_and_changes_nothing(door: Door, database: Database) -> None:
    """Else the second STOP would be told that the pushes are off already."""
    stop = text_message("退订")
    first = door.push(stop)
    door.say("恢复推送")
    assert [door.push(stop), door.push(stop)] == [first, first]
    assert one_customer(database).wants_pushes
    assert len(log(database, direction="in")) == 2


def test_one_number_of_two_customers_gives_each_their_own_effect_and_answer(
    door: Door, database: Database
) -> None:
    """WeChat gives a number once: nobody gets what somebody else was told, whoever made the second one up."""
    anna, bo = text_message("退订", "o-anna", msg_id=5), text_message("我的积分", "o-bo", msg_id=5)
    answers = [door.push(anna), door.push(bo)]
    assert not one_customer(database, "o-anna").wants_pushes
    assert one_customer(database, "o-bo").wants_pushes
    assert answers[0] == STOPPED
    assert "积分" in answers[1]
    assert [door.push(anna), door.push(bo)] == answers
    assert [row.text for row in log(database, direction="in")] == ["退订", "我的积分"]


def test_one_number_of_many_customers_in_one_commit_mixes_none(door: Door, database: Database) -> None:
    names = [f"o-{number}" for number in range(6)]
    for name in names:
        door.say("恢复推送", openid=name)
    writing, go_on = threading.Event(), threading.Event()

    def slow(_session: Session) -> None:
        writing.set()
        go_on.wait(60)

    with ThreadPoolExecutor(1 + len(names)) as pool:
        leads = pool.submit(database.together, slow)
        writing.wait(60)
        told = [pool.submit(door.push, text_message("退订", name, msg_id=77)) for name in names]
        assert comes(lambda: len(database._group._queue) == len(names))
        go_on.set()
        leads.result(60)
        assert {one.result(60) for one in told} == {STOPPED}
    assert not any(one_customer(database, name).wants_pushes for name in names)
    stops = [row.customer_id for row in log(database, direction="in") if row.text == "退订"]
    assert len(set(stops)) == len(stops) == len(names)


def test_a_repeated_event_is_one_and_the_same_event_a_second_later_is_another(
    door: Door, database: Database
) -> None:
    follow = event("subscribe", at=1_795_000_000)
    assert door.push(follow) == door.push(follow)
    assert len(log(database, direction="in")) == 1
    door.push(event("subscribe", at=1_795_000_001))
    assert len(log(database, direction="in")) == 2


def test_repeats_at_one_moment_have_one_effect_and_one_answer(door: Door, database: Database) -> None:
    for number in range(10):
        answers = door.at_once(text_message("退订" if number % 2 else "恢复推送"), 6)
        assert len(set(answers)) == 1
    assert len(log(database, direction="in")) == len(log(database, direction="out")) == 10


def test_two_processes_answer_each_message_once(database: Database, spool: Path) -> None:
    """WeChat repeats to another machine while the first one is still at it; many of one customer, some of others."""
    pushes = [text_message("退订" if number % 3 else "恢复推送", f"o-{number % 4}") for number in range(60)]
    answers: multiprocessing.queues.Queue[list[str]] = APART.Queue()
    ready = APART.Event()
    processes = [
        APART.Process(target=say_all, args=(address(database), spool, order, answers, ready))
        for order in (pushes, pushes[::-1])
    ]
    for process in processes:
        process.start()
    ready.set()
    told = [answers.get(timeout=300) for _ in processes]
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0]
    assert len(log(database, direction="in")) == 60
    assert len(log(database, direction="out")) == 60
    said = {row.text for row in log(database, direction="out")}
    assert {text for answers_of_one in told for text in answers_of_one} <= said
    by_forward, by_backward = sorted(told[0]), sorted(told[1])
    assert by_forward == by_backward


def test_a_death_between_effect_and_answer_leaves_both(
    database: Database, spool: Path, services: Services
) -> None:
    stop = text_message("退订")
    assert run(take_and_die, address(database), spool, stop) == 9
    [_, answered] = log(database)
    with opened(services) as door:
        assert door.push(stop) == answered.text
    assert not one_customer(database).wants_pushes
    assert len(log(database)) == 2


def test_a_death_while_an_answer_is_made_leaves_it_owed(
    database: Database, spool: Path, services: Services
) -> None:
    xml = text_message("您好")
    assert run(die_thinking, address(database), spool, xml) == 9
    [asked] = log(database)
    assert asked.state == "pending"
    assert unanswered.answer_pending(services) == 0  # it might be in the hands of a process that lives
    later = services_of(database, _Later(), spool)
    assert unanswered.answer_pending(later) == 1
    assert unanswered.answer_pending(later) == 0
    with database.reading() as session:
        [owed] = session.execute(select(deliveries)).all()
    assert (owed.answers_id, owed.customer_id, owed.state) == (asked.id, asked.customer_id, "planned")
    assert owed.payload["text"]


class _Later(SystemClock):
    def now(self) -> Any:
        return super().now() + timedelta(days=365)


def test_who_leaves_is_forgotten_and_the_event_keeps_no_openid(door: Door, database: Database) -> None:
    door.say("退订")
    leave = event("unsubscribe")
    assert door.push(leave) == door.push(leave) == ""
    with database.reading() as session:
        assert session.execute(select(func.count()).select_from(suppressions)).scalar_one() == 1
    rows = str(log(database))
    assert "o-anna" not in rows
    assert "退订" not in rows
    door.say("您好")
    assert not one_customer(database).wants_pushes


def test_nothing_is_lost_while_the_database_takes_nothing(sqlite: Database, spool: Path) -> None:
    services = services_of(sqlite, SystemClock(), spool)
    other = Database(address(sqlite), synchronous="normal")
    with opened(services) as door:
        before = door.say("您好")
        with other.transaction():
            told = [door.say("退订"), door.say("恢复推送"), door.say("退订")]
        assert before
        assert told == ["", "", ""]
        comes(lambda: len(log(sqlite, direction="in")) == 4)
        assert [row.text for row in log(sqlite, direction="in")] == ["您好", "退订", "恢复推送", "退订"]
        comes(lambda: door.say("还在吗"))
    assert not one_customer(sqlite).wants_pushes
    with sqlite.reading() as session:
        answered = select(messages.c.text).join(deliveries, deliveries.c.answers_id == messages.c.id)
        owed = session.execute(answered.order_by(deliveries.c.id)).scalars().all()
    assert [text for text in owed if text != "还在吗"] == ["退订", "恢复推送", "退订"]
    assert list(spool.glob("*.message")) == []
    other.close()


def test_what_waits_on_the_disk_outlives_the_process(sqlite: Database, spool: Path) -> None:
    services = services_of(sqlite, SystemClock(), spool)
    other = Database(address(sqlite), synchronous="normal")
    with other.transaction(), opened(services) as door:
        door.say("退订")
        stopped = list(spool.glob("*.message"))
    assert len(stopped) == 1
    assert log(sqlite) == []
    assert unanswered.drain_spool(services) == 1
    assert not one_customer(sqlite).wants_pushes
    assert unanswered.drain_spool(services) == 0
    other.close()


def test_a_message_kept_on_the_disk_and_taken_in_as_well_has_one_effect_and_its_answer_is_owed(
    door: Door, database: Database, spool: Path
) -> None:
    """The commit came through after the request had given up."""
    xml = text_message("退订")
    door.push(xml)
    keep(spool, xml)
    assert unanswered.drain_spool(door.services) == 1
    assert len(log(database, direction="in")) == 1
    assert log(database, direction="out") == []
    with database.reading() as session:
        assert session.execute(select(func.count()).select_from(deliveries)).scalar_one() == 1


def test_what_no_try_can_read_is_put_aside_and_the_rest_comes_in(
    door: Door, database: Database, spool: Path
) -> None:
    keep(spool, "<xml>no message</xml>")
    keep(spool, text_message("您好"))
    assert unanswered.drain_spool(door.services) == 2
    assert len(log(database, direction="in")) == 1
    assert len(list(spool.glob("*.aside"))) == 1


def test_what_the_database_refuses_holds_up_nobody(postgresql: Database, spool: Path) -> None:
    services = services_of(postgresql, SystemClock(), spool)
    keep(spool, text_message("\x00"))  # no PostgreSQL keeps a NUL
    keep(spool, text_message("您好"))
    assert unanswered.drain_spool(services) == 2
    assert [row.text for row in log(postgresql, direction="in")] == ["您好"]
    assert len(list(spool.glob("*.aside"))) == 1


def test_messages_wait_for_a_database_that_is_behind(tmp_path: Path, spool: Path) -> None:
    behind = Database(f"sqlite:///{tmp_path}/behind.db", synchronous="normal")
    keep(spool, text_message("您好"))
    assert unanswered.drain_spool(services_of(behind, SystemClock(), spool)) == 0
    assert len(list(spool.glob("*.message"))) == 1
    behind.close()


def keep(folder: Path, xml: str) -> None:
    Spool(folder).put(Kept(xml, SystemClock().now()))


def test_the_keys_being_gone_is_nothing_to_a_message(database: Database, spool: Path) -> None:
    gone = services_of(database, SystemClock(), spool, keys=_Gone())
    with opened(gone) as door:
        assert door.say("您好")
        assert door.app.test_client().get("/readyz").json["keys"] == "down"  # type: ignore[index]


class _Gone:
    """A Redis that is not there."""

    def __getattr__(self, name: str) -> Any:
        if name == "is_up":
            return lambda: False
        raise ConnectionError(name)

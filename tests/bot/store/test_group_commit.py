"""One commit for several threads' work: what each is told, and what is in the database when it is told."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from sqlalchemy import bindparam, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from bot.store.database import Database, Session
from bot.store.failures import Failure, Unavailable, failure_of
from bot.store.group_commit import LEADING_TAKES, GroupCommit
from bot.store.prepared import Prepared
from bot.store.tables import customers, volatile
from tests.conftest import NOON
from tests.support.waiting import comes_true


def keep(key: str) -> Callable[[Session], str]:
    def work(session: Session) -> str:
        session.execute(insert(volatile).values(key=key, value="1", expires_at=NOON + timedelta(days=1)))
        return key

    return work


def kept(database: Database) -> set[str]:
    with database.reading() as session:
        return set(session.execute(select(volatile.c.key)).scalars())


class Fault(Exception):
    pass


def test_what_is_told_is_committed(database: Database) -> None:
    assert database.together(keep("a")) == "a"
    assert kept(database) == {"a"}


def test_many_threads_lose_nothing_and_get_their_own_answer(database: Database) -> None:
    def one(thread: int) -> list[str]:
        return [database.together(keep(f"{thread}-{number}")) for number in range(40)]

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(one, range(12)))
    expected = [[f"{thread}-{number}" for number in range(40)] for thread in range(12)]
    assert answers == expected
    assert kept(database) == {key for keys in expected for key in keys}


def test_those_who_come_while_one_writes_share_the_next_commit(database: Database) -> None:
    writing, go_on = threading.Event(), threading.Event()

    def slow(session: Session) -> str:
        if not writing.is_set():
            writing.set()
            go_on.wait(60)
        return keep("first")(session)

    with ThreadPoolExecutor(6) as pool:
        first = pool.submit(database.together, slow)
        writing.wait(60)
        others = [pool.submit(database.together, keep(f"other-{number}")) for number in range(5)]
        until_queued(database, 5)
        go_on.set()
        assert {done.result(60) for done in (first, *others)} == kept(database)
    assert len(kept(database)) == 6


def share_a_commit(group: GroupCommit, number: int) -> None:
    """The first one's work waits until the others have queued; what they keep is `number` rows."""
    writing, go_on = threading.Event(), threading.Event()

    def slow(_session: Session) -> None:
        writing.set()
        go_on.wait(60)

    with ThreadPoolExecutor(number + 1) as pool:
        told: list[Future[Any]] = [pool.submit(group.run, slow, "", 4.0)]
        writing.wait(60)
        told += [pool.submit(group.run, keep(f"shared-{one}"), "", 4.0) for one in range(number)]
        assert comes_true(lambda: len(group._queue) >= number)
        go_on.set()
        for done in told:
            done.result(60)


def test_who_comes_first_waits_for_as_many_as_came_last(database: Database) -> None:
    group = GroupCommit(database.engine, database._writer, gathers_for=60.0)
    share_a_commit(group, 3)
    expected = group._came_last
    with ThreadPoolExecutor(4) as pool:
        told = [pool.submit(group.run, keep(f"next-{one}"), "", 60.0) for one in range(expected - 1)]
        assert comes_true(lambda: len(group._queue) == expected - 1)
        time.sleep(0.05)
        assert not any(done.done() for done in told)
        assert kept(database) == {f"shared-{one}" for one in range(3)}
        told.append(pool.submit(group.run, keep("the last"), "", 60.0))
        for done in told:
            done.result(30)
    assert group._came_last == expected
    group.close()


def test_who_waits_in_vain_goes_on_alone_and_the_next_one_waits_for_nobody(database: Database) -> None:
    group = GroupCommit(database.engine, database._writer, gathers_for=2.0)
    share_a_commit(group, 3)
    began = time.monotonic()
    assert group.run(keep("alone"), "", 30.0) == "alone"
    assert time.monotonic() - began >= 2.0
    again = time.monotonic()
    assert [group.run(keep(f"{one}"), "", 30.0) for one in range(10)] == [f"{one}" for one in range(10)]
    assert time.monotonic() - again < 10 * 2.0
    group.close()


_VALUE = Prepared(select(volatile.c.value).where(volatile.c.key == bindparam("key_")))


def test_all_rows_are_read_in_a_shared_transaction_behind_what_was_written_in_it(database: Database) -> None:
    database.together(keep("a"))

    def work(session: Session) -> list[tuple[Any, ...]]:
        Prepared(update(volatile).values(value=bindparam("now_", type_=volatile.c.value.type))).run(
            session, {"now_": "2"}
        )
        return Prepared(select(volatile.c.key, volatile.c.value)).all(session, {})

    assert database.together(work) == [("a", "2")]


def asking(steps: list[str], name: str) -> tuple[Callable[[Session], None], Callable[[Session], Any]]:
    """What asks for a row ahead, and the work that wants to know it and then changes it."""

    def ahead(session: Session) -> None:
        steps.append(f"ahead {name}")
        _VALUE.ahead(session, {"key_": name}, name=f"q-{name}")

    def work(session: Session) -> Any:
        steps.append(f"work {name}")
        found = _VALUE.first(session, {"key_": name}, name=f"q-{name}")
        session.execute(update(volatile).where(volatile.c.key == name).values(value="2"))
        again = _VALUE.first(session, {"key_": name}, name=f"q-{name}")
        return found, again

    return ahead, work


@pytest.mark.parametrize("names", [("c", "a", "b"), ("b", "a", "a")])
def test_a_group_goes_by_its_keys_and_asks_ahead_unless_one_of_them_must_see_what_another_changed(
    postgresql: Database, names: tuple[str, ...]
) -> None:
    for name in set(names):
        postgresql.together(keep(name))
    steps: list[str] = []
    writing, go_on = threading.Event(), threading.Event()

    def slow(_session: Session) -> None:
        writing.set()
        go_on.wait(60)

    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(postgresql.together, slow)
        writing.wait(60)
        others = []
        for name in names:
            ahead, work = asking(steps, name)
            others.append(pool.submit(postgresql.together, work, key=name, ahead=ahead))
            until_queued(postgresql, len(others))
        go_on.set()
        first.result(60)
        found = [other.result(60) for other in others]
    if len(set(names)) == len(names):
        assert steps == ["ahead a", "ahead b", "ahead c", "work a", "work b", "work c"]
        assert found == [(("1",), ("2",))] * 3
    else:
        assert steps == ["work a", "work a", "work b"]
        assert found == [(("1",), ("2",)), (("1",), ("2",)), (("2",), ("2",))]


def test_what_fails_ahead_costs_only_the_one_who_asked(postgresql: Database) -> None:
    broken = Prepared(
        insert(volatile)
        .values(key=bindparam("key_", type_=volatile.c.key.type), value="x")
        .returning(volatile.c.key)
    )
    postgresql.together(keep("here"))
    writing, go_on = threading.Event(), threading.Event()

    def slow(_session: Session) -> None:
        writing.set()
        go_on.wait(60)

    def twice(session: Session) -> Any:
        return broken.first(session, {"key_": "here"}, name="q-here")

    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(postgresql.together, slow)
        writing.wait(60)
        ahead, work = asking([], "here")
        fine = pool.submit(postgresql.together, work, key="fine", ahead=ahead)
        until_queued(postgresql, 1)
        wrong = pool.submit(
            postgresql.together,
            twice,
            key="wrong",
            ahead=lambda session: broken.ahead(session, {"key_": "here"}, name="q-here"),
        )
        until_queued(postgresql, 2)
        go_on.set()
        first.result(60)
        assert fine.result(60) == (("1",), ("2",))
        with pytest.raises(psycopg.errors.UniqueViolation):
            wrong.result(60)
    assert kept(postgresql) == {"here"}


def until_queued(database: Database, number: int) -> None:
    assert comes_true(lambda: len(database._group._queue) >= number)


@pytest.mark.parametrize("failing", [0, 3, 7])
def test_one_that_fails_gets_its_error_and_the_others_their_answer(database: Database, failing: int) -> None:
    writing, go_on = threading.Event(), threading.Event()

    def one(number: int) -> Callable[[Session], str]:
        def work(session: Session) -> str:
            if number == 0 and not writing.is_set():
                writing.set()
                go_on.wait(60)
            done = keep(f"k{number}")(session)
            if number == failing:
                raise Fault
            return done

        return work

    with ThreadPoolExecutor(8) as pool:
        told: list[Future[str]] = [pool.submit(database.together, one(0))]
        writing.wait(60)
        told += [pool.submit(database.together, one(number)) for number in range(1, 8)]
        until_queued(database, 7)
        go_on.set()
        for number, done in enumerate(told):
            if number == failing:
                with pytest.raises(Fault):
                    done.result(60)
            else:
                assert done.result(60) == f"k{number}"
    assert kept(database) == {f"k{number}" for number in range(8)} - {f"k{failing}"}


def test_a_mistake_of_the_statement_is_told_as_it_is_and_leaves_the_door_open(database: Database) -> None:
    database.together(keep("a"))
    with pytest.raises(IntegrityError):
        database.together(keep("a"))
    assert database.together(keep("b")) == "b"


def test_an_interrupt_leaves_the_door_open_for_the_others(database: Database) -> None:
    def interrupted(session: Session) -> None:
        keep("gone")(session)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        database.together(interrupted)
    assert database.together(keep("b")) == "b"
    assert kept(database) == {"b"}


def test_those_behind_an_interrupted_one_are_still_written(database: Database) -> None:
    writing, go_on = threading.Event(), threading.Event()

    def interrupted(_session: Session) -> None:
        writing.set()
        go_on.wait(60)
        raise KeyboardInterrupt

    def lead() -> None:
        with pytest.raises(KeyboardInterrupt):
            database.together(interrupted)

    with ThreadPoolExecutor(4) as pool:
        leading = pool.submit(lead)
        writing.wait(60)
        others = [pool.submit(database.together, keep(f"k{number}")) for number in range(3)]
        until_queued(database, 3)
        go_on.set()
        leading.result(60)
        assert sorted(done.result(60) for done in others) == ["k0", "k1", "k2"]
    assert kept(database) == {"k0", "k1", "k2"}


def test_of_those_in_an_interrupted_ones_group_who_still_waits_leads_next(postgresql: Database) -> None:
    writing, go_on, gave_up = threading.Event(), threading.Event(), threading.Event()

    def slow(_session: Session) -> None:
        writing.set()
        go_on.wait(60)

    def interrupted(_session: Session) -> None:
        gave_up.wait(60)
        raise KeyboardInterrupt

    def lead() -> None:
        with pytest.raises(KeyboardInterrupt):
            postgresql.together(interrupted, within=60.0)

    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(postgresql.together, slow)
        writing.wait(60)
        leading = pool.submit(lead)
        until_queued(postgresql, 1)
        late = pool.submit(postgresql.together, keep("late"), within=0.5)
        until_queued(postgresql, 2)
        patient = pool.submit(postgresql.together, keep("patient"), within=30.0)
        until_queued(postgresql, 3)
        go_on.set()
        with pytest.raises(Unavailable):
            late.result(60)
        gave_up.set()
        for done in (first, leading):
            done.result(60)
        assert patient.result(60) == "patient"
    assert postgresql.together(keep("next")) == "next"
    assert kept(postgresql) == {"patient", "next"}


def test_a_lost_connection_is_made_again(postgresql: Database) -> None:
    postgresql.together(keep("a"))
    with postgresql.transaction() as session:
        session.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()"
            )
        )
    assert postgresql.together(keep("b")) == "b"
    assert kept(postgresql) == {"a", "b"}


def test_a_connection_lost_in_the_middle_undoes_and_runs_it_again(postgresql: Database) -> None:
    tries = []

    def cut(session: Session) -> str:
        tries.append(1)
        keep("a")(session)
        if len(tries) == 1:
            pid = session.execute(text("SELECT pg_backend_pid()")).scalar_one()
            with postgresql.transaction() as other:
                other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
            session.execute(text("SELECT 1"))
        return "done"

    assert postgresql.together(cut) == "done"
    assert len(tries) == 2
    assert kept(postgresql) == {"a"}


def test_a_locked_database_is_unavailable_and_then_takes_again(sqlite: Database) -> None:
    other = Database(str(sqlite.engine.url), synchronous="normal")
    with other.transaction(), pytest.raises(Unavailable):
        sqlite.together(keep("a"))
    assert sqlite.together(keep("b")) == "b"
    assert kept(sqlite) == {"b"}
    other.close()


def test_who_waits_behind_a_locked_one_is_told_in_time(sqlite: Database) -> None:
    other = Database(str(sqlite.engine.url), synchronous="normal")
    with other.transaction(), ThreadPoolExecutor(5) as pool:
        began = time.monotonic()
        told = [pool.submit(sqlite.together, keep(f"k{number}"), within=3.0) for number in range(5)]
        for done in told:
            with pytest.raises(Unavailable):
                done.result(60)
        assert time.monotonic() - began < 12, "fifteen if they waited one after the other"
    other.close()
    assert kept(sqlite) == set()


def test_who_has_not_the_time_a_commit_may_take_does_not_begin_one(postgresql: Database) -> None:
    """A leader waits that long for others at worst: begun later, its answer would come when nobody waits for it."""
    writes, ends = threading.Event(), threading.Event()

    def write_long(_session: Session) -> None:
        writes.set()
        ends.wait(60)

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(postgresql.together, write_long)
        assert writes.wait(60)
        second = pool.submit(postgresql.together, keep("late"), within=LEADING_TAKES + 0.2)
        time.sleep(0.4)
        ends.set()
        first.result(60)
        with pytest.raises(Unavailable):
            second.result(60)
    assert postgresql.together(keep("next")) == "next", "the lead was passed on"
    assert kept(postgresql) == {"next"}


def test_a_row_locked_by_another_process_costs_only_the_one_that_wants_it(postgresql: Database) -> None:
    with postgresql.transaction() as session:
        for number in (1, 2):
            session.execute(insert(customers).values(openid=f"o-{number}", bucket=1, created_at=NOON))

    def speak(openid: str) -> Callable[[Session], str]:
        def work(session: Session) -> str:
            session.execute(update(customers).where(customers.c.openid == openid).values(spoke_at=NOON))
            return openid

        return work

    with postgresql.transaction() as session, ThreadPoolExecutor(2) as pool:
        session.execute(select(customers.c.id).where(customers.c.openid == "o-1").with_for_update())
        blocked = pool.submit(postgresql.together, speak("o-1"), key="o-1")
        free = pool.submit(postgresql.together, speak("o-2"), key="o-2")
        assert free.result(60) == "o-2"
        with pytest.raises(Unavailable):
            blocked.result(60)


def test_two_that_lock_each_other_out_both_come_through(postgresql: Database) -> None:
    """What two processes may do to each other: the database undoes one, and it is run again."""
    with postgresql.transaction() as session:
        for number in (1, 2):
            session.execute(
                insert(customers).values(openid=f"o-{number}", bucket=1, points=0, created_at=NOON)
            )
    another = Database(postgresql.engine.url.render_as_string(hide_password=False))
    both = threading.Barrier(2)
    met: dict[str, bool] = {}

    def take(first: str, second: str) -> Callable[[Session], None]:
        def work(session: Session) -> None:
            for openid in (first, second):
                change = (
                    update(customers)
                    .where(customers.c.openid == openid)
                    .values(points=customers.c.points + 1)
                )
                session.execute(change)
                if not met.get(first):
                    met[first] = True
                    both.wait(60)

        return work

    with ThreadPoolExecutor(2) as pool:
        told = [
            pool.submit(postgresql.together, take("o-1", "o-2")),
            pool.submit(another.together, take("o-2", "o-1")),
        ]
        for done in told:
            done.result(60)
    another.close()
    with postgresql.reading() as session:
        assert session.execute(select(func.sum(customers.c.points))).scalar_one() == 4


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        pytest.param(psycopg.errors.DeadlockDetected(), Failure.COLLISION, id="deadlock"),
        pytest.param(psycopg.errors.SerializationFailure(), Failure.COLLISION, id="serialization"),
        pytest.param(psycopg.errors.LockNotAvailable(), Failure.UNAVAILABLE, id="lock timeout"),
        pytest.param(psycopg.errors.DiskFull(), Failure.UNAVAILABLE, id="disk full"),
        pytest.param(psycopg.errors.AdminShutdown(), Failure.LOST, id="shutdown"),
        pytest.param(psycopg.OperationalError("gone"), Failure.LOST, id="connection broke"),
        pytest.param(psycopg.errors.UndefinedTable(), Failure.MISTAKE, id="no such table"),
        pytest.param(ValueError(), Failure.MISTAKE, id="anything else"),
    ],
)
def test_what_an_error_means(error: Exception, expected: Any) -> None:
    assert failure_of(error) is expected

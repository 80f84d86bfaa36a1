"""A database that cannot be used: every door says so in one line, with what to do."""

import sqlite3
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError

from bot.clock import FixedClock
from bot.opening import what_to_do
from bot.store import revisions
from bot.store.database import Database
from tests.support.door import opened, services_of
from tests.support.terminal import Run

NEWER = "9999"
AHEAD = f"the database is ahead: it is at {NEWER}, this Weilan knows it up to {revisions.newest()}"


@pytest.fixture
def newer(database: Database) -> Iterator[Database]:
    """A newer program has upgraded it."""
    is_at = "UPDATE alembic_version SET version_num = '{}'"
    with database.transaction() as session:
        session.exec_driver_sql(is_at.format(NEWER))
    yield database
    with database.transaction() as session:
        session.exec_driver_sql(is_at.format(revisions.newest()))


@pytest.mark.parametrize("words", [("plan",), ("export", "messages"), ("db", "upgrade")])
def test_a_newer_programs_database_is_left_alone_in_one_line(
    run: Run, newer: Database, words: tuple[str, ...]
) -> None:
    code, out, err = run(*words)
    assert (code, out) == (1, "")
    assert err.startswith(f"weilan: {AHEAD}; start the newer one")
    assert err.count("\n") == 1


def test_the_doctor_names_a_newer_programs_database(run: Run, newer: Database) -> None:
    code, out, _ = run("doctor")
    assert code == 1
    assert f"fault  migrations: the database is at {NEWER}" in out


def test_readiness_ends_when_a_newer_program_upgrades_the_database(
    newer: Database, clock: FixedClock, tmp_path: Path
) -> None:
    with opened(services_of(newer, clock, tmp_path / "spool")) as door:
        answer = door.app.test_client().get("/readyz")
    assert (answer.status_code, answer.json) == (
        503,
        {
            "ready": False,
            "database": "ahead: a newer Weilan has upgraded it; start that one",
            "keys": "ok",
            "spool": "ok",
            "understanding": "learning",
        },
    )


def test_a_file_that_is_no_database_is_called_one(run: Run, settings: Path, tmp_path: Path) -> None:
    (tmp_path / "letter.db").write_text("a letter, and no database at all" * 40, encoding="utf-8")
    settings.write_text(f'[database]\nurl = "sqlite:///{tmp_path}/letter.db"\n', encoding="utf-8")
    said = "weilan: the database does not answer (file is not a database): compare database.url\n"
    assert run("db", "upgrade") == (1, "", said)
    assert "fault  database: does not answer: file is not a database" in run("doctor")[1]


def test_a_database_of_an_unfinished_version_is_told_by_what_it_lacks(
    run: Run, sqlite: Database, settings: Path
) -> None:
    settings.write_text(f'[database]\nurl = "sqlite:///{sqlite.engine.url.database}"\n', encoding="utf-8")
    with sqlite.transaction() as session:
        session.exec_driver_sql("DROP TABLE form_talks")
        session.exec_driver_sql("ALTER TABLE customers DROP COLUMN form_until")
    assert set(revisions.lacking(sqlite)) == {"form_talks", "customers.form_until"}
    code, out, err = run("db", "upgrade")
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "lacks" in err
    assert "customers.form_until" in err
    assert "fault  migrations: up to date, and yet there is no " in run("doctor")[1]


def test_a_whole_database_lacks_nothing(database: Database) -> None:
    assert revisions.lacking(database) == []


@contextmanager
def locked(path: str) -> Iterator[sqlite3.Connection]:
    """Another program writes to it; gives a connection that does not wait for its turn."""
    writer, impatient = (sqlite3.connect(path, isolation_level=None, timeout=0) for _ in range(2))
    writer.execute("BEGIN IMMEDIATE")
    try:
        yield impatient
    finally:
        writer.close()
        impatient.close()


def test_what_the_database_refuses_is_told_as_its_fault(
    run: Run, sqlite: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    run("--help")
    with (
        locked(str(sqlite.engine.url.database)) as impatient,
        pytest.raises(sqlite3.OperationalError) as raised,
    ):
        impatient.execute("BEGIN IMMEDIATE")
    sys.excepthook(sqlite3.OperationalError, raised.value, None)
    assert capsys.readouterr().err == (
        "weilan: the database takes nothing now (database is locked): see to that, and try again\n"
    )
    sys.excepthook(
        DBAPIError, DBAPIError("SELECT secret", {}, sqlite3.OperationalError("no such table")), None
    )
    assert "takes nothing now" not in capsys.readouterr().err


@pytest.fixture
def read_only(postgresql: Database) -> Iterator[Database]:
    """As a standby is; connections of before do not know it yet."""
    name = postgresql.engine.url.database

    def set_to(words: str) -> None:
        with postgresql.engine.connect() as session:
            session.exec_driver_sql("SET default_transaction_read_only = off")
            session.commit()
            session.exec_driver_sql(f'ALTER DATABASE "{name}" SET default_transaction_read_only = {words}')
            session.commit()
        postgresql.engine.dispose()

    set_to("on")
    yield postgresql
    set_to("off")


def test_the_doctor_tries_whether_the_database_takes_writing(
    run: Run, settings: Path, read_only: Database
) -> None:
    url = read_only.engine.url.render_as_string(hide_password=False)
    settings.write_text(f'[database]\nurl = "{url}"\n', encoding="utf-8")
    code, out, _ = run("doctor")
    assert code == 1
    assert (
        "fault  writing: the database takes nothing: cannot execute DELETE in a read-only transaction: end"
        in out
    )


def test_a_database_that_takes_writing_refuses_nothing(database: Database) -> None:
    assert database.refusal() == ""


def test_readiness_ends_while_somebody_else_holds_the_database(
    sqlite: Database, clock: FixedClock, tmp_path: Path
) -> None:
    with opened(services_of(sqlite, clock, tmp_path / "spool")) as door:
        client = door.app.test_client()
        with locked(str(sqlite.engine.url.database)):
            held = client.get("/readyz")
        free = client.get("/readyz")
    assert (held.status_code, held.json["database"]) == (503, "takes no writing: database is locked")  # type: ignore[index]
    assert (free.status_code, free.json["database"]) == (200, "ok")  # type: ignore[index]


def test_who_waits_for_a_thread_of_their_own_first_waits_no_longer_altogether(sqlite: Database) -> None:
    with ThreadPoolExecutor() as threads, locked(str(sqlite.engine.url.database)):
        threads.submit(sqlite.refusal, 60.0)  # waits at the file, and lets no other thread to it
        time.sleep(0.2)
        began = time.monotonic()
        assert sqlite.refusal(0.5) == "database is locked"
        assert time.monotonic() - began < 30


def test_readiness_ends_where_a_standby_answers(
    read_only: Database, clock: FixedClock, tmp_path: Path
) -> None:
    with opened(services_of(read_only, clock, tmp_path / "spool")) as door:
        answer = door.app.test_client().get("/readyz")
    said = "takes no writing: cannot execute DELETE in a read-only transaction"
    assert (answer.status_code, answer.json["database"]) == (503, said)  # type: ignore[index]


def test_who_asks_whether_writing_goes_waits_for_another_s_lock_no_longer_than_told(
    postgresql: Database,
) -> None:
    with postgresql.transaction() as session:
        session.exec_driver_sql("LOCK TABLE messages IN ACCESS EXCLUSIVE MODE")
        assert postgresql.refusal(0.1) == "canceling statement due to lock timeout"
    assert postgresql.refusal(0.1) == ""


def test_readiness_ends_where_messages_could_not_be_kept(database: Database, clock: FixedClock) -> None:
    with opened(services_of(database, clock, Path("/dev/null/nowhere"))) as door:
        answer = door.app.test_client().get("/readyz")
    assert (answer.status_code, answer.json["spool"]) == (503, "keeps nothing: Not a directory")  # type: ignore[index]


@pytest.mark.parametrize(
    ("why", "todo"),
    [
        ("database or disk is full", "make room on its disk"),
        ("disk I/O error", "make room on its disk"),
        ("unable to open database file", "compare database.url"),
    ],
)
def test_a_full_disk_is_told_from_a_wrong_address(sqlite: Database, why: str, todo: str) -> None:
    assert what_to_do(sqlite, why) == todo

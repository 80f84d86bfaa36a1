"""A long job's connection on SQLite: what is set on it is set on no other."""

import pytest

from bot.store.database import Database, Session


def looks_for_keys(session: Session) -> bool:
    return bool(session.exec_driver_sql("PRAGMA foreign_keys").scalar_one())


@pytest.mark.parametrize("knows", [False, True])
def test_only_who_knows_its_keys_writes_without_a_look_for_them(sqlite: Database, *, knows: bool) -> None:
    with sqlite.workbench(knows_its_keys=knows) as bench, bench.transaction() as session:
        assert looks_for_keys(session) is not knows
    with sqlite.transaction() as session, sqlite.reading() as other:
        assert looks_for_keys(session)
        assert looks_for_keys(other)

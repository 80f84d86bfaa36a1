from contextlib import suppress

from sqlalchemy import func, select

from bot.store.database import Database
from bot.store.rehearsal import rehearsing
from bot.store.tables import customers
from tests.support.build import Build


def everybody(database: Database) -> int:
    with database.reading() as session:
        return session.execute(select(func.count()).select_from(customers)).scalar_one()


def test_what_is_rehearsed_is_seen_on_the_stage_and_then_gone(database: Database) -> None:
    with rehearsing(database) as stage:
        with stage.transaction() as session:
            Build(session).customer()
        assert everybody(stage) == 1
    assert everybody(database) == 0


def test_a_transaction_that_fails_on_the_stage_undoes_only_itself(database: Database) -> None:
    with rehearsing(database) as stage:
        with stage.transaction() as session:
            Build(session).customer(openid="o-1")
        with suppress(ZeroDivisionError), stage.transaction() as session:
            Build(session).customer(openid="o-2")
            raise ZeroDivisionError
        assert everybody(stage) == 1


def test_what_fails_in_a_rehearsal_leaves_nothing(database: Database) -> None:
    with suppress(ZeroDivisionError), rehearsing(database) as stage:
        with stage.transaction() as session:
            Build(session).customer()
        raise ZeroDivisionError
    assert everybody(database) == 0

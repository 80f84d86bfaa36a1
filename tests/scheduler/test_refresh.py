"""The nightly refresh as a whole: what it counts, that it may be repeated, and the command in front of it."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Row, delete, event, inspect, select, update

from bot.clock import FixedClock
from bot.opening import NotReady, check_version
from bot.rules.worth import partitions
from bot.rules.worth.partitions import BadPartitions
from bot.services import Services
from bot.store.database import Database
from bot.store.tables import customer_moves, customer_statistics, customers
from bot.store.worth import indexes, statistics
from bot.store.worth.figures import FIGURES
from bot.store.worth.statistics import WHEN
from scheduler.refresh import refresh
from tests.conftest import NOON
from tests.support import pushing, thirty
from tests.support.build import Build
from tests.support.fake_wechat import FakeWeChat
from tests.support.terminal import Run


@pytest.fixture
def services(database: Database, clock: FixedClock) -> Services:
    return pushing.services_with(database, clock, FakeWeChat())


def arrive(database: Database) -> None:
    with database.transaction() as session:
        thirty.arrive(Build(session), NOON)


def shape(database: Database) -> tuple[set[str | None], set[tuple[str, str]]]:
    """The indexes of the figures, and which tables stay true to the customers."""
    with database.reading() as session:
        looked = inspect(session)
        names = {index["name"] for index in looked.get_indexes("customer_statistics")}
        pointers = {
            (table, key["referred_table"])
            for table in ("customer_statistics", "follow_ups", "nurturing_plans")
            for key in looked.get_foreign_keys(table)
        }
        if not database.is_sqlite:
            doubtful = "SELECT count(*) FROM pg_constraint WHERE NOT convalidated"
            assert session.exec_driver_sql(doubtful).scalar_one() == 0
    return names, pointers


def figures(database: Database) -> list[Row[*tuple[Any, ...]]]:
    columns = [customer_statistics.c[name] for name in FIGURES if name not in WHEN]
    with database.reading() as session:
        everybody = select(customer_statistics.c.customer_id, *columns)
        return list(session.execute(everybody.order_by(customer_statistics.c.customer_id)))


def test_a_refresh_counts_everybody_once_in_every_partition_and_a_second_changes_nothing(
    services: Services, database: Database
) -> None:
    arrive(database)

    first = refresh(services, from_scratch=True)

    assert (first.customers, first.buyers, first.changed, first.follow_ups) == (30, 20, 30, 5)
    assert {partition: sum(places.values()) for partition, places in first.places.items()} == dict.fromkeys(
        ("tier", "cell", "class", "abc", "lifecycle"), 30
    )
    assert first.places["abc"] == {"A": 4, "B": 6, "C": 20}
    assert first.places["lifecycle"] == {"potential": 7, "existing": 7, "loyal": 5, "dormant": 4, "lost": 7}

    for again in (refresh(services), refresh(services, from_scratch=True)):
        assert (again.places, again.follow_ups, again.moved) == (first.places, 0, {})


def test_what_was_out_of_the_way_the_first_time_is_back_afterwards(
    services: Services, database: Database
) -> None:
    arrive(database)
    before = shape(database)

    refresh(services, from_scratch=True)

    assert shape(database) == before


def test_what_a_refresh_that_ended_in_the_middle_left_out_of_the_way_is_put_back_by_the_next(
    services: Services, database: Database
) -> None:
    arrive(database)
    before = shape(database)
    refresh(services, from_scratch=True)
    with database.transaction() as session:
        indexes.drop(session, indexes.ALL)
        indexes.let_go_of_customers(session)
    assert shape(database) != before

    refresh(services)

    assert shape(database) == before


def test_where_an_import_wrote_the_figures_the_first_refresh_builds_the_indexes_of_places_only(
    services: Services, database: Database
) -> None:
    arrive(database)
    with database.transaction() as session:
        statistics.recompute(session, NOON)
    before, built = shape(database), set()

    @event.listens_for(database.engine, "before_cursor_execute")
    def note(_session: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("CREATE INDEX"):
            built.add(statement.split()[2])

    assert refresh(services).changed == 30

    assert built == indexes.OF_PLACES
    assert shape(database) == before


def test_a_first_refresh_gives_way_to_who_is_writing_about_a_customer(
    postgresql: Database, clock: FixedClock
) -> None:
    database = postgresql  # SQLite has one writer at a time
    services = pushing.services_with(database, clock, FakeWeChat())
    arrive(database)
    before = shape(database)
    with database.transaction() as writing:
        writing.execute(update(customers).values(name="晓雨"))
        with database.transaction() as session:
            assert not indexes.let_go_of_customers(session)
    assert shape(database) == before

    with database.transaction() as session:
        assert indexes.let_go_of_customers(session)
    with database.transaction() as writing:
        writing.execute(update(customers).values(name="晓云"))
        with database.transaction() as session:
            assert not indexes.hold_on_to_customers(session)
    refresh(services, from_scratch=True)
    assert shape(database) == before


def test_figures_there_are_when_all_are_added_up_for_the_first_time_stay_right(
    services: Services, database: Database
) -> None:
    arrive(database)
    with database.transaction() as session:
        statistics.recompute(session, NOON)
    expected = figures(database)
    with database.transaction() as session:
        session.execute(delete(customer_statistics).where(customer_statistics.c.customer_id % 2 == 0))
    refresh(services, from_scratch=True)
    assert figures(database) == expected

    with database.transaction() as session:
        session.execute(delete(customer_statistics))
    refresh(services, from_scratch=True)
    assert figures(database) == expected


def test_the_database_knows_afterwards_how_much_there_is(services: Services, database: Database) -> None:
    arrive(database)
    sizes = "sqlite_stat1 WHERE tbl = 'orders'" if database.is_sqlite else "orders"

    refresh(services, from_scratch=True)

    with database.reading() as session:
        assert session.exec_driver_sql(f"SELECT count(*) FROM {sizes}").scalar_one() > 0


def test_the_days_that_pass_move_customers(services: Services, database: Database, clock: FixedClock) -> None:
    arrive(database)
    refresh(services, from_scratch=True)

    clock.forward(days=1)
    report = refresh(services)

    assert report.moved["lifecycle"] == 2
    with database.reading() as session:
        assert {move.at for move in session.execute(select(customer_moves))} == {NOON + timedelta(days=1)}


def test_faulty_rules_of_the_shop_stop_the_refresh_before_anything(
    database: Database, tmp_path: Path, clock: FixedClock
) -> None:
    file = tmp_path / "ours.toml"
    file.write_text('version = "1"', encoding="utf-8")
    wrong = pushing.services_with(database, clock, value={"partitions": str(file)})
    with pytest.raises(BadPartitions, match=r"ours\.toml"):
        refresh(wrong)


def test_changed_rules_are_refused_under_a_version_that_was_used(
    database: Database, tmp_path: Path, clock: FixedClock
) -> None:
    arrive(database)
    theirs, ours = Path(partitions.__file__).with_name("partitions.toml"), tmp_path / "ours.toml"
    by_ours = pushing.services_with(database, clock, value={"partitions": str(ours)})
    words = theirs.read_text(encoding="utf-8")
    others = words.replace("nearness = 5 ", "nearness = 6 ")
    assert others != words

    ours.write_text(others, encoding="utf-8")  # the version was never used: nobody is misled
    refresh(by_ours)
    ours.write_text(f"# the same but for this\n{others}", encoding="utf-8")
    refresh(by_ours)
    ours.write_text(words, encoding="utf-8")
    with pytest.raises(BadPartitions, match=r"ours\.toml: version: .* expected a new version"):
        refresh(by_ours)
    with pytest.raises(NotReady, match=r"expected a new version"):
        check_version(by_ours.config, database)
    ours.write_text(words.replace('version = "2026-11"', 'version = "2026-12"'), encoding="utf-8")
    assert refresh(by_ours).version == "2026-12"


def test_the_commands_tell_of_all_and_of_one(database: Database, run: Run) -> None:
    arrive(database)
    code, out, _ = run("refresh", "--json")
    assert code == 0
    assert json.loads(out)["customers"] == 30

    code, out, _ = run("value", "c01")
    assert code == 0
    assert "rank 1 of 30" in out
    assert "service    account_manager" in out

    code, out, err = run("value", "nobody")
    assert (code, out) == (1, "")
    assert err.count("\n") == 1


def test_postgresql_is_told_that_all_see_what_a_refresh_changed(
    postgresql: Database, clock: FixedClock
) -> None:
    """Not that they do: whoever begins to connect anywhere on the server may still see what was before."""
    arrive(postgresql)
    services = pushing.services_with(postgresql, clock, FakeWeChat())
    refresh(services, from_scratch=True)
    before = _times_vacuumed(postgresql)
    clock.forward(days=100)
    assert refresh(services).changed
    assert _times_vacuumed(postgresql) == before + 1


def _times_vacuumed(database: Database) -> int:
    asked = "SELECT vacuum_count FROM pg_stat_user_tables WHERE relname = 'customer_statistics'"
    with database.reading() as session:
        return int(session.exec_driver_sql(asked).scalar_one())

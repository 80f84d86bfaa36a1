"""What every test may ask for: the two databases, a real Redis, a clock, the builders."""

import gc
import os
import shutil
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from sqlalchemy import Engine
from sqlalchemy.util import LRUCache

from bot.clock import FixedClock
from bot.store import schema
from bot.store.database import Database, Session
from bot.store.tables import metadata
from tests.support import servers
from tests.support.build import Build
from tests.support.fake_wechat import FakeWeChat
from tests.support.terminal import Run, process_left_as_it_was
from weilan import main

EMPTIED = "; ".join(f'DELETE FROM "{table.name}"' for table in reversed(metadata.sorted_tables))  # in one go
COMPILED = 10_000  # statements, more than there are
LONG = ("tests/flows/", "tests/test_serving.py", "tests/browser/", "tests/contract/", "/test_simulation.py")
NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)  # Tuesday, a working day, 12:00 in Shanghai

# No example fails for being slow, and each run tries the same ones; with WEILAN_EXAMPLES others every time.
hypothesis_settings.register_profile(
    "weilan",
    deadline=None,
    derandomize="WEILAN_EXAMPLES" not in os.environ,
    suppress_health_check=[HealthCheck.too_slow],
)
hypothesis_settings.load_profile("weilan")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long comes first: at the end the workers have short ones to share, and none is waited for alone."""
    items.sort(key=lambda item: not any(part in item.path.as_posix() for part in LONG))


def pytest_collection_finish() -> None:
    """What was collected stays to the end, and need not be looked through each time for what can go."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _plain_tracebacks() -> None:
    """Left alone, structlog draws each with all its variables, which takes seconds where much goes wrong on purpose."""
    *others, _ = structlog.get_config()["processors"]
    shows = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*others, shows])


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    with servers.postgresql() as address:
        yield address


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    with servers.redis_server() as address:
        yield address


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Of SQLite: what its dialect compiled is there for the engines of all tests, which would begin anew each."""
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('sqlite')}/compiled.db", synchronous="normal")
    database.engine._compiled_cache = LRUCache(COMPILED)
    database.engine.connect().close()
    yield database.engine
    database.close()


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite file at the newest migration, to be copied."""
    path = tmp_path_factory.mktemp("sqlite") / "empty.db"
    database = Database(f"sqlite:///{path}", synchronous="normal")
    schema.upgrade(database)
    with database.engine.connect() as session:
        session.exec_driver_sql("ROLLBACK")
        session.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return path


@pytest.fixture(scope="session")
def migrated_postgresql(postgresql_server: str) -> Iterator[Database]:
    database = Database(servers.create_database(postgresql_server, f"weilan_{uuid.uuid4().hex[:8]}"))
    schema.upgrade(database)
    database.engine._compiled_cache = LRUCache(COMPILED)
    yield database
    database.close()


@pytest.fixture
def sqlite(migrated_sqlite: Path, compiled: Engine, tmp_path: Path) -> Iterator[Database]:
    path = tmp_path / "weilan.db"
    shutil.copy(migrated_sqlite, path)
    database = Database(f"sqlite:///{path}", synchronous="normal")
    database.engine.dialect, database.engine._compiled_cache = compiled.dialect, compiled._compiled_cache
    yield database
    database.close()


@pytest.fixture
def postgresql(migrated_postgresql: Database) -> Iterator[Database]:
    yield migrated_postgresql
    with migrated_postgresql.transaction() as session:
        session.exec_driver_sql(EMPTIED)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Database:
    """Both databases, one after the other."""
    found: Database = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.transaction() as session:
        yield session
        session.rollback()


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOON)


@pytest.fixture
def wechat() -> FakeWeChat:
    return FakeWeChat()


@pytest.fixture
def build(session: Session) -> Build:
    """Builders inside the test's own transaction. For flows make `Build(other_session)` yourself."""
    return Build(session)


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> Path:
    """The smallest settings with which the command finds the database."""
    url = database.engine.url.render_as_string(hide_password=False)
    file = tmp_path / "config.toml"
    file.write_text(f'[database]\nurl = "{url}"\nsynchronous = "normal"\n', encoding="utf-8")
    return file


@pytest.fixture
def process() -> Iterator[None]:
    with process_left_as_it_was():
        yield


@pytest.fixture
def run(settings: Path, process: None, capsys: pytest.CaptureFixture[str]) -> Run:
    """`run("staff", "add", "小林")` runs the command with `settings`."""

    def run(*words: str) -> tuple[int, str, str]:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(["--config", str(settings), *words])
        said = capsys.readouterr()
        code = ended.value.code
        return (code if isinstance(code, int) else 0), said.out, said.err

    return run

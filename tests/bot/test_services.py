import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot import config
from bot.clock import MovableClock
from bot.config import Config
from bot.services import build, connect, with_secret_key
from bot.store.keys import ShelteredKeys, SqlKeys


@pytest.fixture
def settings(migrated_sqlite: Path, tmp_path: Path) -> Config:
    shutil.copy(migrated_sqlite, tmp_path / "weilan.db")
    return Config(database=config.Database(url=SecretStr(f"sqlite:///{tmp_path}/weilan.db")))


def test_without_redis_the_keys_are_in_the_database(settings: Config) -> None:
    services = build(settings)
    assert isinstance(services.keys, SqlKeys)
    assert abs(services.now() - datetime.now(UTC)) < timedelta(seconds=5)
    services.close()


def test_with_redis_the_keys_are_there(settings: Config, redis_url: str) -> None:
    services = build(settings.model_copy(update={"redis": config.Redis(url=SecretStr(redis_url))}))
    assert isinstance(services.keys, ShelteredKeys)
    assert services.keys.is_up()
    services.close()


def test_the_clock_may_keep_its_offset_in_the_keys(settings: Config) -> None:
    def clock_of(keys: object) -> MovableClock:
        assert isinstance(keys, SqlKeys)
        return MovableClock(lambda: timedelta(days=3))

    services = build(settings, clock_of)
    assert services.now() - datetime.now(UTC) > timedelta(days=2)
    services.close()


def test_a_secret_key_is_made_once_and_one_that_is_given_stays(settings: Config) -> None:
    first, second = build(settings), build(settings)
    made = first.config.server.secret_key.get_secret_value()
    assert len(made) >= 43
    assert second.config.server.secret_key.get_secret_value() == made
    first.close()
    second.close()

    given = settings.model_copy(update={"server": config.Server(secret_key=SecretStr("given"))})
    database = connect(given)
    assert with_secret_key(given, database).server.secret_key.get_secret_value() == "given"
    database.close()

from datetime import time
from pathlib import Path

import pytest

from bot.config import ConfigError
from bot.config_file import load

AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def test_without_a_file_everything_has_its_default() -> None:
    config = load(None, {})
    assert (config.server.port, config.push.min_gap_days, config.push.quiet_from) == (8000, 2, time(22))
    assert config.database.url.get_secret_value() == "sqlite:///data/weilan.db"


def test_the_file_says_and_the_environment_wins(file: Path) -> None:
    file.write_text('[server]\nport = 8001\nhost = "0.0.0.0"\n[push]\nmin_gap_days = 1\n', encoding="utf-8")
    config = load(
        file,
        {"WEILAN_SERVER__PORT": "8002", "WEILAN_CONFIG": "x", "WEILAN_PASSWORD": "y", "WEILAN_OTHER": "z"},
    )
    assert (config.server.port, config.server.host) == (8002, "0.0.0.0")
    assert config.push.min_gap_days == 1


def test_a_secret_may_stand_in_a_file_of_its_own(file: Path, tmp_path: Path) -> None:
    secret = tmp_path / "app_secret"
    secret.write_text("hush\n", encoding="utf-8")
    file.write_text(f'[wechat]\napp_secret_file = "{secret}"\n', encoding="utf-8")
    assert load(file, {}).wechat.app_secret.get_secret_value() == "hush"
    assert (
        load(None, {"WEILAN_WECHAT__APP_SECRET_FILE": str(secret)}).wechat.app_secret.get_secret_value()
        == "hush"
    )


def test_a_secret_is_not_shown() -> None:
    assert "hush" not in repr(load(None, {"WEILAN_WECHAT__APP_SECRET": "hush"}))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param(
            "[wechat]\napp_ids = 'x'",
            "wechat.app_ids: unknown key; did you mean wechat.app_id?",
            id="unknown key",
        ),
        pytest.param(
            "[wetchat]\napp_id = 'x'", "wetchat: unknown key; did you mean wechat?", id="unknown section"
        ),
        pytest.param(
            "port = 8000", "port: unknown key; did you mean server.port?", id="a key outside its section"
        ),
        pytest.param(
            "[server]\nclock = true",
            "server.clock: unknown key; did you mean sandbox.clock?",
            id="another section's",
        ),
        pytest.param("[redis]\nzzz = 1", "redis.zzz: unknown key; config.example.toml", id="like no key"),
        pytest.param("server = 8000", "server: expected a table", id="no section"),
        pytest.param("[server]\nport = 'eighty'", "server.port: expected", id="wrong type"),
        pytest.param("[server]\nport = 70000", "server.port: expected", id="out of range"),
        pytest.param(
            "[server]\npublic_url = 'weilan.example'", "server.public_url: expected http://", id="no address"
        ),
        pytest.param(
            "[wechat]\nencoding_aes_key = 'short'", "wechat.encoding_aes_key: expected 43", id="short key"
        ),
        pytest.param(
            "[wechat]\naccount_kind = 'personal'",
            "wechat.account_kind: expected 'service' or",
            id="unknown kind",
        ),
        pytest.param(
            "[wechat]\napp_secret_file = '/nowhere/secret'",
            "wechat.app_secret_file: expected a readable file",
            id="missing secret",
        ),
        pytest.param("[database]\nurl = 'mysql://x'", "database.url: expected sqlite", id="unknown database"),
        pytest.param("[redis]\nurl = 'memcached://x'", "redis.url: expected redis", id="unknown key store"),
        pytest.param("[push]\ndaily_cap = 2", "push.daily_cap: expected 1", id="the cap stays"),
        pytest.param(
            "[push]\nmin_gap_days = 5\nmax_gap_days = 4",
            "push.max_gap_days: expected a number not below",
            id="upside down",
        ),
        pytest.param(
            "[push]\ntimezone = 'Shanghai'", "push.timezone: expected a time zone", id="unknown zone"
        ),
        pytest.param(
            "[server]\nhost = '0.0.0.0'\n[sandbox]\nclock = true",
            "sandbox.clock: expected false unless",
            id="a clock for everybody",
        ),
        pytest.param("[server", "not TOML", id="not TOML"),
        pytest.param(f"x = {'[' * 5000}", "not TOML", id="deeper than anybody reads"),
        pytest.param("[server]\nport = true", "server.port: expected a number", id="yes is no number"),
        pytest.param("[sandbox]\nclock = 1", "sandbox.clock: expected true or", id="a number is no yes"),
        pytest.param(
            "[server]\nport = '8000'", "server.port: expected a number, without", id="a quoted number"
        ),
        pytest.param("[sandbox]\nclock = 'yes'", "sandbox.clock: expected true or", id="a word is no yes"),
        pytest.param(
            "[push]\nquiet_from = 22",
            "push.quiet_from: expected a time of day",
            id="an hour is no time of day",
        ),
        pytest.param(
            "[push]\nmin_gap_days = 5",
            "push.max_gap_days: expected a number not below",
            id="above the default",
        ),
        pytest.param(
            "[understanding]\nexamples = '/nowhere'",
            "understanding.examples: expected a folder, /nowhere is none",
            id="sentences nowhere",
        ),
        pytest.param(
            "[server]\nproxies = 'nginx'", "server.proxies: expected addresses", id="a name of a proxy"
        ),
        pytest.param("[database]\nurl = 'sqlite:///'", "database.url: expected a file", id="facts in memory"),
    ],
)
def test_a_fault_is_one_line_with_file_key_and_what_was_expected(file: Path, text: str, says: str) -> None:
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        load(file, {})

    assert str(refused.value).startswith(f"{file}: ")
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("WEILAN_SERVER__PORT", "x", "server.port: expected"),
        ("WEILAN_SERVE__PORT", "1", "serve: unknown key"),
        (
            "WEILAN_SERVER_PORT",
            "1",
            "unknown; expected two underscores behind the section: WEILAN_SERVER__PORT",
        ),
        ("WEILAN_LANGUAGE_MODEL_URL", "", "unknown; expected two underscores behind the section"),
        ("WEILAN_WECHAT__APP_SECRET_FILE", "/nowhere", "wechat.app_secret_file: expected a readable file"),
        ("WEILAN_WECHAT__LIMITS", "4", "wechat.limits: expected"),
        ("WEILAN_WECHAT__LIMITS", "{4", "wechat.limits: expected a table such as"),
        ("WEILAN__PORT", "1", "_port: unknown key"),
        ("WEILAN_WECHAT__TOKEN", "a\0b", "wechat.token: expected text without"),
        ("WEILAN_SERVER__HOST", "", "server.host: expected an address"),
        ("WEILAN_REDIS__URL", "redis://:six/0", "redis.url: expected a number"),
        ("WEILAN_DATABASE__URL", "postgresql+psycopg://a:b:c@h:5x/w", "database.url: expected a number"),
    ],
)
def test_a_fault_of_the_environment_names_the_variable(variable: str, value: str, says: str) -> None:
    with pytest.raises(ConfigError) as refused:
        load(None, {variable: value})
    assert str(refused.value).startswith(f"{variable}: {says}")


def test_a_clock_for_everybody_names_the_variable_that_wanted_it() -> None:
    with pytest.raises(ConfigError, match=r"^WEILAN_SANDBOX__CLOCK: sandbox.clock: expected false"):
        load(None, {"WEILAN_SANDBOX__CLOCK": "true", "WEILAN_SERVER__HOST": "0.0.0.0"})


def test_a_table_in_the_environment_is_written_as_in_the_file() -> None:
    assert load(None, {"WEILAN_WECHAT__LIMITS": "{ mass_per_month = 4 }"}).wechat.limits == {
        "mass_per_month": 4
    }


def test_a_secret_of_the_environment_wins_over_one_in_a_file_of_its_own(file: Path, tmp_path: Path) -> None:
    secret = tmp_path / "app_secret"
    secret.write_text("old", encoding="utf-8")
    file.write_text(f'[wechat]\napp_secret_file = "{secret}"\n', encoding="utf-8")
    assert load(file, {"WEILAN_WECHAT__APP_SECRET": "new"}).wechat.app_secret.get_secret_value() == "new"


def test_a_file_that_is_not_there_or_not_text_is_named(file: Path) -> None:
    with pytest.raises(ConfigError, match=r"config.toml: No such file"):
        load(file, {})
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match=r"config.toml: expected UTF-8"):
        load(file, {})


def test_the_mark_that_editors_on_windows_put_before_a_text_is_read_over(file: Path) -> None:
    file.write_text("[server]\nport = 8001\n", encoding="utf-8-sig")
    assert load(file, {}).server.port == 8001


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://u:p%40s@h/db",
        "postgresql+psycopg://u:pa/ss@h:5432/db",
        "postgresql+psycopg://u@[::1]:5432/db",
        "postgresql+psycopg:///db?host=/tmp",
    ],
)
def test_a_database_may_be_anywhere(url: str) -> None:
    assert load(None, {"WEILAN_DATABASE__URL": url}).database.url.get_secret_value() == url


def test_a_full_aes_key_is_taken() -> None:
    assert (
        load(None, {"WEILAN_WECHAT__ENCODING_AES_KEY": AES_KEY}).wechat.encoding_aes_key.get_secret_value()
        == AES_KEY
    )


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        pytest.param("[push]\nmass_reserve = 4\n", "", id="all of the month's"),
        pytest.param("[push]\nmass_reserve = 5\n", "at most 4, the mass sends", id="more than the platform allows"),
        pytest.param("[push]\nmass_reserve = 3\n[wechat]\nlimits = { mass_to_customer_per_month = 2 }\n", "at most 2", id="more than this account's"),
        pytest.param('[push]\nmass_reserve = 9\n[wechat]\naccount_kind = "subscription"\n', "", id="a subscription account counts none"),
        pytest.param("[push]\nmass_reserve = -1\n", "greater than or equal to 0", id="less than nothing"),
    ],
)  # fmt: skip
def test_a_reserve_larger_than_the_quota_is_refused(file: Path, said: str, wrong: str) -> None:
    file.write_text(said, encoding="utf-8")
    if not wrong:
        load(file, {})
        return
    with pytest.raises(ConfigError, match=r"push\.mass_reserve: expected") as bad:
        load(file, {})
    assert wrong in str(bad.value)
    assert str(file) in str(bad.value)


def test_a_reserve_from_the_environment_is_refused_by_its_name() -> None:
    with pytest.raises(ConfigError, match=r"WEILAN_PUSH__MASS_RESERVE: push\.mass_reserve"):
        load(None, {"WEILAN_PUSH__MASS_RESERVE": "7"})

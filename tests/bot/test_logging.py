import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from pydantic import SecretStr

from bot import config
from bot.logging import configure, secrets_in


@pytest.fixture(autouse=True)
def _the_log_is_left_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    log = structlog.get_config()
    yield
    root.handlers = handlers
    root.setLevel(level)
    structlog.configure(**log)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_an_event_is_one_json_line_in_utc() -> None:
    stream = io.StringIO()
    configure(stream=stream)
    structlog.get_logger("bot.door").warning("unreadable", reason="坏\n消息", customer_id=7)

    (line,) = lines(stream)
    assert (line["event"], line["level"], line["reason"], line["customer_id"]) == (
        "unreadable",
        "warning",
        "坏\n消息",
        7,
    )
    assert line["timestamp"].endswith("Z")
    assert line["logger"] == "bot.door"


def test_on_a_terminal_it_is_key_and_value() -> None:
    stream = Terminal()
    configure(stream=stream)
    structlog.get_logger().info("started", port=8000)
    assert "event='started'" in stream.getvalue()
    assert "port=8000" in stream.getvalue()


def test_what_libraries_log_goes_the_same_way() -> None:
    stream = io.StringIO()
    configure(stream=stream, secrets=["hush-hush"])
    logging.getLogger("some.library").warning(
        "asked %s", "http://x/y?access_token=abc&secret=def and hush-hush"
    )

    (line,) = lines(stream)
    assert line["event"] == "asked http://x/y?access_token=[redacted]&secret=[redacted] and [redacted]"


def test_a_traceback_stands_inside_the_one_line_and_says_no_secret() -> None:
    stream = io.StringIO()
    configure(stream=stream, secrets=["hush-hush"])
    try:
        int("hush-hush")
    except ValueError:
        structlog.get_logger().exception("failed")

    (line,) = lines(stream)
    assert "ValueError: invalid literal for int() with base 10: '[redacted]'" in line["exception"]


def test_secrets_are_hidden_by_name_and_by_value_at_any_depth() -> None:
    stream = io.StringIO()
    configure(stream=stream, secrets=["hush-hush", "abc"])
    structlog.get_logger().info(
        "hush-hush",
        app_secret="x",
        token="",
        request={"Authorization": "Bearer y", "body": ["hush-hush!"]},
        other=ValueError("hush-hush"),
        letters="abc",
    )

    (line,) = lines(stream)
    assert (line["event"], line["app_secret"], line["token"]) == ("[redacted]", "[redacted]", "")
    assert line["request"] == {"Authorization": "[redacted]", "body": ["[redacted]!"]}
    assert line["other"] == "[redacted]"
    assert line["letters"] == "abc"


def test_only_debug_shows_debug() -> None:
    stream = io.StringIO()
    configure(stream=stream)
    structlog.get_logger().debug("detail")
    assert stream.getvalue() == ""
    configure(stream=stream, debug=True)
    structlog.get_logger().debug("detail")
    assert len(lines(stream)) == 1


def test_the_secrets_of_the_settings_are_found() -> None:
    settings = config.Config(
        wechat=config.WeChat(app_secret=SecretStr("app-secret"), token=SecretStr("the-token")),
        database=config.Database(url=SecretStr("postgresql+psycopg://weilan:db-pass@db/weilan")),
        redis=config.Redis(url=SecretStr("redis://:redis-pass@redis/0")),
    )
    found = set(secrets_in(settings))
    assert {"app-secret", "the-token", "db-pass", "redis-pass"} <= found
    assert not any("weilan" in secret for secret in found)

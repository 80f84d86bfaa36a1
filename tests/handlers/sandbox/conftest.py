"""The sandbox's blueprint in a bare Flask application, with a clock of its own."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bot.clock import MovableClock
from bot.sandbox.offset import Offset
from bot.sandbox.platform import Platform
from bot.sandbox.state import Follower
from handlers.sandbox import HEADER, blueprint
from tests.support.webhook import ACCOUNT, MemoryKeys, StandIn, text_reply

ANNA = "o-anna"
FROM_PAGE = {HEADER: "page"}


def told(answer: TestResponse) -> dict[str, Any]:
    """The JSON object that was answered."""
    parsed: dict[str, Any] = answer.get_json()
    assert isinstance(parsed, dict)
    return parsed


@pytest.fixture
def keys() -> MemoryKeys:
    return MemoryKeys()


@pytest.fixture
def offset(keys: MemoryKeys) -> Offset:
    return Offset(keys)


@pytest.fixture
def platform(offset: Offset) -> Iterator[Platform]:
    clock = MovableClock(offset)
    platform = Platform(
        ACCOUNT, clock, StandIn(lambda xml: text_reply(xml, "您好，请讲")), pause=lambda _seconds: None
    )
    platform.seed([Follower(openid=ANNA, name="安娜", followed_at=clock.now() - timedelta(days=9))])
    platform.seed([Follower(openid="o-bo", name="小博", following=False)])
    platform.set_menu(
        [{"name": "我的", "sub_button": [{"type": "view", "name": "网店", "url": "http://shop.test/"}]}]
    )
    yield platform
    platform.stop()


@pytest.fixture
def make_client(offset: Offset) -> Callable[..., FlaskClient]:
    """`make_client(platform, offset, host)`: what is left out is off."""

    def make(platform: Platform | None, moved: Offset | None, host: str = "127.0.0.1") -> FlaskClient:
        app = Flask("sandbox-test")
        app.register_blueprint(
            blueprint(platform, moved, now=MovableClock(offset), host=host, zone=ZoneInfo("Asia/Shanghai"))
        )
        return app.test_client()

    return make


@pytest.fixture
def client(make_client: Callable[..., FlaskClient], platform: Platform, offset: Offset) -> FlaskClient:
    return make_client(platform, offset)

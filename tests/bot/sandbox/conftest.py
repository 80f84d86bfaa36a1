"""A platform with two followers, a webhook that stands in, and a short way to call the API."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from bot.clock import FixedClock
from bot.sandbox.account import Account
from bot.sandbox.calls import Call
from bot.sandbox.media import Upload
from bot.sandbox.platform import Platform
from bot.sandbox.state import Follower
from bot.sandbox.world import Template
from tests.support.webhook import ACCOUNT, StandIn

ANNA, BO = "o-anna", "o-bo"


class Caller:
    """Calls the API as the product would."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.token = ""

    def post(self, path: str, body: Any = None, file: Upload | None = None, **args: str) -> dict[str, Any]:
        raw = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        return self._call("POST", path, raw, file, args)

    def get(self, path: str, **args: str) -> dict[str, Any]:
        return self._call("GET", path, b"", None, args)

    def fetch_token(self, **more: Any) -> dict[str, Any]:
        account = self.platform.account
        body = {
            "grant_type": "client_credential",
            "appid": account.app_id,
            "secret": account.app_secret,
            **more,
        }
        call = Call(method="POST", path="/cgi-bin/stable_token", body=json.dumps(body).encode())
        answer: dict[str, Any] = json.loads(self.platform.call(call).content)
        self.token = answer.get("access_token", self.token)
        return answer

    def send_text(self, openid: str, text: str = "您好") -> int:
        code: int = self.post(
            "/cgi-bin/message/custom/send", {"touser": openid, "msgtype": "text", "text": {"content": text}}
        )["errcode"]
        return code

    def _call(
        self, method: str, path: str, body: bytes, file: Upload | None, args: dict[str, str]
    ) -> dict[str, Any]:
        self.fetch_token()  # the stable one: the same until it nears its end
        answer = self.platform.call(
            Call(method=method, path=path, args={"access_token": self.token, **args}, body=body, file=file)
        )
        parsed: dict[str, Any] = json.loads(answer.content)
        return parsed


@pytest.fixture
def webhook() -> StandIn:
    return StandIn()


@pytest.fixture
def make_platform(clock: FixedClock, webhook: StandIn) -> Callable[..., Platform]:
    """`make_platform(account=…, limits=…)`: with two followers, nothing that waits."""

    def make(account: Account = ACCOUNT, transport: Any = webhook, **more: Any) -> Platform:
        platform = Platform(
            account, clock, transport, pause=lambda _seconds: None, sleep=lambda _seconds: None,
            templates=[Template(id="T1", title="发货通知", fields=("thing1", "character_string2"))],
            notices=[Template(id="N1", title="到货提醒", fields=("thing1",))], **more,
        )  # fmt: skip
        long_ago = clock.now() - timedelta(days=100)
        platform.seed(
            Follower(openid=openid, name=name, followed_at=long_ago)
            for openid, name in ((ANNA, "安娜"), (BO, "小博"))
        )
        return platform

    return make


@pytest.fixture
def platform(make_platform: Callable[..., Platform]) -> Platform:
    return make_platform()


@pytest.fixture
def api(platform: Platform) -> Caller:
    return Caller(platform)

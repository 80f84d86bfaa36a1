"""The real client before the simulator, without a socket: a call goes straight into the platform that is pretended."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests

from bot.clock import Clock
from bot.config import Config
from bot.insight.knowledge import WordIndex
from bot.sandbox.account import account_of
from bot.sandbox.calls import Call
from bot.sandbox.platform import Platform
from bot.sandbox.state import Follower
from bot.sandbox.world import Template
from bot.services import Services
from bot.store.database import Database
from bot.store.keys import SqlKeys
from bot.wechat.client import WeChatClient
from bot.wechat.wire import Request, Response

ACCOUNT = {"app_id": "wx0123456789abcdef", "app_secret": "s" * 32, "token": "weilan-token"}
NOTICE = Template(id="N1", title="到货提醒", fields=("thing1",), labels=("商品名称",))


class Loopback:
    """What the client is given for the network."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def carry(self, request: Request) -> Response:
        address = urlsplit(request.address)
        call = Call(
            method=request.method,
            path=address.path,
            args=dict(parse_qsl(address.query)),
            body=request.body,
        )
        answer = self._platform.call(call)
        if answer.ending == "broken":
            raise requests.ConnectionError("the connection broke")
        return Response(answer.status, answer.content)


def simulated(
    database: Database, clock: Clock, webhook: Callable[..., tuple[int, bytes]], /, **sections: Any
) -> tuple[Services, Platform]:
    """Services whose WeChat is a simulator; `webhook` gets the platform's pushes when `run_waiting` is called."""
    wechat = ACCOUNT | sections.pop("wechat", {}) | {"api_base": "http://wechat.test"}
    config = Config.model_validate({"wechat": wechat} | sections)
    platform = Platform(
        account_of(config.wechat),
        clock,
        webhook,
        pause=lambda _seconds: None,
        sleep=lambda _seconds: None,
        notices=[NOTICE],
    )
    keys = SqlKeys(database, clock.real)
    services = Services(
        config=config,
        clock=clock,
        database=database,
        keys=keys,
        wechat=WeChatClient(config.wechat, keys, wire=Loopback(platform)),
        knowledge=WordIndex(),
    )
    return services, platform


def follows(platform: Platform, *openids: str) -> None:
    long_ago = platform.world.now() - timedelta(days=100)
    platform.seed(Follower(openid=openid, name=openid, followed_at=long_ago) for openid in openids)

"""Stand-ins for the product's webhook, and for the stores the sandbox's clock keeps its offset in."""

import re
from collections.abc import Callable, Mapping
from datetime import timedelta

from bot.sandbox.account import Account

ACCOUNT = Account(app_id="wx0123456789abcdef", app_secret="s" * 32, token="weilan-token", name="清茶小铺")
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"


class StandIn:
    """A webhook that remembers what was pushed and answers `success`, or what `answer` makes of the push."""

    def __init__(self, answer: Callable[[str], bytes] | None = None) -> None:
        self.queries: list[dict[str, str]] = []
        self.bodies: list[str] = []
        self._answer = answer or (lambda _xml: b"success")

    def __call__(self, query: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        self.queries.append(dict(query))
        self.bodies.append(body.decode())
        return 200, self._answer(body.decode())


def field(xml: str, name: str) -> str:
    """The text of the first element of that name."""
    found = re.search(rf"<{name}>(?:<!\[CDATA\[)?(.*?)(?:\]\]>)?</{name}>", xml, re.DOTALL)
    return found[1] if found else ""


def text_reply(xml: str, text: str) -> bytes:
    """A passive reply to the push, as the platform wants it."""
    to, account = field(xml, "FromUserName"), field(xml, "ToUserName")
    return (
        f"<xml><ToUserName><![CDATA[{to}]]></ToUserName><FromUserName><![CDATA[{account}]]></FromUserName>"
        f"<CreateTime>1</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{text}]]></Content></xml>"
    ).encode()


class MemoryKeys:
    """Keeps the promises of `Keys` that the sandbox's clock leans on, in memory, for ever."""

    def __init__(self) -> None:
        self._kept: dict[str, str] = {}

    def get(self, key: str) -> str | None:
        return self._kept.get(key)

    def set(self, key: str, value: str, *, lasts: timedelta) -> None:
        self._kept[key] = value

    def add(self, key: str, value: str, *, lasts: timedelta) -> bool:
        return self._kept.setdefault(key, value) is value

    def delete(self, key: str, *, holding: str | None = None) -> None:
        if holding is None or self._kept.get(key) == holding:
            self._kept.pop(key, None)

    def count(self, key: str, *, by: int = 1, lasts: timedelta) -> int:
        self._kept[key] = str(int(self._kept.get(key, "0")) + by)
        return int(self._kept[key])

    def is_up(self) -> bool:
        return True

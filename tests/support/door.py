"""The real application with a WeChat that writes to it: sealed and signed as the platform does."""

import base64
import hashlib
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from flask import Flask
from pydantic import SecretStr
from werkzeug.test import TestResponse

from bot.clock import Clock
from bot.config import Config, Server, WeChat
from bot.insight.knowledge import WordIndex
from bot.services import Services
from bot.store.database import Database
from bot.store.keys import SqlKeys
from handlers.app import create_app, stop
from tests.support.fake_wechat import FakeWeChat

TOKEN = "weilan-token"
APP_ID = "wx0123456789abcdef"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
ACCOUNT = "gh_teahouse"
_numbers = count(7_000_000_000_000_000)


def services_of(database: Database, clock: Clock, spool: Path, keys: Any = None, **server: Any) -> Services:
    return Services(
        config=Config(
            wechat=WeChat(app_id=APP_ID, token=SecretStr(TOKEN), encoding_aes_key=SecretStr(AES_KEY)),
            server=Server(secret_key=SecretStr("a secret of the tests"), spool=str(spool), **server),
        ),
        clock=clock,
        database=database,
        keys=keys or SqlKeys(database, clock.real),
        wechat=FakeWeChat(),
        knowledge=WordIndex(),
    )


@contextmanager
def opened(services: Services) -> Iterator["Door"]:
    app = create_app(services)
    yield Door(app, services)
    stop(app)


class Door:
    """Says what WeChat says; answers are given opened, as text, empty where nothing was said."""

    def __init__(self, app: Flask, services: Services) -> None:
        self.app = app
        self.services = services

    def say(self, text: str, openid: str = "o-anna", msg_id: int | None = None) -> str:
        return self.push(text_message(text, openid, msg_id))

    def tap(self, key: str, openid: str = "o-anna") -> str:
        return self.push(event("CLICK", openid, EventKey=key))

    def push(self, xml: str) -> str:
        answer = self.post(xml)
        assert answer.status_code == 200
        return "" if answer.data == b"success" else content_of(open_reply(answer.data))

    def post(self, xml: str, *, at: int | None = None) -> TestResponse:
        """As it comes over the wire, in safe mode."""
        query, body = seal(xml, at or int(self.services.now().timestamp()))
        return self.app.test_client().post(f"/wechat?{query}", data=body)

    def at_once(self, xml: str, times: int) -> list[str]:
        """The same push on several connections in one moment."""
        with ThreadPoolExecutor(times) as pool:
            return list(pool.map(self.push, [xml] * times))


def text_message(
    text: str, openid: str = "o-anna", msg_id: int | None = None, at: int = 1_795_000_000
) -> str:
    return (
        f"<xml><ToUserName><![CDATA[{ACCOUNT}]]></ToUserName><FromUserName><![CDATA[{openid}]]></FromUserName>"
        f"<CreateTime>{at}</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{text}]]></Content>"
        f"<MsgId>{msg_id or next(_numbers)}</MsgId></xml>"
    )


def event(name: str, openid: str = "o-anna", at: int | None = None, **fields: str) -> str:
    about = "".join(f"<{field}><![CDATA[{value}]]></{field}>" for field, value in fields.items())
    return (
        f"<xml><ToUserName><![CDATA[{ACCOUNT}]]></ToUserName><FromUserName><![CDATA[{openid}]]></FromUserName>"
        f"<CreateTime>{at or next(_numbers) % 10**9}</CreateTime><MsgType><![CDATA[event]]></MsgType>"
        f"<Event><![CDATA[{name}]]></Event>{about}</xml>"
    )


def signature(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()


def seal(xml: str, at: int, nonce: str = "42") -> tuple[str, bytes]:
    """The query and the body of a push in safe mode."""
    encrypted = encrypt(xml.encode())
    query = (
        f"signature={signature(TOKEN, str(at), nonce)}&timestamp={at}&nonce={nonce}&openid=o&encrypt_type=aes"
        f"&msg_signature={signature(TOKEN, str(at), nonce, encrypted)}"
    )
    body = (
        f"<xml><ToUserName><![CDATA[{ACCOUNT}]]></ToUserName><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"
    )
    return query, body.encode()


def encrypt(content: bytes) -> str:
    plain = b"0123456789abcdef" + len(content).to_bytes(4, "big") + content + APP_ID.encode()
    padding = 32 - len(plain) % 32
    encryptor = _cipher().encryptor()
    return base64.b64encode(
        encryptor.update(plain + bytes([padding]) * padding) + encryptor.finalize()
    ).decode()


def open_reply(body: bytes) -> str:
    """The XML in a sealed reply; its signature must be right."""
    found = dict(re.findall(r"<(\w+)>(?:<!\[CDATA\[)?([^<\]]*)", body.decode()))
    assert found["MsgSignature"] == signature(TOKEN, found["TimeStamp"], found["Nonce"], found["Encrypt"])
    decryptor = _cipher().decryptor()
    plain = decryptor.update(base64.b64decode(found["Encrypt"])) + decryptor.finalize()
    length = int.from_bytes(plain[16:20], "big")
    return plain[20 : 20 + length].decode()


def content_of(xml: str) -> str:
    found = re.search(r"<Content><!\[CDATA\[(.*)\]\]></Content>", xml, re.DOTALL)
    return found[1] if found else xml


def _cipher() -> Cipher[Any]:
    key = base64.b64decode(AES_KEY + "=")
    return Cipher(algorithms.AES(key), modes.CBC(key[:16]))

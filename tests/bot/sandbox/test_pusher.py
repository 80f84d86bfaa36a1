import base64
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.clock import FixedClock
from bot.sandbox import callbacks
from bot.sandbox.people import NotPossible
from bot.sandbox.platform import Platform
from bot.sandbox.pusher import OUT_OF_ORDER
from tests.bot.sandbox.conftest import ANNA, Caller
from tests.support.webhook import ACCOUNT, AES_KEY, StandIn, field, text_reply

SAFE = replace(ACCOUNT, aes_key=AES_KEY)


class Stopwatch:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


class Moody:
    """A webhook that ends each try as told: a status, or an error; the last ending goes on."""

    def __init__(
        self, *endings: int | OSError, takes: float = 0.0, stopwatch: Stopwatch | None = None
    ) -> None:
        self.tries: list[tuple[Mapping[str, str], bytes]] = []
        self._endings = endings
        self._takes = takes
        self._stopwatch = stopwatch or Stopwatch()

    def __call__(self, query: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        self.tries.append((dict(query), body))
        self._stopwatch.seconds += self._takes
        ending = self._endings[min(len(self.tries), len(self._endings)) - 1]
        if isinstance(ending, OSError):
            raise ending
        return ending, b"success"


def shown(platform: Platform) -> list[tuple[str, str]]:
    return [
        (line.way, line.text)
        for line in platform.lines(ANNA)
        if line.side != "customer" and line.way not in {"problem", "event"}
    ]


@pytest.mark.parametrize(
    ("endings", "tries", "is_out_of_order"),
    [
        pytest.param([200], 1, False, id="answered at once"),
        pytest.param([500, 200], 2, False, id="answered at the second try"),
        pytest.param([ConnectionRefusedError(), TimeoutError(), 200], 3, False, id="answered at the third"),
        pytest.param([502], 3, True, id="never answered with 200"),
        pytest.param([TimeoutError()], 3, True, id="never answered at all"),
    ],
)
def test_three_tries_with_one_body(
    make_platform: Callable[..., Platform], endings: list[int | OSError], tries: int, is_out_of_order: bool
) -> None:
    webhook = Moody(*endings)
    platform = make_platform(SAFE, webhook)
    platform.says(ANNA, "在吗")
    platform.run_waiting()

    assert len(webhook.tries) == tries
    assert all(one == webhook.tries[0] for one in webhook.tries)
    assert shown(platform) == ([("system", OUT_OF_ORDER)] if is_out_of_order else [])


def test_an_answer_after_five_seconds_is_none(make_platform: Callable[..., Platform]) -> None:
    stopwatch = Stopwatch()
    webhook = Moody(200, takes=5.1, stopwatch=stopwatch)
    platform = make_platform(transport=webhook, stopwatch=stopwatch)
    platform.says(ANNA, "在吗")
    platform.run_waiting()

    assert len(webhook.tries) == 3
    assert shown(platform) == [("system", OUT_OF_ORDER)]


def test_after_ten_failures_the_platform_keeps_silent_for_a_minute(
    make_platform: Callable[..., Platform], clock: FixedClock
) -> None:
    webhook = Moody(500)
    platform = make_platform(transport=webhook)
    for number in range(11):
        platform.says(ANNA, str(number))
    platform.run_waiting()
    assert len(webhook.tries) == 30

    clock.set(clock.now() + timedelta(minutes=1))
    platform.says(ANNA, "还在吗")
    platform.run_waiting()
    assert len(webhook.tries) == 33


def test_a_report_that_nobody_takes_tells_no_customer(make_platform: Callable[..., Platform]) -> None:
    platform = make_platform(transport=Moody(500))
    Caller(platform).post("/cgi-bin/message/template/send", {
        "touser": ANNA, "template_id": "T1", "data": {"thing1": {"value": "茶"}, "character_string2": {"value": "1"}},
    })  # fmt: skip
    platform.run_waiting()

    assert [way for way, _ in shown(platform)] == ["template"]


@pytest.mark.parametrize(
    ("act", "fields"),
    [
        pytest.param(
            lambda p: p.says(ANNA, "a]]>b"),
            {"MsgType": "text", "Content": "a]]>b"},
            id="text, also with the end of CDATA in it",
        ),
        pytest.param(
            lambda p: p.taps_option(ANNA, "101", "满意"),
            {"MsgType": "text", "bizmsgmenuid": "101", "Content": "满意"},
            id="menu option",
        ),
        pytest.param(
            lambda p: p.sends_picture(ANNA, b"x", "image/png", "http://t/"),
            {"MsgType": "image"},
            id="picture",
        ),
        pytest.param(lambda p: p.sends_voice(ANNA, 3), {"MsgType": "voice", "Format": "amr"}, id="voice"),
        pytest.param(
            lambda p: p.sends_location(ANNA, 30.2, 120.1, "西湖"),
            {"Location_X": "30.2", "Location_Y": "120.1", "Label": "西湖"},
            id="place",
        ),
        pytest.param(
            lambda p: p.scans(ANNA, "door"), {"Event": "SCAN", "EventKey": "door"}, id="scan by a follower"
        ),
        pytest.param(
            lambda p: (p.unfollows(ANNA), p.scans(ANNA, "door")),
            {"Event": "subscribe", "EventKey": "qrscene_door"},
            id="scan by a stranger",
        ),
        pytest.param(lambda p: p.unfollows(ANNA), {"Event": "unsubscribe", "EventKey": ""}, id="unfollow"),
        pytest.param(
            lambda p: p.answers_notice_prompt(ANNA, "N1", accepts=True),
            {"Event": "subscribe_msg_popup_event", "TemplateId": "N1", "SubscribeStatusString": "accept"},
            id="consent",
        ),
    ],
)
def test_what_is_pushed(
    platform: Platform, webhook: StandIn, act: Callable[[Platform], Any], fields: dict[str, str]
) -> None:
    act(platform)
    platform.run_waiting()
    pushed = webhook.bodies[-1].replace("]]]]><![CDATA[>", "]]>")
    pushed = pushed.replace("a]]>b", "a&gt;b")

    assert {name: field(pushed, name).replace("&gt;", "]]>") for name in fields} == fields
    assert (field(pushed, "ToUserName"), field(pushed, "FromUserName")) == (ACCOUNT.id, ANNA)
    query = webhook.queries[-1]
    assert query["signature"] == callbacks.signature(ACCOUNT.token, query["timestamp"], query["nonce"])


def test_every_message_has_a_number_of_its_own(platform: Platform, webhook: StandIn) -> None:
    for _ in range(3):
        platform.says(ANNA, "同一句话")
    platform.run_waiting()

    assert len({field(body, "MsgId") for body in webhook.bodies}) == 3


def opened(body: str) -> str:
    return callbacks.decrypt(SAFE, field(body, "Encrypt")).decode()


def sealed(plain: bytes, account_token: str = SAFE.token) -> bytes:
    encrypted = callbacks.encrypt(SAFE, plain)
    signed = callbacks.signature(account_token, "1", "n", encrypted)
    return callbacks.xml(
        {"Encrypt": encrypted, "MsgSignature": signed, "TimeStamp": "1", "Nonce": "n"}
    ).encode()


def test_safe_mode_hides_the_message_and_reads_a_sealed_answer(
    make_platform: Callable[..., Platform],
) -> None:
    webhook = StandIn(lambda body: sealed(text_reply(opened(body), "您好")))
    platform = make_platform(SAFE, webhook)
    platform.says(ANNA, "秘密")
    platform.run_waiting()

    query, body = webhook.queries[0], webhook.bodies[0]
    assert "秘密" not in body
    assert field(opened(body), "Content") == "秘密"
    assert query["msg_signature"] == callbacks.signature(
        SAFE.token, query["timestamp"], query["nonce"], field(body, "Encrypt")
    )
    assert shown(platform) == [("passive", "您好")]


def test_compatible_mode_shows_both_and_takes_either(make_platform: Callable[..., Platform]) -> None:
    said = iter(["明的", "密的"])
    webhook = StandIn(
        lambda body: (
            text_reply(body, next(said)) if len(webhook.bodies) == 1 else sealed(text_reply(body, next(said)))
        )
    )
    platform = make_platform(replace(SAFE, is_compatible=True), webhook)
    for _ in range(2):
        platform.says(ANNA, "在吗")
    platform.run_waiting()

    assert field(opened(webhook.bodies[0]), "Content") == field(webhook.bodies[0], "Content") == "在吗"
    assert shown(platform) == [("passive", "明的"), ("passive", "密的")]


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(lambda body: text_reply(opened(body), "明文"), id="not sealed"),
        pytest.param(
            lambda body: sealed(text_reply(opened(body), "x"), "another-token"),
            id="signed with another token",
        ),
        pytest.param(lambda _body: sealed(b"no xml"), id="no XML inside"),
        pytest.param(lambda _body: b"<xml><Encrypt>???</Encrypt></xml>", id="nothing that opens"),
    ],
)
def test_safe_mode_refuses(make_platform: Callable[..., Platform], answer: Callable[[str], bytes]) -> None:
    platform = make_platform(SAFE, StandIn(answer))
    platform.says(ANNA, "在吗")
    platform.run_waiting()

    assert shown(platform) == [("system", OUT_OF_ORDER)]


@pytest.mark.parametrize(
    "encrypted",
    [
        pytest.param(callbacks.encrypt(replace(SAFE, app_id="wx-other"), b"hi"), id="another appid"),
        pytest.param(callbacks.encrypt(replace(SAFE, aes_key=AES_KEY[::-1]), b"hi"), id="another key"),
        pytest.param(base64.b64encode(b"x" * 31).decode(), id="half a block"),
        pytest.param("", id="nothing"),
    ],
)
def test_what_does_not_open(encrypted: str) -> None:
    with pytest.raises(callbacks.Unreadable):
        callbacks.decrypt(SAFE, encrypted)


def reply(kind: str, inside: str, to: str = ANNA, created: str = "1") -> bytes:
    return (
        f"<xml><ToUserName>{to}</ToUserName><FromUserName>{ACCOUNT.id}</FromUserName><CreateTime>{created}</CreateTime>"
        f"<MsgType>{kind}</MsgType>{inside}</xml>"
    ).encode()


def news(number: int, claimed: int | None = None) -> bytes:
    items = "".join(f"<item><Title>第{one}条</Title></item>" for one in range(number))
    return reply(
        "news",
        f"<ArticleCount>{number if claimed is None else claimed}</ArticleCount><Articles>{items}</Articles>",
    )


OUT = [("system", OUT_OF_ORDER)]


@pytest.mark.parametrize(
    ("answer", "sees", "problems"),
    [
        pytest.param(b"success", [], 0, id="success"),
        pytest.param(b"", [], 0, id="nothing at all"),
        pytest.param(reply("text", "<Content>好</Content>"), [("passive", "好")], 0, id="a text"),
        pytest.param(b'{"a":1}', OUT, 1, id="JSON"),
        pytest.param(b"<xml>", OUT, 1, id="half an XML"),
        pytest.param(b"<html/>", OUT, 1, id="another XML"),
        pytest.param(
            b'<!DOCTYPE x [<!ENTITY e "boo">]><xml><MsgType>&e;</MsgType></xml>', OUT, 1, id="an entity"
        ),
        pytest.param(reply("text", "<Content></Content>"), OUT, 1, id="an empty text"),
        pytest.param(reply("text", "<Content>好</Content>", to="o-bo"), OUT, 1, id="names not swapped"),
        pytest.param(reply("text", "<Content>好</Content>", created=""), OUT, 1, id="no time"),
        pytest.param(reply("fax", ""), OUT, 1, id="an unknown type"),
        pytest.param(
            reply("text", f"<Content>{'茶' * 683}</Content>"), [], 1, id="over 2048 bytes is shown to nobody"
        ),
        pytest.param(reply("image", "<Image><MediaId>no</MediaId></Image>"), OUT, 1, id="an unknown picture"),
        pytest.param(reply("transfer_customer_service", ""), [("passive", "")], 0, id="handed to a person"),
        pytest.param(news(1), [("passive", "第0条")], 0, id="one article"),
        pytest.param(
            news(2), [("passive", "第0条")], 1, id="of two articles in answer to a text one is shown"
        ),
        pytest.param(news(1, claimed=2), OUT, 1, id="a count that lies"),
    ],
)
def test_what_a_customer_sees_of_an_answer(
    make_platform: Callable[..., Platform], answer: bytes, sees: list[tuple[str, str]], problems: int
) -> None:
    platform = make_platform(transport=StandIn(lambda _body: answer))
    platform.says(ANNA, "在吗")
    platform.run_waiting()

    assert shown(platform) == sees
    assert len(platform.problems()) == problems


def test_a_menu_click_may_get_eight_articles(make_platform: Callable[..., Platform]) -> None:
    platform = make_platform(transport=StandIn(lambda _body: news(9)))
    platform.set_menu([{"type": "click", "name": "好茶", "key": "tea"}])
    platform.taps_menu(ANNA, (0,))
    platform.run_waiting()

    assert len(platform.lines(ANNA)[1].details["articles"]) == 8


def test_an_unfollow_cannot_be_answered(make_platform: Callable[..., Platform]) -> None:
    platform = make_platform(transport=StandIn(lambda body: text_reply(body, "别走")))
    platform.unfollows(ANNA)
    platform.run_waiting()

    assert shown(platform) == []
    assert len(platform.problems()) == 1


@pytest.mark.parametrize(
    "act",
    [
        pytest.param(lambda p: (p.unfollows(ANNA), p.says(ANNA, "在吗")), id="write without following"),
        pytest.param(lambda p: p.follows(ANNA), id="follow twice"),
        pytest.param(lambda p: p.says("o-nobody", "在吗"), id="be nobody"),
        pytest.param(lambda p: p.taps_menu(ANNA, (2,)), id="tap a menu that is not there"),
        pytest.param(lambda p: p.answers_notice_prompt(ANNA, "N9", accepts=True), id="consent to nothing"),
    ],
)
def test_what_customers_cannot_do(
    platform: Platform, webhook: StandIn, act: Callable[[Platform], Any]
) -> None:
    with pytest.raises(NotPossible):
        act(platform)
    platform.run_waiting()

    assert [field(body, "Event") for body in webhook.bodies] in ([], ["unsubscribe"])

"""The real client on wechatpy against recorded-like answers; where the wire itself matters, real sockets on loopback."""

import logging
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from bot.config import WeChat
from bot.values import reply
from bot.values.notice import Notice, NoticeTemplate, TemplateMessage
from bot.values.outcome import Accepted, Halt, Later, Never, Outcome, Sent, Unsure
from bot.wechat.answers import FollowerDetails, FollowerPage
from bot.wechat.client import WeChatApi, WeChatClient
from bot.wechat.errors import Lost, WeChatError
from bot.wechat.wire import Pool, Request, Response
from tests.support.servers import free_port
from tests.support.wechat_answers import Answer, Asked, MemoryKeys, Platform

NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)
HELLO = reply.Text("您好")
NOTICE = Notice(template="tpl", page="http://p", data={"thing1": "茶"})
MESSAGE = TemplateMessage(template="tpl", url="http://u", app_id="wx9", page="pages/x", data={"thing1": "茶"})
OK = {"errcode": 0, "errmsg": "ok"}
EXPIRED = {"errcode": 42001, "errmsg": "access_token expired rid: 1"}


def account(api_base: str = "http://wechat.test") -> WeChat:
    return WeChat.model_validate(
        {"app_id": "wx1", "app_secret": "s-secret", "token": "t", "api_base": api_base}
    )


def client_of(platform: Platform, keys: MemoryKeys | None = None) -> WeChatClient:
    return WeChatClient(account(), keys or MemoryKeys(), wire=platform)


def always(answer: Answer) -> Platform:
    return Platform(lambda _: answer)


def one_after_another(*answers: Answer) -> Platform:
    rest = iter(answers)
    return Platform(lambda _: next(rest))


def test_the_client_keeps_the_promises_of_the_plug() -> None:
    plug: WeChatApi = client_of(always(OK))
    assert plug.send("o-li", HELLO, NOW) == Sent()


@pytest.mark.parametrize(
    ("answer", "form"),
    [
        pytest.param(HELLO, {"msgtype": "text", "text": {"content": "您好"}}, id="text"),
        pytest.param(reply.Image("m"), {"msgtype": "image", "image": {"media_id": "m"}}, id="image"),
        pytest.param(reply.Voice("m"), {"msgtype": "voice", "voice": {"media_id": "m"}}, id="voice"),
        pytest.param(
            reply.Video("m", "T"),
            {"msgtype": "video", "video": {"media_id": "m", "title": "T", "description": ""}},
            id="video",
        ),
        pytest.param(
            reply.Music("t", "T", music_url="u"),
            {
                "msgtype": "music",
                "music": {
                    "title": "T",
                    "description": "",
                    "musicurl": "u",
                    "hqmusicurl": "",
                    "thumb_media_id": "t",
                },
            },
            id="music",
        ),
        pytest.param(
            reply.News((reply.Article("T", "D", "p", "u"), reply.Article("second"))),
            {
                "msgtype": "news",
                "news": {"articles": [{"title": "T", "description": "D", "url": "u", "picurl": "p"}]},
            },
            id="only one article",
        ),
    ],
)
def test_a_message_is_sent_in_the_platform_s_form(answer: reply.Reply, form: dict[str, Any]) -> None:
    platform = always(OK)
    assert client_of(platform).send("o-li", answer, NOW) == Sent()
    [asked] = platform.asked
    assert (asked.path, asked.token) == ("/cgi-bin/message/custom/send", "t1")
    assert asked.body == {"touser": "o-li", **form}


def test_chinese_goes_out_as_itself() -> None:
    platform = always(OK)
    client_of(platform).send("o-li", HELLO, NOW)
    assert "您好".encode() in platform.asked[0].raw


@pytest.mark.parametrize("answer", [reply.Silence(), reply.ToPerson(), reply.Text(" "), reply.News(())])
def test_what_cannot_be_sent_is_not_tried(answer: reply.Reply) -> None:
    platform = always(OK)
    assert isinstance(client_of(platform).send("o-li", answer, NOW), Never)
    assert platform.asked == []


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        pytest.param(
            {"errcode": 45015, "errmsg": "response out of time limit rid: 1"},
            Never("wechat 45015 outside_window", lesson="window_closed"),
            id="drop",
        ),
        pytest.param(
            {"errcode": 48001, "errmsg": "api unauthorized"}, Halt("wechat 48001 not_entitled"), id="halt"
        ),
        pytest.param(
            {"errcode": 45002, "errmsg": "content size out of limit"},
            Never("wechat 45002 text_too_long"),
            id="bug",
        ),
        pytest.param(
            {"errcode": 45011, "errmsg": "minute"},
            Later(NOW + timedelta(minutes=1), "wechat 45011 minute_quota", is_for_all=True),
            id="wait",
        ),
        pytest.param({"errcode": 0}, Sent(), id="no error is success"),
        pytest.param(
            {"message": "try later"}, Unsure("wechat no_errcode"), id="another program's answer tells nothing"
        ),
        pytest.param(b"[" * 100_000, Unsure("wechat lost garbage"), id="JSON that goes down and down"),
        pytest.param(503, Unsure("wechat lost http 503"), id="a server that fell over"),
        pytest.param(b"<html>", Unsure("wechat lost garbage"), id="no JSON"),
        pytest.param(b"", Unsure("wechat lost garbage"), id="nothing"),
        pytest.param(b"[]", Unsure("wechat lost garbage"), id="JSON of another shape"),
        pytest.param({"errcode": "soon"}, Unsure("wechat lost garbage"), id="a code that is none"),
        pytest.param({"base_resp": 5}, Unsure("wechat lost garbage"), id="a part of another shape"),
        pytest.param(302, Unsure("wechat lost garbage"), id="a redirect is not followed"),
        pytest.param(requests.ReadTimeout(), Unsure("wechat lost ReadTimeout"), id="no answer in time"),
        pytest.param(
            requests.ConnectionError("broken pipe"), Unsure("wechat lost ConnectionError"), id="a broken pipe"
        ),
    ],
)
def test_each_answer_has_its_ending(answer: Answer, outcome: Outcome) -> None:
    platform = always(answer)
    assert client_of(platform).send("o-li", HELLO, NOW) == outcome
    assert len(platform.asked) == 1


@pytest.mark.parametrize(
    "answer", [{"errcode": -1, "errmsg": "system error"}, requests.ConnectTimeout(), 404]
)
def test_what_certainly_was_not_sent_may_be_sent_later(answer: Answer) -> None:
    outcome = client_of(always(answer)).send("o-li", HELLO, NOW)
    assert isinstance(outcome, Later)
    assert outcome.at > NOW


def test_a_refused_token_is_replaced_once_and_the_call_made_again() -> None:
    platform = one_after_another(EXPIRED, OK)
    assert client_of(platform).send("o-li", HELLO, NOW) == Sent()
    assert [asked.token for asked in platform.asked] == ["t1", "t2"]
    assert platform.token_requests == [False, False, True]


@pytest.mark.parametrize("code", [40001, 40014, 42001])
def test_a_token_refused_again_ends_it(code: int) -> None:
    platform = always({"errcode": code, "errmsg": "no"})
    client = client_of(platform)
    assert isinstance(client.send("o-li", HELLO, NOW), Halt)
    assert len(platform.asked) == 2
    assert isinstance(client.send("o-li", HELLO, NOW), Halt)
    assert len(platform.asked) == 4  # twice each, also when no new token was to be had within half a minute
    assert platform.token_requests.count(True) == 1


def test_one_refusal_of_a_token_that_still_holds_costs_a_second_try_and_no_halt() -> None:
    platform = one_after_another(EXPIRED, OK)
    platform.token_answer = {"access_token": "the-same", "expires_in": 7200}
    assert client_of(platform).send("o-li", HELLO, NOW) == Sent()
    assert [asked.token for asked in platform.asked] == ["the-same", "the-same"]


def test_twenty_threads_fetch_one_token() -> None:
    platform = always(OK)
    client = client_of(platform)
    with ThreadPoolExecutor(20) as threads:
        outcomes = list(threads.map(lambda number: client.send(f"o-{number}", HELLO, NOW), range(20)))
    assert outcomes == [Sent()] * 20
    assert platform.token_requests == [False]


@pytest.mark.parametrize(
    "answer",
    [
        requests.ReadTimeout(),
        500,
        b"oops",
        {},
        {"access_token": "", "expires_in": 7200},
        {"access_token": "t", "expires_in": "soon"},
    ],
)
def test_without_a_token_nothing_was_sent(answer: Answer) -> None:
    platform = always(OK)
    platform.token_answer = answer
    assert isinstance(client_of(platform).send("o-li", HELLO, NOW), Later)
    assert platform.asked == []


def test_a_wrong_secret_halts_and_says_what_to_do() -> None:
    platform = always(OK)
    platform.token_answer = {"errcode": 40125, "errmsg": "invalid appsecret"}
    client = client_of(platform)
    assert client.send("o-li", HELLO, NOW) == Halt("wechat 40125 bad_secret")
    with pytest.raises(WeChatError) as refused:
        client.check_token()
    assert "app_secret" in refused.value.advice


def test_a_mass_send_carries_its_key_and_gives_its_id() -> None:
    platform = always({"errcode": 0, "msg_id": 34182, "msg_data_id": 206227730})
    outcome = client_of(platform).mass_to_openids(["o-1", "o-2"], HELLO, "k" * 32, NOW)
    assert outcome == Accepted("34182")
    [asked] = platform.asked
    assert asked.path == "/cgi-bin/message/mass/send"
    assert asked.body == {
        "touser": ["o-1", "o-2"],
        "msgtype": "text",
        "text": {"content": "您好"},
        "clientmsgid": "k" * 32,
    }


def test_a_mass_send_to_a_tag_says_it_is_not_to_all() -> None:
    platform = always({"errcode": 0, "msg_id": 1})
    assert client_of(platform).mass_to_tag(101, reply.Image("m"), "k", NOW) == Accepted("1")
    body = platform.asked[0].body
    assert body["filter"] == {"is_to_all": False, "tag_id": 101}
    assert (body["msgtype"], body["images"]["media_ids"]) == ("image", ["m"])


def test_a_repeat_of_a_mass_send_is_the_mass_send() -> None:
    platform = always({"errcode": 45065, "errmsg": "clientmsgid exist", "msg_id": 34182})
    assert client_of(platform).mass_to_tag(1, HELLO, "k", NOW) == Accepted("34182", is_known=True)


def test_a_repeat_that_does_not_say_of_what_is_unsure() -> None:
    platform = always({"errcode": 45065, "errmsg": "clientmsgid exist"})
    assert isinstance(client_of(platform).mass_to_tag(1, HELLO, "k", NOW), Unsure)


@pytest.mark.parametrize("answer", [requests.ReadTimeout(), 502, b"oops"])
def test_a_mass_send_whose_answer_was_lost_may_be_repeated(answer: Answer) -> None:
    assert isinstance(client_of(always(answer)).mass_to_tag(1, HELLO, "k", NOW), Later)


@pytest.mark.parametrize("count", [0, 1, 10_001])
def test_a_list_the_platform_would_refuse_is_not_tried(count: int) -> None:
    platform = always(OK)
    assert isinstance(client_of(platform).mass_to_openids(["o"] * count, HELLO, "k", NOW), Never)
    assert platform.asked == []


def test_news_are_not_for_the_many() -> None:
    assert isinstance(
        client_of(always(OK)).mass_to_tag(1, reply.News((reply.Article("T"),)), "k", NOW), Never
    )


@pytest.mark.parametrize("key", ["", "k" * 33, "键" * 11])
def test_a_key_the_platform_would_cut_is_a_mistake(key: str) -> None:
    with pytest.raises(ValueError, match="client_msg_id"):
        client_of(always(OK)).mass_to_tag(1, HELLO, key, NOW)


def test_tagging_goes_in_fifties() -> None:
    platform = always(OK)
    client_of(platform).tag([f"o-{number}" for number in range(101)], 7)
    assert [len(asked.body["openid_list"]) for asked in platform.asked] == [50, 50, 1]
    assert {asked.body["tagid"] for asked in platform.asked} == {7}


def test_a_tag_that_exists_is_found_instead_of_made() -> None:
    platform = one_after_another(
        {"errcode": 45157, "errmsg": "taken"},
        {"tags": [{"id": 2, "name": "星标组", "count": 0}, {"id": 101, "name": "today"}]},
    )
    assert client_of(platform).create_tag("today") == 101


def test_the_followers_come_in_pages_until_one_is_empty() -> None:
    platform = one_after_another(
        {"total": 2, "count": 2, "data": {"openid": ["o-1", "o-2"]}, "next_openid": "o-2"},
        {"total": 2, "count": 0, "next_openid": ""},
    )
    client = client_of(platform)
    assert client.followers() == FollowerPage(2, ("o-1", "o-2"), "o-2")
    assert client.followers("o-2") == FollowerPage(2, (), "")


def test_details_say_where_somebody_came_from() -> None:
    known = {
        "subscribe": 1, "openid": "o-1", "subscribe_time": 1764000000, "unionid": "u", "remark": "老客",
        "tagid_list": [101, 2], "subscribe_scene": "ADD_SCENE_QR_CODE", "qr_scene": 0, "qr_scene_str": "door",
    }  # fmt: skip
    platform = always({"user_info_list": [known, {"subscribe": 0, "openid": "o-2"}]})
    assert client_of(platform).details(["o-1", "o-2"]) == (
        FollowerDetails(
            "o-1",
            True,
            datetime.fromtimestamp(1764000000, UTC),
            "ADD_SCENE_QR_CODE",
            "door",
            "u",
            "老客",
            (101, 2),
        ),
        FollowerDetails("o-2", False),
    )


def test_a_question_without_an_answer_raises() -> None:
    with pytest.raises(Lost):
        client_of(always(requests.ReadTimeout())).followers()
    with pytest.raises(WeChatError, match="48001 not_entitled"):
        client_of(always({"errcode": 48001, "errmsg": "no"})).mass_state("1")


@contextmanager
def listening(answer: bytes) -> Iterator[str]:
    """A server that reads a request, answers these bytes and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        thread.join(timeout=60)


class Impatient(Pool):
    """The real wire, with less patience."""

    def carry(self, request: Request) -> Response:
        return super().carry(replace(request, timeout=(30, 0.1)))


def ready_keys() -> MemoryKeys:
    keys = MemoryKeys()
    keys.set("wechat:token:wx1", "t1", lasts=timedelta(hours=1))
    return keys


def test_a_closed_port_was_never_reached() -> None:
    client = WeChatClient(account(f"http://127.0.0.1:{free_port()}"), ready_keys())
    outcome = client.send("o-li", HELLO, NOW)
    assert isinstance(outcome, Later)
    assert outcome.reason == "wechat unreached ConnectionError"


def test_a_host_that_does_not_exist_was_never_reached() -> None:
    client = WeChatClient(account("http://nowhere.invalid"), ready_keys())
    assert isinstance(client.send("o-li", HELLO, NOW), Later)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"", id="hangs up"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", id="hangs up in the middle"),
        pytest.param(b"no HTTP at all\r\n\r\n", id="speaks something else"),
    ],
)
def test_a_server_that_hangs_up_may_have_sent_it(answer: bytes) -> None:
    with listening(answer) as address:
        assert isinstance(WeChatClient(account(address), ready_keys()).send("o-li", HELLO, NOW), Unsure)


def test_a_server_that_does_not_answer_may_have_sent_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        client = WeChatClient(account(address), ready_keys(), wire=Impatient(address, 1))
        assert client.send("o-li", HELLO, NOW) == Unsure("wechat lost ReadTimeout")


def test_neither_token_nor_secret_gets_into_an_error_or_a_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    keys = MemoryKeys()
    keys.set("wechat:token:wx1", "t-secret", lasts=timedelta(hours=1))
    with listening(
        b"HTTP/1.1 200 OK\r\nContent-Length: 32\r\n\r\n" + b'{"errcode":48001,"errmsg":"nono"}'[:32]
    ) as address:
        said = str(WeChatClient(account(address), keys).send("o-li", HELLO, NOW))
    with pytest.raises(WeChatError) as unreached:
        WeChatClient(account(f"http://127.0.0.1:{free_port()}"), keys).followers()
    seen = caplog.text + said + repr(unreached.value) + str(unreached.value) + str(unreached.value.__cause__)
    assert "secret" not in seen


def asked_for(path: str, platform: Platform) -> Asked:
    [asked] = [asked for asked in platform.asked if asked.path == path]
    return asked


def test_what_wechatpy_lacks_goes_where_the_platform_expects_it() -> None:
    platform = always(
        {
            "errcode": 0,
            "msgid": 5,
            "ticket": "tick",
            "quota": {"daily_limit": 9, "used": 2, "remain": 7},
        }
    )
    calls = client_of(platform).operations
    assert calls.send_template("o-li", MESSAGE, "d-1", NOW) == Accepted("5")
    assert calls.send_notice("o-li", NOTICE, "d-1", NOW) == Accepted("5")
    assert calls.create_qrcode("door", timedelta(days=30)) == "tick"
    assert calls.quota("/cgi-bin/message/custom/send").left == 7

    template = asked_for("/cgi-bin/message/template/send", platform).body
    assert template == {
        "touser": "o-li",
        "template_id": "tpl",
        "url": "http://u",
        "miniprogram": {"appid": "wx9", "pagepath": "pages/x"},
        "client_msg_id": "d-1",
        "data": {"thing1": {"value": "茶"}},
    }
    assert asked_for("/cgi-bin/message/subscribe/bizsend", platform).body == {
        "touser": "o-li",
        "template_id": "tpl",
        "page": "http://p",
        "client_msg_id": "d-1",
        "data": {"thing1": {"value": "茶"}},
    }
    assert asked_for("/cgi-bin/qrcode/create", platform).body["expire_seconds"] == 2_592_000
    assert asked_for("/cgi-bin/openapi/quota/get", platform).body == {
        "cgi_path": "/cgi-bin/message/custom/send"
    }
    assert {asked.token for asked in platform.asked} == {"t1"}


@pytest.mark.parametrize("answer", [requests.ReadTimeout(), b"oops"])
def test_nobody_knows_what_became_of_a_lost_answer(answer: Answer) -> None:
    calls = client_of(always(answer)).operations
    assert isinstance(calls.send_template("o-li", MESSAGE, "d-1", NOW), Unsure)
    assert isinstance(calls.send_notice("o-li", NOTICE, "d-1", NOW), Unsure)


def test_the_fields_of_a_template_stand_in_its_text() -> None:
    listed = {
        "priTmplId": "N9",
        "title": "到货提醒",
        "content": "商品名称:{{thing1.DATA}}\n到货时间：{{time2.DATA}}\n{{phrase3.DATA}}\n",
        "example": "商品名称:茶",
        "type": 2,
    }
    calls = client_of(always({"errcode": 0, "data": [listed, "nonsense"]}))
    assert calls.notice_templates() == (
        NoticeTemplate(
            id="N9",
            title="到货提醒",
            fields={"thing1": "商品名称", "time2": "到货时间", "phrase3": ""},
            example="商品名称:茶",
        ),
    )

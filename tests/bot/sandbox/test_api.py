import json
import random
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from bot.clock import FixedClock
from bot.config import AccountKind
from bot.sandbox.calls import Call
from bot.sandbox.endpoints import ENDPOINTS
from bot.sandbox.faults import Fault
from bot.sandbox.media import Upload
from bot.sandbox.platform import Platform
from bot.sandbox.state import Follower
from tests.bot.sandbox.conftest import ANNA, BO, Caller
from tests.support.webhook import ACCOUNT

CUSTOM = "/cgi-bin/message/custom/send"
PNG = Upload("tea.png", b"\x89PNG", "image/png")


@pytest.mark.parametrize(
    ("kind", "verified", "path", "may"),
    [
        pytest.param("service", True, CUSTOM, True, id="a verified service account writes to customers"),
        pytest.param("service", False, CUSTOM, False, id="an unverified one does not"),
        pytest.param("subscription", True, CUSTOM, True, id="a verified subscription account does"),
        pytest.param("subscription", False, CUSTOM, False, id="an unverified subscription account does not"),
        pytest.param(
            "service", True, "/cgi-bin/message/mass/send", True, id="mass by list: verified service"
        ),
        pytest.param(
            "subscription", True, "/cgi-bin/message/mass/send", False, id="mass by list: never subscription"
        ),
        pytest.param(
            "subscription",
            True,
            "/cgi-bin/message/mass/sendall",
            True,
            id="mass by tag: verified subscription",
        ),
        pytest.param(
            "subscription", True, "/cgi-bin/message/template/send", False, id="template: never subscription"
        ),
        pytest.param(
            "subscription", True, "/cgi-bin/message/subscribe/bizsend", False, id="notice: never subscription"
        ),
        pytest.param(
            "subscription", True, "/cgi-bin/qrcode/create", False, id="QR with a scene: never subscription"
        ),
        pytest.param("service", False, "/cgi-bin/draft/add", True, id="drafts: anybody"),
    ],
)
def test_what_each_kind_of_account_may(
    make_platform: Callable[..., Platform], kind: AccountKind, verified: bool, path: str, may: bool
) -> None:
    api = Caller(make_platform(replace(ACCOUNT, kind=kind, verified=verified)))

    assert (api.post(path, {})["errcode"] != 48001) == may


# Answers of the real platform, by hand from its documentation: the names a caller reads, and their types.
SHAPES: dict[str, dict[str, type]] = {
    "/cgi-bin/message/custom/send": {"errcode": int, "errmsg": str},
    "/cgi-bin/message/mass/send": {"errcode": int, "errmsg": str, "msg_id": int},
    "/cgi-bin/message/mass/get": {"msg_id": int, "msg_status": str},
    "/cgi-bin/message/template/send": {"errcode": int, "errmsg": str, "msgid": int},
    "/cgi-bin/user/get": {"total": int, "count": int, "data": dict, "next_openid": str},
    "/cgi-bin/user/info": {
        "subscribe": int,
        "openid": str,
        "subscribe_time": int,
        "remark": str,
        "tagid_list": list,
        "subscribe_scene": str,
    },
    "/cgi-bin/user/info/batchget": {"user_info_list": list},
    "/cgi-bin/tags/create": {"tag": dict},
    "/cgi-bin/tags/get": {"tags": list},
    "/cgi-bin/user/tag/get": {"count": int, "data": dict, "next_openid": str},
    "/cgi-bin/qrcode/create": {"ticket": str, "expire_seconds": int, "url": str},
    "/cgi-bin/media/upload": {"type": str, "media_id": str, "created_at": int},
    "/cgi-bin/menu/get": {"menu": dict},
    "/cgi-bin/openapi/quota/get": {"quota": dict, "rate_limit": dict},
    "/cgi-bin/getcallbackip": {"ip_list": list},
}


@pytest.mark.parametrize("path", SHAPES)
def test_answers_have_the_real_shape(platform: Platform, api: Caller, path: str) -> None:
    platform.says(ANNA, "在吗")
    platform.set_menu([{"type": "click", "name": "订单", "key": "orders"}])
    tag = api.post("/cgi-bin/tags/create", {"tag": {"name": "茶"}})["tag"]["id"]
    api.post("/cgi-bin/tags/members/batchtagging", {"openid_list": [ANNA], "tagid": tag})
    mass = {"touser": [ANNA, BO], "msgtype": "text", "text": {"content": "x"}}
    sent = api.post("/cgi-bin/message/mass/send", {**mass, "clientmsgid": "earlier"})
    posts: dict[str, Any] = {
        CUSTOM: {"touser": ANNA, "msgtype": "text", "text": {"content": "您好"}},
        "/cgi-bin/message/mass/send": {**mass, "clientmsgid": "now"},
        "/cgi-bin/message/mass/get": {"msg_id": sent["msg_id"]},
        "/cgi-bin/message/template/send": template(),
        "/cgi-bin/user/info/batchget": {"user_list": [{"openid": ANNA, "lang": "zh_CN"}]},
        "/cgi-bin/tags/create": {"tag": {"name": "壶"}},
        "/cgi-bin/user/tag/get": {"tagid": tag, "next_openid": ""},
        "/cgi-bin/qrcode/create": {
            "expire_seconds": 600,
            "action_name": "QR_STR_SCENE",
            "action_info": {"scene": {"scene_str": "door"}},
        },
        "/cgi-bin/openapi/quota/get": {"cgi_path": CUSTOM},
    }
    if path == "/cgi-bin/media/upload":
        answer = api.post(path, file=PNG, type="image")
    elif path in posts:
        answer = api.post(path, posts[path])
    else:
        answer = api.get(path, openid=ANNA)

    assert {name: type(answer.get(name)) for name in SHAPES[path]} == SHAPES[path]


def template(**more: Any) -> dict[str, Any]:
    return {
        "touser": ANNA,
        "template_id": "T1",
        "data": {"thing1": {"value": "铁观音"}, "character_string2": {"value": "SF1"}},
        **more,
    }


@pytest.mark.parametrize(
    ("method", "path", "body", "answer"),
    [
        pytest.param("POST", "/cgi-bin/no/such", b"{}", 40066, id="an unknown path"),
        pytest.param("POST", "/cgi-bin/user/get", b"{}", 43001, id="POST where GET is wanted"),
        pytest.param("GET", CUSTOM, b"", 43002, id="GET where POST is wanted"),
        pytest.param("POST", CUSTOM, b"", 44002, id="no body"),
        pytest.param("POST", CUSTOM, b"{", 47001, id="broken JSON"),
        pytest.param("POST", CUSTOM, b"[]", 47001, id="JSON that is no object"),
        pytest.param("POST", CUSTOM, b"\xff\xfe", 47001, id="no text at all"),
        pytest.param("POST", CUSTOM, b"[" * 100_000, 47001, id="nested without end"),
    ],
)
def test_malformed_calls(
    platform: Platform, api: Caller, method: str, path: str, body: bytes, answer: int
) -> None:
    api.fetch_token()
    answered = platform.call(Call(method=method, path=path, args={"access_token": api.token}, body=body))

    assert (answered.status, json.loads(answered.content)["errcode"]) == (200, answer)
    assert " rid: " in json.loads(answered.content)["errmsg"]


def test_no_endpoint_falls_over_an_empty_object(api: Caller) -> None:
    for method, path in ENDPOINTS:
        answer = api.get(path) if method == "GET" else api.post(path, {})
        assert isinstance(answer, dict), path


def test_the_last_units_of_a_quota_go_to_exactly_as_many(make_platform: Callable[..., Platform]) -> None:
    platform = make_platform(limits={CUSTOM: 7})
    api = Caller(platform)
    api.fetch_token()
    for openid in (ANNA, BO):
        platform.says(openid, "在吗")
    body = json.dumps({"touser": ANNA, "msgtype": "text", "text": {"content": "x"}}).encode()
    codes: list[int] = []
    together = threading.Barrier(10)

    def send() -> None:
        together.wait()
        answer = platform.call(Call(method="POST", path=CUSTOM, args={"access_token": api.token}, body=body))
        codes.append(json.loads(answer.content)["errcode"])

    threads = [threading.Thread(target=send) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(codes) == [0] * 5 + [45009] * 3 + [45047] * 2


def test_the_day_s_quota_is_shown_used_up_cleared_and_starts_again(
    make_platform: Callable[..., Platform], clock: FixedClock
) -> None:
    api = Caller(make_platform(limits={"/cgi-bin/user/get": 2}))
    codes = [api.get("/cgi-bin/user/get").get("errcode", 0) for _ in range(3)]

    assert codes == [0, 0, 45009]
    assert api.post("/cgi-bin/openapi/quota/get", {"cgi_path": "/cgi-bin/user/get"})["quota"] == {
        "daily_limit": 2,
        "used": 2,
        "remain": 0,
    }
    assert api.post("/cgi-bin/openapi/quota/clear", {"cgi_path": "/cgi-bin/user/get"})["errcode"] == 0
    assert [api.get("/cgi-bin/user/get").get("errcode", 0) for _ in range(3)] == [0, 0, 45009]
    clock.forward(hours=12)  # past midnight in Shanghai
    assert api.get("/cgi-bin/user/get")["count"] == 2
    assert api.post("/cgi-bin/openapi/quota/get", {"cgi_path": "/cgi-bin/no"})["errcode"] == 76021


def test_the_account_s_own_numbers_are_kept_by_the_names_of_the_settings(
    make_platform: Callable[..., Platform],
) -> None:
    api = Caller(make_platform(limits={"followers_per_day": 1}))

    assert [api.get("/cgi-bin/user/get").get("errcode", 0) for _ in range(2)] == [0, 45009]


def test_clearing_is_allowed_ten_times_a_month(api: Caller) -> None:
    codes = [api.post("/cgi-bin/clear_quota", {"appid": ACCOUNT.app_id})["errcode"] for _ in range(11)]

    assert codes == [0] * 10 + [48006]


def test_many_minutes_do_not_push_the_day_s_count_out(
    make_platform: Callable[..., Platform], clock: FixedClock
) -> None:
    api = Caller(make_platform(limits={"/cgi-bin/user/get": 1}))
    api.get("/cgi-bin/user/get")
    for _ in range(100):
        clock.forward(minutes=1)
        api.fetch_token()

    assert api.get("/cgi-bin/user/get")["errcode"] == 45009


def test_followers_come_in_pages_of_ten_thousand(platform: Platform, api: Caller) -> None:
    platform.seed(Follower(openid=f"o-{number:05}", name="客") for number in range(10_001))
    platform.unfollows(BO)
    first = api.get("/cgi-bin/user/get")
    second = api.get("/cgi-bin/user/get", next_openid=first["next_openid"])
    beyond = api.get("/cgi-bin/user/get", next_openid=second["next_openid"])

    assert (first["total"], first["count"], second["count"]) == (10_002, 10_000, 2)
    assert BO not in first["data"]["openid"] + second["data"]["openid"]
    assert (beyond["count"], "data" in beyond) == (0, False)
    assert api.get("/cgi-bin/user/get", next_openid="o-nobody")["errcode"] == 40003


def test_details_tell_no_names_and_nothing_of_who_left(platform: Platform, api: Caller) -> None:
    platform.unfollows(BO)
    anna, bo = api.post("/cgi-bin/user/info/batchget", {"user_list": [{"openid": ANNA}, {"openid": BO}]})[
        "user_info_list"
    ]

    assert (anna["subscribe"], anna["nickname"]) == (1, "")
    assert (bo["subscribe"], "subscribe_time" in bo) == (0, False)
    too_many = {"user_list": [{"openid": ANNA}] * 101}
    assert api.post("/cgi-bin/user/info/batchget", too_many)["errcode"] == 40032


@pytest.mark.parametrize(
    ("path", "body", "answer"),
    [
        pytest.param("create", {"tag": {"name": "旧"}}, 45157, id="a name twice"),
        pytest.param("create", {"tag": {"name": "长" * 31}}, 45158, id="31 letters"),
        pytest.param("create", {"tag": {"name": "长" * 30}}, 0, id="30 letters"),
        pytest.param("delete", {"tag": {"id": 2}}, 45058, id="the platform's own"),
        pytest.param("delete", {"tag": {"id": 999}}, 45159, id="an unknown tag"),
        pytest.param(
            "members/batchtagging", {"openid_list": [ANNA] * 51, "tagid": 100}, 40032, id="51 at once"
        ),
        pytest.param(
            "members/batchtagging", {"openid_list": ["o-nobody"], "tagid": 100}, 40003, id="an unknown openid"
        ),
        pytest.param("members/batchtagging", {"openid_list": [], "tagid": 100}, 40031, id="nobody"),
        pytest.param("getidlist", {"openid": "o-nobody"}, 40003, id="tags of nobody"),
    ],
)
def test_tags_have_limits(api: Caller, path: str, body: dict[str, Any], answer: int) -> None:
    api.post("/cgi-bin/tags/create", {"tag": {"name": "旧"}})

    assert api.post(f"/cgi-bin/tags/{path}", body)["errcode"] == answer


def test_a_hundred_tags_and_twenty_of_one_follower(api: Caller) -> None:
    codes = [
        api.post("/cgi-bin/tags/create", {"tag": {"name": f"标签{number}"}})["errcode"]
        for number in range(101)
    ]
    given = [
        api.post("/cgi-bin/tags/members/batchtagging", {"openid_list": [ANNA, BO], "tagid": 100 + number})[
            "errcode"
        ]
        for number in range(21)
    ]

    assert (codes[99], codes[100]) == (0, 45056)
    assert (given[19], given[20]) == (0, 45059)
    assert len(api.post("/cgi-bin/tags/getidlist", {"openid": BO})["tagid_list"]) == 20


def test_a_picture_can_be_sent_for_three_days(platform: Platform, api: Caller, clock: FixedClock) -> None:
    media_id = api.post("/cgi-bin/media/upload", file=PNG, type="image")["media_id"]
    picture = {"touser": ANNA, "msgtype": "image", "image": {"media_id": media_id}}
    platform.says(ANNA, "看看")
    assert api.post(CUSTOM, picture)["errcode"] == 0
    clock.forward(days=3)
    platform.says(ANNA, "再看看")

    assert api.post(CUSTOM, picture)["errcode"] == 40007
    assert api.post("/cgi-bin/media/upload", file=PNG, type="hologram")["errcode"] == 40004
    assert api.post("/cgi-bin/media/upload", {}, type="image")["errcode"] == 41005
    assert (
        api.post("/cgi-bin/media/upload", file=Upload("v", b"x" * (2 << 20 | 1), "audio/amr"), type="voice")[
            "errcode"
        ]
        == 40010
    )


@pytest.mark.parametrize(
    ("buttons", "answer"),
    [
        pytest.param([], 40016, id="none"),
        pytest.param([{"type": "click", "name": "一", "key": "k"}] * 4, 40016, id="four"),
        pytest.param(
            [{"name": "一", "sub_button": [{"type": "click", "name": "二", "key": "k"}] * 6}],
            40023,
            id="six below one",
        ),
        pytest.param(
            [
                {
                    "name": "一",
                    "sub_button": [
                        {"name": "二", "sub_button": [{"type": "click", "name": "三", "key": "k"}]}
                    ],
                }
            ],
            40023,
            id="three levels",
        ),
        pytest.param([{"type": "click", "name": "六个汉字太长", "key": "k"}], 40018, id="18 bytes of name"),
        pytest.param([{"type": "click", "name": "一", "key": "k" * 129}], 40019, id="129 bytes of key"),
        pytest.param([{"type": "view", "name": "一", "url": ""}], 40020, id="no address"),
        pytest.param([{"type": "view", "name": "一", "url": "http://shop.test/"}], 0, id="as it should be"),
    ],
)
def test_menus_have_limits(api: Caller, buttons: list[dict[str, Any]], answer: int) -> None:
    assert api.post("/cgi-bin/menu/create", {"button": buttons})["errcode"] == answer


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        pytest.param(template(), 0, id="as it should be"),
        pytest.param(template(template_id="T9"), 40037, id="an unknown template"),
        pytest.param(template(data={"thing1": {"value": "x"}}), 47003, id="a field is missing"),
        pytest.param(template(touser=BO), 43004, id="who does not follow"),
        pytest.param(template(touser="o-nobody"), 40003, id="nobody"),
    ],
)
def test_template_messages(platform: Platform, api: Caller, body: dict[str, Any], answer: int) -> None:
    platform.unfollows(BO)

    assert api.post("/cgi-bin/message/template/send", body)["errcode"] == answer


def test_a_template_s_client_id_sends_once_in_ten_minutes(
    platform: Platform, api: Caller, clock: FixedClock
) -> None:
    first = api.post("/cgi-bin/message/template/send", template(client_msg_id="c"))
    again = api.post("/cgi-bin/message/template/send", template(client_msg_id="c"))
    clock.forward(minutes=10)
    api.post("/cgi-bin/message/template/send", template(client_msg_id="c"))

    assert again["msgid"] == first["msgid"]
    assert [line.way for line in platform.lines(ANNA)] == ["template"] * 2


def test_a_notice_needs_a_consent_for_each(platform: Platform, api: Caller) -> None:
    def send(value: str = "铁观音到货") -> dict[str, Any]:
        return api.post(
            "/cgi-bin/message/subscribe/bizsend",
            {"touser": ANNA, "template_id": "N1", "data": {"thing1": {"value": value}}},
        )

    assert send()["errcode"] == 43101
    platform.answers_notice_prompt(ANNA, "N1", accepts=True)
    too_long = send("长" * 21)
    assert (too_long["errcode"], "thing1" in too_long["errmsg"]) == (47003, True)
    assert [send()["errcode"], send()["errcode"]] == [0, 43101]
    platform.answers_notice_prompt(ANNA, "N1", accepts=True)
    platform.refuses_notices(ANNA, "N1")
    assert send()["errcode"] == 43101


def test_statistics_reach_up_to_yesterday(platform: Platform, api: Caller, clock: FixedClock) -> None:
    platform.says(ANNA, "在吗")
    clock.forward(days=1)

    assert (
        api.post("/datacube/getupstreammsg", {"begin_date": "2026-11-24", "end_date": "2026-11-24"})["list"][
            0
        ]["msg_count"]
        == 1
    )
    assert (
        api.post("/datacube/getusercumulate", {"begin_date": "2026-11-24", "end_date": "2026-11-25"})[
            "errcode"
        ]
        == 61501
    )
    assert (
        api.post("/datacube/getusersummary", {"begin_date": "yesterday", "end_date": ""})["errcode"] == 61500
    )


def test_a_broken_connection_after_the_call_took_effect(platform: Platform, api: Caller) -> None:
    platform.says(ANNA, "在吗")
    api.fetch_token()
    platform.faults.order(Fault(kind="drop", path=CUSTOM))
    body = json.dumps({"touser": ANNA, "msgtype": "text", "text": {"content": "您好"}}).encode()
    answers = [
        platform.call(Call(method="POST", path=CUSTOM, args={"access_token": api.token}, body=body))
        for _ in range(2)
    ]

    assert [answer.ending for answer in answers] == ["broken", "whole"]
    assert [line.text for line in platform.lines(ANNA) if line.side == "account"] == ["您好", "您好"]


@pytest.mark.parametrize(
    ("fault", "status", "reads"),
    [
        pytest.param(Fault(kind="status", value=502), 502, False, id="a server error"),
        pytest.param(Fault(kind="garbage"), 200, False, id="half an answer"),
        pytest.param(Fault(kind="errcode", value=-1), 200, True, id="an error code"),
        pytest.param(Fault(kind="lost"), 200, False, id="broken before it took effect"),
    ],
)
def test_faults_go_off_once_and_in_the_place_of_work(
    platform: Platform, api: Caller, fault: Fault, status: int, reads: bool
) -> None:
    platform.says(ANNA, "在吗")
    api.fetch_token()
    platform.faults.order(replace(fault, path="/cgi-bin/message/*"))
    body = json.dumps({"touser": ANNA, "msgtype": "text", "text": {"content": "您好"}}).encode()
    met, after = (
        platform.call(Call(method="POST", path=CUSTOM, args={"access_token": api.token}, body=body))
        for _ in range(2)
    )

    assert met.status == status
    assert met.content.endswith(b"}") == reads
    assert json.loads(after.content)["errcode"] == 0
    assert len([line for line in platform.lines(ANNA) if line.side == "account"]) == 1


def test_latency_is_waited_for_outside_the_lock(
    make_platform: Callable[..., Platform], clock: FixedClock
) -> None:
    waited: list[float] = []
    platform = make_platform()
    slow = Platform(ACCOUNT, clock, lambda _query, _body: (200, b""), sleep=waited.append)
    slow.faults.order(Fault(kind="latency", value=2.5, times=2))
    for _ in range(3):
        slow.call(Call(method="GET", path="/cgi-bin/token"))

    assert waited == [2.5, 2.5]
    assert platform.faults.ordered() == []


def test_a_fault_by_chance_goes_off_as_often_as_its_chance(make_platform: Callable[..., Platform]) -> None:
    platform = make_platform(chance=random.Random(7))
    platform.faults.order(Fault(kind="errcode", value=-1, times=None, probability=0.3))
    codes = [
        json.loads(platform.call(Call(method="GET", path="/cgi-bin/token")).content)["errcode"]
        for _ in range(1000)
    ]

    assert 250 < codes.count(-1) < 350
    platform.faults.clear()
    assert json.loads(platform.call(Call(method="GET", path="/cgi-bin/token")).content)["errcode"] == 41002

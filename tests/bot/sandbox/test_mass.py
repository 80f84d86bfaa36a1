from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.clock import FixedClock
from bot.sandbox.media import Upload
from bot.sandbox.platform import Platform
from bot.sandbox.state import Follower
from tests.bot.sandbox.conftest import ANNA, BO, Caller
from tests.support.webhook import ACCOUNT, StandIn, field

SEND, TO_ALL = "/cgi-bin/message/mass/send", "/cgi-bin/message/mass/sendall"


def text(words: str = "泡茶的水温", **more: Any) -> dict[str, Any]:
    return {"touser": [ANNA, BO], "msgtype": "text", "text": {"content": words}, **more}


def to_all(words: str = "泡茶的水温", **more: Any) -> dict[str, Any]:
    return {"filter": {"is_to_all": True}, "msgtype": "text", "text": {"content": words}, **more}


def received(platform: Platform, openid: str) -> list[str]:
    return [line.text for line in platform.lines(openid) if line.way == "mass"]


def report(webhook: StandIn) -> dict[str, str]:
    return {
        name: field(webhook.bodies[-1], name)
        for name in ("Event", "MsgID", "Status", "TotalCount", "FilterCount", "SentCount", "ErrorCount")
    }


def test_a_list_gets_it_and_the_job_is_reported(platform: Platform, api: Caller, webhook: StandIn) -> None:
    answer = api.post(SEND, text())
    assert api.post("/cgi-bin/message/mass/get", {"msg_id": answer["msg_id"]})["msg_status"] == "SENDING"

    platform.run_waiting()

    assert answer["errcode"] == 0
    assert received(platform, ANNA) == received(platform, BO) == ["泡茶的水温"]
    assert (
        api.post("/cgi-bin/message/mass/get", {"msg_id": str(answer["msg_id"])})["msg_status"]
        == "SEND_SUCCESS"
    )
    assert report(webhook) == {
        "Event": "MASSSENDJOBFINISH", "MsgID": str(answer["msg_id"]), "Status": "send success",
        "TotalCount": "2", "FilterCount": "2", "SentCount": "2", "ErrorCount": "0",
    }  # fmt: skip
    assert field(webhook.bodies[-1], "FromUserName") not in {ANNA, BO}


def test_the_fifth_in_a_month_is_filtered_without_an_error(
    platform: Platform, api: Caller, webhook: StandIn, clock: FixedClock
) -> None:
    for number in range(4):
        api.post(SEND, text(f"第 {number} 条"))
        platform.run_waiting()
    platform.unfollows(BO)

    assert api.post(SEND, text("第五条"))["errcode"] == 0
    platform.run_waiting()

    assert len(received(platform, ANNA)) == 4
    assert report(webhook)["TotalCount"] == "2"
    assert report(webhook)["SentCount"] == "0"
    clock.set(datetime(2026, 11, 30, 16, tzinfo=UTC))  # the first of December in Shanghai
    api.post(SEND, text("新的一月"))
    platform.run_waiting()
    assert received(platform, ANNA)[-1] == "新的一月"


@pytest.mark.parametrize(
    "openids", [[ANNA, "o-nobody"], [ANNA, BO]], ids=["an unknown openid", "a blocked one"]
)
def test_who_cannot_be_reached_is_filtered(
    platform: Platform, api: Caller, webhook: StandIn, openids: list[str]
) -> None:
    api.post("/cgi-bin/tags/members/batchblacklist", {"openid_list": [BO]})
    api.post(SEND, text(touser=openids))
    platform.run_waiting()

    assert (report(webhook)["TotalCount"], report(webhook)["SentCount"]) == ("2", "1")


@pytest.mark.parametrize(
    ("path", "body", "answer"),
    [
        pytest.param(SEND, text(touser=[ANNA]), 40130, id="one openid is too few"),
        pytest.param(
            SEND, text(touser=[f"o-{number}" for number in range(10_001)]), 40032, id="10,001 are too many"
        ),
        pytest.param(SEND, text(touser=[f"o-{number}" for number in range(10_000)]), 0, id="10,000 pass"),
        pytest.param(SEND, text(touser=ANNA), 40031, id="no list"),
        pytest.param(SEND, text(msgtype="wxcard"), 45113, id="cards are no longer allowed"),
        pytest.param(SEND, text(msgtype="fax"), 40008, id="an unknown type"),
        pytest.param(SEND, text(msgtype="mpnews", mpnews={"media_id": "no"}), 40007, id="an unknown draft"),
        pytest.param(SEND, text(clientmsgid="x" * 33), 45067, id="33 bytes of client id"),
        pytest.param(TO_ALL, to_all(filter={"is_to_all": False, "tag_id": 999}), 40152, id="an unknown tag"),
        pytest.param(TO_ALL, {"msgtype": "text", "text": {"content": "x"}}, 40097, id="no filter"),
        pytest.param("/cgi-bin/message/mass/get", {"msg_id": 5}, 40059, id="an unknown job"),
        pytest.param("/cgi-bin/message/mass/speed/set", {"speed": 5}, 45083, id="a speed there is not"),
    ],
)
def test_what_is_refused(api: Caller, path: str, body: dict[str, Any], answer: int) -> None:
    assert api.post(path, body)["errcode"] == answer


def test_a_client_id_sends_once_a_day(platform: Platform, api: Caller, clock: FixedClock) -> None:
    first = api.post(SEND, text(clientmsgid="d-1"))
    too_fast = api.post(SEND, text(clientmsgid="d-1"))
    clock.forward(minutes=1)
    again = api.post(SEND, text("另外的话", clientmsgid="d-1"))
    platform.run_waiting()

    assert (too_fast["errcode"], again["errcode"], again["msg_id"]) == (45066, 45065, first["msg_id"])
    assert received(platform, ANNA) == ["泡茶的水温"]
    clock.forward(hours=24)
    assert api.post(SEND, text(clientmsgid="d-1"))["errcode"] == 0


def test_without_a_client_id_target_and_content_are_the_id(api: Caller, clock: FixedClock) -> None:
    api.post(SEND, text())
    clock.forward(minutes=2)

    assert api.post(SEND, text())["errcode"] == 45065
    assert api.post(SEND, text("别的内容"))["errcode"] == 0


def test_a_send_that_was_refused_leaves_its_client_id_free(api: Caller) -> None:
    api.post(SEND, text("", clientmsgid="d-1"))

    assert api.post(SEND, text(clientmsgid="d-1"))["errcode"] == 0


def test_a_tag_is_reached_as_it_is_when_the_job_runs(
    platform: Platform, api: Caller, webhook: StandIn
) -> None:
    tag = api.post("/cgi-bin/tags/create", {"tag": {"name": "今天"}})["tag"]["id"]
    api.post("/cgi-bin/tags/members/batchtagging", {"openid_list": [ANNA], "tagid": tag})
    api.post(TO_ALL, to_all(filter={"is_to_all": False, "tag_id": tag}))
    platform.run_waiting()

    assert (received(platform, ANNA), received(platform, BO)) == (["泡茶的水温"], [])
    assert report(webhook)["TotalCount"] == "1"


def test_a_subscription_account_sends_once_a_day(
    make_platform: Callable[..., Platform], clock: FixedClock
) -> None:
    api = Caller(make_platform(replace(ACCOUNT, kind="subscription")))

    assert [api.post(TO_ALL, to_all(words))["errcode"] for words in ("一", "二")] == [0, 45028]
    clock.set(datetime(2026, 11, 24, 16, tzinfo=UTC))  # midnight in Shanghai
    assert api.post(TO_ALL, to_all("三"))["errcode"] == 0


def test_a_service_account_reaches_everybody_four_times_a_month(api: Caller) -> None:
    assert [api.post(TO_ALL, to_all(str(number)))["errcode"] for number in range(5)] == [0] * 4 + [45028]


def test_sixty_calls_a_minute(make_platform: Callable[..., Platform], clock: FixedClock) -> None:
    api = Caller(make_platform(limits={SEND: 1000}))
    codes = [api.post(SEND, text(str(number)))["errcode"] for number in range(61)]

    assert (codes[:60], codes[60]) == ([0] * 60, 42010)
    clock.forward(minutes=1)
    assert api.post(SEND, text("下一分钟"))["errcode"] == 0


def test_articles_come_from_the_draft_box_and_leave_it(platform: Platform, api: Caller) -> None:
    cover = api.post(
        "/cgi-bin/material/add_material", file=Upload("c.jpg", b"jpg", "image/jpeg"), type="image"
    )["media_id"]
    draft = api.post(
        "/cgi-bin/draft/add", {"articles": [{"title": "白茶", "content": "煮着喝", "thumb_media_id": cover}]}
    )["media_id"]
    answer = api.post(SEND, text(msgtype="mpnews", mpnews={"media_id": draft}))
    platform.run_waiting()

    assert answer["msg_data_id"] > 0
    assert received(platform, ANNA) == ["白茶"]
    assert api.post("/cgi-bin/draft/get", {"media_id": draft})["errcode"] == 40007


def test_a_preview_reaches_one_and_costs_nobody_s_month(platform: Platform, api: Caller) -> None:
    assert api.post("/cgi-bin/message/mass/preview", text(touser=ANNA))["errcode"] == 0

    assert [line.way for line in platform.lines(ANNA)] == ["preview"]
    follower = platform.follower(ANNA)
    assert isinstance(follower, Follower)
    assert follower.mass_received == {}

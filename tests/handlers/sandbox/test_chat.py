import io
from typing import Any

import pytest
from flask.testing import FlaskClient

from bot.sandbox.platform import Platform
from tests.handlers.sandbox.conftest import ANNA, FROM_PAGE, told
from tests.support.webhook import ACCOUNT


def act(client: FlaskClient, what: str, body: Any = None, openid: str = ANNA) -> int:
    return client.post(f"/sandbox/people/{openid}/{what}", json=body or {}, headers=FROM_PAGE).status_code


def news(client: FlaskClient, after: int = 0) -> dict[str, Any]:
    return told(client.get(f"/sandbox/people/{ANNA}/news?after={after}"))


def test_who_says_something_reads_the_answer_at_the_next_poll(
    client: FlaskClient, platform: Platform
) -> None:
    assert act(client, "say", {"text": "在吗"}) == 200
    first = news(client)
    platform.run_waiting()
    second = news(client, after=first["lines"][-1]["n"])

    assert [(line["side"], line["text"]) for line in first["lines"]] == [("customer", "在吗")]
    assert [(line["way"], line["text"]) for line in second["lines"]] == [("passive", "您好，请讲")]
    assert (second["person"]["name"], second["person"]["repliesLeft"]) == ("安娜", 5)
    assert second["menu"][0]["name"] == "我的"


def test_the_bare_address_leads_to_the_chat(client: FlaskClient) -> None:
    answer = client.get("/")
    assert (answer.status_code, answer.location) == (302, "/sandbox/")
    assert client.post("/").status_code == 405


@pytest.mark.parametrize(
    ("what", "body", "status"),
    [
        pytest.param("say", {"text": "  "}, 400, id="nothing said"),
        pytest.param("say", {"text": "长" * 2001}, 400, id="too long"),
        pytest.param("say", {"text": 5}, 400, id="a number said"),
        pytest.param("option", {"id": "1", "text": "满意"}, 200, id="an option"),
        pytest.param("menu", {"position": [0, 0]}, 200, id="a menu"),
        pytest.param("menu", {"position": [4]}, 409, id="a menu that is not there"),
        pytest.param("menu", {"position": ["0"]}, 400, id="a place that is no number"),
        pytest.param("menu", {"position": [-1]}, 400, id="a place below zero"),
        pytest.param("menu", {"position": [True]}, 400, id="a place that is yes"),
        pytest.param("scan", {"scene": "door"}, 200, id="a scan"),
        pytest.param("voice", {"seconds": 3}, 200, id="a voice"),
        pytest.param("voice", {"seconds": "3"}, 400, id="seconds that are words"),
        pytest.param("location", {"latitude": 30.2, "longitude": 120.1, "label": "西湖"}, 200, id="a place"),
        pytest.param(
            "location", {"latitude": 91, "longitude": 120.1, "label": "西湖"}, 400, id="beyond the pole"
        ),
        pytest.param("follow", {}, 409, id="follow twice"),
        pytest.param("unfollow", {}, 200, id="unfollow"),
        pytest.param("notice", {"template": "N9", "accepts": True}, 409, id="an unknown notice"),
        pytest.param("templates", {"takes": "no"}, 400, id="neither yes nor no"),
    ],
)
def test_acts(client: FlaskClient, what: str, body: dict[str, Any], status: int) -> None:
    assert act(client, what, body) == status


def test_who_refuses_template_messages_in_wechat_is_seen_to(client: FlaskClient, platform: Platform) -> None:
    assert news(client)["person"]["takesTemplates"]
    assert act(client, "templates", {"takes": False}) == 200
    refusing = news(client)
    assert not refusing["person"]["takesTemplates"]
    assert platform.world.state.followers[ANNA].refuses_templates
    assert act(client, "templates", {"takes": True}) == 200
    assert news(client)["person"]["takesTemplates"]


def test_nobody_is_not_found(client: FlaskClient) -> None:
    assert client.get("/sandbox/people/o-nobody/news").status_code == 404
    assert act(client, "say", {"text": "x"}, openid="o-nobody") == 409


def test_a_picture_is_shown_as_it_was_sent_and_nothing_else_is_taken_for_one(
    client: FlaskClient, platform: Platform
) -> None:
    def send(content: bytes, kind: str) -> int:
        data = {"picture": (io.BytesIO(content), "x", kind)}
        return client.post(f"/sandbox/people/{ANNA}/picture", data=data, headers=FROM_PAGE).status_code

    codes = [
        send(b"<script>", "text/html"),
        send(b"", "image/png"),
        send(b"x" * (2 << 20 | 1), "image/png"),
        send(b"\x89PNG", "image/png"),
    ]
    shown = client.get(f"/sandbox/media/{news(client)['lines'][0]['details']['media_id']}")

    assert codes == [400, 400, 400, 200]
    assert (shown.data, shown.mimetype, shown.headers["X-Content-Type-Options"]) == (
        b"\x89PNG",
        "image/png",
        "nosniff",
    )
    assert client.get("/sandbox/media/no").status_code == 404
    errand = platform.world.state.errands[0].fields
    assert errand["PicUrl"] == f"http://localhost/sandbox/media/{errand['MediaId']}"


def test_people_are_searched_and_met(client: FlaskClient) -> None:
    openid = told(client.post("/sandbox/people", json={"name": "新朋友"}, headers=FROM_PAGE))["openid"]
    names = [one["name"] for one in told(client.get("/sandbox/people"))["people"]]
    found = told(client.get("/sandbox/people?q=安"))["people"]

    assert names[0] == "新朋友"
    assert [one["openid"] for one in found] == [ANNA]
    assert act(client, "follow", openid=openid) == 200


@pytest.mark.parametrize("path", [f"people/{ANNA}/say", f"people/{ANNA}/unfollow", "people", "faults"])
def test_other_sites_cannot_act(client: FlaskClient, platform: Platform, path: str) -> None:
    answer = client.post(f"/sandbox/{path}", json={"text": "x", "name": "x", "kind": "drop"})

    assert answer.status_code == 403
    assert platform.lines(ANNA) == []
    assert platform.faults.ordered() == []


def test_faults_are_ordered_and_taken_away(client: FlaskClient, platform: Platform) -> None:
    def order(**fault: Any) -> int:
        return client.post("/sandbox/faults", json=fault, headers=FROM_PAGE).status_code

    codes = [
        order(kind="fire"),
        order(kind="latency"),
        order(kind="errcode", value=45009, times=3, path="/cgi-bin/message/*"),
        order(kind="status", value=200),
    ]

    assert codes == [400, 400, 200, 400]
    assert told(client.get("/sandbox/faults"))["faults"][0]["times"] == 3
    client.delete("/sandbox/faults", headers=FROM_PAGE)
    assert platform.faults.ordered() == []


def test_the_page_shows_the_account(client: FlaskClient) -> None:
    assert "清茶小铺" in client.get("/sandbox/").text
    for file in ("chat.js", "chat.css"):
        with client.get(f"/sandbox/static/{file}") as answer:
            assert answer.status_code == 200


def test_the_api_answers_as_wechat_does(client: FlaskClient) -> None:
    credentials = {"grant_type": "client_credential", "appid": ACCOUNT.app_id, "secret": ACCOUNT.app_secret}
    token = told(client.post("/sandbox/cgi-bin/stable_token", json=credentials))["access_token"]
    data = {"media": (io.BytesIO(b"\x89PNG"), "tea.png", "image/png")}
    uploaded = told(client.post(f"/sandbox/cgi-bin/media/upload?access_token={token}&type=image", data=data))
    wrong = client.get("/sandbox/cgi-bin/user/get?access_token=x")
    summary = client.post(f"/sandbox/datacube/getusersummary?access_token={token}", data=b"{}")

    assert told(client.get(f"/sandbox/cgi-bin/user/get?access_token={token}"))["count"] == 1
    assert (
        client.get(f"/sandbox/cgi-bin/media/get?access_token={token}&media_id={uploaded['media_id']}").data
        == b"\x89PNG"
    )
    assert (wrong.status_code, told(wrong)["errcode"]) == (200, 40014)
    assert told(summary)["errcode"] == 61500


def test_a_connection_that_breaks_reaches_the_caller_as_one(client: FlaskClient) -> None:
    client.post("/sandbox/faults", json={"kind": "drop", "path": "/cgi-bin/token"}, headers=FROM_PAGE)

    broken = client.get("/sandbox/cgi-bin/token")
    with pytest.raises(ConnectionError):
        broken.get_data()
    assert told(client.get("/sandbox/cgi-bin/token"))["errcode"] == 41002

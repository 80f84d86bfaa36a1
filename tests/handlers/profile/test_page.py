"""The customer's own page: who gets in, what it shows, what it changes, and who is kept out."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from bot.clock import FixedClock
from bot.services import Services
from bot.store.database import Database
from bot.store.people import facts, own_data
from bot.store.people.questions import NEVER
from bot.store.tables import customers
from handlers.app import create_app, stop
from handlers.profile import visitor
from tests.conftest import NOON
from tests.support.build import Build
from tests.support.door import services_of
from tests.support.fake_wechat import FakeWeChat


class Phone:
    """A browser in WeChat; `anna` is the customer it belongs to."""

    def __init__(self, services: Services, client: FlaskClient, anna: int) -> None:
        self.services, self.client, self.anna = services, client, anna

    def authorize(self, openid: str = "o-anna") -> TestResponse:
        """Opens the page, goes through WeChat, and comes back with a code."""
        sent = self.client.get("/profile/")
        state = parse_qs(urlsplit(sent.location).query)["state"][0]
        wechat = self.services.wechat
        assert isinstance(wechat, FakeWeChat)
        wechat.codes["code-1"] = openid
        return self.client.get(f"/profile/back?code=code-1&state={state}")

    def page(self) -> str:
        shown = self.client.get("/profile/")
        assert shown.status_code == 200
        return shown.text

    def post(self, do: str, attribute: str = "", value: str = "", token: str | None = None) -> TestResponse:
        if token is None:
            found = re.search(r'name="token" value="([^"]+)"', self.page())
            assert found
            token = found[1]
        form = {"token": token, "do": do, "attribute": attribute, "value": value}
        return self.client.post("/profile/", data=form)

    def known(self) -> dict[str, tuple[str, str]]:
        with self.services.database.reading() as session:
            found = facts.holding(session, self.anna)
        return {name: (fact.value, fact.source) for name, fact in found.items()}


def _phone(services: Services) -> Iterator[Phone]:
    app = create_app(services)
    with services.database.transaction() as session:
        anna = Build(session).customer(openid="o-anna", name="安娜")
    yield Phone(services, app.test_client(), anna)
    stop(app)


@pytest.fixture
def phone(sqlite: Database, clock: FixedClock, tmp_path: Path) -> Iterator[Phone]:
    yield from _phone(services_of(sqlite, clock, tmp_path))


@pytest.fixture
def of_a_subscription_account(sqlite: Database, clock: FixedClock, tmp_path: Path) -> Iterator[Phone]:
    services = services_of(sqlite, clock, tmp_path)
    wechat = services.config.wechat.model_copy(update={"account_kind": "subscription"})
    yield from _phone(replace(services, config=services.config.model_copy(update={"wechat": wechat})))


def test_wechat_says_whose_page_it_is(phone: Phone) -> None:
    sent = phone.client.get("/profile/")
    address = urlsplit(sent.location)
    asked = parse_qs(address.query)
    assert (sent.status_code, address.hostname, address.fragment) == (
        302,
        "open.weixin.qq.com",
        "wechat_redirect",
    )
    assert (asked["scope"], asked["redirect_uri"]) == (
        ["snsapi_base"],
        ["http://127.0.0.1:8000/profile/back"],
    )
    back = phone.authorize()
    assert (back.status_code, back.location) == (303, "/profile/")
    assert "安娜，您好" in phone.page()


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("code=code-1&state=forged", id="a state that is not ours"),
        pytest.param("code=code-1", id="no state"),
        pytest.param("state=x", id="no code"),
    ],
)
def test_an_authorization_this_browser_did_not_begin_is_refused(phone: Phone, query: str) -> None:
    phone.client.get("/profile/")
    assert phone.client.get(f"/profile/back?{query}").status_code == 403


def test_a_code_wechat_does_not_know_is_told_kindly(phone: Phone) -> None:
    sent = phone.client.get("/profile/")
    state = parse_qs(urlsplit(sent.location).query)["state"][0]
    refused = phone.client.get(f"/profile/back?code=used&state={state}")
    assert (refused.status_code, "微信暂时没有确认您的身份" in refused.text) == (403, True)


def test_who_does_not_follow_is_told_kindly(phone: Phone) -> None:
    refused = phone.authorize("o-nobody")
    assert (refused.status_code, "我们还不认识您" in refused.text) == (403, True)


def test_a_subscription_account_says_how_to_come_in_and_its_link_works(
    of_a_subscription_account: Phone,
) -> None:
    phone = of_a_subscription_account
    assert "回复「我的资料」" in phone.client.get("/profile/").text
    link = visitor.link(phone.anna, phone.services.config.server)
    assert phone.client.get(link.removeprefix("http://127.0.0.1:8000")).status_code == 303
    assert "安娜，您好" in phone.page()


@pytest.mark.parametrize("token", ["x", "", "WzFd.x.y"])
def test_a_forged_link_opens_nothing(phone: Phone, token: str) -> None:
    assert phone.client.get(f"/profile/?k={token}").status_code == 403


def test_a_link_is_no_session_and_a_session_no_form(phone: Phone) -> None:
    server = phone.services.config.server
    link = parse_qs(urlsplit(visitor.link(phone.anna, server)).query)["k"][0]
    phone.client.set_cookie(visitor.SESSION, link, path=visitor.PATH)
    assert phone.client.get("/profile/").status_code == 302


def test_the_cookie_is_for_this_page_and_out_of_reach_of_scripts(phone: Phone) -> None:
    cookie = phone.authorize().headers["Set-Cookie"]
    assert all(part in cookie for part in ("weilan_profile=", "HttpOnly", "Path=/profile", "SameSite=Lax"))
    assert "Secure" not in cookie
    https = phone.services.config.server.model_copy(update={"public_url": "https://shop.example"})
    response = phone.client.application.response_class()
    visitor.begin(response, phone.anna, https)
    assert "Secure" in response.headers["Set-Cookie"]


def test_they_tell_correct_and_erase(phone: Phone) -> None:
    phone.authorize()
    assert phone.post("save", "occupation", "student").location == "/profile/?done=saved#top"
    assert phone.known() == {"occupation": ("student", "own_word")}
    assert "您告诉我们的" in phone.page()
    phone.post("save", "occupation", "white_collar")
    assert phone.known() == {"occupation": ("white_collar", "own_word")}
    phone.post("erase", "occupation")
    assert phone.known() == {}
    with phone.services.database.reading() as session:
        assert {fact.value for fact in facts.of(session, phone.anna, with_history=True)} == {""}


def test_an_inference_is_shown_with_its_evidence_and_can_be_corrected(phone: Phone) -> None:
    with phone.services.database.transaction() as session:
        evidence = {"orders": 9, "discounted": 7}
        facts.learn(
            session, phone.anna, "decision_driver", "price", "inference", NOON, NOON.date(), evidence=evidence
        )
    phone.authorize()
    assert "根据您的购物和反馈推测的：9 笔订单中 7 笔用了优惠" in phone.page()
    phone.post("save", "decision_driver", "trend")
    assert phone.known()["decision_driver"] == ("trend", "own_word")


@pytest.mark.parametrize(
    ("attribute", "value", "said"),
    [
        pytest.param("birthday", "2999-01-01", "请填一个过去的日子", id="a day to come"),
        pytest.param("occupation", "astronaut", "请从列出的几项里选", id="no choice"),
        pytest.param("city", "杭" * 41, "请填 1 到 40 个字", id="too long"),
    ],
)
def test_a_wrong_value_is_told_beside_its_field(phone: Phone, attribute: str, value: str, said: str) -> None:
    phone.authorize()
    refused = phone.post("save", attribute, value)
    assert (refused.status_code, said in refused.text) == (422, True)
    assert phone.known() == {}


def test_what_they_write_is_shown_as_words_and_nothing_else(phone: Phone) -> None:
    phone.authorize()
    phone.post("save", "city", "<script>alert(1)</script>")
    assert "<script>" not in phone.page()
    assert "&lt;script&gt;" in phone.page()


@pytest.mark.parametrize("token", ["", "forged"])
def test_a_form_without_its_token_changes_nothing(phone: Phone, token: str) -> None:
    phone.authorize()
    assert phone.post("save", "occupation", "student", token=token).status_code == 403
    assert phone.known() == {}


def test_another_sessions_form_changes_nothing(phone: Phone) -> None:
    phone.authorize()
    found: Any = re.search(r'name="token" value="([^"]+)"', phone.page())
    link = visitor.link(phone.anna, phone.services.config.server)
    phone.client.get(link.removeprefix("http://127.0.0.1:8000"))
    assert phone.post("save", "occupation", "student", token=found[1]).status_code == 403


@pytest.mark.parametrize(
    ("do", "attribute"), [("save", "shoes"), ("", "city"), ("drop", "city"), ("erase", "")]
)
def test_a_form_we_did_not_make_is_refused(phone: Phone, do: str, attribute: str) -> None:
    phone.authorize()
    assert phone.post(do, attribute, "x").status_code == 400


def test_questions_are_switched_off_and_on(phone: Phone) -> None:
    def ask_after() -> Any:
        with phone.services.database.reading() as session:
            return session.execute(select(customers.c.ask_after)).scalar_one()

    phone.authorize()
    phone.post("quiet")
    assert ask_after() == NEVER
    assert "现在聊天里不会问您任何问题" in phone.page()
    phone.post("asking")
    assert ask_after() is None


def test_who_was_forgotten_meanwhile_is_out(phone: Phone) -> None:
    phone.authorize()
    with phone.services.database.transaction() as session:
        session.execute(update(customers).values(forgotten_at=NOON, openid=None))
    assert phone.client.get("/profile/").status_code == 403


def test_nothing_foreign_is_loaded_and_nothing_is_kept(phone: Phone) -> None:
    phone.authorize()
    shown = phone.client.get("/profile/")
    assert "default-src 'none'" in shown.headers["Content-Security-Policy"]
    assert shown.headers["Cache-Control"] == "no-store"
    assert not re.search(r'(?:src|href)="(?:https?:)?//', shown.text)
    style = re.search(r'href="([^"]+\.css)"', shown.text)
    assert style
    with phone.client.get(style[1]) as served:
        assert served.status_code == 200


def test_everything_is_one_file_and_that_they_took_it_is_on_record(phone: Phone) -> None:
    phone.authorize()
    found = re.search(r'name="token" value="([^"]+)"', phone.page())
    assert found
    given = phone.client.post("/profile/export", data={"token": found[1]})
    assert given.status_code == 200
    assert given.headers["Content-Disposition"].startswith("attachment")
    assert given.get_json()["customer"]["name"] == "安娜"
    with phone.services.database.reading() as session:
        assert [one.kind for one in own_data.receipts(session, phone.anna)] == ["export"]


def test_nobody_takes_it_without_their_own_form(phone: Phone) -> None:
    assert phone.client.post("/profile/export", data={"token": "forged"}).status_code == 403
    phone.authorize()
    assert phone.client.post("/profile/export", data={"token": "forged"}).status_code == 403

"""What was typed is not lost without a word when the sign-in ended meanwhile."""

import re
from html import unescape
from typing import Any

import pytest

from bot.clock import FixedClock
from bot.services import Services
from bot.store.talk import knowledge
from tests.handlers.console.conftest import PASSWORD, Visitor

NEW = "/console/knowledge/new"
TYPED = {"id": "water", "question": "水温多少？", "answer": "绿茶 80 度，\r\n红茶 95 度。", "enabled": "y"}
FROM_HERE = {"Sec-Fetch-Site": "same-origin"}


def token(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found
    return found[1]


def hidden(page: str) -> list[tuple[str, str]]:
    """The hidden fields of the page's forms, but the token."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    return [(name, unescape(value)) for name, value in found if name != "csrf_token"]


def kept(services: Services) -> str | None:
    with services.database.reading() as session:
        return next((one.answer for one in knowledge.entries(session) if one.id == "water"), None)


def send_late(visitor: Visitor, clock: FixedClock, fields: dict[str, Any]) -> Any:
    """Opens the form, is away for too long, and sends it."""
    opened = token(visitor.see(NEW))
    clock.forward(hours=1, minutes=1)
    return visitor.client.post(
        NEW, data={"csrf_token": opened, **fields}, headers={"Referer": f"http://localhost{NEW}"}
    )


def test_what_was_typed_waits_for_the_sign_in_and_is_sent_by_one_tap(
    operator: Visitor, services: Services, clock: FixedClock
) -> None:
    asked = send_late(operator, clock, TYPED)
    assert asked.status_code == 401
    assert "还没有保存" in asked.text
    assert "水温多少" not in asked.text, "sealed, before somebody is signed in"

    action = re.search(r'<form method="post" action="([^"]+)"', asked.text)
    assert action
    answer = operator.client.post(
        unescape(action[1]),
        data={
            "csrf_token": token(asked.text),
            "name": "小林",
            "password": PASSWORD,
            **dict(hidden(asked.text)),
        },
    )
    assert answer.status_code == 200
    assert f'action="{NEW}"' in answer.text
    assert f'href="{NEW}"' in answer.text, "and the way back to the form"
    assert kept(services) is None, "nothing happens without a tap"

    sent = operator.client.post(NEW, data={"csrf_token": token(answer.text), **dict(hidden(answer.text))})
    assert sent.status_code == 303
    assert kept(services) == "绿茶 80 度，\n红茶 95 度。"


def test_a_wrong_password_loses_nothing_either(operator: Visitor, clock: FixedClock) -> None:
    asked = send_late(operator, clock, TYPED)
    again = operator.client.post(
        "/console/sign-in",
        data={
            "csrf_token": token(asked.text),
            "name": "小林",
            "password": "wrong",
            **dict(hidden(asked.text)),
        },
    )
    assert again.status_code == 422
    assert hidden(again.text) == hidden(asked.text)


def test_passwords_are_not_kept(operator: Visitor, clock: FixedClock) -> None:
    asked = send_late(operator, clock, {"old": PASSWORD, "new": "another-password"})
    answer = operator.client.post(
        "/console/sign-in",
        data={
            "csrf_token": token(asked.text),
            "name": "小林",
            "password": PASSWORD,
            **dict(hidden(asked.text)),
        },
    )
    assert "还没有提交" in answer.text
    assert hidden(answer.text) == []


def test_who_signed_in_again_elsewhere_sends_the_old_page_by_one_tap(
    operator: Visitor, services: Services
) -> None:
    old = token(operator.see(NEW))
    operator.post("/console/sign-out")
    operator.sign_in("小林")
    answer = operator.client.post(NEW, data={"csrf_token": old, **TYPED}, headers=FROM_HERE)
    assert answer.status_code == 400
    assert kept(services) is None
    sent = operator.client.post(NEW, data={"csrf_token": token(answer.text), **dict(hidden(answer.text))})
    assert sent.status_code == 303
    assert kept(services)


@pytest.mark.parametrize("sent_by", ["same-site", "cross-site", "none", ""])
def test_what_another_page_sends_is_never_offered(
    operator: Visitor, services: Services, clock: FixedClock, sent_by: str
) -> None:
    forged = {"csrf_token": "forged", **TYPED}
    signed_in = operator.client.post(NEW, data=forged, headers={"Sec-Fetch-Site": sent_by})
    assert signed_in.status_code == 400
    assert "水温多少" not in signed_in.text

    clock.forward(hours=1, minutes=1)
    stranger = operator.client.post(NEW, data=forged, headers={"Sec-Fetch-Site": sent_by})
    assert (stranger.status_code, stranger.location) == (303, "/console/sign-in")
    assert kept(services) is None


@pytest.mark.parametrize("seal", ["", "forged", "WyIvY29uc29sZS8iLFtdXQ.aaaa.bbbb"])
def test_a_seal_that_is_not_ours_is_a_sign_in_like_any_other(operator: Visitor, seal: str) -> None:
    operator.post("/console/sign-out")
    opened = operator.see("/console/sign-in")
    fields = {"csrf_token": token(opened), "name": "小林", "password": PASSWORD, "unsent": seal}
    answer = operator.client.post("/console/sign-in", data=fields)
    assert (answer.status_code, answer.location) == (303, "/console/")


def test_who_is_signed_out_meanwhile_is_told_so_once(operator: Visitor, clock: FixedClock) -> None:
    clock.forward(hours=1, minutes=1)
    sent_away = operator.get("/console/customers")
    assert sent_away.location == "/console/sign-in?next=/console/customers"
    assert "登录已经结束" in operator.see(sent_away.location)
    assert "登录已经结束" not in operator.see(sent_away.location)


def test_a_stranger_is_not_told_of_an_end(stranger: Visitor) -> None:
    stranger.get("/console/")
    assert "登录已经结束" not in stranger.see("/console/sign-in")

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from bot.clock import FixedClock
from bot.sandbox.calls import Call
from bot.sandbox.platform import Platform
from tests.bot.sandbox.conftest import Caller
from tests.support.webhook import ACCOUNT

GOOD = {"grant_type": "client_credential", "appid": ACCOUNT.app_id, "secret": ACCOUNT.app_secret}


def classic(platform: Platform, **changed: str) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(
        platform.call(Call(method="GET", path="/cgi-bin/token", args={**GOOD, **changed})).content
    )
    return answer


def ask_with(api: Caller, token: str) -> int:
    call = Call(method="GET", path="/cgi-bin/user/get", args={"access_token": token})
    code: int = json.loads(api.platform.call(call).content).get("errcode", 0)
    return code


def test_the_stable_token_stays_the_same_and_is_renewed_five_minutes_early(
    api: Caller, clock: FixedClock
) -> None:
    first = api.fetch_token()
    clock.forward(seconds=6000)
    second = api.fetch_token()
    clock.forward(seconds=900)
    third = api.fetch_token()

    assert first["expires_in"] == 7200
    assert (second["access_token"], second["expires_in"]) == (first["access_token"], 1200)
    assert third["access_token"] != first["access_token"]
    assert ask_with(api, first["access_token"]) == 0
    clock.forward(seconds=300)
    assert ask_with(api, first["access_token"]) == 42001
    assert ask_with(api, third["access_token"]) == 0


def test_a_forced_token_ends_the_old_one_and_cannot_be_forced_again_at_once(
    api: Caller, clock: FixedClock
) -> None:
    old = api.fetch_token()["access_token"]
    forced = api.fetch_token(force_refresh=True)["access_token"]

    assert api.fetch_token(force_refresh=True)["errcode"] == 45011
    assert (ask_with(api, old), ask_with(api, forced)) == (40001, 0)
    for _ in range(19):
        clock.forward(seconds=31)
        assert "access_token" in api.fetch_token(force_refresh=True)
    clock.forward(seconds=31)
    assert api.fetch_token(force_refresh=True)["errcode"] == 45009


def test_a_new_classic_token_leaves_the_former_five_minutes(
    platform: Platform, api: Caller, clock: FixedClock
) -> None:
    stable = api.fetch_token()["access_token"]
    first, second = classic(platform)["access_token"], classic(platform)["access_token"]

    assert (ask_with(api, first), ask_with(api, second)) == (0, 0)
    clock.forward(minutes=5)
    assert (ask_with(api, first), ask_with(api, second), ask_with(api, stable)) == (42001, 0, 0)


@pytest.mark.parametrize(
    ("changed", "answer"),
    [
        pytest.param({"appid": "wx-other", "secret": "wrong"}, 40013, id="the appid is looked at first"),
        pytest.param({"appid": ""}, 41002, id="no appid"),
        pytest.param({"secret": "wrong"}, 40125, id="a wrong secret"),
        pytest.param({"secret": ""}, 41004, id="no secret"),
        pytest.param({"grant_type": "password"}, 40002, id="a wrong grant type"),
    ],
)
def test_wrong_credentials(platform: Platform, api: Caller, changed: dict[str, str], answer: int) -> None:
    assert classic(platform, **changed)["errcode"] == answer
    assert api.fetch_token(**changed)["errcode"] == answer


def test_a_stranger_s_address_gets_no_token_and_is_named(make_platform: Callable[..., Platform]) -> None:
    platform = make_platform(replace(ACCOUNT, allowed_ips=frozenset({"10.0.0.1"})))
    answer = classic(platform)

    assert answer["errcode"] == 40164
    assert "127.0.0.1" in answer["errmsg"]


@pytest.mark.parametrize(
    ("token", "answer"),
    [("", 41001), ("short", 40014), ("x" * 120, 40001)],
    ids=["no token", "not even a token", "nobody's token"],
)
def test_a_wrong_token(platform: Platform, token: str, answer: int) -> None:
    call = Call(method="GET", path="/cgi-bin/user/get", args={"access_token": token})

    assert json.loads(platform.call(call).content)["errcode"] == answer


def test_tokens_fetched_elsewhere_end_ours(platform: Platform, api: Caller) -> None:
    old = api.fetch_token()["access_token"]
    platform.end_tokens()

    assert ask_with(api, old) == 40001
    api.fetch_token()
    assert ask_with(api, api.token) == 0

"""The platform's web authorization: a code is good once and for five minutes, for verified service accounts."""

from urllib.parse import parse_qs, urlsplit

import pytest

from bot.clock import FixedClock
from bot.config import WeChat
from bot.sandbox.errors import Refused
from bot.sandbox.platform import Platform
from bot.wechat.oauth import authorize_address
from tests.bot.sandbox.conftest import ANNA, Caller

BACK = "https://shop.example/profile/back"


def asked(platform: Platform, **more: str) -> dict[str, str]:
    address = authorize_address(WeChat(app_id=platform.account.app_id), BACK, "s 1&2")
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()} | more


def code_of(platform: Platform) -> str:
    back = urlsplit(platform.authorizes(ANNA, asked(platform)))
    given = parse_qs(back.query)
    assert (back.hostname, back.path, given["state"]) == ("shop.example", "/profile/back", ["s 1&2"])
    return given["code"][0]


def exchange(api: Caller, fresh: str, **more: str) -> dict[str, object]:
    account = api.platform.account
    given = {
        "appid": account.app_id,
        "secret": account.app_secret,
        "code": fresh,
        "grant_type": "authorization_code",
    }
    return api.get("/sns/oauth2/access_token", **(given | more))


def test_a_code_tells_the_openid_once(platform: Platform, api: Caller) -> None:
    code = code_of(platform)
    first = exchange(api, code)
    assert (first["openid"], first["scope"]) == (ANNA, "snsapi_base")
    assert exchange(api, code)["errcode"] == 40163


def test_a_code_is_old_after_five_minutes(platform: Platform, api: Caller, clock: FixedClock) -> None:
    code = code_of(platform)
    clock.forward(minutes=5)
    assert exchange(api, code)["errcode"] == 40029


@pytest.mark.parametrize(
    ("more", "errcode"),
    [
        ({"appid": "wx-other"}, 40013),
        ({"secret": "wrong"}, 40125),
        ({"grant_type": "client_credential"}, 40002),
        ({"code": ""}, 41008),
        ({"code": "made-up"}, 40029),
    ],
)
def test_an_exchange_that_is_wrong_is_refused(
    platform: Platform, api: Caller, more: dict[str, str], errcode: int
) -> None:
    assert exchange(api, code_of(platform), **more)["errcode"] == errcode


@pytest.mark.parametrize(
    "more",
    [
        {"appid": "wx-other"},
        {"scope": "snsapi_everything"},
        {"response_type": "token"},
        {"redirect_uri": "javascript:alert(1)"},
    ],
)
def test_a_request_that_is_wrong_is_refused(platform: Platform, more: dict[str, str]) -> None:
    with pytest.raises(Refused):
        platform.authorizes(ANNA, asked(platform, **more))


def test_the_real_page_is_wechats_own() -> None:
    address = authorize_address(WeChat(app_id="wx1"), BACK, "s")
    assert address.startswith(
        "https://open.weixin.qq.com/connect/oauth2/authorize?appid=wx1&redirect_uri=https%3A"
    )
    assert address.endswith("&response_type=code&scope=snsapi_base&state=s#wechat_redirect")


def test_old_codes_do_not_pile_up(platform: Platform, clock: FixedClock) -> None:
    for _ in range(5):
        code_of(platform)
    clock.forward(minutes=11)
    code_of(platform)
    assert len(platform.world.state.codes) == 1

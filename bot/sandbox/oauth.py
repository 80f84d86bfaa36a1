"""Web authorization: a follower opens a page, the account learns their openid. A code is good once, for five minutes.

§ "网页授权" of the platform's documentation; only `snsapi_base`, which asks the person nothing.
"""

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from bot.sandbox.errors import Refused
from bot.sandbox.state import Code
from bot.sandbox.world import World

LASTS = timedelta(minutes=5)
TOKEN_LASTS = 7200  # seconds


def check_request(world: World, given: Mapping[str, str]) -> str:
    """Raises what the page would show instead; answers the address to go back to."""
    if given.get("appid") != world.account.app_id:
        raise Refused(40013)
    if not world.account.may("service"):
        raise Refused(48001)
    if given.get("response_type") != "code" or given.get("scope") != "snsapi_base":
        raise Refused(40097, "invalid response_type or scope")
    address = given.get("redirect_uri", "")
    if urlsplit(address).scheme not in {"http", "https"} or not urlsplit(address).hostname:
        raise Refused(40097, "invalid redirect_uri")
    return address


def authorized(world: World, openid: str, given: Mapping[str, str]) -> str:
    """Where the person's browser goes with a fresh code and the state as it came."""
    back = check_request(world, given)
    follower = world.follower(openid)
    real = world.real()
    codes = world.state.codes
    for old in [name for name, code in codes.items() if real - code.expires_at > LASTS]:
        del codes[old]
    name = secrets.token_urlsafe(24)
    codes[name] = Code(openid=follower.openid, expires_at=real + LASTS)
    world.has_changed()
    joint = "&" if urlsplit(back).query else "?"
    return f"{back}{joint}{urlencode({'code': name, 'state': given.get('state', '')})}"


def exchanged(world: World, given: Mapping[str, str]) -> dict[str, Any]:
    """GET /sns/oauth2/access_token: whose the code is. Counts no quota and takes no token of the account."""
    if given.get("appid") != world.account.app_id:
        raise Refused(40013)
    if given.get("secret") != world.account.app_secret:
        raise Refused(40125)
    if given.get("grant_type") != "authorization_code":
        raise Refused(40002)
    if not given.get("code"):
        raise Refused(41008)
    code = world.state.codes.get(given["code"])
    if code is None or world.real() >= code.expires_at:
        raise Refused(40029)
    if code.is_used:
        raise Refused(40163)
    code.is_used = True
    return {
        "access_token": secrets.token_urlsafe(48),
        "expires_in": TOKEN_LASTS,
        "refresh_token": secrets.token_urlsafe(48),
        "openid": code.openid,
        "scope": "snsapi_base",
    }

"""Access tokens: the classic one, where a new one ends the old, and the stable one, which stays.

§5 of the platform's rules. Tokens live by real time, like the stores that keep them: moving the sandbox's clock
by three days must not end a token that was fetched a second ago.
"""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.sandbox import quotas
from bot.sandbox.account import Account
from bot.sandbox.errors import Refused
from bot.sandbox.state import State, Token

LASTS = timedelta(seconds=7200)
GRACE = timedelta(minutes=5)
FORCED_APART = timedelta(seconds=30)
FORCED_A_DAY = 20
CLASSIC_A_DAY = 2000
STABLE_A_DAY = 500_000
STABLE_A_MINUTE = 10_000


def classic(
    state: State, account: Account, given: Mapping[str, Any], caller: str, real: datetime, now: datetime
) -> dict[str, Any]:
    """GET /cgi-bin/token: the former token lives on for the grace."""
    _check_credentials(account, given, caller)
    quotas.spend(state, quotas.day_of(now), "/cgi-bin/token", CLASSIC_A_DAY, 45009)
    for token in state.tokens.values():
        if not token.is_stable:
            token.expires_at = min(token.expires_at, real + GRACE)
    return _issued(state, is_stable=False, real=real)


def stable(
    state: State, account: Account, given: Mapping[str, Any], caller: str, real: datetime, now: datetime
) -> dict[str, Any]:
    """POST /cgi-bin/stable_token: the same token until five minutes before its end, unless forced."""
    _check_credentials(account, given, caller)
    quotas.spend(state, quotas.minute_of(now), "stable_token", STABLE_A_MINUTE, 45011)
    quotas.spend(state, quotas.day_of(now), "/cgi-bin/stable_token", STABLE_A_DAY, 45009)
    if given.get("force_refresh") is True:
        return _forced(state, real, now)
    for name, token in state.tokens.items():
        if token.is_stable and token.expires_at - real > GRACE:
            return {"access_token": name, "expires_in": int((token.expires_at - real).total_seconds())}
    return _issued(state, is_stable=True, real=real)


def check(state: State, name: str, real: datetime) -> None:
    """Raises what the platform answers a call with this token."""
    if not name:
        raise Refused(41001)
    token = state.tokens.get(name)
    if token is None:
        raise Refused(40001 if len(name) >= 32 else 40014)
    if real >= token.expires_at:
        raise Refused(42001)


def end_all(state: State) -> None:
    """As if somebody had fetched another token elsewhere: every token known so far is invalid (40001)."""
    state.tokens.clear()


def _forced(state: State, real: datetime, now: datetime) -> dict[str, Any]:
    if state.forced_at and real - state.forced_at < FORCED_APART:
        raise Refused(45011)
    quotas.spend(state, quotas.day_of(now), "force_refresh", FORCED_A_DAY, 45009)
    state.forced_at = real
    for name in [name for name, token in state.tokens.items() if token.is_stable]:
        del state.tokens[name]
    return _issued(state, is_stable=True, real=real)


def _issued(state: State, *, is_stable: bool, real: datetime) -> dict[str, Any]:
    for name in [name for name, token in state.tokens.items() if real - token.expires_at > timedelta(days=1)]:
        del state.tokens[name]
    name = f"{len(state.tokens) + 90}_{secrets.token_urlsafe(96)}"
    state.tokens[name] = Token(is_stable=is_stable, expires_at=real + LASTS)
    return {"access_token": name, "expires_in": int(LASTS.total_seconds())}


def _check_credentials(account: Account, given: Mapping[str, Any], caller: str) -> None:
    """The platform looks at the appid before anything else."""
    if not given.get("appid"):
        raise Refused(41002)
    if given["appid"] != account.app_id:
        raise Refused(40013)
    if given.get("grant_type") != "client_credential":
        raise Refused(40002)
    if not given.get("secret"):
        raise Refused(41004)
    if given["secret"] != account.app_secret:
        raise Refused(40125)
    if account.allowed_ips and caller not in account.allowed_ips:
        raise Refused(40164, f"invalid ip {caller}, not in whitelist")

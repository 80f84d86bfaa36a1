"""Answers a call of the API: token, quota, entitlement, then the function; always HTTP 200 with errcode and errmsg."""

import json
import secrets
import time
from collections.abc import Callable
from typing import Any

from bot.sandbox import oauth, quota_tools, quotas, tokens
from bot.sandbox.calls import Answer, Call, json_answer
from bot.sandbox.endpoints import ENDPOINTS, PATHS, Endpoint
from bot.sandbox.errors import WORDS, Refused
from bot.sandbox.faults import Fault, Faults
from bot.sandbox.world import World

OAUTH = "/sns/oauth2/access_token"


class Api:
    """`sleep` is where ordered latency goes by; tests give one that does not wait."""

    def __init__(self, world: World, faults: Faults, sleep: Callable[[float], None] = time.sleep) -> None:
        self._world = world
        self._faults = faults
        self._sleep = sleep

    def answer(self, call: Call) -> Answer:
        met = self._faults.going_off(call.path)
        for fault in met:
            if fault.kind == "latency":
                self._sleep(fault.value)
        if instead := _instead(met):
            return instead
        answer = self._processed(call)
        if any(fault.kind == "drop" for fault in met):
            return Answer(answer.content, answer.status, answer.content_type, "broken")
        return answer

    def _processed(self, call: Call) -> Answer:
        with self._world.lock:
            try:
                if call.path == "/cgi-bin/media/get":
                    return _media(self._world, call)
                answered = _worked(self._world, call)
            except Refused as refused:
                return json_answer(
                    {"errcode": refused.errcode, "errmsg": f"{refused.words} rid: {_rid()}", **refused.more}
                )
            finally:
                self._world.has_changed()
        return json_answer(answered)


def _worked(world: World, call: Call) -> dict[str, Any]:
    if call.path in {"/cgi-bin/token", "/cgi-bin/stable_token", "/cgi-bin/clear_quota/v2", OAUTH}:
        return _without_token(world, call)
    endpoint = _endpoint(call)
    tokens.check(world.state, call.args.get("access_token", ""), world.real())
    if not world.account.may(endpoint.needs):
        raise Refused(48001)
    most = world.limits.get(endpoint.path, endpoint.a_day)
    quotas.spend(world.state, quotas.day_of(world.now()), endpoint.path, most, 45009)
    body = _body(call) if call.method == "POST" and call.file is None else {}
    answered = endpoint.work(world, call, body)
    return answered if call.method == "GET" else {"errcode": 0, "errmsg": "ok", **answered}


def _without_token(world: World, call: Call) -> dict[str, Any]:
    if call.path == "/cgi-bin/token":
        if call.method != "GET":
            raise Refused(43001)
        return tokens.classic(world.state, world.account, call.args, call.caller, world.real(), world.now())
    if call.path == OAUTH:
        if call.method != "GET":
            raise Refused(43001)
        return oauth.exchanged(world, call.args)
    if call.method != "POST":
        raise Refused(43002)
    if call.path == "/cgi-bin/stable_token":
        return tokens.stable(world.state, world.account, _body(call), call.caller, world.real(), world.now())
    body = {**call.args, **(_body(call) if call.body else {})}
    if body.get("appsecret") != world.account.app_secret:
        raise Refused(40125)
    return {"errcode": 0, "errmsg": "ok", **quota_tools.clear_all(world, body)}


def _endpoint(call: Call) -> Endpoint:
    found = ENDPOINTS.get((call.method, call.path))
    if found:
        return found
    if call.path not in PATHS:
        raise Refused(40066)
    raise Refused(43002 if call.method == "GET" else 43001)


def _body(call: Call) -> dict[str, Any]:
    if not call.body:
        raise Refused(44002)
    try:
        body = json.loads(call.body)
    except (ValueError, RecursionError) as error:  # ValueError: malformed JSON and wrong UTF-8 alike
        raise Refused(47001) from error
    if not isinstance(body, dict):
        raise Refused(47001)
    return body


def _media(world: World, call: Call) -> Answer:
    tokens.check(world.state, call.args.get("access_token", ""), world.real())
    found = world.state.media.get(call.args.get("media_id", ""))
    if found is None:
        raise Refused(40007)
    return Answer(found.content, 200, found.content_type)


def _instead(met: list[Fault]) -> Answer | None:
    """What is answered in the place of work, when one of the faults does that."""
    for fault in met:
        match fault.kind:
            case "lost":
                return Answer(b"", ending="broken")
            case "status":
                return Answer(b"<html><body>Bad Gateway</body></html>", int(fault.value), "text/html")
            case "garbage":
                return Answer(b'{"errcode":0,"errm', 200)
            case "errcode":
                code = int(fault.value)
                return json_answer({"errcode": code, "errmsg": f"{WORDS.get(code, 'error')} rid: {_rid()}"})
            case _:
                continue
    return None


def _rid() -> str:
    return "-".join(secrets.token_hex(4) for _ in range(3))

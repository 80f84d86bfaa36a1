"""Who calls, and how often: asked once, before every request of the API. There are no cookies, so nothing to forge."""

import math
from datetime import timedelta

from flask import Response, g, request

from bot.store.programs import api_clients
from bot.store.programs.api_clients import Client
from handlers.api.problems import Problem
from handlers.serving import services

REALM = 'Bearer realm="weilan"'
LONGEST_TOKEN = 200
WINDOW = 60  # seconds
POLICY = "a-minute"

FOR_STRANGERS = "api.openapi"


def guard() -> None:
    """Raises 401 for a stranger, 429 for who asks too often."""
    if request.endpoint == FOR_STRANGERS:
        return
    g.client = _client()
    _count(g.client)


def client() -> Client:
    """The program that calls; only behind the guard."""
    found: Client = g.client
    return found


def require(scope: str) -> None:
    """Raises 403."""
    if not client().may(scope):
        headers = {"WWW-Authenticate": f'{REALM}, error="insufficient_scope", scope="{scope}"'}
        raise Problem(403, "insufficient_scope", f"this client lacks the scope {scope}", headers=headers)


def with_limits(response: Response) -> Response:
    """What is left of this minute, as draft-ietf-httpapi-ratelimit-headers names it."""
    if "left" in g:
        response.headers["RateLimit-Policy"] = f'"{POLICY}";q={client().a_minute};w={WINDOW}'
        response.headers["RateLimit"] = f'"{POLICY}";r={max(g.left, 0)};t={g.resets_in}'
    return response


def _client() -> Client:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    token = token.strip()
    if kind.lower() != "bearer" or not token:
        headers = {"WWW-Authenticate": REALM}
        raise Problem(401, "token_missing", "expected Authorization: Bearer TOKEN", headers=headers)
    found = None
    if len(token) <= LONGEST_TOKEN:
        with services().database.reading() as session:
            found = api_clients.find(session, token)
    if found is None:
        headers = {"WWW-Authenticate": f'{REALM}, error="invalid_token"'}
        raise Problem(401, "token_invalid", "nobody has this token, or it was revoked", headers=headers)
    _note(found)
    return found


def _note(found: Client) -> None:
    now = services().clock.real()
    if found.is_to_be_noted(now):
        with services().database.transaction() as session:
            api_clients.note_use(session, found.id, now)


def _count(caller: Client) -> None:
    """By the minute of the clock, in the store all processes share."""
    minute, second = divmod(services().clock.real().timestamp(), WINDOW)
    made = services().keys.count(f"api:{caller.id}:{int(minute)}", lasts=timedelta(seconds=2 * WINDOW))
    g.left, g.resets_in = caller.a_minute - made, math.ceil(WINDOW - second)
    if g.left < 0:
        detail = f"this client may make {caller.a_minute} requests a minute"
        raise Problem(429, "too_many_requests", detail, headers={"Retry-After": str(g.resets_in)})

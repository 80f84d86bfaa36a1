"""Who visits the page: a signed cookie for half an hour, links signed for the chat, and the state of an authorization.

Everything is signed with `server.secret_key`, which all processes share; nothing stands in a store.
"""

import hmac
import secrets
from dataclasses import dataclass
from typing import Any

from flask import Request, Response
from itsdangerous import BadData, URLSafeTimedSerializer

from bot.config import Server

PATH = "/profile"
SESSION, STATE = "weilan_profile", "weilan_profile_state"
LASTS = 30 * 60  # seconds, for a session and for a link
STATE_LASTS = 10 * 60


@dataclass(frozen=True, slots=True)
class Visit:
    """`nonce` ties the forms to this session."""

    customer_id: int
    nonce: str


def of(request: Request, server: Server) -> Visit | None:
    found = _opened(server, "session", request.cookies.get(SESSION, ""), LASTS)
    return _visit(found)


def begin(response: Response, customer_id: int, server: Server) -> None:
    """From now on this browser is the customer's."""
    content = [customer_id, secrets.token_urlsafe(16)]
    _set(response, SESSION, _signer(server, "session").dumps(content), LASTS, server)
    response.delete_cookie(STATE, path=PATH)


def end(response: Response) -> None:
    response.delete_cookie(SESSION, path=PATH)


def link(customer_id: int, server: Server) -> str:
    """For the chat of that customer alone; good for half an hour."""
    return f"{server.public_url}{PATH}/?k={_signer(server, 'link').dumps(customer_id)}"


def linked(token: str, server: Server) -> int | None:
    found = _opened(server, "link", token, LASTS)
    return found if isinstance(found, int) else None


def new_state(response: Response, state: str, server: Server) -> None:
    _set(response, STATE, _signer(server, "state").dumps(state), STATE_LASTS, server)


def is_our_state(request: Request, server: Server) -> bool:
    """Whether this browser began the authorization that comes back: else somebody else's could be slipped in."""
    expected = _opened(server, "state", request.cookies.get(STATE, ""), STATE_LASTS)
    given = request.args.get("state", "")
    return isinstance(expected, str) and hmac.compare_digest(expected.encode(), given.encode())


def form_token(visit: Visit, server: Server) -> str:
    return str(_signer(server, "form").dumps([visit.customer_id, visit.nonce]))


def is_own_form(request: Request, visit: Visit, server: Server) -> bool:
    return _visit(_opened(server, "form", request.form.get("token", ""), LASTS)) == visit


def _visit(found: Any) -> Visit | None:
    match found:
        case [int(customer_id), str(nonce)]:
            return Visit(customer_id, nonce)
        case _:
            return None


def _set(response: Response, name: str, value: str, lasts: int, server: Server) -> None:
    response.set_cookie(
        name,
        value,
        max_age=lasts,
        path=PATH,
        secure=server.public_url.startswith("https://"),
        httponly=True,
        samesite="Lax",
    )


def _opened(server: Server, purpose: str, token: str, lasts: int) -> Any:
    try:
        return _signer(server, purpose).loads(token, max_age=lasts)
    except BadData:
        return None


def _signer(server: Server, purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(server.secret_key.get_secret_value(), salt=f"profile {purpose}")

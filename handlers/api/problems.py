"""What went wrong, for programs: problem+json as RFC 9457 has it, with a `code` to branch on and each field at fault."""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import Any

import structlog
from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from bot.store.failures import Failure, failure_of

TYPE = "application/problem+json"
AGAIN_IN = 5  # seconds, when the database takes nothing

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Wrong:
    """`field` as the client named it; `given` may be empty."""

    field: str
    expected: str
    given: str = ""


def answer(
    status: int,
    code: str,
    detail: str,
    *,
    errors: Sequence[Wrong] = (),
    headers: Mapping[str, str] | None = None,
    **members: Any,
) -> Response:
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
    }
    if errors:
        body["errors"] = [asdict(error) for error in errors]
    text = json.dumps(body | members, ensure_ascii=False)
    return Response(text, status, dict(headers or {}), content_type=TYPE)


class Problem(HTTPException):
    """Raised where the request ends; the arguments are those of `answer`."""

    def __init__(self, status: int, code: str, detail: str, **more: Any) -> None:
        super().__init__(detail, answer(status, code, detail, **more))
        self.code = status


def add_to(api: Blueprint) -> None:
    api.register_error_handler(HTTPException, _expected)
    api.register_error_handler(Exception, _unexpected)


def _expected(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None:
        return error.response
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    code = HTTPStatus(status).name.lower()
    return answer(status, code, error.description or "")


def _unexpected(error: Exception) -> ResponseReturnValue:
    """A database that takes nothing now is worth another try; anything else is ours to look at."""
    number = secrets.token_hex(4)
    if failure_of(error) is not Failure.MISTAKE:
        _log.warning("api_unavailable", number=number, path=request.path, error=type(error).__name__)
        detail = "the database takes nothing now; nothing was changed, try again"
        return answer(503, "unavailable", detail, headers={"Retry-After": str(AGAIN_IN)})
    _log.error("api_error", number=number, path=request.path, exc_info=error)
    return answer(500, "error", f"this is our fault, and is in the log as {number}; nothing was changed")

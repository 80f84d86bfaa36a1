"""What stands in a request's body: one JSON object or a list of them, or an error that says where it stops being that."""

import json
from collections.abc import Callable
from typing import Any, NoReturn

from flask import request

from handlers.api.problems import Problem

MOST_ITEMS = 1_000
LARGEST = 8 * 1024 * 1024
Item = dict[str, Any]


def raw() -> bytes:
    """The body itself. Raises 413 and 415."""
    if request.mimetype != "application/json":
        detail = f"expected Content-Type: application/json, got {request.mimetype or 'none'}"
        raise Problem(415, "wrong_content_type", detail, headers={"Accept": "application/json"})
    if request.headers.get("Content-Encoding", "identity") != "identity":
        detail = "expected a body that is not compressed"
        raise Problem(415, "wrong_content_encoding", detail, headers={"Accept-Encoding": "identity"})
    if (request.content_length or 0) > LARGEST:
        raise _too_large()
    body = request.stream.read(LARGEST + 1)
    if len(body) > LARGEST:
        raise _too_large()
    return body


def items(body: bytes, *, parse_float: Callable[[str], Any] = float) -> list[Any]:
    """One object counts as a list of one. Raises 400 and 413."""
    found = _json(body, parse_float)
    several = found if isinstance(found, list) else [found]
    if len(several) > MOST_ITEMS:
        raise Problem(413, "too_many_items", f"expected at most {MOST_ITEMS} items, got {len(several)}")
    if not several:
        raise _malformed("expected at least one item, got an empty list")
    for index, item in enumerate(several):
        if not isinstance(item, dict):
            where = f"item {index}" if isinstance(found, list) else "the body"
            raise _malformed(f"expected {where} to be an object, got {_kind(item)}")
    return several


def one(body: bytes) -> Item:
    found = _json(body, float)
    if not isinstance(found, dict):
        raise _malformed(f"expected the body to be an object, got {_kind(found)}")
    return found


def _json(body: bytes, parse_float: Callable[[str], Any]) -> Any:
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _malformed(f"expected UTF-8, byte {error.start} is not") from None
    try:
        found = json.loads(text, parse_float=parse_float, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        raise _malformed(
            f"not JSON at line {error.lineno}, column {error.colno}: {error.msg}",
            position={"line": error.lineno, "column": error.colno, "offset": error.pos},
        ) from None
    except RecursionError:
        raise _malformed("expected JSON that is not nested so deeply") from None
    except ValueError as error:  # a number of thousands of digits; NaN
        raise _malformed(f"not JSON: {str(error).split(';', maxsplit=1)[0]}") from None
    if "\\u" in text and not _is_text(found):
        raise _malformed("expected text; half of a surrogate pair is none")
    return found


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _is_text(found: Any) -> bool:
    """JSON may spell halves of characters, which no database takes."""
    try:
        json.dumps(found, ensure_ascii=False, default=str).encode()
    except (UnicodeEncodeError, RecursionError):
        return False
    return True


def _kind(found: Any) -> str:
    names = {str: "a text", bool: "true or false", list: "a list", type(None): "null"}
    return names.get(type(found), "a number")


def _too_large() -> Problem:
    return Problem(
        413, "too_large", f"expected at most {LARGEST // 1024 // 1024} MiB; send fewer items at once"
    )


def _malformed(detail: str, **members: Any) -> Problem:
    return Problem(400, "malformed", detail, **members)

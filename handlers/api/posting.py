"""One transaction for what a request changes and for the answer that is kept under its Idempotency-Key."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from http import HTTPStatus
from typing import Any

from flask import Response, request

from bot.store.programs import idempotency
from handlers.api import guard, problems
from handlers.api.problems import Problem
from handlers.api.results import Result, Work
from handlers.serving import services

HEADER = "Idempotency-Key"


def answered(body: bytes, work: Work) -> Response:
    """`work` is done once for a key; who sends it again gets the same answer. Raises 400 and 422 for the key."""
    key = _key()
    with services().database.transaction() as session:
        if key:
            asked = idempotency.hash_of(request.method, request.path, body)
            now = services().clock.real()
            if kept := idempotency.claim(session, guard.client().id, key, asked, now):
                return _again(kept)
        status, text = _answer(work(session))
        if key:
            idempotency.answer(session, guard.client().id, key, status, text)
    return _response(status, text)


def done(work: Work) -> Response:
    """For PUT, which may be repeated as it is."""
    with services().database.transaction() as session:
        status, text = _answer(work(session))
    return _response(status, text)


def _key() -> str:
    key = request.headers.get(HEADER, "")
    if HEADER not in request.headers or (
        0 < len(key) <= idempotency.LONGEST_KEY and key.isascii() and key.isprintable()
    ):
        return key
    expected = f"1 to {idempotency.LONGEST_KEY} printable ASCII characters"
    raise Problem(
        400, "malformed", f"{HEADER}: expected {expected}", errors=[problems.Wrong(HEADER, expected)]
    )


def _again(kept: idempotency.Answered) -> Response:
    if not kept.is_same:
        raise Problem(
            422, "idempotency_key_reused", f"{HEADER}: another request was sent with this key already"
        )
    response = _response(kept.status, kept.body)
    response.headers["Idempotency-Replayed"] = "true"
    return response


def _answer(results: Sequence[Result]) -> tuple[int, bytes]:
    """200 when something was taken; 422 when every item was rejected."""
    counts = Counter(result.status for result in results)
    said: dict[str, Any] = {
        "items": [asdict(result) for result in results],
        **{status: counts[status] for status in ("created", "updated", "unchanged", "rejected")},
    }
    if counts["rejected"] < len(results):
        return 200, _json(said)
    about = {
        "type": "about:blank",
        "title": HTTPStatus(422).phrase,
        "status": 422,
        "code": "nothing_taken",
        "detail": "no item was taken; each says why",
    }
    return 422, _json(about | said)


def _json(said: dict[str, Any]) -> bytes:
    return json.dumps(said, ensure_ascii=False).encode()


def _response(status: int, text: bytes) -> Response:
    return Response(text, status, content_type="application/json" if status == 200 else problems.TYPE)

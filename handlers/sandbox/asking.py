"""Reads the JSON that the chat page sends; what is unclear is answered 400 with one sentence."""

import math
from typing import Any

from flask import request


class Unclear(Exception):
    """One sentence for whoever asked."""


def asked() -> dict[str, Any]:
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise Unclear("expected a JSON object, sent as application/json")
    return body


def words(name: str, *, most: int) -> str:
    given = asked().get(name)
    if not isinstance(given, str) or not given.strip():
        raise Unclear(f"{name}: expected some text")
    if len(given) > most:
        raise Unclear(f"{name}: expected at most {most} characters")
    return given


def number(name: str, least: float, most: float) -> float:
    given = asked().get(name)
    if (
        isinstance(given, bool)
        or not isinstance(given, int | float)
        or not math.isfinite(given)
        or not least <= given <= most
    ):
        raise Unclear(f"{name}: expected a number from {least:g} to {most:g}")
    return given

"""The sandbox's face: the platform's API, the chat page, the clock. Registered only when one of them is on."""

from datetime import tzinfo

from flask import Blueprint, Response, jsonify, request

from bot.clock import Clock
from bot.sandbox.offset import Offset
from bot.sandbox.platform import Platform
from handlers.sandbox import acts, api, authorize, chat, clock, faults
from handlers.sandbox.asking import Unclear

HEADER = "X-Weilan-Sandbox"
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def blueprint(
    platform: Platform | None, offset: Offset | None, *, now: Clock, host: str, zone: tzinfo
) -> Blueprint:
    """`platform` none: the simulator is off. `offset` none: the clock stands where it is.

    `host` is where the server listens: the clock is moved only on loopback.
    """
    page = Blueprint(
        "sandbox", __name__, url_prefix="/sandbox", template_folder="templates", static_folder="static"
    )
    page.register_error_handler(Unclear, _unclear)
    page.before_request(_only_from_our_page)
    clock.add(page, offset if host in LOOPBACK else None, now, zone)
    if platform is not None:
        api.add(page, platform)
        chat.add(page, platform, now, zone)
        acts.add(page, platform)
        authorize.add(page, platform)
        faults.add(page, platform)
    return page


def _only_from_our_page() -> tuple[Response, int] | None:
    """A form on another site can send neither a header of its own nor JSON; the API has its token instead."""
    if request.method in {"GET", "HEAD", "OPTIONS"} or request.endpoint in {
        "sandbox.answer",
        "sandbox.move_clock",
    }:
        return None
    if HEADER in request.headers:
        return None
    return jsonify(problem=f"the header {HEADER} is missing"), 403


def _unclear(error: Exception) -> tuple[Response, int]:
    return jsonify(problem=str(error)), 400

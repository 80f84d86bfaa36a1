"""POST /sandbox/clock: moves the product's time, on a machine that only talks to itself."""

from datetime import datetime, timedelta, tzinfo

from flask import Blueprint, Response, jsonify

from bot.clock import Clock, MovableClock
from bot.sandbox import moments
from bot.sandbox.offset import Offset, TooFar
from handlers.sandbox.asking import Unclear, asked

BAD = (
    'expected {"set": an ISO 8601 time such as 2026-11-24T12:00:00+08:00} or {"forward": a span such as 2d3h}'
)
REFUSED = "the clock can be moved only when it is switched on and server.host is loopback"


def add(page: Blueprint, offset: Offset | None, now: Clock, zone: tzinfo) -> None:
    @page.get("/clock")
    def clock() -> Response:
        return _told(now, zone)

    @page.post("/clock")
    def move_clock() -> Response | tuple[Response, int]:
        if offset is None:
            return jsonify(problem=REFUSED), 403
        try:
            _move(offset, zone, now)
        except (TooFar, OverflowError):
            raise Unclear("expected a time within twenty years of the real one") from None
        return _told(MovableClock(offset), zone)  # the server's own clock may lag by its cache


def _move(offset: Offset, zone: tzinfo, now: Clock) -> None:
    match asked():
        case {"set": "next slot", **more} if not more:
            offset.set(moments.next_slot(now.now(), zone))
        case {"set": str(words), **more} if not more and (at := moments.instant(words, zone)):
            offset.set(at)
        case {"forward": str(words), **more} if not more and (span := moments.span(words)) is not None:
            offset.forward(span)
        case _:
            raise Unclear(BAD)


def _told(now: Clock, zone: tzinfo) -> Response:
    """`next_stop` is for the page, which lets a day pass from one push window to the next."""
    at = now.now()
    return jsonify(now=_shown(at, zone), next_stop=_shown(moments.next_stop(at, zone), zone))


def _shown(at: datetime, zone: tzinfo) -> str:
    """To the second, with the offset of the product's own zone."""
    return (at - timedelta(microseconds=at.microsecond)).astimezone(zone).isoformat()

"""The chat page, and what it polls for: who there is, and what is new in the chat that is open."""

from datetime import datetime, tzinfo
from typing import Any

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from bot.clock import Clock
from bot.sandbox.platform import Person, Platform
from bot.sandbox.state import Line

SAFE_TO_SHOW = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})


def add(page: Blueprint, platform: Platform, now: Clock, zone: tzinfo) -> None:
    @page.get("/")
    def chat() -> str:
        return render_template("sandbox/chat.html", account=platform.account, notices=platform.world.notices)

    # whoever types only the address lands here
    page.record_once(lambda state: state.app.add_url_rule("/", "home", _to_the_chat))

    @page.get("/people")
    def people() -> Response:
        return jsonify(
            people=[_person(one, zone) for one in platform.people(request.args.get("q", "").strip()[:50])]
        )

    @page.get("/people/<openid>/news")
    def news(openid: str) -> Response:
        """Answers at once, always: a waiting request would hold one of the server's few threads."""
        person = platform.person(openid)
        if person is None:
            abort(404)
        after = request.args.get("after", 0, type=int)
        return jsonify(
            now=now.now().astimezone(zone).isoformat(),
            person=_person(person, zone),
            menu=platform.menu(),
            lines=[_line(line, zone) for line in platform.lines(openid, after)],
        )

    @page.get("/media/<media_id>")
    def media(media_id: str) -> Response:
        found = platform.media(media_id)
        if found is None or found.content_type not in SAFE_TO_SHOW:
            abort(404)
        return Response(
            found.content, content_type=found.content_type, headers={"X-Content-Type-Options": "nosniff"}
        )


def _to_the_chat() -> BaseResponse:
    return redirect(url_for("sandbox.chat"))


def _person(person: Person, zone: tzinfo) -> dict[str, Any]:
    return {
        "openid": person.openid,
        "name": person.name,
        "following": person.following,
        "repliesLeft": person.replies_left,
        "takesTemplates": person.takes_templates,
        "last": _line(person.last, zone) if person.last else None,
    }


def _line(line: Line, zone: tzinfo) -> dict[str, Any]:
    return {
        "n": line.n,
        "at": _local(line.at, zone),
        "side": line.side,
        "way": line.way,
        "kind": line.kind,
        "text": line.text,
        "details": line.details,
    }


def _local(at: datetime, zone: tzinfo) -> str:
    return at.astimezone(zone).isoformat()

"""Alive, and able to work: for a load balancer, and for the person who looks why it is not."""

from flask import Blueprint, Response, jsonify

from bot.services import Services
from bot.store import revisions, spool
from handlers.serving import services

page = Blueprint("health", __name__)

BEHIND = "behind: run weilan db upgrade"
WRITABLE_WITHIN = 2.0  # seconds; no pass of Weilan's own holds SQLite's one writer for as long
AHEAD = "ahead: a newer Weilan has upgraded it; start that one"


@page.get("/healthz")
def alive() -> str:
    return "ok"


@page.get("/readyz")
def ready() -> tuple[Response, int]:
    """503 while database, keys or disk are not as they should be; messages are still taken, and kept if they must be.

    Understanding is told beside them: while it learns, the word rules answer.
    """
    states = {
        "database": _database(services()),
        "keys": "ok" if services().keys.is_up() else "down",
        "spool": _spool(services()),
    }
    is_ready = set(states.values()) == {"ok"}
    told = jsonify(ready=is_ready, **states, understanding=services().understanding.state)
    return told, 200 if is_ready else 503


def _spool(served: Services) -> str:
    why = spool.objection(spool.folder_of(served.config))
    return f"keeps nothing: {why}" if why else "ok"


def _database(served: Services) -> str:
    if not served.database.is_up():
        return "down"
    if revisions.ahead(served.database):
        return AHEAD
    if revisions.missing(served.database):
        return BEHIND
    why = served.database.refusal(WRITABLE_WITHIN)
    return f"takes no writing: {why}" if why else "ok"

"""GET of one thing, and of a page of them."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeAlias
from urllib.parse import urlencode

from flask import current_app, jsonify, request
from flask.typing import ResponseReturnValue
from itsdangerous import BadData, URLSafeSerializer
from pydantic import BaseModel

from bot.rules.people.masking import masked
from bot.store.database import Session
from bot.store.programs import api_lists
from bot.store.programs.api_lists import Key, Row
from bot.store.tables.columns import LARGEST_ID
from bot.store.talk import knowledge_asks
from handlers.api import guard, shown
from handlers.api.problems import Problem, Wrong
from handlers.api.queries import Page
from handlers.serving import services

PERSONAL = "personal:read"

More: TypeAlias = dict[str, Any]


def page(resource: str, model: type[BaseModel], query: Page) -> ResponseReturnValue:
    wanted = query.wanted()
    about = _about(resource)
    after = _after(query.cursor, about)
    with services().database.reading() as session:
        try:
            found = api_lists.page(session, resource, wanted, after, query.limit + 1, services().now())
        except api_lists.NoSuchSegment as unknown:
            raise _no_segment(str(unknown)) from None
        rows = found[: query.limit]
        more = MORE.get(resource, _nothing)(session, rows)
    further = None
    if len(found) > query.limit:
        further = _sealed(about, api_lists.key_of(resource, wanted, rows[-1]))
    items = [_shown(model, row, added) for row, added in zip(rows, more, strict=True)]
    response = jsonify(items=items, next=further)
    if further:
        again = {**request.args.to_dict(), "cursor": further}
        response.headers["Link"] = f'<{request.path}?{urlencode(again)}>; rel="next"'
    return response


def _no_segment(name: str) -> Problem:
    expected = "the id of a segment; GET /api/v1/segments lists them"
    errors = [Wrong("segment", expected, name)]
    return Problem(400, "bad_parameter", f"segment: expected {expected}, got {name!r}", errors=errors)


def one(resource: str, model: type[BaseModel], name: str, *, is_number: bool) -> ResponseReturnValue:
    asked = _number(name) if is_number else name if name.isprintable() else None
    if asked is not None:
        with services().database.reading() as session:
            row = api_lists.one(session, resource, asked)
            if row is not None:
                (more,) = MORE.get(resource, _nothing)(session, [row])
                return jsonify(_shown(model, row, more))
    raise Problem(404, "not_found", f"there is nothing of this name among the {resource}")


def _number(name: str) -> int | None:
    """Of what no database could hold, nothing is there."""
    found = int(name) if name.isascii() and name.isdecimal() and len(name) < 20 else 0
    return found if 0 < found <= LARGEST_ID else None


def _shown(model: type[BaseModel], row: Row, more: More) -> dict[str, Any]:
    fields = {**row, **more}
    if not guard.client().may(PERSONAL):
        hidden = HIDDEN.get(model, {}).items()
        fields |= {name: hide(fields[name]) for name, hide in hidden if fields[name] is not None}
    return model.model_validate(fields).model_dump(mode="json")


HIDDEN: dict[type[BaseModel], dict[str, Callable[[Any], Any]]] = {
    shown.Customer: {"phone": masked, "birthday": lambda _day: None},
    shown.Return: {"reason": masked},
    shown.Review: {"text": masked},
    shown.Message: {"text": masked},
    shown.Event: {"text": masked},
}


def _nothing(_session: Session, rows: Sequence[Row]) -> list[More]:
    return [{} for _ in rows]


def _of_customers(session: Session, rows: Sequence[Row]) -> list[More]:
    tags = api_lists.tags_of(session, [row["id"] for row in rows])
    return [
        {
            "tags": [tag["tag"] for tag in tags.get(row["id"], ())],
            "figures": _figures(row) if row["has_figures"] is not None else None,
        }
        for row in rows
    ]


def _figures(row: Row) -> shown.Figures:
    """The figures are kept in fen."""
    yuan = {name: Decimal(row[name]).scaleb(-2).quantize(Decimal("0.01")) for name in ("spent", "returned")}
    return shown.Figures.model_validate({**row, **yuan, "grid": row["cell"]})


def _of_orders(session: Session, rows: Sequence[Row]) -> list[More]:
    lines = api_lists.lines_of(session, [row["id"] for row in rows])
    return [{"lines": lines.get(row["id"], [])} for row in rows]


def _of_campaigns(session: Session, rows: Sequence[Row]) -> list[More]:
    pools = api_lists.contents_of(session, [row["id"] for row in rows])
    return [_pool_of(row, pools.get(row["id"], ())) for row in rows]


def _pool_of(campaign: Row, pool: Iterable[Row]) -> More:
    """The contents of every variant, and each variant with its own."""
    own: dict[str, list[str]] = {"": []}
    for one in pool:
        own.setdefault(one["variant"], []).append(one["content_id"])
    variants = {
        name: {"contents": own.get(name, []), "weight": weight}
        for name, weight in campaign["variants"].items()
    }
    return {"contents": own[""], "variants": variants}


def _of_knowledge(session: Session, rows: Sequence[Row]) -> list[More]:
    asks = knowledge_asks.of_entries(session, [row["id"] for row in rows])
    return [{"asks": asks.get(row["id"], ())} for row in rows]


MORE: dict[str, Callable[[Session, Sequence[Row]], list[More]]] = {
    "customers": _of_customers,
    "orders": _of_orders,
    "campaigns": _of_campaigns,
    "knowledge": _of_knowledge,
}


def _about(resource: str) -> str:
    """What a cursor belongs to: the same list with the same filters."""
    filters = sorted((name, value) for name, value in request.args.items() if name not in {"cursor", "limit"})
    return hashlib.sha256(repr((resource, [pair for pair in filters if pair[1]])).encode()).hexdigest()[:16]


def _sealed(about: str, key: Key) -> str:
    """Signed, so that whoever changes one is told, and nothing a stranger wrote becomes a key."""
    plain = [part.isoformat() if isinstance(part, datetime) else part for part in key]
    return str(_sealer().dumps([about, *plain]))


def _after(cursor: str | None, about: str) -> Key | None:
    if not cursor:
        return None
    try:
        whose, *key = _sealer().loads(cursor)
    except BadData:
        whose, key = "", []
    if whose != about:
        expected = "the next of an answer before, with the same filters"
        raise Problem(
            400, "bad_parameter", f"cursor: expected {expected}", errors=[Wrong("cursor", expected)]
        )
    if len(key) > 1:
        key[0] = datetime.fromisoformat(key[0])
    return tuple(key)


def _sealer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="api-cursor")

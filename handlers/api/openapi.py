"""The published document, made of the very table and models that are served. OpenAPI 3.1."""

from http import HTTPStatus
from typing import Any

from pydantic.json_schema import models_json_schema

from bot.store.programs.idempotency import LONGEST_KEY
from bot.store.tables.columns import LARGEST_ID
from handlers.api import bodies, fields, operations, problems
from handlers.api.operations import ALWAYS, ONE_OF_MANY, OPERATIONS, Operation

REFERENCE = "#/components/schemas/{model}"
ABOUT = (
    "Customers, products, orders and what follows them, segments, contents, campaigns and knowledge; and, to read, deliveries and "
    "the conversation log. Every request carries Authorization: Bearer TOKEN; `weilan client add` makes one. Times are ISO 8601, "
    "money is yuan. docs/api.md has examples."
)

WHAT = {
    400: "a parameter or the body is malformed",
    401: "no token, or one that does not work",
    403: "the token lacks the scope",
    404: "nothing has this name, or can have it",
    413: f"more than {bodies.MOST_ITEMS} items, or than {bodies.LARGEST // 1024 // 1024} MiB",
    415: "the body is not application/json",
    422: "no item was taken, or the Idempotency-Key belongs to another request",
    429: "too many requests this minute",
    503: "the database takes nothing now",
}
HEADERS = {401: "WWW-Authenticate", 403: "WWW-Authenticate", 429: "Retry-After", 503: "Retry-After"}

_WRONG = {
    "type": "object",
    "properties": {name: {"type": "string"} for name in ("field", "expected", "given")},
    "required": ["field", "expected", "given"],
}
_COUNTS = ("created", "updated", "unchanged", "rejected")
_RESULTS = {
    "items": {"type": "array", "items": {"$ref": REFERENCE.format(model="Result")}},
    **{name: {"type": "integer", "minimum": 0} for name in _COUNTS},
}
SCHEMAS: dict[str, Any] = {
    "Problem": {
        "type": "object",
        "description": "RFC 9457",
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "code": {"type": "string", "description": "to branch on"},
            "detail": {"type": "string"},
            "errors": {"type": "array", "items": _WRONG},
            **_RESULTS,
        },
        "required": ["type", "title", "status", "code", "detail"],
    },
    "Result": {
        "type": "object",
        "properties": {
            "index": {"type": "integer", "minimum": 0, "description": "place in the request, from 0"},
            "id": {"type": ["string", "null"]},
            "status": {"type": "string", "enum": list(_COUNTS)},
            "errors": {"type": "array", "items": _WRONG},
            "ignored": {"type": "array", "items": {"type": "string"}, "description": "fields nobody knows"},
            "changed": {"type": "array", "items": {"type": "string"}},
        },
        "required": ["index", "id", "status", "errors", "ignored", "changed"],
    },
    "Results": {"type": "object", "properties": _RESULTS, "required": list(_RESULTS)},
}


def document() -> dict[str, Any]:
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Weilan", "version": "1", "description": ABOUT},
        "servers": [{"url": "/api/v1"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": SCHEMAS | _models(),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _models() -> dict[str, Any]:
    models = {operation.model for operation in OPERATIONS if operation.model is not None}
    wanted = [(model, "serialization") for model in sorted(models, key=lambda model: model.__name__)]
    _, schemas = models_json_schema(wanted, ref_template=REFERENCE)  # type: ignore[arg-type]
    found: dict[str, Any] = schemas["$defs"]
    return found


def _operation(operation: Operation) -> dict[str, Any]:
    found: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.about,
        "description": f"Needs the scope `{operation.scope}`.",
        "tags": [operation.path.split("/")[1]],
        "parameters": list(_parameters(operation)),
        "responses": {"200": _good(operation)}
        | {str(status): _bad(status) for status in sorted({*operation.answers, *ALWAYS})},
    }
    if operation.body is not None:
        found["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": _body(operation)}},
        }
    return found


def _body(operation: Operation) -> dict[str, Any]:
    one = operation.body or {}
    if operation.method == "PUT":
        return one
    return {"oneOf": [one, {"type": "array", "items": one, "minItems": 1, "maxItems": bodies.MOST_ITEMS}]}


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if ONE_OF_MANY in operation.path:
        number = {"type": "integer", "minimum": 1, "maximum": LARGEST_ID}
        word = (
            fields.DEFINED_NAME
            if operation.method == "PUT"
            else {"type": "string", "minLength": 1, "maxLength": 64}
        )
        schema = number if operation.name_is_number else word
        found.append({"name": "name", "in": "path", "required": True, "schema": schema})
    if operation.query is not None:
        found.extend(
            {
                "name": name,
                "in": "query",
                "description": schema.pop("description", ""),
                "schema": _never_null(schema),
            }
            for name, schema in operations.parameters_of(operation.query).items()
        )
    if operation.method == "POST":
        key = {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "pattern": "^[ -~]+$"}
        about = "The same key with the same body is answered as the first time, for 24 hours."
        found.append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": False,
                "description": about,
                "schema": key,
            }
        )
    return found


def _never_null(schema: dict[str, Any]) -> dict[str, Any]:
    """An address has no null: what is not given is left out."""
    plain = {name: value for name, value in schema.items() if name not in {"title", "anyOf"}}
    if plain.get("default", 0) is None:
        del plain["default"]
    for one in schema.get("anyOf", ()):
        if one != {"type": "null"}:
            plain |= one
    return plain


def _good(operation: Operation) -> dict[str, Any]:
    schema: dict[str, Any] = {"$ref": REFERENCE.format(model="Results")}
    if operation.model is not None:
        schema = {"$ref": REFERENCE.format(model=operation.model.__name__)}
    if operation.is_list:
        more = {
            "type": ["string", "null"],
            "description": "the cursor of the next page; null: this was the last",
        }
        properties = {"items": {"type": "array", "items": schema}, "next": more}
        schema = {"type": "object", "properties": properties, "required": ["items", "next"]}
    return {
        "description": "done" if operation.body else "found",
        "content": {"application/json": {"schema": schema}},
    }


def _bad(status: int) -> dict[str, Any]:
    schema = {"$ref": REFERENCE.format(model="Problem")}
    found: dict[str, Any] = {"description": WHAT[status], "content": {problems.TYPE: {"schema": schema}}}
    if status in HEADERS:
        found["headers"] = {HEADERS[status]: {"schema": {"type": "string"}}}
    found["description"] = f"{HTTPStatus(status).phrase}: {WHAT[status]}"
    return found

"""`/api/v1`: for ERP, shop and scripts. What it does stands in `operations.py`; each route is behind the one guard."""

from flask import Blueprint, Response, jsonify

from handlers.api import guard, openapi, problems
from handlers.api.operations import OPERATIONS


def blueprint() -> Blueprint:
    api = Blueprint("api", __name__, url_prefix="/api/v1")
    api.before_request(guard.guard)
    api.after_request(guard.with_limits)
    problems.add_to(api)
    for operation in OPERATIONS:
        api.add_url_rule(operation.rule, operation.name, operation, methods=[operation.method])
    api.add_url_rule("/openapi.json", guard.FOR_STRANGERS.removeprefix("api."), _openapi)
    return api


def _openapi() -> Response:
    return jsonify(openapi.document())

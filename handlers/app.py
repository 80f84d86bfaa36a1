"""Puts the web application together: the webhook before Flask, and one blueprint for each part of the house."""

from http import HTTPStatus

from flask import Blueprint, Flask, Response, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from bot.services import Services
from handlers import api, console, health, metrics, profile
from handlers.bodies import Workplaces
from handlers.serving import KEPT_AS
from handlers.webhook import Webhook

BLUEPRINTS: tuple[Blueprint, ...] = (
    health.page,
    metrics.page,
    api.blueprint(),
    profile.blueprint(),
)

WEBHOOK = "weilan-webhook"
GONE = "没有这一页，或者它已经不在了。请回到公众号里，从最近的消息打开。"
FAILED = "这个页面现在打不开，请稍后再试。"
PAGE = """<!doctype html>
<html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{code}</title>
<style>body {{ font: 16px/1.7 system-ui, sans-serif; max-width: 30rem; margin: 15vh auto; padding: 0 1.5rem; color: #222 }} h1 {{ font-size: 1.3rem }} small {{ color: #666 }}</style>
<h1>{told}</h1><p><small>{code} {name}</small></p></html>
"""
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data: https:; style-src 'self' 'unsafe-inline'; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'",
}


def create_app(services: Services, *guests: Blueprint) -> Flask:
    """`guests` are there only sometimes: the sandbox."""
    app = Flask(__name__)
    app.extensions[KEPT_AS] = services
    app.secret_key = services.config.server.secret_key.get_secret_value() or None
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    console.register(app, services)
    for blueprint in (*BLUEPRINTS, *guests):
        app.register_blueprint(blueprint)
    app.register_error_handler(HTTPException, _error)
    app.after_request(_with_headers)
    webhook = Webhook(services)
    app.extensions[WEBHOOK] = webhook
    pages = Workplaces(services.config.server.threads).before(app.wsgi_app)
    app.wsgi_app = webhook.before(pages)  # type: ignore[assignment, method-assign]
    return app


def stop(app: Flask) -> None:
    """Ends the threads of the webhook; answers in the making are finished first."""
    webhook: Webhook = app.extensions[WEBHOOK]
    webhook.exchange.close()


def _with_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def _error(error: HTTPException) -> ResponseReturnValue:
    """For programs as JSON (RFC 9457), for people as a short page; the same word for both, never a traceback."""
    if error.response is not None:
        return error.response
    code = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    if _wants_json():
        problem = jsonify(
            type="about:blank",
            title=error.name,
            status=code,
            code=error.name.lower().replace(" ", "_"),
            detail=error.description,
        )
        problem.content_type = "application/problem+json"
        if isinstance(error, MethodNotAllowed):
            problem.headers["Allow"] = ", ".join(error.valid_methods or ())
        return problem, code
    told = GONE if code == HTTPStatus.NOT_FOUND else FAILED
    return PAGE.format(code=code, name=error.name, told=told), code


def _wants_json() -> bool:
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return request.path.startswith("/api/") or best == "application/json"

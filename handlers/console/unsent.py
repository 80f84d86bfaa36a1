"""A form that came after its sender was signed out: it waits, sealed, in the sign-in's own page, and one tap sends it."""

from dataclasses import dataclass

from flask import current_app, render_template, request
from flask_wtf.csrf import validate_csrf
from itsdangerous import BadData, URLSafeTimedSerializer
from wtforms import ValidationError

from bot.store.operators.staff_sessions import LASTS
from handlers.console.guard import place_after

FIELD = "unsent"
NEVER_KEPT = ("csrf_token", "password", "old", "new")  # a password is typed again
NOT_TYPED = ("seen",)


@dataclass(frozen=True, slots=True)
class Unsent:
    """Where the form was going to, and its fields as they were sent; files are not among them."""

    path: str
    fields: tuple[tuple[str, str], ...]

    @property
    def typed(self) -> tuple[str, ...]:
        return tuple(value for name, value in self.fields if value.strip() and name not in NOT_TYPED)


def came_from_here() -> bool:
    """Whether a page of ours sent this form, and no page of somebody else's: our token says it, or the browser itself."""
    if request.headers.get("Sec-Fetch-Site") == "same-origin":
        return True
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValidationError:
        return False
    return True


def of_this_request() -> Unsent:
    fields = tuple((name, value) for name, value in request.form.items(multi=True) if name not in NEVER_KEPT)
    return Unsent(request.full_path.rstrip("?"), fields)


def sealed(unsent: Unsent) -> str:
    return _seals().dumps([unsent.path, unsent.fields])


def opened(seal: str) -> Unsent | None:
    try:
        path, fields = _seals().loads(seal, max_age=int(LASTS.total_seconds()))
    except BadData:
        return None
    return Unsent(path, tuple((name, value) for name, value in fields))


def shown(unsent: Unsent, back: str | None) -> str:
    """The page whose one button sends it; only for who is signed in."""
    return render_template("console/unsent.html", unsent=unsent, back=place_after(back))


def _seals() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="console unsent form")

"""What every template of the console may use: words, dates of the shop, masks, who is signed in, the menu."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import current_app, request
from flask_babel import get_locale
from markupsafe import Markup

from bot.rules.people.masking import masked, short
from handlers.console import words
from handlers.console.guard import signed_in
from handlers.console.handler_names import who_answers
from handlers.console.language import LANGUAGES
from handlers.console.page import Page
from handlers.serving import services


def everywhere(menu: Sequence[Page]) -> dict[str, Any]:
    person = signed_in()
    page = current_app.blueprints.get(request.blueprint or "")
    return {
        "words": words,
        "who_answers": who_answers,
        "instant": instant,
        "masked": masked,
        "short": short,
        "told": told,
        "me": person,
        "menu": [page for page in menu if person and page.needs and person.may(page.needs)],
        "here": page.within if isinstance(page, Page) else "",
        "described": described,
        "language": str(get_locale()),
        "languages": LANGUAGES,
        "full_path": request.full_path.rstrip("?") if request.method == "GET" else "",
    }


def instant(at: datetime | None) -> str | Markup:
    """In the shop's time zone, with the exact time for machines."""
    if at is None:
        return "—"
    local = at.astimezone(services().config.push.zone)
    return Markup('<time datetime="{}">{}</time>').format(at.isoformat(), f"{local:%Y-%m-%d %H:%M}")


def plain(value: Any, field: str = "") -> str:
    """A value of an audit row, for people."""
    names = words.NAMES.get(field, {})
    if isinstance(value, bool):
        return "✓" if value else "✗"
    if isinstance(value, list):
        return "、".join(plain(one, field) for one in value) or "—"
    if isinstance(value, dict):
        return "；".join(f"{_named(key)} {plain(one, key)}" for key, one in value.items()) or "—"
    if isinstance(value, str) and value in names:
        return str(names[value])
    return "—" if value in (None, "") else masked(str(value))


def told(detail: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """What an audit row tells: each field, what it was (if it was anything), what it is. Of what is new nothing empty."""
    after, before = detail.get("after", detail), detail.get("before") or {}
    return [
        (_named(key), "" if before.get(key) is None else plain(before[key], key), plain(value, key))
        for key, value in after.items()
        if key in before or value not in (None, "", [], {})
    ]


def _named(field: str) -> str:
    return str(words.FIELDS.get(field, field))


def described(field: Any) -> dict[str, Any]:
    """Tells a screen reader which hint and which error belong to the field; the first wrong one has the cursor."""
    told = [
        f"{field.id}-{what}"
        for what, there in (("error", field.errors), ("hint", field.description))
        if there
    ]
    by = {"aria-describedby": " ".join(told)} if told else {}
    return by | ({"aria-invalid": "true", "autofocus": True} if field.errors else {})

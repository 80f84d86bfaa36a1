"""The language of the pages: Chinese, or English for whoever switches; kept in a cookie."""

from pathlib import Path

from flask import Flask, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import Babel

from handlers.console.guard import place_after
from handlers.console.page import Page
from handlers.serving import services

COOKIE = "weilan_language"
LANGUAGES = {"zh": "中文", "en": "English"}
TRANSLATIONS = Path(__file__).parents[1] / "translations"
A_YEAR = 365 * 24 * 3600

page = Page("language", __name__, needs=None)


@page.get("/language/<to>")
def switch(to: str) -> ResponseReturnValue:
    answer = redirect(place_after(request.args.get("next")), code=303)
    if to in LANGUAGES:
        secure = services().config.server.public_url.startswith("https://")
        answer.set_cookie(
            COOKIE, to, max_age=A_YEAR, httponly=True, samesite="Lax", secure=secure, path="/console"
        )
    return answer


def chosen() -> str:
    """Chinese whatever the browser says: the people here work in Chinese, also on a computer that does not."""
    kept = request.cookies.get(COOKIE, "")
    return kept if kept in LANGUAGES else "zh"


def add_to(app: Flask) -> None:
    """The words in the code are Chinese; a catalogue stands only where the language is another."""
    Babel(app, default_locale="zh", default_translation_directories=str(TRANSLATIONS), locale_selector=chosen)

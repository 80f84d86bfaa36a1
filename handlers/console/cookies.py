"""The console's signed cookie: only under /console, so that no other request pays for it or carries it."""

from typing import Any

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface

from bot.config import Server

PATH = "/console"


class ConsoleCookie(SecureCookieSessionInterface):
    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        return super().open_session(app, request) if request.path.startswith(PATH) else None


def add_to(app: Flask, server: Server) -> None:
    """Signed with `server.secret_key`, which all processes share; who is signed in stands in the database."""
    settings: dict[str, Any] = {
        "SECRET_KEY": server.secret_key.get_secret_value(),
        "SESSION_COOKIE_NAME": "weilan_console",
        "SESSION_COOKIE_PATH": PATH,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": server.public_url.startswith("https://"),
    }
    app.config.update(settings)
    app.session_interface = ConsoleCookie()

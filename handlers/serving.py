"""The services of the application that serves this request."""

from typing import cast

from flask import current_app

from bot.services import Services

KEPT_AS = "weilan"


def services() -> Services:
    return cast("Services", current_app.extensions[KEPT_AS])

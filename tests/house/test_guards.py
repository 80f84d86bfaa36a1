"""No route lets a stranger in but those named here."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from bot import services as building
from bot.clock import FixedClock
from bot.config import Config
from bot.store.database import Database
from handlers.app import create_app, stop

FOR_STRANGERS = {
    "/healthz",
    "/readyz",
    "/metrics",
    "/api/v1/openapi.json",
    "/console/sign-in",
    "/console/language/<to>",
    "/console/static/<path:filename>",
    "/static/<path:filename>",
    "/profile/",  # sends a stranger to WeChat, or tells how to come in
    "/profile/static/<path:filename>",
}


@pytest.fixture
def app(sqlite: Database, clock: FixedClock, tmp_path: Path) -> Iterator[Flask]:
    config = Config.model_validate(
        {
            "database": {"url": f"sqlite:///{tmp_path}/weilan.db"},
            "wechat": {"app_id": "wx1", "app_secret": "secret", "token": "token"},
        }
    )
    services = building.build(config, lambda _keys: clock)
    made = create_app(services)
    yield made
    stop(made)
    services.close()


def open_doors(app: Flask) -> set[str]:
    """Rules that answer a stranger's GET with a page of their own."""
    client = app.test_client()
    found = set()
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()):
            continue
        path = app.url_map.bind("localhost").build(rule.endpoint, dict.fromkeys(rule.arguments, "1"))
        answer = client.get(path)
        is_sent_away = answer.status_code == 303 and "/console/sign-in" in (answer.location or "")
        if not is_sent_away and answer.status_code not in {401, 403}:
            found.add(rule.rule)
    return found


def test_only_what_is_for_strangers_answers_them(app: Flask) -> None:
    assert open_doors(app) - FOR_STRANGERS == set()


def test_a_planted_open_door_is_found(app: Flask) -> None:
    app.add_url_rule("/planted", "planted", lambda: "everybody's secrets")
    assert open_doors(app) - FOR_STRANGERS == {"/planted"}

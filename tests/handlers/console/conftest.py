"""The console in an application of its own, and people who are signed in to it."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bot import services as building
from bot.clock import FixedClock
from bot.config import Config
from bot.services import Services
from bot.store.database import Database
from bot.store.operators import audit, passwords, staff
from bot.store.operators.staff import Role
from handlers.app import create_app, stop
from tests.support.build import Build

PASSWORD = "正确的-password-1"
PASSWORD_HASH = passwords.hashed(PASSWORD)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


class Visitor:
    """A browser that fills forms the way a person does: it opens the page first, for the token in it."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.client.get(path, buffered=True, **options)

    def see(self, path: str) -> str:
        """The page's text; it must be there."""
        answer = self.client.get(path)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text[:600]}"
        return answer.text

    def post(
        self, path: str, fields: dict[str, Any] | None = None, *, opened: str = "/console/account"
    ) -> TestResponse:
        page = self.client.get(opened)
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
        assert token, f"no form on {opened}"
        return self.client.post(path, data={"csrf_token": token[1], **(fields or {})})

    def sign_in(self, name: str, password: str = PASSWORD, after: str = "") -> TestResponse:
        path = f"/console/sign-in{after}"
        return self.post(path, {"name": name, "password": password}, opened=path)


@pytest.fixture
def services(sqlite: Database, clock: FixedClock, tmp_path: Path) -> Iterator[Services]:
    config = Config.model_validate(
        {
            "database": {"url": str(sqlite.engine.url)},
            "wechat": {"app_id": "wx1", "api_base": "http://127.0.0.1:9"},
        }
    )
    built = building.build(config, lambda _keys: clock)
    yield built
    built.close()


@pytest.fixture
def app(services: Services) -> Iterator[Flask]:
    app = create_app(services)
    yield app
    stop(app)


@pytest.fixture
def stranger(app: Flask) -> Visitor:
    return Visitor(app.test_client())


@pytest.fixture
def person(services: Services) -> Callable[..., int]:
    """`person("小林", "admin")` adds somebody with `PASSWORD`."""

    def added(name: str = "小林", role: Role = "operator") -> int:
        with services.database.transaction() as session:
            staff_id = staff.add(session, name=name, role=role, password_hash=PASSWORD_HASH, now=LONG_AGO)
        assert staff_id is not None
        return staff_id

    return added


@pytest.fixture
def operator(app: Flask, person: Callable[..., int]) -> Visitor:
    person("小林", "operator")
    visitor = Visitor(app.test_client())
    visitor.sign_in("小林")
    return visitor


@pytest.fixture
def admin(app: Flask, person: Callable[..., int]) -> Visitor:
    person("老周", "admin")
    visitor = Visitor(app.test_client())
    visitor.sign_in("老周")
    return visitor


class Make:
    """Rows that are there for the pages: `make("customer", name="王芳")`, each in a transaction of its own."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._numbers = count(1)

    def __call__(self, what: str, *args: Any, **fields: Any) -> Any:
        with self._services.database.transaction() as session:
            build = Build(session)
            build._numbers = self._numbers
            return getattr(build, what)(*args, **fields)


def audited(services: Services) -> list[tuple[str, str, str]]:
    """What the audit says beyond sign-ins: action, subject, who; the newest first."""
    with services.database.reading() as session:
        entries = audit.entries(session, most=200)
    return [
        (one.action, one.subject_id, one.staff_name)
        for one in entries
        if not one.action.startswith("staff.sign")
    ]


@pytest.fixture
def make(services: Services) -> Make:
    return Make(services)

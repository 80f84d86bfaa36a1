"""The API in an application of its own, on both databases, and programs that call it."""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from bot.clock import FixedClock
from bot.services import Services
from bot.store.database import Database
from bot.store.programs import api_clients
from handlers.app import create_app, stop
from tests.support.build import Build
from tests.support.door import services_of


class Program:
    """Calls with its token; bodies are JSON."""

    def __init__(self, app: Flask, token: str) -> None:
        self.app = app
        self.token = token

    def get(self, path: str, **query: Any) -> TestResponse:
        return self.app.test_client().get(
            f"/api/v1{path}", query_string=query or None, headers=self._headers({})
        )

    def post(self, path: str, body: Any = None, *, key: str = "", **options: Any) -> TestResponse:
        return self._send("POST", path, body, key, options)

    def put(self, path: str, body: Any = None, **options: Any) -> TestResponse:
        return self._send("PUT", path, body, "", options)

    def found(self, path: str, **query: Any) -> list[Any]:
        """All items of all pages."""
        items: list[Any] = []
        while True:
            answer = self.get(path, **query)
            assert answer.status_code == 200, answer.text
            page: Any = answer.json
            items += page["items"]
            if page["next"] is None:
                return items
            query["cursor"] = page["next"]

    def _send(self, method: str, path: str, body: Any, key: str, options: dict[str, Any]) -> TestResponse:
        headers = self._headers({"Idempotency-Key": key} if key else {})
        sent = options or {"json": body}
        return self.app.test_client().open(f"/api/v1{path}", method=method, headers=headers, **sent)

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", **more} if self.token else more


@pytest.fixture
def services(database: Database, clock: FixedClock, tmp_path: Path) -> Services:
    return services_of(database, clock, tmp_path / "spool")


@pytest.fixture
def app(services: Services) -> Iterator[Flask]:
    app = create_app(services)
    yield app
    stop(app)


Let = Callable[..., Program]


@pytest.fixture
def let(app: Flask, services: Services) -> Let:
    """`let("orders:read")` lets a program in with these scopes; none: with all."""
    numbers = count(1)

    def let(*scopes: str, a_minute: int = 10_000) -> Program:
        with services.database.transaction() as session:
            added = api_clients.add(
                session,
                name=f"erp-{next(numbers)}",
                scopes=scopes or tuple(api_clients.SCOPES),
                now=services.clock.real(),
                a_minute=a_minute,
            )
        assert added is not None
        return Program(app, added.token)

    return let


@pytest.fixture
def erp(let: Let) -> Program:
    return let()


@pytest.fixture
def make(services: Services) -> Callable[..., Any]:
    """Rows that are there: `make("customer", name="王芳")`."""
    numbers = count(1)

    def make(what: str, *args: Any, **fields: Any) -> Any:
        with services.database.transaction() as session:
            build = Build(session)
            build._numbers = numbers
            return getattr(build, what)(*args, **fields)

    return make

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from bot.clock import FixedClock
from bot.services import Services
from bot.store.database import Database
from bot.store.programs import api_clients
from bot.store.tables import api_clients as table
from handlers.api.operations import OPERATIONS
from handlers.app import create_app, stop
from tests.handlers.api.conftest import Let, Program
from tests.handlers.api.test_upserts import code_of
from tests.support.door import services_of

PATHS = [(operation.method, operation.path.replace("{name}", "1")) for operation in OPERATIONS]


def test_a_stranger_gets_nothing_from_any_route(app: Flask) -> None:
    for method, path in PATHS:
        answer = app.test_client().open(f"/api/v1{path}", method=method)
        assert (answer.status_code, code_of(answer)) == (401, "token_missing"), path
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="weilan"'
        assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize("said", ["Bearer nothing", "Bearer " + "x" * 9_000, "bearer ünï", "Bearer \x7f"])
def test_a_token_nobody_has_is_refused(app: Flask, said: str) -> None:
    answer = app.test_client().get("/api/v1/orders", headers={"Authorization": said})
    assert (answer.status_code, code_of(answer)) == (401, "token_invalid")
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def test_no_route_opens_without_its_own_scope(let: Let) -> None:
    for operation in OPERATIONS:
        without = let(*(scope for scope in api_clients.SCOPES if scope != operation.scope))
        path = operation.path.replace("{name}", "1")
        sent = {"POST": without.post, "PUT": without.put}.get(operation.method)
        answer = sent(path, {}) if sent else without.get(path)
        assert (answer.status_code, code_of(answer)) == (403, "insufficient_scope"), operation.name
        assert f'scope="{operation.scope}"' in answer.headers["WWW-Authenticate"]


def test_every_scope_opens_something() -> None:
    assert {operation.scope for operation in OPERATIONS} | {"personal:read"} == set(api_clients.SCOPES)


def test_a_revoked_token_ends_at_once(erp: Program, services: Services) -> None:
    assert erp.get("/orders").status_code == 200
    with services.database.transaction() as session:
        assert api_clients.revoke(session, "erp-1", services.clock.real())
    assert erp.get("/orders").status_code == 401


def test_only_a_hash_of_the_token_is_kept(erp: Program, services: Services) -> None:
    with services.database.reading() as session:
        row = session.execute(select(table)).one()
    assert len(erp.token) > 40
    assert erp.token not in str(row)


def test_when_a_token_was_used_is_noted_now_and_then(
    erp: Program, services: Services, clock: FixedClock
) -> None:
    def used_at() -> Any:
        with services.database.reading() as session:
            return session.scalar(select(table.c.used_at))

    assert used_at() is None
    erp.get("/orders")
    first = used_at()
    clock.forward(minutes=4)
    erp.get("/orders")
    assert used_at() == first == clock.now() - timedelta(minutes=4)
    clock.forward(minutes=2)
    erp.get("/orders")
    assert used_at() == clock.now()


def test_who_asks_too_often_waits_for_the_next_minute(let: Let, clock: FixedClock) -> None:
    clock.forward(seconds=20)
    slow, other = let(a_minute=2), let(a_minute=2)
    first = slow.get("/orders")
    assert first.headers["RateLimit-Policy"] == '"a-minute";q=2;w=60'
    assert first.headers["RateLimit"] == '"a-minute";r=1;t=40'
    assert slow.post("/customers", {"external_id": "C"}).status_code == 200
    refused = slow.post("/customers", {"external_id": "D"})
    assert (refused.status_code, code_of(refused)) == (429, "too_many_requests")
    assert (refused.headers["Retry-After"], refused.headers["RateLimit"]) == ("40", '"a-minute";r=0;t=40')
    assert other.get("/orders").status_code == 200
    clock.forward(seconds=40)
    assert slow.get("/customers").status_code == 200
    assert slow.found("/customers", external_id="D") == []


def test_two_processes_count_together(
    let: Let, services: Services, database: Database, clock: FixedClock, tmp_path: Path
) -> None:
    slow = let(a_minute=2)
    second = create_app(services_of(database, clock, tmp_path / "spool"))
    there = Program(second, slow.token)
    try:
        assert [slow.get("/orders").status_code, there.get("/orders").status_code] == [200, 200]
        assert [slow.get("/orders").status_code, there.get("/orders").status_code] == [429, 429]
    finally:
        stop(second)


def test_errors_of_unknown_paths_and_methods_are_problems_too(erp: Program) -> None:
    for answer in (erp.get("/nothing"), erp.get("/nothing/at/all"), erp.get("/")):
        assert (answer.status_code, code_of(answer)) == (404, "not_found")
        assert answer.content_type == "application/problem+json"
    refused = erp.put("/orders", {})
    assert (refused.status_code, code_of(refused)) == (405, "method_not_allowed")
    assert {"GET", "POST"} <= set(refused.headers["Allow"].split(", "))
    assert refused.content_type == "application/problem+json"


def test_a_database_that_takes_nothing_is_503(sqlite: Database, clock: FixedClock, tmp_path: Path) -> None:
    services = services_of(sqlite, clock, tmp_path / "spool")
    app = create_app(services)
    with sqlite.transaction() as session:
        added = api_clients.add(session, name="erp", scopes=["orders:read"], now=clock.real())
    assert added is not None
    sqlite.engine.dispose()
    for part in tmp_path.glob("weilan.db*"):
        part.write_bytes(b"no database at all" * 1_000)
    answer = Program(app, added.token).get("/orders")
    stop(app)
    assert (answer.status_code, code_of(answer)) == (503, "unavailable")
    assert int(answer.headers["Retry-After"]) > 0

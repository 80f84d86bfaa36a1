"""`weilan client …` as its users meet it."""

import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from bot.store.database import Database
from bot.store.programs import api_clients
from bot.store.tables import audit
from tests.support.terminal import Run


@pytest.fixture
def run(run: Run) -> Run:
    return lambda *words: run("client", *words)


def test_a_client_is_added_listed_and_revoked(run: Run, database: Database) -> None:
    code, out, _ = run("add", "erp", "--scope", "orders:write", "--scope", "orders:read")
    assert code == 0
    token = next(line.split()[1] for line in out.splitlines() if line.startswith("token"))
    with database.reading() as session:
        found = api_clients.find(session, token)
    assert found is not None
    assert found.scopes == ("orders:read", "orders:write")

    code, out, _ = run("list")
    assert (code, out) == (0, "erp  never used  600 a minute  orders:read orders:write\n")
    assert run("revoke", "erp")[0] == 0
    with database.reading() as session:
        assert api_clients.find(session, token) is None
        actions = session.scalars(select(audit.c.action).order_by(audit.c.id)).all()
    assert actions == ["client.added", "client.revoked"]
    assert "revoked" in run("list")[1]


def test_for_programs_everything_is_json(run: Run) -> None:
    added = json.loads(run("add", "erp", "--scope", "orders:read", "--a-minute", "30", "--json")[1])
    assert (added["name"], added["scopes"], added["a_minute"]) == ("erp", ["orders:read"], 30)
    assert added["token"].startswith("weilan_")
    [listed] = json.loads(run("list", "--json")[1])
    assert datetime.fromisoformat(listed["created_at"]) <= datetime.now(UTC)
    assert "token" not in listed
    assert json.loads(run("revoke", "erp", "--json")[1]) == {"revoked": "erp"}


def test_a_name_may_come_again_only_after_it_was_revoked(run: Run) -> None:
    assert run("add", "erp", "--scope", "orders:read")[0] == 0
    code, _, err = run("add", "erp", "--scope", "orders:read")
    assert (code, err.count("\n")) == (1, 1)
    assert "already" in err
    run("revoke", "erp")
    assert run("add", "erp", "--scope", "orders:read")[0] == 0


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("add", "erp", "--scope", "everything"), 2, "expected customers:read"),
        (("add", "erp"), 2, "--scope"),
        (("add", " ", "--scope", "orders:read"), 1, "NAME"),
        (("add", "x" * 65, "--scope", "orders:read"), 1, "NAME"),
        (("add", "erp", "--scope", "orders:read", "--a-minute", "0"), 2, "--a-minute"),
        (("revoke", "nobody"), 1, "nobody"),
    ],
)
def test_what_is_wrong_is_said_and_nobody_is_let_in(
    run: Run, words: tuple[str, ...], code: int, says: str
) -> None:
    ended, _, err = run(*words)
    assert (ended, says in err) == (code, True), err
    assert run("list")[1] == ""

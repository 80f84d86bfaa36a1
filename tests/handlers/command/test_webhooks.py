"""`weilan webhook`: from adding an endpoint to sending it again what it would not take."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from bot.rules.webhooks.webhook_signing import signature
from bot.store.database import Database
from bot.store.programs import outbox
from bot.store.tables import audit, webhook_calls, webhook_endpoints
from tests.support.build import Build
from tests.support.receiver import Receiver, receiving
from tests.support.terminal import Run


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


def test_an_endpoint_is_added_and_its_secret_shown_once(run: Run, database: Database) -> None:
    code, out, _ = run(
        "webhook", "add", "https://example.com/hook", "--event", "segment.*", "--event", "customer.followed", "--json"
    )  # fmt: skip
    added = json.loads(out)
    assert code == 0
    assert added["kinds"] == ["customer.followed", "segment.entered", "segment.left"]
    assert added["secret"].startswith("whsec_")
    code, out, _ = run("webhook", "list", "--json")
    [listed] = json.loads(out)
    assert (listed["id"], listed["url"], listed["state"]) == (
        added["id"],
        "https://example.com/hook",
        "active",
    )
    assert added["secret"] not in out
    with database.reading() as session:
        kept = session.execute(select(webhook_endpoints.c.secret)).scalar_one()
        noted = session.execute(select(audit.c.action, audit.c.detail)).one()
    assert added["secret"] not in kept
    assert noted.action == "webhook.added"
    assert added["secret"] not in str(noted.detail)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add", "ftp://example.com/", "--event", "customer.*"), "URL: expected an address such as https"),
        (("add", "https://10.0.0.1/", "--event", "customer.*"), "webhooks.allow_private"),
        (("add", "http://localhost:9/", "--event", "customer.*"), "webhooks.allow_private"),
        (("add", "https://example.com/", "--event", "customer.married"), "no event customer.married"),
        (("remove", "7"), "no endpoint 7"),
        (("pause", "7"), "no endpoint 7"),
        (("resume", "7"), "no endpoint 7"),
        (("rotate", "7"), "no endpoint 7"),
        (("redeliver", "7"), "no endpoint 7"),
        (("test", "7"), "no endpoint 7"),
    ],
)
def test_what_cannot_be_is_one_line(run: Run, words: tuple[str, ...], said: str) -> None:
    code, out, err = run("webhook", *words)
    assert (code, out) == (1, "")
    assert err.count("\n") == 1
    assert said in err


def test_an_endpoint_without_an_event_is_wrong_usage(run: Run) -> None:
    assert run("webhook", "add", "https://example.com/")[0] == 2


def test_a_ping_is_signed_and_tells_what_was_answered(
    run: Run, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEILAN_WEBHOOKS__ALLOW_PRIVATE", "true")
    added = json.loads(run("webhook", "add", receiver.url, "--event", "customer.*", "--json")[1])
    receiver.answers = [200, 500]
    assert run("webhook", "test", str(added["id"])) == (0, "taken: HTTP 200\n", "")
    code, out, err = run("webhook", "test", str(added["id"]))
    assert (code, out) == (1, "not taken: HTTP 500\n")
    assert "did not take the ping" in err
    heard = receiver.heard[0]
    assert heard.told["type"] == "ping"
    timestamp = heard.headers["webhook-timestamp"]
    assert abs(int(timestamp) - datetime.now(UTC).timestamp()) < 60
    assert heard.headers["webhook-signature"] == signature(heard.id, timestamp, heard.body, added["secret"])


def test_by_default_nothing_goes_into_our_own_network(
    run: Run, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEILAN_WEBHOOKS__ALLOW_PRIVATE", "true")
    added = json.loads(run("webhook", "add", receiver.url, "--event", "customer.*", "--json")[1])
    monkeypatch.delenv("WEILAN_WEBHOOKS__ALLOW_PRIVATE")
    assert "private network" in run("webhook", "test", str(added["id"]))[2]
    assert receiver.heard == []


def test_an_endpoint_is_paused_resumed_rotated_and_removed(run: Run, database: Database) -> None:
    added = json.loads(run("webhook", "add", "https://example.com/", "--event", "customer.*", "--json")[1])
    it = str(added["id"])
    assert run("webhook", "pause", it)[0] == 0
    assert "paused: by hand" in run("webhook", "list")[1]
    assert run("webhook", "resume", it)[0] == 0
    rotated = json.loads(run("webhook", "rotate", it, "--json")[1])
    assert rotated["secret"] not in ("", added["secret"])
    assert run("webhook", "remove", it)[0] == 0
    assert run("webhook", "list")[1] == "nobody is told anything; see `weilan webhook add`\n"
    with database.reading() as session:
        actions = list(session.execute(select(audit.c.action).order_by(audit.c.id)).scalars())
    assert actions == [f"webhook.{what}" for what in ("added", "paused", "resumed", "rotated", "removed")]


def test_dead_letters_are_shown_and_owed_again(run: Run, database: Database) -> None:
    added = json.loads(run("webhook", "add", "https://example.com/", "--event", "customer.*", "--json")[1])
    now = datetime.now(UTC)
    with database.transaction() as session:
        outbox.record(session, "customer.changed", Build(session).customer(), {}, now)
        outbox.spread(session, now)
        dead = {"state": "dead", "reason": "HTTP 500", "status": 500, "tries": 10, "ended_at": now}
        session.execute(update(webhook_calls).values(dead))
    assert "customer.changed" in run("webhook", "deadletters")[1]
    [letter] = json.loads(run("webhook", "deadletters", str(added["id"]), "--json")[1])
    assert (letter["kind"], letter["tries"], letter["reason"]) == ("customer.changed", 10, "HTTP 500")
    assert run("webhook", "redeliver", str(added["id"]))[1].startswith("1 events are owed")
    assert run("webhook", "deadletters")[1] == "no dead letters\n"
    assert run("webhook", "redeliver", str(added["id"]), "--event", "nonsense")[1].startswith("0 events")
    with database.reading() as session:
        call = session.execute(select(webhook_calls)).one()
    assert (call.state, call.tries) == ("waiting", 0)
    assert call.next_at < now + timedelta(minutes=1)


def test_the_doctor_names_an_endpoint_that_is_paused(run: Run) -> None:
    added = json.loads(run("webhook", "add", "https://example.com/", "--event", "customer.*", "--json")[1])
    assert "webhooks: 1 endpoints, 0 dead letters" in run("doctor")[1]
    run("webhook", "pause", str(added["id"]))
    assert "(https://example.com/) is paused, by hand, 0 calls wait" in run("doctor")[1]

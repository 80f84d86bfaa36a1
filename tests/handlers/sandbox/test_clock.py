from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from bot.clock import MovableClock
from bot.sandbox.offset import Offset
from bot.sandbox.platform import Platform
from handlers.sandbox import blueprint
from tests.handlers.sandbox.conftest import told
from tests.support.webhook import MemoryKeys

SOON = timedelta(seconds=5)


def moved_to(client: FlaskClient, body: Any) -> datetime:
    answer = client.post("/sandbox/clock", json=body)
    assert answer.status_code == 200, answer.text
    return datetime.fromisoformat(told(answer)["now"])


def test_set_and_forward(client: FlaskClient) -> None:
    noon = moved_to(client, {"set": "2026-11-24T12:00:00+08:00"})
    later = moved_to(client, {"forward": "2d3h"})

    assert abs(noon - datetime(2026, 11, 24, 4, tzinfo=UTC)) < SOON
    assert abs(later - datetime(2026, 11, 26, 7, tzinfo=UTC)) < SOON
    assert later.utcoffset() == timedelta(hours=8)


def test_the_clock_goes_back(client: FlaskClient) -> None:
    before = moved_to(client, {"set": "2026-11-24T12:00:00+08:00"})

    assert abs(moved_to(client, {"set": "2026-11-23T12:00:00+08:00"}) - before + timedelta(days=1)) < SOON


def test_the_next_slot(client: FlaskClient) -> None:
    moved_to(client, {"set": "2026-11-24T09:00:00+08:00"})

    assert abs(moved_to(client, {"set": "next slot"}) - datetime(2026, 11, 24, 3, tzinfo=UTC)) < SOON


@pytest.mark.parametrize(
    ("at", "stop"),
    [
        ("2026-11-24T11:00:00+08:00", "2026-11-24T11:50:00+08:00"),
        ("2026-11-24T18:00:00+08:00", "2026-11-24T19:30:00+08:00"),
        ("2026-11-27T23:00:00+08:00", "2026-11-28T10:30:00+08:00"),
    ],
    ids=["before the window ends", "when the next one opens", "later at the weekend"],
)
def test_where_a_passing_day_stays_a_moment(client: FlaskClient, at: str, stop: str) -> None:
    assert told(client.post("/sandbox/clock", json={"set": at}))["next_stop"] == stop
    assert told(client.get("/sandbox/clock"))["next_stop"] == stop


def test_the_answer_tells_the_new_time_even_where_the_server_s_clock_lags(
    keys: MemoryKeys, offset: Offset
) -> None:
    elsewhere = Offset(keys, stopwatch=lambda: 0.0)  # what it knew before, it knows for ever
    assert elsewhere() == timedelta()
    app = Flask("lagging")
    app.register_blueprint(blueprint(None, offset, now=MovableClock(elsewhere), host="localhost", zone=UTC))

    assert (
        abs(
            moved_to(app.test_client(), {"set": "2026-12-24T12:00:00Z"})
            - datetime(2026, 12, 24, 12, tzinfo=UTC)
        )
        < SOON
    )


@pytest.mark.parametrize(
    "body",
    [
        {}, [], None, "2d", {"forward": 2}, {"forward": "two days"}, {"set": "noon"}, {"set": "2026-11-24T12:00", "forward": "1d"},
        {"forward": "1d", "speed": 2}, {"forward": "9999d"}, {"set": "9999-12-31T23:59:59+00:00"}, {"set": "0001-01-01T00:00:00+14:00"},
    ],
)  # fmt: skip
def test_bad_input_is_told_in_one_sentence_and_moves_nothing(
    client: FlaskClient, offset: Offset, body: Any
) -> None:
    answer = client.post("/sandbox/clock", json=body)

    assert answer.status_code == 400
    assert told(answer)["problem"].startswith("expected ")
    assert offset() == timedelta()


@pytest.mark.parametrize(
    "sent", [{"data": '{"forward": "1d"}'}, {"data": {"forward": "1d"}}], ids=["no type", "a form"]
)
def test_what_a_foreign_form_can_send_moves_nothing(
    client: FlaskClient, offset: Offset, sent: dict[str, Any]
) -> None:
    assert client.post("/sandbox/clock", **sent).status_code == 400
    assert offset() == timedelta()


@pytest.mark.parametrize("host", ["0.0.0.0", "10.1.2.3", "weilan.test", "::"])
def test_refused_where_others_can_reach_the_server(
    make_client: Callable[..., FlaskClient], offset: Offset, host: str
) -> None:
    answer = make_client(None, offset, host).post("/sandbox/clock", json={"forward": "1d"})

    assert answer.status_code == 403
    assert offset() == timedelta()


def test_the_clock_alone_has_no_simulator(make_client: Callable[..., FlaskClient], offset: Offset) -> None:
    client = make_client(None, offset)

    assert client.post("/sandbox/clock", json={"forward": "1d"}).status_code == 200
    assert client.get("/sandbox/").status_code == client.get("/sandbox/cgi-bin/token").status_code == 404


def test_the_simulator_alone_leaves_the_clock(
    make_client: Callable[..., FlaskClient], platform: Platform
) -> None:
    client = make_client(platform, None)

    assert client.post("/sandbox/clock", json={"forward": "1d"}).status_code == 403
    assert client.get("/sandbox/").status_code == 200

"""The door's manners: who is refused, what is survived, and that nothing but 200, 403 and 413 is ever said."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from prometheus_client import REGISTRY
from sqlalchemy import func, select

from bot.clock import FixedClock
from bot.store.database import Database
from bot.store.tables import messages
from tests.support.door import TOKEN, Door, event, opened, seal, services_of, signature, text_message


@pytest.fixture
def door(sqlite: Database, clock: FixedClock, tmp_path: Path) -> Iterator[Door]:
    with opened(services_of(sqlite, clock, tmp_path / "spool")) as door:
        yield door


def rows(door: Door) -> int:
    with door.services.database.reading() as session:
        return session.execute(select(func.count()).select_from(messages)).scalar_one()


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(f"weilan_{name}_total", labels) or 0.0


def at(door: Door) -> int:
    return int(door.services.now().timestamp())


def test_the_platform_verifies_the_address(door: Door) -> None:
    query = f"signature={signature(TOKEN, '1', '2')}&timestamp=1&nonce=2&echostr=<b>hello%26</b>"
    answer = door.app.test_client().get(f"/wechat?{query}")
    assert (answer.status_code, answer.data, answer.mimetype) == (200, b"<b>hello&</b>", "text/plain")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_bad_signature_is_refused_with_nothing_and_counted(door: Door, method: str) -> None:
    before = counted("refused", reason="signature")
    query, body = seal(text_message("您好"), at(door))
    answer = door.app.test_client().open(
        f"/wechat?{query.replace('signature=', 'signature=0')}", method=method, data=body
    )
    assert (answer.status_code, answer.data) == (403, b"")
    assert counted("refused", reason="signature") == before + 1
    assert rows(door) == 0


def test_another_method_is_not_answered(door: Door) -> None:
    answer = door.app.test_client().put("/wechat")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD, POST")


@pytest.mark.parametrize("announced", [True, False])
def test_more_than_any_message_can_be_is_too_large(door: Door, announced: bool) -> None:
    query, _ = seal(text_message("您好"), at(door))
    environ: dict[str, Any] = {} if announced else {"CONTENT_LENGTH": "", "wsgi.input_terminated": True}
    answer = door.app.test_client().post(f"/wechat?{query}", data=b"x" * 65_537, environ_overrides=environ)
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("", id="nothing"),
        pytest.param("   ", id="spaces"),
        pytest.param("no xml", id="no xml"),
        pytest.param("<xml><MsgType>text</MsgType>", id="cut off"),
        pytest.param("<xml><Content>who?</Content></xml>", id="no type"),
        pytest.param("\x00\x01\x02\udcff".encode("utf-8", "surrogateescape").decode("latin-1"), id="binary"),
        pytest.param('<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><xml>&b;</xml>', id="entity bomb"),
    ],
)
def test_what_is_no_message_is_acknowledged_with_one_line_in_the_log(door: Door, content: str) -> None:
    with structlog.testing.capture_logs() as lines:
        answer = door.post(content)
    assert (answer.status_code, answer.data) == (200, b"success")
    assert len(lines) == 1
    assert "exc_info" not in lines[0]
    assert lines[0]["reason"]
    assert rows(door) == 0


def test_an_unsealed_body_that_is_rubbish_is_refused_like_any_stranger(door: Door) -> None:
    assert (
        door.app.test_client()
        .post("/wechat?signature=1&timestamp=2&nonce=3", data=b"\xff\xfe\x00")
        .status_code
        == 403
    )


def test_no_line_of_the_log_tells_what_a_customer_wrote(door: Door) -> None:
    with structlog.testing.capture_logs() as lines:
        door.say("我的电话是13800000000")
    assert "13800000000" not in str(lines)


def test_an_old_message_nobody_knows_is_refused(door: Door) -> None:
    answer = door.post(text_message("您好"), at=at(door) - 601)
    assert (answer.status_code, answer.data) == (403, b"")
    assert rows(door) == 0


def test_an_old_message_we_answered_gets_its_answer_again(door: Door, clock: FixedClock) -> None:
    xml, sent_at = text_message("您好"), at(door)
    first = door.post(xml, at=sent_at)
    clock.forward(minutes=11)
    again = door.post(xml, at=sent_at)
    assert again.status_code == first.status_code == 200
    assert again.data != b"success"


def test_a_reply_is_sealed_with_the_nonce_of_the_push(door: Door) -> None:
    assert b"<Nonce><![CDATA[42]]></Nonce>" in door.post(text_message("您好")).data


@pytest.mark.parametrize("name", ["MASSSENDJOBFINISH", "unsubscribe", "something_new", "LOCATION"])
def test_what_cannot_be_answered_is_acknowledged(door: Door, name: str) -> None:
    assert door.post(event(name)).data == b"success"
    assert rows(door) == 1


def test_a_connection_that_broke_is_nobodys_trouble(door: Door) -> None:
    class Broken:
        def read(self, _most: int) -> bytes:
            raise ConnectionResetError

    query, _ = seal(text_message("您好"), at(door))
    answer = door.app.test_client().post(
        f"/wechat?{query}", environ_overrides={"wsgi.input": Broken(), "CONTENT_LENGTH": "9"}
    )
    assert answer.status_code == 200


def test_repeats_are_counted(door: Door) -> None:
    before = counted("repeats")
    xml = text_message("您好")
    door.push(xml)
    door.push(xml)
    assert counted("repeats") == before + 1


def test_readiness_names_the_command_when_the_database_is_behind(tmp_path: Path, clock: FixedClock) -> None:
    database = Database(f"sqlite:///{tmp_path}/empty.db")
    services = services_of(database, clock, tmp_path / "spool")
    with opened(services) as door:
        answer = door.app.test_client().get("/readyz")
    database.close()
    assert answer.status_code == 503
    assert "weilan db upgrade" in answer.text


def test_a_whole_house_is_ready_and_says_how_much_waits(door: Door) -> None:
    client = door.app.test_client()
    assert client.get("/healthz").text == "ok"
    assert client.get("/readyz").status_code == 200
    assert 'weilan_waiting{state="planned"} 0.0' in client.get("/metrics").text


def test_an_unknown_page_is_a_short_one_and_for_programs_json(door: Door) -> None:
    client = door.app.test_client()
    page, problem = client.get("/nowhere"), client.get("/api/nowhere")
    assert (page.status_code, page.mimetype) == (404, "text/html")
    assert (problem.status_code, problem.mimetype) == (404, "application/problem+json")
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]

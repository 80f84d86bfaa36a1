"""How webhooks are signed, written, tried again, and where they may go."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.rules.webhooks import webhook_bodies, webhook_signing
from bot.rules.webhooks.webhook_addresses import is_public, objection
from bot.rules.webhooks.webhook_retries import (
    HOPELESS_AFTER,
    LONGEST_ASKED,
    LONGEST_REST,
    TRIES,
    WAITS,
    again_at,
    is_hopeless,
    rest,
    wait_after,
)
from bot.values.webhooks import KINDS, Answer, Event
from tests.conftest import NOON
from tests.house.sources import ROOT


def test_a_signature_is_the_one_the_standards_libraries_give() -> None:
    """The reference vector of the Standard Webhooks libraries."""
    headers = webhook_signing.headers(
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        b'{"test": 2432232314}',
        ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
        datetime.fromtimestamp(1614265330, UTC),
    )
    assert headers["webhook-timestamp"] == "1614265330"
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_while_the_secret_changes_both_sign() -> None:
    old, new = (webhook_signing.secret_of(bytes([n]) * 32) for n in (1, 2))
    both = webhook_signing.headers("evt", b"{}", [new, old], NOON)["webhook-signature"].split(" ")
    assert both == [
        webhook_signing.signature("evt", str(int(NOON.timestamp())), b"{}", key) for key in (new, old)
    ]
    assert both[0] != both[1]


def test_what_is_no_secret_signs_nothing() -> None:
    with pytest.raises(ValueError, match="whsec_"):
        webhook_signing.signature("evt", "1", b"{}", "whsec_not base64!")


def test_a_secret_is_shown_with_its_prefix_and_is_the_key_itself() -> None:
    assert base64.b64decode(webhook_signing.secret_of(b"k" * 32).removeprefix("whsec_")) == b"k" * 32


def test_a_body_names_the_event_the_customer_and_the_rest() -> None:
    event = Event(
        id="a1", kind="segment.entered", at=NOON, sequence=7,
        customer={"id": 3, "openid": "o-茶", "external_id": None}, data={"segment": "tea"},
    )  # fmt: skip
    body = webhook_bodies.body(event)
    assert "o-茶".encode() in body
    assert json.loads(body) == {
        "type": "segment.entered",
        "id": "a1",
        "sequence": 7,
        "timestamp": "2026-11-24T04:00:00.000Z",
        "data": {"customer": {"id": 3, "openid": "o-茶", "external_id": None}, "segment": "tea"},
    }


def test_tries_go_on_for_about_a_day() -> None:
    assert len(WAITS) == TRIES - 1
    assert timedelta(hours=24) < sum(WAITS, timedelta(0)) < timedelta(hours=30)


def test_a_wait_is_spread_by_a_tenth_either_way() -> None:
    assert wait_after(1, 0.0) == timedelta(seconds=9)
    assert wait_after(1, 1.0) == timedelta(seconds=11)


@pytest.mark.parametrize(
    ("answer", "tries", "expected"),
    [
        pytest.param(Answer(200), 1, None, id="taken: never again"),
        pytest.param(Answer(500), 1, WAITS[0], id="a failure: after ten seconds"),
        pytest.param(Answer(301), 2, WAITS[1], id="a redirect is a failure"),
        pytest.param(Answer(0, "no answer in time"), 9, WAITS[8], id="before the last try: after 18 hours"),
        pytest.param(Answer(500), 10, None, id="the tenth was the last"),
        pytest.param(Answer(410), 10, timedelta(0), id="gone: kept for when it is resumed"),
        pytest.param(Answer(429, "", 60), 1, timedelta(minutes=1), id="as late as it asks"),
        pytest.param(Answer(503, "", 1), 1, WAITS[0], id="never sooner than ours"),
        pytest.param(Answer(429, "", 10**8), 1, LONGEST_ASKED, id="it may not ask for ever"),
        pytest.param(Answer(500, "", 60), 1, WAITS[0], id="only the busy may ask"),
    ],
)
def test_when_a_call_is_made_again(answer: Answer, tries: int, expected: timedelta | None) -> None:
    assert again_at(answer, tries, NOON, 0.5) == (None if expected is None else NOON + expected)


@pytest.mark.parametrize(
    ("failures", "expected"),
    [(0, timedelta(0)), (2, timedelta(0)), (3, WAITS[0]), (4, WAITS[1]), (1_000_000, LONGEST_REST)],
)
def test_an_endpoint_that_fails_again_and_again_is_left_alone(failures: int, expected: timedelta) -> None:
    assert rest(failures) == expected


def test_one_that_fails_for_days_is_given_up() -> None:
    since = NOON - HOPELESS_AFTER
    assert is_hopeless(since, 3, NOON)
    assert not is_hopeless(since + timedelta(seconds=1), 3, NOON)
    assert not is_hopeless(since, 2, NOON)
    assert not is_hopeless(None, 0, NOON)


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/hook?shop=1",
        "http://example.com:8080",
        "http://[2001:db8::1]/",
        "http://10.0.0.1/",
    ],
)
def test_an_address_that_may_be_added(url: str) -> None:
    assert objection(url) is None


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com/hook",
        "ftp://example.com/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://",
        "https:///hook",
        "https://example.com:0/",
        "https://example.com:70000/",
        "https://example.com:x/",
        "https://user:pass@example.com/",
        "https://example.com/#part",
        "https://example.com/a b",
        "https://example.com/a\r\nX: y",
        "https://示例.com/",
        "https://a..b/",
        "https://" + "a" * 64 + ".com/",
        "https://[::1/",
        "https://example.com/" + "a" * 2000,
    ],
)
def test_an_address_that_may_not_be_added(url: str) -> None:
    assert (objection(url) or "").startswith("expected")


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("93.184.216.34", True),
        ("2606:4700::1111", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("100.64.0.1", False),
        ("169.254.169.254", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1%eth0", False),
        ("fc00::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:93.184.216.34", True),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
        ("ff02::1", False),
        pytest.param("::7f00:1", False, id="a loopback in IPv6's oldest way to write IPv4"),
        pytest.param("64:ff9b:1::a00:1", False, id="a network's own NAT64"),
        pytest.param("fec0::1", False, id="site-local, as it was once"),
        pytest.param("3fff::1", False, id="for documents"),
        pytest.param("192.0.0.8", False, id="for protocols"),
    ],
)
def test_which_addresses_are_public(address: str, expected: bool) -> None:
    assert is_public(address) == expected


def test_the_receiver_in_the_docs_takes_what_we_sign_and_nothing_else() -> None:
    by_hand = (ROOT / "docs/webhooks.md").read_text(encoding="utf-8").split("```python\n")[2].split("```")[0]
    secret = webhook_signing.secret_of(b"k" * 32)
    receiver: dict[str, Any] = {}
    exec(by_hand.replace("whsec_…", secret), receiver)
    body, now = b'{"type":"ping"}', datetime.now(UTC)
    headers = webhook_signing.headers("a1", body, [webhook_signing.secret_of(b"n" * 32), secret], now)
    assert receiver["verified"](headers, body) == {"type": "ping"}
    old = webhook_signing.headers("a1", body, [secret], now - timedelta(minutes=6))
    for given, of in ((headers, b'{"type":"pong"}'), (headers | {"webhook-id": "a2"}, body), (old, body)):
        with pytest.raises(ValueError, match=r"not signed|too old"):
            receiver["verified"](given, of)


def test_the_docs_list_every_event() -> None:
    docs = (ROOT / "docs/webhooks.md").read_text(encoding="utf-8")
    assert [kind for kind in KINDS if f"`{kind}`" not in docs] == []

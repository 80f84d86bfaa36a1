"""The vectors were made with openssl and sha1sum from the platform's description, not with the code under test."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given
from hypothesis import strategies as some
from lxml import etree

from bot.config import WeChat
from bot.wechat.envelope import BadSignature, Envelope, Opened, Unreadable, signature_of

TOKEN = "token-of-tests"
APP_ID = "wx0123456789abcdef"
KEY = "WeilanTestKey0123456789abcdefghijklmnopqrsA"
OLD_KEY = "AnotherTestKey0123456789abcdefghijklmnopqrA"
PLAIN = "<xml><Content>微澜</Content></xml>".encode()
ENCRYPT = (
    "FRak7L5cJWvYjd703lRUfIs1xG1NGILpCn4Y1foa3oh1FoRtHMuvksji8AW7fkhpkQeJ8oo2"
    "Tl/dUlomeYwk6xYxwNI+9opiRqrks2PptFdhXpqaXPhr7eD+leLhpx7d"
)
SENT = 1764000000
NOW = datetime.fromtimestamp(SENT + 2, UTC)
QUERY = {
    "timestamp": str(SENT),
    "nonce": "nonce123",
    "signature": "4f69254325b5eb23c20a18020ce87b491284dedf",
    "msg_signature": "bb99ba3bb816e36d0367c4e73d4e2589dedf9a74",
}


def account(**settings: str) -> Envelope:
    return Envelope(WeChat.model_validate(settings))


SAFE = account(app_id=APP_ID, token=TOKEN, encoding_aes_key=KEY)
PLAIN_MODE = account(app_id=APP_ID, token=TOKEN)


def wrapped(encrypt: str, beside: str = "") -> bytes:
    return f"<xml><ToUserName><![CDATA[gh_1]]></ToUserName>{beside}<Encrypt><![CDATA[{encrypt}]]></Encrypt></xml>".encode()


def signed(encrypt: str, timestamp: int = SENT) -> dict[str, str]:
    query = {"timestamp": str(timestamp), "nonce": "n1"}
    return query | {
        "signature": signature_of(TOKEN, query["timestamp"], query["nonce"]),
        "msg_signature": signature_of(TOKEN, query["timestamp"], query["nonce"], encrypt),
    }


def by_hand(padded: bytes, key: str = KEY) -> str:
    """Encrypts what is already padded, however wrongly."""
    raw = base64.b64decode(key + "=")
    encryptor = Cipher(algorithms.AES(raw), modes.CBC(raw[:16])).encryptor()
    return base64.b64encode(encryptor.update(padded) + encryptor.finalize()).decode()


def open_signed(encrypt: str, envelope: Envelope = SAFE) -> Opened:
    return envelope.open(signed(encrypt), wrapped(encrypt), NOW)


def test_a_signature_of_the_platform_is_recognised() -> None:
    SAFE.verify(QUERY)


@pytest.mark.parametrize(
    "query",
    [
        pytest.param({}, id="nothing"),
        pytest.param(QUERY | {"signature": "0" * 40}, id="another signature"),
        pytest.param(QUERY | {"nonce": "nonce124"}, id="another nonce"),
        pytest.param(QUERY | {"timestamp": "1764000001"}, id="another time"),
        pytest.param(QUERY | {"signature": QUERY["signature"].upper()}, id="capital letters"),
        pytest.param(QUERY | {"signature": "签名"}, id="no ASCII"),
        pytest.param(QUERY | {"nonce": "\ud800"}, id="a lone surrogate"),
    ],
)
def test_anything_else_is_a_bad_signature(query: dict[str, str]) -> None:
    with pytest.raises(BadSignature):
        SAFE.verify(query)


def test_without_a_token_of_ours_nobody_is_authentic() -> None:
    open_to_all = account(app_id=APP_ID)
    with pytest.raises(BadSignature):
        open_to_all.verify({"timestamp": "1", "nonce": "2", "signature": signature_of("", "1", "2")})


def test_safe_mode_opens_the_cipher() -> None:
    assert SAFE.open(QUERY, wrapped(ENCRYPT), NOW) == Opened(PLAIN, stale=False, encrypted=True)


def test_sealing_gives_the_platform_s_own_cipher() -> None:
    assert SAFE.encrypt(PLAIN, b"R" * 16) == ENCRYPT


def test_a_sealed_reply_carries_what_the_platform_checks() -> None:
    sealed = etree.fromstring(SAFE.seal(PLAIN, NOW, nonce="nonce123"))
    fields = {child.tag: child.text for child in sealed}
    assert fields["TimeStamp"] == str(SENT + 2)
    assert fields["Nonce"] == "nonce123"
    assert fields["MsgSignature"] == signature_of(TOKEN, fields["TimeStamp"], "nonce123", fields["Encrypt"])
    assert open_signed(fields["Encrypt"]).xml == PLAIN


def test_two_seals_of_one_reply_differ() -> None:
    assert SAFE.encrypt(PLAIN) != SAFE.encrypt(PLAIN)


def test_a_nonce_that_could_break_the_xml_is_replaced() -> None:
    sealed = etree.fromstring(SAFE.seal(PLAIN, NOW, nonce="]]><a/>"))
    assert (sealed.findtext("Nonce") or "").isalnum()


def test_plain_mode_reads_the_body_as_it_came() -> None:
    assert PLAIN_MODE.open(QUERY, PLAIN, NOW) == Opened(PLAIN, stale=False, encrypted=False)


def test_plain_mode_refuses_a_wrong_signature() -> None:
    with pytest.raises(BadSignature):
        PLAIN_MODE.open(QUERY | {"signature": "x"}, PLAIN, NOW)


def test_plain_mode_cannot_seal() -> None:
    with pytest.raises(ValueError, match="encoding_aes_key"):
        PLAIN_MODE.seal(PLAIN, NOW)


def test_compatible_mode_prefers_the_cipher() -> None:
    body = wrapped(ENCRYPT, beside="<MsgType>text</MsgType><Content>the plain half</Content>")
    assert SAFE.open(QUERY, body, NOW).xml == PLAIN


def test_compatible_mode_without_our_key_reads_the_plain_half() -> None:
    body = wrapped(ENCRYPT, beside="<MsgType>text</MsgType>")
    assert PLAIN_MODE.open(QUERY, body, NOW) == Opened(body, stale=False, encrypted=False)


def test_a_plain_body_is_taken_while_the_platform_is_being_switched_over() -> None:
    assert SAFE.open(QUERY, PLAIN, NOW) == Opened(PLAIN, stale=False, encrypted=False)


def test_a_plain_body_needs_the_plain_signature() -> None:
    with pytest.raises(BadSignature):
        SAFE.open(QUERY | {"signature": QUERY["msg_signature"]}, PLAIN, NOW)


@pytest.mark.parametrize(
    ("missing", "ends"), [("msg_signature", Unreadable), ("nonce", BadSignature), ("timestamp", BadSignature)]
)
def test_the_right_plain_signature_does_not_open_a_cipher(missing: str, ends: type[Exception]) -> None:
    with pytest.raises(ends):
        SAFE.open({name: value for name, value in QUERY.items() if name != missing}, wrapped(ENCRYPT), NOW)


def test_a_cipher_without_its_signature_is_a_strangers_unless_the_plain_one_is_right() -> None:
    query = {"signature": "x", "timestamp": QUERY["timestamp"], "nonce": QUERY["nonce"]}
    with pytest.raises(BadSignature):
        SAFE.open(query, wrapped(ENCRYPT), NOW)


def test_a_customer_who_writes_about_the_cipher_does_not_become_it() -> None:
    talk = "<Content><![CDATA[<Encrypt>AAAA</Encrypt>]]></Content>"
    assert SAFE.open(QUERY, wrapped(ENCRYPT, beside=talk), NOW).xml == PLAIN
    body = f"<xml>{talk}</xml>".encode()
    assert SAFE.open(QUERY, body, NOW) == Opened(body, stale=False, encrypted=False)


def test_during_a_rotation_the_previous_key_opens_and_the_new_one_seals() -> None:
    rotating = account(app_id=APP_ID, token=TOKEN, encoding_aes_key=KEY, previous_aes_key=OLD_KEY)
    before = account(app_id=APP_ID, token=TOKEN, encoding_aes_key=OLD_KEY)
    assert open_signed(before.encrypt(PLAIN), rotating).xml == PLAIN
    assert open_signed(SAFE.encrypt(PLAIN), rotating).xml == PLAIN
    assert open_signed(rotating.encrypt(PLAIN), SAFE).xml == PLAIN


def test_a_key_that_is_neither_opens_nothing() -> None:
    stranger = account(app_id=APP_ID, token=TOKEN, encoding_aes_key="Z" * 42 + "A")
    with pytest.raises(Unreadable):
        open_signed(stranger.encrypt(PLAIN))


@pytest.mark.parametrize(
    ("seconds", "stale"),
    [
        pytest.param(0, False, id="now"),
        pytest.param(600, False, id="ten minutes"),
        pytest.param(601, True, id="longer"),
        pytest.param(-86_400, False, id="from the future"),
    ],
)
def test_what_is_older_than_ten_minutes_is_stale(seconds: int, stale: bool) -> None:
    at = datetime.fromtimestamp(SENT, UTC) + timedelta(seconds=seconds)
    assert PLAIN_MODE.open(QUERY, PLAIN, at).stale is stale


def test_one_clock_by_which_it_is_fresh_is_enough() -> None:
    moved = NOW + timedelta(days=3)
    assert not PLAIN_MODE.open(QUERY, PLAIN, moved, NOW).stale
    assert PLAIN_MODE.open(QUERY, PLAIN, moved, moved).stale


@pytest.mark.parametrize("timestamp", ["", "soon", "1e9", "9" * 400, "9" * 5000])
def test_a_time_that_is_none_proves_no_freshness(timestamp: str) -> None:
    query = {"timestamp": timestamp, "nonce": "n", "signature": signature_of(TOKEN, timestamp, "n")}
    assert PLAIN_MODE.open(query, PLAIN, NOW).stale


def plain_text(content: bytes = PLAIN, app_id: bytes = APP_ID.encode(), length: int | None = None) -> bytes:
    return b"R" * 16 + (len(content) if length is None else length).to_bytes(4, "big") + content + app_id


def pad(plain: bytes, block: int = 32) -> bytes:
    missing = block - len(plain) % block
    return plain + bytes([missing]) * missing


@pytest.mark.parametrize(
    ("encrypt", "reason"),
    [
        pytest.param(by_hand(pad(plain_text(app_id=b"wxanother"))), "wrong_app_id", id="another account's"),
        pytest.param(by_hand(pad(plain_text(app_id=b""))), "wrong_app_id", id="nobody's"),
        pytest.param(by_hand(pad(plain_text(length=2**32 - 1))), "bad_length", id="a length beyond the end"),
        pytest.param(by_hand(pad(plain_text(length=0))), "wrong_app_id", id="a length too short"),
        pytest.param(by_hand(bytes(96)), "bad_padding", id="padding of 0"),
        pytest.param(by_hand(bytes([33]) * 96), "bad_padding", id="padding of 33"),
        pytest.param(by_hand(b"x" * 94 + b"\x01\x02"), "bad_padding", id="padding that disagrees"),
        pytest.param(by_hand(bytes([32]) * 32), "bad_length", id="nothing but padding"),
        pytest.param(by_hand(bytes([16]) * 16), "bad_length", id="half a block"),
        pytest.param("AAAA", "bad_length", id="too short for a cipher"),
        pytest.param("A", "bad_base64", id="no base64"),
        pytest.param("微澜", "bad_base64", id="no ASCII"),
    ],
)
def test_a_cipher_that_is_signed_and_wrong_is_unreadable(encrypt: str, reason: str) -> None:
    with pytest.raises(Unreadable) as unreadable:
        open_signed(encrypt)
    assert unreadable.value.reason == reason


@pytest.mark.parametrize("body", [b"", b"  ", b"{}", b"\x00\xff\xfe", b"<xml>"])
def test_rubbish_from_a_stranger_is_a_bad_signature_and_from_wechat_unreadable(body: bytes) -> None:
    with pytest.raises(BadSignature):
        SAFE.open({}, body, NOW)
    with pytest.raises(Unreadable):
        SAFE.open(QUERY, body, NOW)


OF_AN_ACCOUNT = some.text(some.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=40)


@given(text=some.text(max_size=2000), app_id=OF_AN_ACCOUNT.map(str.strip))
def test_what_is_sealed_opens_again(text: str, app_id: str) -> None:
    envelope = account(app_id=app_id, token=TOKEN, encoding_aes_key=KEY)
    assert open_signed(envelope.encrypt(text.encode()), envelope).xml == text.encode()


@given(
    body=some.binary(max_size=300),
    query=some.dictionaries(some.sampled_from(list(QUERY)), some.text(max_size=50)),
)
def test_no_stranger_s_bytes_raise_anything_else(body: bytes, query: dict[str, str]) -> None:
    with pytest.raises(BadSignature):
        SAFE.open(query, body, NOW)


@given(sealed=some.binary(min_size=1, max_size=200))
def test_no_signed_bytes_raise_anything_else(sealed: bytes) -> None:
    with pytest.raises(Unreadable):
        open_signed(base64.b64encode(sealed).decode())


@given(before=some.binary(max_size=100))
def test_no_signed_plain_text_raises_anything_else(before: bytes) -> None:
    """Well padded, and then anything."""
    with pytest.raises(Unreadable):
        open_signed(by_hand(pad(before)))

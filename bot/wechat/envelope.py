"""The envelope around every push: is it WeChat's, is it fresh, and what does it say. Never interprets the message.

Which mode the account is in shows in the body, not in the settings:

- A body with `Encrypt` is opened with the key and must carry the right `msg_signature` (safe mode; in compatible
  mode, which sends both side by side, the cipher is preferred and the plain half is not read).
- A body without it must carry the right `signature`. With a key configured it is accepted all the same, because
  the platform's switch and ours are thrown at different moments and pushes are on their way in between.
- While no key is configured, the plain half of a compatible body is read.

`signature` does not cover the body, so plain mode is as weak as the platform made it: safe mode is recommended.

AES comes from `cryptography` directly. wechatpy's class takes any padding, fails with IndexError or
UnicodeDecodeError on a wrong key, compares signatures in varying time, draws its random bytes from
`random.sample`, and builds a cipher for every message: 8 µs against 4 µs for one that is kept.
"""

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from bot import chance
from bot.config import WeChat
from bot.wechat.bodies import Unreadable, fields_of

__all__ = ["LARGEST_BODY", "BadSignature", "Envelope", "Opened", "Unreadable", "signature_of"]

LARGEST_BODY = 64 * 1024
FRESH_FOR = timedelta(minutes=10)
BLOCK = 32  # WeChat pads to 32 bytes, not to the 16 of AES
RANDOM = chance.SIZE  # 16
LENGTH = 4

# What safe mode sends, to the letter; anything else goes through the XML parser.
_USUAL = re.compile(
    rb"\s*<xml>\s*<ToUserName>(?:<!\[CDATA\[)?[\w@.-]*(?:\]\]>)?</ToUserName>\s*"
    rb"<Encrypt>(?:<!\[CDATA\[)?([A-Za-z0-9+/=]+)(?:\]\]>)?</Encrypt>\s*</xml>\s*"
)


class BadSignature(Exception):
    """Not WeChat's, as far as anyone can tell: 403."""


@dataclass(frozen=True, slots=True)
class Opened:
    xml: bytes
    stale: bool  # older than ten minutes: only a repeat of a message we know may pass
    encrypted: bool  # the answer has to be sealed


def signature_of(*parts: str) -> str:
    """The platform's signature: SHA-1 over the sorted parts, in hexadecimal."""
    return hashlib.sha1("".join(sorted(parts)).encode("utf-8", "replace")).hexdigest()  # noqa: S324  the platform's choice


class Envelope:
    """One per process, shared by threads. Without a token nothing is authentic."""

    def __init__(self, settings: WeChat) -> None:
        self._token = settings.token.get_secret_value()
        self._app_id = settings.app_id.encode()
        keys = (settings.encoding_aes_key.get_secret_value(), settings.previous_aes_key.get_secret_value())
        self._ciphers = [_cipher(key) for key in keys if key]

    def verify(self, args: Mapping[str, str]) -> None:
        """Raises `BadSignature` unless `signature` is right; `args` is the query of the request."""
        self._compare(args.get("signature", ""), args.get("timestamp", ""), args.get("nonce", ""))

    def open(self, args: Mapping[str, str], body: bytes, now: datetime, *also: datetime) -> Opened:
        """Opens a push. It is stale only if it is old by every instant given: in the sandbox the clock is moved.

        Raises `BadSignature` (answer 403) or, for what is authentic and no message, `Unreadable` (answer success).
        """
        stale = _is_old(args.get("timestamp", ""), now, *also)
        if not self._ciphers:
            self.verify(args)
            return Opened(body, stale, encrypted=False)
        encrypt = self._encrypt_in(args, body)
        if not encrypt:
            self.verify(args)
            return Opened(body, stale, encrypted=False)
        if "msg_signature" not in args:
            self.verify(args)
            raise Unreadable("no_msg_signature")  # from one who knows the token; not read all the same
        self._compare(
            args.get("msg_signature", ""), args.get("timestamp", ""), args.get("nonce", ""), encrypt
        )
        return Opened(self._decrypted(encrypt), stale, encrypted=True)

    def seal(self, xml: bytes | str, now: datetime, *, nonce: str = "", random: bytes | None = None) -> bytes:
        """Wraps a reply for an encrypted push. `random`, 16 bytes, is drawn unless a test gives it."""
        if not self._ciphers:
            raise ValueError("no encoding_aes_key is configured")
        if not (nonce.isascii() and nonce.isalnum()):
            nonce = secrets.token_hex(8)
        encrypt = self.encrypt(xml.encode() if isinstance(xml, str) else xml, random)
        timestamp = str(int(now.timestamp()))
        signature = signature_of(self._token, timestamp, nonce, encrypt)
        return (
            f"<xml><Encrypt><![CDATA[{encrypt}]]></Encrypt><MsgSignature><![CDATA[{signature}]]></MsgSignature>"
            f"<TimeStamp>{timestamp}</TimeStamp><Nonce><![CDATA[{nonce}]]></Nonce></xml>"
        ).encode()

    def encrypt(self, content: bytes, random: bytes | None = None) -> str:
        """16 random bytes, the length in bytes, the content, the app id, padding; encrypted, as base64."""
        plain = (
            (chance.piece() if random is None else random)
            + len(content).to_bytes(LENGTH, "big")
            + content
            + self._app_id
        )
        padding = BLOCK - len(plain) % BLOCK
        encryptor = self._ciphers[0].encryptor()
        return base64.b64encode(
            encryptor.update(plain + bytes([padding]) * padding) + encryptor.finalize()
        ).decode()

    def _encrypt_in(self, args: Mapping[str, str], body: bytes) -> str:
        if usual := _USUAL.fullmatch(body):
            return usual[1].decode()
        try:
            return fields_of(body).text("Encrypt")
        except Unreadable:
            self.verify(args)  # a stranger's rubbish is a bad signature first
            raise

    def _compare(self, given: str, *parts: str) -> None:
        expected = signature_of(self._token, *parts)
        if not hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace")) or not self._token:
            raise BadSignature

    def _decrypted(self, encrypt: str) -> bytes:
        """With the key of today, else with the previous one: during a rotation pushes are on their way."""
        try:
            sealed = binascii.a2b_base64(encrypt)
        except (binascii.Error, ValueError):
            raise Unreadable("bad_base64") from None
        if not sealed or len(sealed) % BLOCK:
            raise Unreadable("bad_length")
        *first, last = self._ciphers
        for cipher in first:
            try:
                return self._content(cipher, sealed)
            except Unreadable:
                continue
        return self._content(last, sealed)

    def _content(self, cipher: Cipher[modes.CBC], sealed: bytes) -> bytes:
        decryptor = cipher.decryptor()
        plain = decryptor.update(sealed) + decryptor.finalize()
        padding = plain[-1]
        if not 1 <= padding <= BLOCK or not plain.endswith(bytes([padding]) * padding):
            raise Unreadable("bad_padding")
        end = len(plain) - padding
        start = RANDOM + LENGTH
        behind = start + int.from_bytes(plain[RANDOM:start], "big")
        if not start <= behind <= end:
            raise Unreadable("bad_length")
        if plain[behind:end] != self._app_id:
            raise Unreadable("wrong_app_id")
        return plain[start:behind]


def _cipher(encoding_aes_key: str) -> Cipher[modes.CBC]:
    key = base64.b64decode(encoding_aes_key + "=")
    return Cipher(algorithms.AES(key), modes.CBC(key[:16]))


def _is_old(timestamp: str, *references: datetime) -> bool:
    """A time that is no number proves no freshness; one in the future is a clock that goes wrong, not a repeat."""
    try:
        sent = float(int(timestamp))
    except (ValueError, OverflowError):
        return True
    return min(references).timestamp() - sent > FRESH_FOR.total_seconds()

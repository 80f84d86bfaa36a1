"""The callbacks the platform pushes: their XML, their signature, their three modes.

A peer of the product's own envelope, written apart from it on purpose: two readings of the same rules.
"""

import base64
import hashlib
import secrets
import struct
from collections.abc import Mapping, Sequence
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from bot.sandbox.account import Account

BLOCK = 32


class Unreadable(Exception):
    """An encrypted reply does not open; says why."""


def xml(fields: Mapping[str, Any], name: str = "xml") -> str:
    """Numbers stand plain, words in CDATA; a list repeats its element, a mapping nests."""
    return f"<{name}>{''.join(_element(key, value) for key, value in fields.items())}</{name}>"


def signature(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()  # noqa: S324 (WeChat's choice)


def sealed_push(
    account: Account, fields: Mapping[str, Any], timestamp: int, nonce: str
) -> tuple[dict[str, str], bytes]:
    """The query and body of a push, in the account's mode; the three tries of a push are equal."""
    plain = xml(fields)
    query = {
        "signature": signature(account.token, str(timestamp), nonce),
        "timestamp": str(timestamp),
        "nonce": nonce,
        "openid": str(fields["FromUserName"]),
    }
    if account.mode == "plain":
        return query, plain.encode()
    encrypted = encrypt(account, plain.encode())
    query |= {
        "encrypt_type": "aes",
        "msg_signature": signature(account.token, str(timestamp), nonce, encrypted),
    }
    if account.mode == "compatible":
        return query, xml({**fields, "Encrypt": encrypted}).encode()
    return query, xml({"ToUserName": account.id, "Encrypt": encrypted}).encode()


def encrypt(account: Account, plain: bytes) -> str:
    content = secrets.token_bytes(16) + struct.pack(">I", len(plain)) + plain + account.app_id.encode()
    missing = BLOCK - len(content) % BLOCK
    content += bytes([missing]) * missing
    encryptor = _cipher(account).encryptor()
    return base64.b64encode(encryptor.update(content) + encryptor.finalize()).decode()


def decrypt(account: Account, encrypted: str) -> bytes:
    """Raises `Unreadable` for what the platform could not open."""
    try:
        sealed = base64.b64decode(encrypted, validate=True)
        decryptor = _cipher(account).decryptor()
        content = decryptor.update(sealed) + decryptor.finalize()
    except ValueError as error:
        raise Unreadable("密文不是完整的 AES 数据块") from error
    if not content or not 1 <= content[-1] <= BLOCK or len(content) - content[-1] < 20:
        raise Unreadable("密文的填充不对")
    content = content[: -content[-1]]
    length = struct.unpack(">I", content[16:20])[0]
    plain, app_id = content[20 : 20 + length], content[20 + length :]
    if len(plain) != length or app_id != account.app_id.encode():
        raise Unreadable("密文里的 AppID 不对")
    return plain


def _cipher(account: Account) -> Cipher[modes.CBC]:
    key = base64.b64decode(account.aes_key + "=")
    return Cipher(algorithms.AES(key), modes.CBC(key[:16]))


def _element(name: str, value: Any) -> str:
    if isinstance(value, Mapping):
        return xml(value, name)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "".join(_element(name, item) for item in value)
    if isinstance(value, int | float):
        return f"<{name}>{value}</{name}>"
    return f"<{name}><![CDATA[{str(value).replace(']]>', ']]]]><![CDATA[>')}]]></{name}>"

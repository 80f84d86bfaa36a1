"""Keeps webhook secrets from whoever sees only the database: encrypted with a key derived from `server.secret_key`.

Signing needs the plain secret, so it cannot be a hash. Where `server.secret_key` is empty the product keeps that key
in the same database, and this hides nothing from who has all of it.
"""

import base64
import secrets

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.rules.webhooks.webhook_signing import KEY_BYTES, secret_of


class Unreadable(Exception):
    """`server.secret_key` is not the one the secret was sealed with."""


def new_secret() -> str:
    return secret_of(secrets.token_bytes(KEY_BYTES))


def sealed(secret: str, secret_key: str) -> str:
    return _box(secret_key).encrypt(secret.encode()).decode()


def opened(token: str, secret_key: str) -> str:
    try:
        return _box(secret_key).decrypt(token.encode()).decode()
    except InvalidToken:
        raise Unreadable from None


def _box(secret_key: str) -> Fernet:
    derived = HKDF(SHA256(), KEY_BYTES, salt=None, info=b"weilan webhook secrets").derive(secret_key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))

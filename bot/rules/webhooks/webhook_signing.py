"""The signature of an outgoing webhook, as https://www.standardwebhooks.com has it: the receivers' libraries know it."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime

PREFIX = "whsec_"
KEY_BYTES = 32


def secret_of(key: bytes) -> str:
    """As it is shown to the person who enters it at the receiver."""
    return PREFIX + base64.b64encode(key).decode()


def headers(event_id: str, body: bytes, secrets: Sequence[str], now: datetime) -> dict[str, str]:
    """`secrets` in their shown form, the newest first; `now` is real time, receivers refuse what is old."""
    timestamp = str(int(now.timestamp()))
    return {
        "webhook-id": event_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(signature(event_id, timestamp, body, secret) for secret in secrets),
    }


def signature(event_id: str, timestamp: str, body: bytes, secret: str) -> str:
    """Raises `ValueError` for what is no secret."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        raise ValueError("a webhook's secret is whsec_ and base64") from None
    signed = f"{event_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()

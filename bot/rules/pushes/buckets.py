"""Which of ten thousand buckets a customer is in: for hold-outs and variants. Never changes for an openid."""

import hashlib

BUCKETS = 10_000


def bucket_of(openid: str) -> int:
    """0 to 9999, spread evenly, equal on every machine and in every version of Python."""
    return int.from_bytes(hashlib.sha256(openid.encode()).digest()[:8], "big") % BUCKETS

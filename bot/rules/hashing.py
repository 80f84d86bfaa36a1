"""What may be kept of a person who was forgotten: a keyed hash, good for recognising and for nothing else."""

import hashlib
import hmac


def openid_hash(openid: str, salt: str) -> str:
    """64 hex digits; without the salt nobody can tell whose it is, even holding a list of openids."""
    return hmac.new(salt.encode(), openid.encode(), hashlib.sha256).hexdigest()


def once_hash(once_key: str) -> str:
    """Stands for a once-key that may name somebody, so that repeats still collide after they are forgotten."""
    return "#" + hashlib.sha256(once_key.encode()).hexdigest()

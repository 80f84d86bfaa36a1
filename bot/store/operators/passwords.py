"""Passwords of the staff, as argon2id hashes. Hashing takes tens of milliseconds: never inside a transaction."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LEAST_LONG = 10
MOST_LONG = 200

# OWASP's second profile: 19 MiB for each sign-in that runs, so that several at once do not fill a small machine.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


def hashed(password: str) -> str:
    return _hasher.hash(password)


def fits(password: str, password_hash: str | None) -> bool:
    """With no hash (there is nobody of that name) it takes the same time and says no."""
    try:
        return _hasher.verify(password_hash or _of_nobody(), password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def _of_nobody() -> str:
    return _hasher.hash("nobody has this password")


def is_outdated(password_hash: str) -> bool:
    """Made with other parameters than today's: hash the password anew while it is at hand."""
    return _hasher.check_needs_rehash(password_hash)


def objection(password: str, name: str = "") -> str | None:
    """Why this password is not taken: "too_short", "too_long", "is_the_name", "too_plain"; None when it is."""
    if len(password) < LEAST_LONG:
        return "too_short"
    if len(password) > MOST_LONG:
        return "too_long"
    if name and name.lower() in password.lower() and len(password) < len(name) + 6:
        return "is_the_name"
    if len(set(password)) < 4:
        return "too_plain"
    return None

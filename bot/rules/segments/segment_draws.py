"""A customer's bucket in an experiment of its own: drawn anew for each name, the same for ever.

A polynomial over a prime, its coefficients from a hash of the name: whole numbers only, so that both databases and
this file come to the same, and two names divide the customers independently of each other.
"""

import hashlib

from bot.rules.pushes.buckets import BUCKETS

PRIME = 2_147_483_647  # products of two numbers below it stay within 63 bits


def coefficients(salt: str) -> tuple[int, int, int]:
    digest = hashlib.sha256(f"bucket {salt}".encode()).digest()
    first, second, third = (int.from_bytes(digest[at : at + 8], "big") % PRIME for at in (0, 8, 16))
    return first or 1, second, third


def drawn(customer_id: int, salt: str) -> int:
    """0 to 9999."""
    first, second, third = coefficients(salt)
    number = customer_id % PRIME
    return ((first * number % PRIME + second) % PRIME * number % PRIME + third) % PRIME % BUCKETS

"""Numbers and codes that people read out and type: only letters that are read for nothing else, and enough chance."""

import secrets
from base64 import b32encode

LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # in their order, so that what is written is ordered as what it stands for
BITS = 5  # of a letter
_AS_OURS = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", LETTERS.encode())


def by_chance(letters: int) -> str:
    return written(secrets.randbits(letters * BITS), letters)


def written(number: int, letters: int) -> str:
    """`number` below 32 ** `letters`."""
    size = -(-letters // 8) * BITS  # bytes: eight letters are five of them
    encoded = b32encode((number << (size * 8 - letters * BITS)).to_bytes(size, "big"))
    return encoded[:letters].translate(_AS_OURS).decode()

"""Chance from the system, drawn for many at once: each drawing lets another thread have the interpreter, and waits to get it back."""

import os

SIZE = 16  # bytes, of a piece
AT_ONCE = 256  # pieces

_pieces: list[bytes] = []


def piece() -> bytes:
    """`SIZE` bytes nobody else gets: taking the last of a list is one step for every thread."""
    try:
        return _pieces.pop()
    except IndexError:
        first, *others = _drawn()
        _pieces.extend(others)
        return first


def number(bits: int) -> int:
    """Below 2 ** `bits`; at most 128 of them."""
    return int.from_bytes(piece(), "big") >> (8 * SIZE - bits)


def _drawn() -> list[bytes]:
    drawn = os.urandom(SIZE * AT_ONCE)
    return [drawn[at : at + SIZE] for at in range(0, len(drawn), SIZE)]


os.register_at_fork(after_in_child=_pieces.clear)  # what the parent still has is its own

"""Finds keys that come again in a file too long to remember: bounded memory, some false alarms, none missed."""

from collections.abc import Iterable

LARGEST = 1 << 27  # bytes


class Unsorted(Exception):
    """Too many keys come again."""


def repeated(keys: Iterable[str], *, size: int, most: int) -> set[str]:
    """Keys that stand in more than one place, and about one in five hundred others; neighbours count as one place.

    `size` is the file's, in bytes; raises `Unsorted` above `most` of them.
    """
    bits = 8 << max(13, (min(LARGEST, max(size, 1)) - 1).bit_length())
    seen, mask = bytearray(bits >> 3), bits - 1
    found: set[str] = set()
    last = ""
    for key in keys:
        is_neighbour, last = key == last, key
        if is_neighbour or not key:
            continue
        at = hash(key) & mask
        byte, bit = at >> 3, 1 << (at & 7)
        if not seen[byte] & bit:
            seen[byte] |= bit
        elif key not in found:
            found.add(key)
            if len(found) > most:
                raise Unsorted
    return found

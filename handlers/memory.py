"""Memory a process had for a moment goes back to the machine: glibc, left alone, keeps the largest of each thread.

A sign-in takes 19 MiB to hash a password; eight threads that each had one kept 170 MB for good.
"""

import ctypes

LARGE = 4 << 20  # bytes; from here on a piece is the system's own, and goes back when it is let go of
POOLS = 2  # the threads take from; by itself glibc makes eight for each processor

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8  # glibc's malloc.h


def goes_back() -> None:
    """To be called before there are threads. Other C libraries than glibc have nothing to be told."""
    told = getattr(ctypes.CDLL(None), "mallopt", None)
    if told is not None:
        told(_MMAP_THRESHOLD, LARGE)
        told(_TRIM_THRESHOLD, LARGE)
        told(_ARENA_MAX, POOLS)

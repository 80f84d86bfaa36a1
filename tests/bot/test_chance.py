"""Chance drawn for many at once: no piece is given twice, neither to two threads nor to two processes."""

import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot import chance


def test_threads_share_no_piece() -> None:
    with ThreadPoolExecutor(8) as threads:
        pieces = list(threads.map(lambda _: chance.piece(), range(5_000)))
    assert len(set(pieces)) == len(pieces)
    assert {len(piece) for piece in pieces} == {chance.SIZE}


@pytest.mark.parametrize("bits", [1, 43, 128])
def test_a_number_has_as_many_bits_as_asked(bits: int) -> None:
    numbers = [chance.number(bits) for _ in range(200)]
    assert max(number.bit_length() for number in numbers) == bits
    assert bits == 1 or len(set(numbers)) == len(numbers)


def test_a_fork_gets_other_pieces_than_its_parent() -> None:
    chance.piece()
    reads, writes = os.pipe()
    if (child := os.fork()) == 0:
        os.write(writes, chance.piece())
        os._exit(0)
    os.waitpid(child, 0)
    theirs = os.read(reads, chance.SIZE)
    assert theirs not in [chance.piece() for _ in range(chance.AT_ONCE)]

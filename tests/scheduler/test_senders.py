"""How many requests are under way at once, and what comes back when."""

import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from scheduler.senders import Senders


def test_never_more_than_at_once_are_under_way() -> None:
    with closing(Senders(4)) as senders:
        under_way, most, lock, full = 0, 0, threading.Lock(), threading.Event()

        def work() -> None:
            nonlocal under_way, most
            for _ in range(5):
                with senders.room(10) as number:
                    with lock:
                        under_way += number
                        most = max(most, under_way)
                    if under_way >= 4:
                        full.set()
                    full.wait(60)
                    with lock:
                        under_way -= number

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert most == 4


def test_a_slow_one_does_not_keep_the_others_from_being_written_down() -> None:
    slow = threading.Event()

    def attempt(number: int) -> int:
        if number == 3:
            slow.wait(60)
        return number

    with closing(Senders(8)) as senders:
        groups = senders.each(attempt, [1, 2, 3])
        assert first_two(groups) == [1, 2]
        slow.set()
        assert next(groups) == [3]


def first_two(groups: Iterator[list[int]]) -> list[int]:
    """In one group, or one after the other."""
    first = next(groups)
    return sorted(first if len(first) > 1 else first + next(groups))


def test_a_mistake_is_raised_after_what_went_well_is_known() -> None:
    def attempt(number: int) -> int:
        if number == 2:
            raise RuntimeError("a mistake of ours")
        return number

    with closing(Senders(8)) as senders:
        groups = senders.each(attempt, [1, 2, 3])
        assert first_two(groups) == [1, 3]
        with pytest.raises(RuntimeError):
            next(groups)

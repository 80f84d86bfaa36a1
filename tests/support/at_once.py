"""Several threads that do the same at the same moment."""

from collections.abc import Callable
from threading import Barrier, Thread


def at_once(number: int, act: Callable[[], object]) -> None:
    """Returns when all have done it."""
    gate = Barrier(number)

    def begun() -> None:
        gate.wait()
        act()

    threads = [Thread(target=begun) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

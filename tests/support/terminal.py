"""The command as a person at a terminal meets it."""

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog

Run = Callable[..., tuple[int, str, str]]  # words → exit code, what was said, what was said on stderr


@contextmanager
def process_left_as_it_was() -> Iterator[None]:
    """The command sets up the process it runs in, and here that is the tests' own."""
    root = logging.getLogger()
    handlers, level, hook = root.handlers, root.level, sys.excepthook
    log = structlog.get_config()
    yield
    root.handlers, sys.excepthook = handlers, hook
    root.setLevel(level)
    structlog.configure(**log)

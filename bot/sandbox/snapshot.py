"""Keeps the sandbox's state over a restart: one JSON file, replaced as a whole."""

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from bot.sandbox.state import State
from bot.sandbox.world import World

AT_MOST_EVERY = 1.0
SHARE = 10  # writing takes at most a tenth of the time

_STATE: TypeAdapter[State] = TypeAdapter(State)


class UnreadableSnapshot(Exception):
    """The file is there and is no snapshot of this version; says which file."""


def load(path: Path) -> State | None:
    """None where there is no snapshot yet."""
    try:
        return _STATE.validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except (ValidationError, OSError) as error:
        raise UnreadableSnapshot(f"{path}: not a snapshot of the sandbox; delete it to begin anew") from error


def write(world: World, path: Path) -> None:
    with world.lock:
        content = _STATE.dump_json(world.state)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    with unfinished.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


class Keeper:
    """Writes the snapshot when something changed, at most once a second, and once more at the end."""

    def __init__(self, world: World, path: Path, stopwatch: Callable[[], float] = time.monotonic) -> None:
        self._world = world
        self._path = path
        self._stopwatch = stopwatch
        self._written = world.version
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._keep_writing, name="sandbox-snapshot", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()
        self.write_if_changed()

    def write_if_changed(self) -> bool:
        version = self._world.version
        if version == self._written:
            return False
        write(self._world, self._path)
        self._written = version
        return True

    def _keep_writing(self) -> None:
        pause = AT_MOST_EVERY
        while not self._stopping.wait(pause):
            begun = self._stopwatch()
            self.write_if_changed()
            pause = max(AT_MOST_EVERY, (self._stopwatch() - begun) * SHARE)

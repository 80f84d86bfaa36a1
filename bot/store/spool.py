"""Messages the database did not take, on the local disk, until it does: what was answered with 200 is not lost.

One file a message, complete on disk before WeChat hears `success`, drained in the order they came.
"""

import fcntl
import json
import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path

from sqlalchemy.engine import make_url

from bot.config import Config

ENDING = ".message"
UNFINISHED = ".new"
NEVER_TO_BE_FINISHED = 60  # seconds after which who wrote it is gone, and WeChat has had no `success` for it
ASIDE = ".aside"  # what no try can take in, kept for a person to look at


@dataclass(frozen=True, slots=True)
class Kept:
    raw: str  # the opened body
    received_at: datetime


def folder_of(config: Config) -> Path:
    """Where the settings want it; unless they say, beside an SQLite file, or under `data`."""
    if config.server.spool:
        return Path(config.server.spool)
    url = make_url(config.database.url.get_secret_value())
    if url.drivername == "sqlite" and url.database:
        return Path(f"{url.database}.spool")
    return Path("data/spool")


def objection(folder: Path) -> str:
    """Why nothing could be kept there, in the system's words; empty when it could. Leaves nothing behind."""
    try:
        there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
        with tempfile.TemporaryFile(dir=there) as tried:
            tried.write(b"?")
            tried.flush()
            os.fsync(tried.fileno())
    except OSError as error:
        return error.strerror or type(error).__name__
    return ""


class Spool:
    """One per process; processes of one machine may share the folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._numbers = count()
        self._is_waiting = bool(self._files())
        self._forget_unfinished()

    @property
    def is_waiting(self) -> bool:
        """Something waits here: what comes now must queue up behind it, or a customer is answered out of order."""
        return self._is_waiting

    def put(self, kept: Kept) -> None:
        """Returns when the message is on the disk; raises OSError when it is not."""
        content = json.dumps(
            {"raw": kept.raw, "received_at": kept.received_at.isoformat()}, ensure_ascii=False
        )
        with self._lock:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            name = f"{time.time_ns():020}-{os.getpid()}-{next(self._numbers)}"
            unfinished = self._folder / f"{name}{UNFINISHED}"
            try:
                with open(unfinished, "w", encoding="utf-8", opener=_private) as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                unfinished.rename(self._folder / f"{name}{ENDING}")
            except OSError:  # a full disk
                unfinished.unlink(missing_ok=True)
                raise
            _sync(self._folder)
            self._is_waiting = True

    def drain(self, take: Callable[[Kept], bool]) -> int:
        """Gives each message to `take`, oldest first, and forgets it once `take` returns.

        `take` answers False for what can never be taken in: that is put aside. What it raises ends the draining, and
        the message stays. Only one process of a machine drains at a time; the others find nothing to do.
        """
        drained = 0
        with self._alone() as is_alone:
            if not is_alone:
                return 0
            while self._still_waits():
                for file in self._files():
                    kept = _read(file)
                    if kept and take(kept):
                        file.unlink()
                    else:
                        file.rename(file.with_suffix(ASIDE))
                    drained += 1
            self._forget_unfinished()
        return drained

    def _still_waits(self) -> bool:
        with self._lock:  # not while one is being put
            self._is_waiting = bool(self._files())
        return self._is_waiting

    def _files(self) -> list[Path]:
        return sorted(self._folder.glob(f"*{ENDING}"))

    def _forget_unfinished(self) -> None:
        """What a process left that ended while it wrote; never what another is writing now."""
        for file in self._folder.glob(f"*{UNFINISHED}"):
            with suppress(OSError):
                if time.time() - file.stat().st_mtime > NEVER_TO_BE_FINISHED:
                    file.unlink()

    @contextmanager
    def _alone(self) -> Iterator[bool]:
        if not self._folder.exists():
            yield False
            return
        with (self._folder / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _read(file: Path) -> Kept | None:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        return Kept(content["raw"], datetime.fromisoformat(content["received_at"]))
    except (ValueError, KeyError):
        return None


def _sync(folder: Path) -> None:
    """The new name itself has to reach the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

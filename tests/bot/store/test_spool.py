"""Messages on the disk while the database takes none."""

import errno
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.store.spool import Kept, Spool

AT = datetime(2026, 11, 24, 4, tzinfo=UTC)


def test_what_was_put_is_drained_in_the_order_it_came(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool")
    for word in ("一", "二", "三"):
        spool.put(Kept(word, AT))
    taken: list[str] = []

    def take(kept: Kept) -> bool:
        taken.append(kept.raw)
        return True

    assert spool.drain(take) == 3
    assert taken == ["一", "二", "三"]
    assert not spool.is_waiting


def test_a_full_disk_is_said_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    spool = Spool(tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            spool.put(Kept("您好", AT))
    assert list(tmp_path.iterdir()) == []
    assert not spool.is_waiting

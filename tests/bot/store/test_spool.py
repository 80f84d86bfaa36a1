"""Messages on the disk while the database takes none."""

import errno
import os
import stat
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


def test_a_message_and_its_name_are_on_the_disk_when_it_is_put_and_nobody_else_may_read_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[bool] = []
    sync = os.fsync

    def recorded(descriptor: int) -> None:
        synced.append(stat.S_ISDIR(os.fstat(descriptor).st_mode))
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", recorded)
    folder = tmp_path / "spool"
    Spool(folder).put(Kept("我的手机号是……", AT))
    assert synced == [False, True], "the words, and then the folder that names them"
    [file] = folder.iterdir()
    assert [stat.S_IMODE(path.stat().st_mode) for path in (folder, file)] == [0o700, 0o600]


def test_one_process_drains_at_a_time(tmp_path: Path) -> None:
    spool, another = Spool(tmp_path), Spool(tmp_path)
    spool.put(Kept("您好", AT))
    meanwhile: list[int] = []

    def take(_kept: Kept) -> bool:
        meanwhile.append(another.drain(lambda _: True))
        return True

    assert spool.drain(take) == 1
    assert meanwhile == [0]


def test_what_can_never_be_taken_in_is_put_aside_and_holds_nobody_up(tmp_path: Path) -> None:
    (tmp_path / "0-torn.message").write_text('{"raw": "您')
    spool = Spool(tmp_path)
    spool.put(Kept("拒", AT))
    spool.put(Kept("好", AT))
    assert spool.drain(lambda kept: kept.raw == "好") == 3
    assert not Spool(tmp_path).is_waiting
    aside = sorted(path.read_text() for path in tmp_path.glob("*.aside"))
    assert (len(aside), "拒" in aside[0] + aside[1], "好" in aside[0] + aside[1]) == (2, True, False)


def test_what_take_raises_leaves_the_message_and_those_behind_it(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    for word in ("一", "二"):
        spool.put(Kept(word, AT))

    def breaks(_kept: Kept) -> bool:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        spool.drain(breaks)
    assert spool.is_waiting
    assert Spool(tmp_path).drain(lambda kept: kept.raw in "一二") == 2


def test_what_a_crash_left_half_written_is_gone_after_the_next_start_and_what_is_being_written_stays(
    tmp_path: Path,
) -> None:
    left, written_now, message = (tmp_path / name for name in ("1-7-0.new", "2-8-0.new", "1-7-1.message"))
    for file in (left, written_now, message):
        file.write_text("{", encoding="utf-8")
    for file in (left, message):
        os.utime(file, (0, 0))
    Spool(tmp_path)
    assert {file.name for file in tmp_path.iterdir()} == {written_now.name, message.name}


def test_what_was_too_young_at_the_start_goes_with_the_next_draining(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.put(Kept("您好", AT))
    left = tmp_path / "1-7-0.new"
    left.write_text("{", encoding="utf-8")
    os.utime(left, (0, 0))
    spool.drain(lambda _kept: True)
    assert not left.exists()

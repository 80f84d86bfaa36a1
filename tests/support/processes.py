"""What the kernel says of processes that other processes started."""

import contextlib
from pathlib import Path


def lives(pid: int) -> bool:
    """False also for a dead one that nobody has asked about yet."""
    try:
        return _stat(Path(f"/proc/{pid}/stat"))[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def children(pid: int) -> list[int]:
    """The first started first."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if int(_stat(stat)[1]) == pid:
                found.append(int(stat.parent.name))
    return sorted(found)


def _stat(file: Path) -> list[str]:
    """From the state on: before it stands a name, of whatever signs."""
    return file.read_text().rsplit(")", 1)[1].split()

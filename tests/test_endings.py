"""How the command ends when what it writes to is full, or somebody stops it."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
LAST_TRY = 60  # seconds a command may take to start under load


def test_a_full_disk_behind_the_output_is_one_line_without_a_number() -> None:
    with Path("/dev/full").open("w") as output:
        ended = subprocess.run(
            [sys.executable, "-m", "weilan", "calendar", "--help"],
            cwd=ROOT, stdout=output, stderr=subprocess.PIPE, text=True, timeout=LAST_TRY, check=False,
        )  # fmt: skip
    assert (ended.returncode, ended.stderr) == (1, "weilan: No space left on device\n")


def test_to_be_stopped_while_it_loads_shows_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "structlog.py").write_text("raise KeyboardInterrupt")
    ended = subprocess.run(
        [sys.executable, "-c", "import weilan"],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(tmp_path)}, capture_output=True, text=True,
        timeout=LAST_TRY, check=False,
    )  # fmt: skip
    assert ended.returncode != 0
    assert ended.stderr == ""

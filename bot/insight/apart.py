"""Runs a module of ours as a process of its own: what learning needs of memory and libraries ends with it."""

import os
import subprocess
import sys
from pathlib import Path

LONGEST = 600.0  # seconds; what is learnt here takes a few
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


class NotFinished(Exception):
    """One line: why the process gave nothing."""


def run(module: str, *words: str, given: bytes) -> bytes:
    """What it wrote, once it read what it was given. Raises `NotFinished`."""
    here = str(Path(__file__).parents[2])
    known = os.pathsep.join(filter(None, (here, os.environ.get("PYTHONPATH", ""))))
    try:
        done = subprocess.run(  # noqa: S603 - a module of ours
            [sys.executable, "-m", module, *words],
            input=given,
            capture_output=True,
            timeout=LONGEST,
            env={**os.environ, "PYTHONPATH": known, **ONE_THREAD},
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotFinished(f"did not finish: {error}") from None
    if done.returncode != 0:
        why = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise NotFinished(f"failed: {why[-1] if why else done.returncode}")
    return done.stdout

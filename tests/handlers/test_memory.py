"""What several sign-ins at once take goes back to the machine; in a process of its own, as it is set once for all."""

import subprocess
import sys

import pytest

SIGN_INS = """
import sys
from pathlib import Path
from threading import Thread
from bot.store.operators import passwords
from handlers import memory

def megabytes():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 >> 20

if sys.argv[1:] == ["goes back"]:
    memory.goes_back()
kept = passwords.hashed("a long password")
before = megabytes()
threads = [Thread(target=lambda: [passwords.fits("another one", kept) for _ in range(3)]) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(megabytes() - before)
"""


def grown(*words: str) -> int:
    done = subprocess.run([sys.executable, "-c", SIGN_INS, *words], capture_output=True, check=True)
    return int(done.stdout)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems have another allocator")
def test_what_sign_ins_take_goes_back() -> None:
    assert grown("goes back") < 15

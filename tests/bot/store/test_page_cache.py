"""What connections keep of the pages they read; in a process of its own, where nothing else grows."""

import subprocess
import sys
from pathlib import Path

import pytest

READ = """
import sys
from pathlib import Path
from threading import Barrier, Thread
from bot.store.database import Database

def megabytes():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 >> 20

database = Database(f"sqlite:///{sys.argv[1]}", synchronous="off")
with database.transaction() as session:
    session.exec_driver_sql("CREATE TABLE said (text TEXT)")
    session.exec_driver_sql(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40000) INSERT INTO said SELECT printf('%01000d', i) FROM n"
    )
all_at_once = Barrier(10)

def open_one():
    with database.reading():
        all_at_once.wait()

def read(session):
    return session.exec_driver_sql("SELECT sum(length(text)) FROM said").all()

threads = [Thread(target=open_one) for _ in range(10)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
before = megabytes()
if sys.argv[2] == "pages":
    for _ in range(20):
        with database.reading() as session:
            read(session)
else:
    database.together(read)
print(megabytes() - before)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks the kernel")
@pytest.mark.parametrize(
    ("who", "most"),
    [
        pytest.param("pages", 60, id="pages read one after the other hold the pages of one connection, not of ten"),
        pytest.param("messages", 20, id="messages need few pages"),
    ],
)  # fmt: skip
def test_little_is_held_of_what_was_read(tmp_path: Path, who: str, most: int) -> None:
    command = [sys.executable, "-c", READ, str(tmp_path / "weilan.db"), who]
    done = subprocess.run(command, capture_output=True, check=True)
    assert int(done.stdout) < most

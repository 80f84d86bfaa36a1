"""What connections keep of the pages they read; in a process of its own, where nothing else grows."""

import subprocess
import sys
from pathlib import Path

import pytest

READERS = """
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
before = megabytes()
each_has_one = Barrier(10)

def read():
    with database.reading() as session:
        each_has_one.wait()
        session.exec_driver_sql("SELECT sum(length(text)) FROM said").all()
        each_has_one.wait()

threads = [Thread(target=read) for _ in range(10)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(megabytes() - before)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks the kernel")
def test_ten_connections_that_read_much_keep_less_than_a_process_may_take(tmp_path: Path) -> None:
    command = [sys.executable, "-c", READERS, str(tmp_path / "weilan.db")]
    done = subprocess.run(command, capture_output=True, check=True)
    assert int(done.stdout) < 130

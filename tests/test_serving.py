"""The command that stays: the demo and `serve` as real processes."""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from bot.store.database import Database
from tests.support.learned import KEPT
from tests.support.processes import children, lives
from tests.support.servers import free_port
from tests.support.waiting import comes_true

ROOT = Path(__file__).parents[1]
READY_WITHIN = 300.0  # seconds; about three on an idle machine, and tests may share it with much else


class Process:
    def __init__(self, *words: str, port: int = 0, folder: Path = ROOT, **environment: str) -> None:
        self.port = port
        clean = {name: value for name, value in os.environ.items() if not name.startswith("WEILAN_")}
        self.process = subprocess.Popen(
            [sys.executable, str(ROOT / "weilan.py"), *words],
            env=clean | {"PYTHONPATH": str(ROOT), "WEILAN_UNDERSTANDING__FOLDER": str(KEPT)} | environment, cwd=folder, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def get(self, path: str) -> tuple[int, str]:
        """0 while nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def wait_until_ready(self) -> None:
        until = time.monotonic() + READY_WITHIN
        while self.get("/readyz")[0] != 200:
            assert self.process.poll() is None, self.process.communicate()
            assert time.monotonic() < until, "it is not ready"
            time.sleep(0.1)

    def end(self, with_signal: signal.Signals = signal.SIGTERM) -> tuple[int, str, str]:
        self.process.send_signal(with_signal)
        out, err = self.process.communicate(timeout=READY_WITHIN)
        return self.process.returncode, out, err


@contextmanager
def started(*words: str, port: int = 0, folder: Path = ROOT, **environment: str) -> Iterator[Process]:
    process = Process(*words, port=port, folder=folder, **environment)
    try:
        yield process
    finally:
        process.process.kill()
        process.process.communicate()


def test_the_demo_opens_ends_and_opens_again_as_it_was(tmp_path: Path) -> None:
    port = free_port()
    words = ("demo", "--port", str(port), "--data", str(tmp_path / "demo"))
    with started(*words, port=port) as demo:
        demo.wait_until_ready()
        assert demo.get("/sandbox/")[0] == 200
        assert demo.get("/console/")[0] == 200
        code, out, err = demo.end()
    assert (code, err) == (0, "")
    assert f"http://127.0.0.1:{port}/sandbox/" in out
    with closing(sqlite3.connect(tmp_path / "demo" / "weilan.db")) as kept:
        assert kept.execute("SELECT count(*) FROM customers").fetchone()[0] >= 2000
        kept.execute("DELETE FROM customers WHERE openid = (SELECT max(openid) FROM customers)")
        left = kept.execute("SELECT count(*) FROM customers").fetchone()
        kept.commit()

    with started(*words, port=port) as demo:
        demo.wait_until_ready()
        again = demo.end(signal.SIGINT)
    assert again[:2] == (0, out)
    with closing(sqlite3.connect(tmp_path / "demo" / "weilan.db")) as kept:
        assert kept.execute("SELECT count(*) FROM customers").fetchone() == left
    assert (tmp_path / "demo" / "account.json").stat().st_mode & 0o077 == 0


def test_a_busy_port_is_one_line_that_says_how_to_choose_another(tmp_path: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        port = other.getsockname()[1]
        with started("demo", "--port", str(port), "--data", str(tmp_path / "demo")) as demo:
            out, err = demo.process.communicate(timeout=READY_WITHIN)
    assert (demo.process.returncode, out) == (1, "")
    assert (
        err
        == f"weilan: cannot listen on 127.0.0.1:{port}: Address already in use; choose another with --port "
        "(make demo PORT=…)\n"
    )
    assert not (tmp_path / "demo").exists()


def test_a_demo_that_cannot_keep_anything_says_so_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with started("demo", "--port", "0", "--data", str(tmp_path / "file")) as demo:
        out, err = demo.process.communicate(timeout=READY_WITHIN)
    assert (demo.process.returncode, out) == (1, "")
    assert err == f"weilan: --data: expected a folder to write to; {tmp_path}/file: File exists\n"


@pytest.mark.parametrize(
    ("file", "says"),
    [
        ("account.json", "account.json: not the account of a demo; delete "),
        ("simulator.json", "simulator.json: not a snapshot of the sandbox; delete it to begin anew"),
    ],
)
def test_a_demo_whose_files_are_broken_names_the_one_to_delete(tmp_path: Path, file: str, says: str) -> None:
    (tmp_path / file).write_text("{", encoding="utf-8")
    with started("demo", "--port", "0", "--data", str(tmp_path)) as demo:
        _, err = demo.process.communicate(timeout=READY_WITHIN)
    assert demo.process.returncode == 1
    assert err.splitlines()[-1].startswith(f"weilan: {tmp_path}/{says}")
    assert "Traceback" not in err


def test_serve_answers_wechat_and_survives_its_workers_death(tmp_path: Path) -> None:
    port = free_port()
    config = tmp_path / "config.toml"
    config.write_text(
        f'[wechat]\napp_id = "wx1"\napp_secret = "s"\ntoken = "t"\napi_base = "http://127.0.0.1:9"\n[server]\nport = {port}\n'
        f'[database]\nurl = "sqlite:///{tmp_path}/weilan.db"\n',
        encoding="utf-8",
    )
    with started("--config", str(config), "serve", port=port) as behind:
        out, err = behind.process.communicate(timeout=READY_WITHIN)
    assert (behind.process.returncode, out, err) == (
        1,
        "",
        "weilan: the database is behind: run `weilan db upgrade`\n",
    )

    with started("--config", str(config), "db", "upgrade") as upgrade:
        assert upgrade.process.wait(timeout=READY_WITHIN) == 0
    with started("--config", str(config), "serve", port=port) as served:
        served.wait_until_ready()
        assert served.get("/wechat?signature=x&timestamp=1&nonce=2&echostr=hello")[0] == 403
        worker = children(served.process.pid)[0]
        os.kill(worker, signal.SIGKILL)
        assert comes_true(lambda: not lives(worker))  # till then it may answer once more
        served.wait_until_ready()
        code, _, err = served.end()
    assert (code, "Traceback" in err) == (0, False), err
    lines = [json.loads(line) for line in err.splitlines() if line.startswith("{")]
    faults = [line for line in lines if line["level"] == "error"]
    assert [fault["event"] for fault in faults] == ["Unexpected exit from worker-1"]


def test_web_scheduler_and_worker_run_apart_on_postgresql_and_redis(
    postgresql: Database, redis_url: str, tmp_path: Path
) -> None:
    port = free_port()
    config = tmp_path / "config.toml"
    config.write_text(
        f'[wechat]\napp_id = "wx1"\napp_secret = "s"\ntoken = "t"\napi_base = "http://127.0.0.1:9"\n[server]\nport = {port}\n'
        f'processes = 2\n[database]\nurl = "{postgresql.engine.url.render_as_string(hide_password=False)}"\n[redis]\nurl = "{redis_url}"\n',
        encoding="utf-8",
    )
    before = ("--config", str(config))
    with (
        started(*before, "web", port=port) as web,
        started(*before, "scheduler") as scheduler,
        started(*before, "worker") as worker,
    ):
        web.wait_until_ready()
        for alone in (scheduler, worker):
            assert alone.process.stderr is not None
            assert any("started" in line for line in alone.process.stderr)
            assert alone.end()[:2] == (0, "")
        assert web.end()[0] == 0


def test_what_nobody_foresaw_is_one_line_without_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "weilan.db").write_bytes(
        b"this is no database, and it is long enough to be taken for one" * 20
    )
    with started("db", "upgrade", WEILAN_DATABASE__URL=f"sqlite:///{tmp_path}/weilan.db") as broken:
        _, err = broken.process.communicate(timeout=READY_WITHIN)
    assert broken.process.returncode == 1
    assert err.startswith("weilan: ")
    assert err.count("\n") == 1

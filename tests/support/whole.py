"""The whole product as its users run it — real processes — before a pretended WeChat that stands outside of them."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from flask import Flask
from werkzeug.serving import make_server

from bot.clock import MovableClock
from bot.sandbox.account import Account
from bot.sandbox.http_transport import http_transport
from bot.sandbox.platform import Platform
from handlers.sandbox import blueprint
from tests.support.learned import KEPT
from tests.support.servers import free_port

ROOT = Path(__file__).parents[2]
SHANGHAI = ZoneInfo("Asia/Shanghai")
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
UP_WITHIN = 180.0


class Whole:
    """`parts` are the commands that run side by side, such as ("serve",) or ("web", "scheduler", "worker")."""

    def __init__(
        self, folder: Path, *, database: str, redis: str = "", parts: Sequence[str] = ("serve",)
    ) -> None:
        self.parts = list(parts)
        self._folder = folder
        self._port = free_port()
        self._offset = timedelta(0)
        self._processes: dict[int, subprocess.Popen[bytes]] = {}
        self._log = (folder / "weilan.log").open("ab")
        account = Account(
            app_id="wx0123456789abcdef", app_secret="s" * 32, token="weilan-token", aes_key=AES_KEY
        )
        self.platform = Platform(
            account,
            MovableClock(lambda: self._offset),
            http_transport(f"http://127.0.0.1:{self._port}/wechat"),
        )
        self.api_port = free_port()
        self.config = folder / "config.toml"
        self.config.write_text(
            _settings(account, self._port, self.api_port, database, redis), encoding="utf-8"
        )

    @property
    def log(self) -> str:
        return (self._folder / "weilan.log").read_text(encoding="utf-8", errors="replace")

    def command(self, *words: str) -> str:
        """One `weilan` command to its end; gives what it printed, raises with what it complained about."""
        done = subprocess.run(
            [sys.executable, str(ROOT / "weilan.py"), "--config", str(self.config), *words],
            check=False, capture_output=True, text=True, cwd=ROOT, env=os.environ | {"WEILAN_PASSWORD": "a-long-password"}, timeout=180,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(done.stderr)
        return done.stdout

    def start(self, part: int) -> None:
        self._processes[part] = subprocess.Popen(
            [sys.executable, str(ROOT / "weilan.py"), "--config", str(self.config), self.parts[part]],
            stdout=self._log, stderr=self._log, cwd=self._folder, start_new_session=True,
        )  # fmt: skip

    def start_all(self) -> None:
        for part in range(len(self.parts)):
            self.start(part)
        self.wait_until(self.is_up, "the web server answers")

    def kill(self, part: int) -> None:
        """kill -9 for the part and its children, in the middle of whatever they do."""
        for pid in _of_session(self._processes[part].pid):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._processes[part].wait(timeout=60)

    def is_running(self) -> bool:
        """Every part of it, as it was started."""
        return all(process.poll() is None for process in self._processes.values())

    def stop_all(self) -> None:
        for process in self._processes.values():
            process.terminate()
        for process in self._processes.values():
            process.wait(timeout=60)
        self._log.close()

    def is_up(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self._port}/readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (OSError, urllib.error.URLError):
            return False

    def set_clock(self, at: datetime) -> None:
        """The product's and the platform's."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self._port}/sandbox/clock",
            json.dumps({"set": at.isoformat()}).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60):
            self._offset = at - datetime.now(UTC)

    def now(self) -> datetime:
        return datetime.now(UTC) + self._offset

    def wait_until(self, holds: Callable[[], bool], what: str, *, at_most: float = UP_WITHIN) -> None:
        until = time.monotonic() + at_most
        while not holds():
            if time.monotonic() > until:
                raise TimeoutError(f"not within {at_most} s: {what}\n{self.log[-4000:]}")
            time.sleep(0.1)


def _of_session(session: int) -> list[int]:
    """The process that began the session, and all that came of it: granian's worker leaves its group."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            if int(stat.read_text().rsplit(")", 1)[1].split()[3]) == session:
                found.append(int(stat.parent.name))
    return found


@contextmanager
def whole(
    folder: Path, *, database: str, redis: str = "", parts: Sequence[str] = ("serve",)
) -> Iterator[Whole]:
    """Everything migrated and running; stopped at the end, whatever happened."""
    made = Whole(folder, database=database, redis=redis, parts=parts)
    app = Flask("wechat")
    app.register_blueprint(
        blueprint(made.platform, None, now=made.platform.world.clock, host="127.0.0.1", zone=SHANGHAI)
    )
    server = make_server("127.0.0.1", made.api_port, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    made.platform.start()
    made.command("db", "upgrade")
    try:
        made.start_all()
        yield made
    finally:
        made.platform.stop()
        made.stop_all()
        server.shutdown()
        server.server_close()


def _settings(account: Account, port: int, api_port: int, database: str, redis: str) -> str:
    return f"""
[wechat]
app_id = "{account.app_id}"
app_secret = "{account.app_secret}"
token = "{account.token}"
encoding_aes_key = "{account.aes_key}"
api_base = "http://127.0.0.1:{api_port}/sandbox"
[server]
port = {port}
public_url = "http://127.0.0.1:{port}"
secret_key = "a-secret-key-of-the-tests-only-0123456789"
[database]
url = "{database}"
[redis]
url = "{redis}"
[understanding]
folder = "{KEPT}"
[sandbox]
clock = true
"""

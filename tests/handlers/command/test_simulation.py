"""`weilan simulate`: what it prints, what it refuses, and that a stopped one leaves nothing."""

import json
import os
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.store.database import Database
from bot.store.simulation.simulation_stage import PREFIX
from tests.support.build import LONG_AGO, Build
from tests.support.terminal import Run


@pytest.fixture
def shop(sqlite: Database, settings: Path) -> None:
    with settings.open("a", encoding="utf-8") as file:
        file.write('[wechat]\naccount_kind = "service"\nverified = true\n')
    with sqlite.transaction() as session:
        build = Build(session)
        build.segment()
        build.content("one", purpose="care", approved_by=build.staff(), approved_at=LONG_AGO)
        build.content("two", purpose="care")
        build.campaign("evening", ["one", "two"], name="晚间茶话")
        for _ in range(12):
            build.customer(followed_at=SystemClock().now())


@pytest.fixture
def database(sqlite: Database) -> Database:
    """One is enough: what a simulation copies is tried on both elsewhere."""
    return sqlite


def test_it_prints_days_campaigns_and_what_to_know(run: Run, shop: None) -> None:
    code, said, _ = run("simulate", "--days", "2", "--customers", "30")
    assert code == 0
    assert "30 位客户（店里有 12 位，其余 18 位按他们复制" in said
    assert "晚间茶话" in said
    assert "《晚间茶话》有 1 条内容尚未审核：two" in said
    assert "主要是假设" in said
    code, said, _ = run("simulate", "--days", "1", "--language", "en")
    assert "晚间茶话 has 1 contents nobody approved: two" in said


def test_programs_get_every_figure_and_operators_a_picture(run: Run, shop: None, tmp_path: Path) -> None:
    picture = tmp_path / "calendar.svg"
    code, said, _ = run("simulate", "--days", "2", "--seed", "3", "--json", "--picture", str(picture))
    found = json.loads(said)
    assert code == 0
    assert (found["customers"], found["copied"], found["seed"]) == (12, 0, 3)
    planned = [each["campaign"] for day in found["days"] for each in day["campaigns"]]
    assert set(planned) == {"evening"}  # whatever the hour, one of two days has its window still to come
    assert sum(found["times_reached"].values()) == 12
    assert {"zh", "en", "kind", "about", "numbers"} == set(found["warnings"][0])
    drawn = picture.read_text(encoding="utf-8")
    assert ET.fromstring(drawn).tag.endswith("svg")
    assert "晚间茶话" in drawn


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        pytest.param(["--days", "0"], 2, "--days", id="no day"),
        pytest.param(["--days", "400"], 2, "--days", id="too many days"),
        pytest.param([], 2, "--days", id="days not said"),
        pytest.param(["--days", "1", "--customers", "0"], 2, "--customers", id="no customers"),
        pytest.param(["--days", "1", "--picture", "calendar.png"], 2, ".svg", id="another kind of picture"),
        pytest.param(
            ["--days", "1", "--picture", "/nowhere/at/all.svg"], 1, "no folder", id="no such folder"
        ),
        pytest.param(["--days", "1", "--at", "2020-01-01"], 1, "still to come", id="a time that is over"),
        pytest.param(["--days", "1", "--with", "nothing"], 1, "no campaign nothing", id="no such campaign"),
    ],
)
def test_what_it_refuses(run: Run, shop: None, words: list[str], code: int, said: str) -> None:
    found, _, error = run("simulate", *words)
    assert found == code
    assert said in error


def test_a_stopped_one_leaves_nothing_and_a_killed_ones_folder_is_swept(
    shop: None, settings: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "scratch"
    folder.mkdir()
    assert _ended_by(signal.SIGTERM, settings, folder) == 143
    assert list(folder.iterdir()) == []
    _ended_by(signal.SIGKILL, settings, folder)
    assert [left.name.startswith(PREFIX) for left in folder.iterdir()] == [True]
    assert _command(settings, folder, "1").wait(timeout=300) == 0
    assert list(folder.iterdir()) == []


def _command(settings: Path, folder: Path, days: str) -> subprocess.Popen[bytes]:
    words = [sys.executable, "-m", "weilan", "--config", str(settings), "simulate", "--days", days]
    environment = os.environ | {"TMPDIR": str(folder)}
    return subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _ended_by(number: signal.Signals, settings: Path, folder: Path) -> int:
    process = _command(settings, folder, "366")
    until = time.monotonic() + 180
    while not list(folder.glob("*/0.db")) and process.poll() is None and time.monotonic() < until:
        time.sleep(0.05)
    process.send_signal(number)
    return process.wait(timeout=180)

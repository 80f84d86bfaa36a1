"""kill -9 at random moments while messages and pushes flow: nothing answered is lost, nothing is sent twice.

Takes minutes and a quiet machine, so it is not collected by itself: `make kills`, or `make kills KILLS=50`.
"""

import os
import random
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from bot.store.database import Database
from bot.store.sending.signing import LEASE
from tests.support.crowd import (
    CAMPAIGN,
    EVENING,
    Crowd,
    every_push_is_accounted_for,
    nothing_is_sent_twice,
    nothing_said_is_lost,
    until_done,
)
from tests.support.servers import create_database
from tests.support.whole import whole

KILLS = int(os.environ.get("WEILAN_KILLS", "2"))
TALKERS, SILENT = 60, 40


@pytest.mark.parametrize(
    "parts",
    [["serve"], ["web", "web", "scheduler", "scheduler", "worker", "worker"]],
    ids=["one machine", "several"],
)
def test_nothing_is_lost_and_nothing_is_sent_twice(
    parts: list[str], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if parts == ["serve"]:
        address, redis = f"sqlite:///{tmp_path}/weilan.db", ""
    else:
        address = create_database(
            request.getfixturevalue("postgresql_server"), f"killed_{os.getpid()}_{time.time_ns()}"
        )
        redis = request.getfixturevalue("redis_url")
        parts = [
            part for number, part in enumerate(parts) if part != "web" or number == 0
        ]  # one port, one web
    chance = random.Random(KILLS)
    killed: Counter[str] = Counter()
    with whole(tmp_path, database=address, redis=redis, parts=parts) as system:
        crowd = Crowd(system, TALKERS, SILENT)
        system.set_clock(EVENING)
        plans = tmp_path / "plans.toml"
        plans.write_text(CAMPAIGN, encoding="utf-8")
        system.command("staff", "add", "小林", "--role", "operator")
        system.command("sync", "followers")
        crowd.all_talk()
        system.wait_until(crowd.are_quiet, "everybody was answered")
        system.command("apply", str(plans), "--as", "小林", "--approve")

        for day in (0, 3):
            system.set_clock(EVENING + timedelta(days=day))
            crowd.all_talk()
            for kill in range((KILLS + 1) // 2):
                crowd.some_talk()
                time.sleep(chance.uniform(0.2, 3.0))
                part = kill % len(parts)
                killed[parts[part]] += 1
                system.kill(part)
                system.start(part)
                system.wait_until(system.is_up, "the web server is back")
                system.set_clock(system.now() + timedelta(minutes=60 / KILLS))
            database = Database(address)
            until_done(
                system, crowd, database, day, at_most=LEASE.total_seconds() + 45
            )  # a batch that died with its worker is handed out again
            system.wait_until(crowd.are_quiet, "everybody was answered")
            database.close()

        database = Database(address)
        nothing_said_is_lost(system, crowd, database)
        nothing_is_sent_twice(system, database)
        print(f"killed {dict(killed)}: {every_push_is_accounted_for(system, crowd, database, days=2)}")
        database.close()

"""PostgreSQL is gone while messages and pushes flow, and comes back: nothing is lost, nothing is sent twice.

It stands still (connections stay open, nobody answers on them) or falls down and is started again. Like `killed.py` it
takes a quiet machine, so it is not collected by itself: `make kills`.
"""

import os
import time
from collections.abc import Callable, Sequence
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
from tests.support.servers import PostgreSQL, create_database, own_postgresql
from tests.support.whole import Whole, whole

GONE = float(os.environ.get("WEILAN_GONE", "5"))  # seconds
TALKERS, SILENT = 16, 8
BACK_WITHIN = 30.0

Act = Callable[[PostgreSQL], None]


@pytest.mark.parametrize(
    ("parts", "goes", "comes"),
    [
        pytest.param(["web", "scheduler", "worker"], PostgreSQL.stand_still, PostgreSQL.go_on, id="stands still"),
        pytest.param(["serve"], PostgreSQL.fall_down, PostgreSQL.start, id="falls down"),
    ],
)  # fmt: skip
def test_it_costs_time_and_nothing_else(
    parts: Sequence[str], goes: Act, comes: Act, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    redis = request.getfixturevalue("redis_url") if "worker" in parts else ""
    with own_postgresql() as server:
        address = create_database(server.address, "gone")
        with whole(tmp_path, database=address, redis=redis, parts=parts) as system:
            crowd = Crowd(system, TALKERS, SILENT)
            _open_the_shop(system, crowd, tmp_path / "plans.toml")
            _meanwhile(system, crowd, lambda: goes(server))
            comes(server)
            system.wait_until(system.is_up, "it goes on by itself", at_most=BACK_WITHIN)
            database = Database(address)
            until_done(
                system, crowd, database, 0, at_most=LEASE.total_seconds() + 45
            )  # batches that broke are handed out again
            system.wait_until(crowd.are_quiet, "everybody was answered")
            assert system.is_running()
            nothing_said_is_lost(system, crowd, database)
            nothing_is_sent_twice(system, database)
            print(f"gone for {GONE} s: {every_push_is_accounted_for(system, crowd, database, days=1)}")
            database.close()


def _open_the_shop(system: Whole, crowd: Crowd, plans: Path) -> None:
    system.set_clock(EVENING)
    plans.write_text(CAMPAIGN, encoding="utf-8")
    system.command("staff", "add", "小林", "--role", "operator")
    system.command("sync", "followers")
    crowd.all_talk()
    system.wait_until(crowd.are_quiet, "everybody was answered")
    system.command("apply", str(plans), "--as", "小林", "--approve")


def _meanwhile(system: Whole, crowd: Crowd, goes: Callable[[], None]) -> None:
    """Half the evening's pushes are due, and some are under way, when it goes; people write all the time.

    What they write is answered afterwards, and each answer takes one of the five their window has: it must not take them all.
    """
    crowd.some_talk(TALKERS // 2)
    system.set_clock(EVENING + timedelta(minutes=50))
    time.sleep(1)
    goes()
    for _ in range(TALKERS):  # two messages of each
        crowd.talk_in_turn(2)
        time.sleep(GONE / TALKERS)

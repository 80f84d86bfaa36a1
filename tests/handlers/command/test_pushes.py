"""`weilan push` as people at a terminal meet it."""

import json

from sqlalchemy import select

from bot.store.database import Database
from bot.store.tables import audit
from tests.conftest import NOON
from tests.support import pushing
from tests.support.build import Build
from tests.support.terminal import Run


def test_pushes_are_stopped_told_and_resumed(run: Run, database: Database) -> None:
    with database.transaction() as session:
        Build(session).staff(name="小林")
    assert run("push", "stop", "--reason", "价格写错了", "--as", "小林") == (
        0,
        "all pushes are stopped; `weilan push resume` lets them go on\n",
        "",
    )
    assert run("push", "stop")[1] == "all pushes were stopped already\n"
    status = run("push", "status")[1]
    assert "all pushes are STOPPED" in status
    assert "by 小林, until it is lifted: all pushes are stopped: 价格写错了" in status
    found = json.loads(run("push", "status", "--json")[1])
    assert (found["stopped"], found["halted"][0]["channel"], found["due"]) == (True, "pushes", 0)
    assert run("push", "resume")[1] == "pushes go out again\n"
    assert run("push", "resume")[1] == "pushes were not stopped\n"
    with database.reading() as session:
        assert session.execute(select(audit.c.action).order_by(audit.c.id)).scalars().all() == [
            "pushes.stopped",
            "pushes.resumed",
        ]


def test_a_channel_is_lifted_by_name(run: Run, database: Database) -> None:
    with database.transaction() as session:
        pushing.halt(session, "mass")
    code, _, err = run("push", "lift", "mess")
    assert (code, err) == (1, "weilan: mess: not halted; halted are: mass\n")
    assert run("push", "lift", "mass")[1] == "mass is used again\n"
    assert "pushes go out" in run("push", "status")[1]


def test_planned_pushes_are_withdrawn_by_campaign_or_one_by_one(run: Run, database: Database) -> None:
    with database.transaction() as session:
        build = Build(session)
        build.segment()
        build.content("words")
        build.campaign("first", ["words"])
        ids = [
            build.delivery(customer_id=build.customer(), campaign_id="first", content_id="words", due_at=NOON)
            for _ in range(3)
        ]
    assert run("push", "withdraw", "--delivery", str(ids[0]))[1] == "1 withdrawn\n"
    again = run("push", "withdraw", "--delivery", str(ids[0]))[1]
    assert again == f"{ids[0]} is not planned any more, or never was\n0 withdrawn\n"
    paused = "first is paused, or the next plan would plan it anew\n"
    assert run("push", "withdraw", "--campaign", "first")[1] == f"{paused}2 withdrawn\n"
    assert run("push", "withdraw", "--campaign", "no")[2] == "weilan: --campaign: there is no campaign no\n"
    assert run("push", "withdraw")[0] == 2
    with database.reading() as session:
        assert pushing.states(session) == {"skipped": 3}
        told = session.execute(select(audit.c.action, audit.c.detail).order_by(audit.c.id)).all()
    change = {"before": {"status": "running"}, "after": {"status": "paused"}, "withdrawn": 2}
    assert [tuple(row) for row in told] == [("delivery.withdrawn", None), ("campaign.withdrawn", change)]


def test_who_is_not_on_the_staff_stops_nothing(run: Run) -> None:
    code, _, err = run("push", "stop", "--as", "nobody")
    assert (code, err) == (1, "weilan: --as: nobody called nobody is on the staff; see `weilan staff add`\n")
    assert "pushes go out" in run("push", "status")[1]

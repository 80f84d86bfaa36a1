"""`weilan follow-up` at the terminal: what the classes ask of people, whose it is, and that it was done once."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select

from bot.store.database import Database
from bot.store.tables import follow_ups
from tests.support.build import Build
from tests.support.terminal import Run


@pytest.fixture
def numbers(database: Database) -> dict[str, int]:
    """Of what is asked, by the customer's openid."""
    now = datetime.now(UTC)
    with database.transaction() as session:
        build = Build(session)
        build.staff(name="小林")
        for openid, days, service in (("o-later", 3, "account_manager"), ("o-late", -1, "follow_up")):
            customer = build.customer(openid=openid, name="王芳")
            row = {
                "customer_id": customer, "service": service, "opened_at": now - timedelta(days=2),
                "due_at": now + timedelta(days=days),
            }  # fmt: skip
            session.execute(insert(follow_ups).values(row))
        ids = {row.service: row.id for row in session.execute(select(follow_ups))}
    return {"o-later": ids["account_manager"], "o-late": ids["follow_up"]}


def test_the_soonest_due_stands_first_until_somebody_did_it(run: Run, numbers: dict[str, int]) -> None:
    first, second = run("follow-up", "list")[1].splitlines()
    assert "o-late" in first
    assert first.endswith("(anybody)  late")
    assert "o-later" in second

    late = str(numbers["o-late"])
    assert run("follow-up", "done", late, "--as", "小林", "--note", "打过电话")[:2] == (
        0,
        f"{late} is done\n",
    )

    assert "o-late " not in run("follow-up", "list")[1]
    assert "nothing that waits" in run("follow-up", "done", late, "--as", "小林")[2]
    assert "nobody called 老周" in run("follow-up", "done", late, "--as", "老周")[2]


def test_what_is_asked_of_an_account_manager_is_theirs(run: Run, numbers: dict[str, int]) -> None:
    assert run("follow-up", "list", "--of", "小林")[1] == "nothing waits\n"

    run("handover", "manager", "o-later", "--to", "小林", "--as", "小林")

    assert run("follow-up", "list", "--of", "小林")[1].splitlines()[0].startswith(str(numbers["o-later"]))


def test_one_customers_value_tells_what_is_asked(run: Run, numbers: dict[str, int]) -> None:
    run("refresh")

    assert "asks for follow_up by " in run("value", "o-late")[1]
    assert f"number {numbers['o-late']})" in run("value", "o-late")[1]

"""`weilan handover` at the terminal: who waits, who serves, who looks after whom, and the end."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.store.database import Database
from bot.store.people import customers
from bot.store.talk import handovers
from tests.support.build import Build
from tests.support.terminal import Run


@pytest.fixture
def shop(database: Database) -> None:
    now = datetime.now(UTC)
    with database.transaction() as session:
        build = Build(session)
        build.staff(name="小林")
        build.staff(name="老周")
        build.customer(openid="o-calm", name="李强")
        angry = build.customer(openid="o-angry", name="王芳")
        handovers.open_handover(
            session, angry, complaint=True, now=now - timedelta(minutes=1), until=now + timedelta(minutes=29)
        )


@pytest.mark.usefixtures("shop")
def test_one_takes_the_other_is_told_and_it_ends_once(run: Run) -> None:
    assert "complaint" in run("handover", "list")[1]
    assert run("handover", "take", "o-angry", "--as", "小林")[0] == 0
    code, _, said = run("handover", "take", "o-angry", "--as", "老周")
    assert (code, said) == (1, "weilan: o-angry: already taken by 小林\n")
    assert "小林 since" in run("handover", "list")[1]
    assert run("handover", "close", "o-angry", "--as", "小林")[0] == 0
    assert run("handover", "list")[1] == "nobody waits\n"
    assert "does not wait" in run("handover", "close", "o-angry", "--as", "小林")[2]
    assert "does not wait" in run("handover", "take", "o-calm", "--as", "小林")[2]


@pytest.mark.usefixtures("shop")
def test_account_managers_and_presence(run: Run, database: Database) -> None:
    assert (
        run("handover", "manager", "o-calm", "--to", "小林", "--as", "老周")[1]
        == "o-calm is looked after by 小林\n"
    )
    now = datetime.now(UTC)
    with database.transaction() as session:
        calm = customers.profile_of(session, "o-calm")
        assert calm
        handovers.open_handover(session, calm.id, complaint=False, now=now, until=now)
    assert "(小林)" in run("handover", "list")[1]
    assert run("handover", "away", "--as", "小林")[1] == "小林 is away; 1 given back\n"
    assert run("handover", "present", "--as", "小林")[1] == "小林 is present\n"
    assert "nobody called ghost" in run("handover", "manager", "o-calm", "--to", "ghost", "--as", "老周")[2]
    assert "nobody" in run("handover", "manager", "o-calm", "--as", "老周")[1]
    assert '"urgency"' in run("handover", "list", "--json")[1]

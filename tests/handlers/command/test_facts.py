"""`weilan facts`: what a person at the terminal sees and changes."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.store.database import Database
from bot.store.people import facts
from bot.store.tables import audit, customers
from tests.support.build import Build
from tests.support.terminal import Run


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> Path:
    url = database.engine.url.render_as_string(hide_password=False)
    file = tmp_path / "config.toml"
    file.write_text(f'[database]\nurl = "{url}"\n', encoding="utf-8")
    with database.transaction() as session:
        build = Build(session)
        build.customer(openid="o-anna")
        build.staff(name="李雷")
    return file


@pytest.fixture
def run(run: Run) -> Run:
    return lambda *words: run("facts", *map(str, words))


def test_staff_note_what_they_know_and_it_is_shown_with_their_name(run: Run, database: Database) -> None:
    assert run("set", "o-anna", "city", "杭州", "--as", "李雷")[0] == 0
    code, out, _ = run("show", "o-anna")
    assert (code, "= city: 杭州" in out, "staff 李雷" in out) == (0, True, True)
    with database.reading() as session:
        assert session.execute(select(customers.c.city)).scalar_one() == "杭州"
        row = session.execute(select(audit)).one()
    assert (row.action, row.detail) == ("fact.set", {"before": {"city": None}, "after": {"city": "杭州"}})


def test_json_is_for_programs_and_history_has_what_was(run: Run) -> None:
    run("set", "o-anna", "occupation", "学生", "--as", "李雷")
    assert (
        json.loads(run("retract", "o-anna", "occupation", "--as", "李雷", "--json")[1])[0]["value"]
        == "student"
    )
    shown = json.loads(run("show", "o-anna", "--history", "--json")[1])
    assert [(fact["value"], fact["ended_by"]) for fact in shown] == [("student", "retracted"), ("", "")]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(("show", "o-nobody"), "nobody has the openid o-nobody", id="an unknown customer"),
        pytest.param(
            ("set", "o-anna", "shoes", "42", "--as", "李雷"), "shoes: no such attribute", id="an unknown attribute"
        ),
        pytest.param(
            ("set", "o-anna", "gender", "x", "--as", "李雷"), "gender: expected one of female, male", id="no value"
        ),
        pytest.param(
            ("set", "o-anna", "birthday", "2150-01-01", "--as", "李雷"), "birthday: expected a day that is past", id="a day to come"
        ),
        pytest.param(
            ("set", "o-anna", "city", "杭州", "--as", "韩梅梅"), "nobody called 韩梅梅", id="somebody not on the staff"
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_one_line(run: Run, words: tuple[str, ...], said: str) -> None:
    code, _, err = run(*words)
    assert (code, err.count("\n")) == (1, 1)
    assert said in err


def test_what_the_customer_erased_staff_cannot_set(run: Run, database: Database) -> None:
    with database.transaction() as session:
        facts.erase(session, session.execute(select(customers.c.id)).scalar_one(), "city", datetime.now(UTC))
    code, _, err = run("set", "o-anna", "city", "杭州", "--as", "李雷")
    assert (code, "city: the customer erased it themselves" in err) == (1, True)
    assert "(not to be known)" in run("show", "o-anna")[1]


def test_a_bad_file_of_facts_is_found_before_anything_runs(run: Run, settings: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text("[inference]\nleast = 0\n", encoding="utf-8")
    settings.write_text(
        settings.read_text(encoding="utf-8") + f'[facts]\nrules = "{mine}"\n', encoding="utf-8"
    )
    code, _, err = run("show", "o-anna")
    assert (code, "mine.toml: inference.least" in err) == (1, True)

import json
from datetime import date

import pytest

from bot.store.campaigns import working_days
from bot.store.database import Database
from bot.store.operators import audit
from tests.support.terminal import Run


def test_the_calendar_tells_working_days_windows_festivals_and_lunar_days(run: Run) -> None:
    code, out, _ = run("calendar", "--from", "2026-09-25", "--to", "2026-10-10", "--json")
    days = {day["day"]: day for day in json.loads(out)["days"]}
    assert code == 0
    assert days["2026-09-25"]["lunar"] == "八月十五"
    assert [one["name"] for one in days["2026-09-25"]["festivals"]] == ["中秋节"]
    assert (days["2026-10-09"]["works"], days["2026-10-05"]["works"]) == (True, False)
    assert days["2026-10-10"]["works"], "a make-up Saturday"
    assert days["2026-10-10"]["windows"]["marketing"] == [["11:00:00", "12:00:00"], ["16:30:00", "18:00:00"]]
    assert days["2026-10-05"]["windows"]["marketing"] == [["10:30:00", "12:00:00"]]


def test_a_new_schedule_can_be_entered_and_its_year_becomes_known(run: Run, database: Database) -> None:
    assert "2097: its holidays are not known yet" in run("calendar", "--year", "2097")[1]
    code, out, _ = run("calendar", "override", "2097-02-12..2097-02-14", "off", "--note", "国办通知")
    assert (code, out) == (0, "off: 2097-02-12..2097-02-14, 3 of 3 changed\n")
    run("calendar", "override", "2097-02-16", "work")
    run("calendar", "year", "2097", "known")
    lines = run("calendar", "--from", "2097-02-12", "--to", "2097-02-17")[1].splitlines()
    assert [line.split()[2] for line in lines] == ["off", "off", "off", "work", "work", "off"]
    assert "国办通知" in lines[0]
    with database.reading() as session:
        assert len(audit.entries(session)) == 5


def test_clearing_brings_the_published_calendar_back(run: Run, database: Database) -> None:
    run("calendar", "override", "2026-11-23", "off")
    assert run("calendar", "override", "2026-11-23", "--clear")[1] == "cleared: 2026-11-23, 1 of 1 changed\n"
    with database.reading() as session:
        assert working_days.around(session, date(2026, 11, 23)).kind(date(2026, 11, 23)).works


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        pytest.param(("override", "2027-02-31", "off"), 1, "expected a day as 2027-02-05", id="no day"),
        pytest.param(("override", "2027-02-05", "maybe"), 2, "work", id="neither work nor off"),
        pytest.param(("override", "2027-02-05"), 2, "expected work or off", id="nothing said"),
        pytest.param(("override", "2027-02-05..2027-02-01", "off"), 1, "in their order", id="backwards"),
        pytest.param(("override", "2027-02-05", "off", "--as", "某人"), 1, "nobody called 某人", id="a stranger"),
        pytest.param(("--year", "3000"), 1, "expected 2000 to 2099", id="a year beyond the tables"),
        pytest.param(("--from", "2027-01-01", "--to", "2026-01-01"), 1, "--to", id="a period that ends before it begins"),
    ],
)  # fmt: skip
def test_bad_words_are_one_clear_line(run: Run, words: tuple[str, ...], code: int, said: str) -> None:
    ended, _, err = run("calendar", *words)
    assert ended == code
    assert said in err

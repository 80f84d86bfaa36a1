from datetime import date

from bot.store.campaigns import working_days
from bot.store.database import Session
from bot.store.operators import audit
from tests.conftest import NOON
from tests.support.build import Build

MONDAY, SATURDAY = date(2026, 11, 23), date(2026, 11, 28)


def test_an_override_goes_before_the_published_calendar_until_it_is_cleared(
    session: Session, build: Build
) -> None:
    staff = build.staff()
    changed = working_days.override(session, [MONDAY], works=False, note="年会", staff_id=staff, now=NOON)
    assert changed == 1
    assert not working_days.around(session, MONDAY).kind(MONDAY).works
    assert working_days.around(session, MONDAY).kind(SATURDAY).works is False

    assert working_days.clear(session, [MONDAY, SATURDAY], staff_id=staff, now=NOON) == 1
    assert working_days.around(session, MONDAY).kind(MONDAY).works


def test_every_change_is_in_the_audit_log_with_what_was_there_before(session: Session, build: Build) -> None:
    staff = build.staff()
    working_days.override(session, [SATURDAY], works=True, note="调休", staff_id=staff, now=NOON)
    again = working_days.override(session, [SATURDAY], works=True, note="调休", staff_id=staff, now=NOON)
    working_days.override(session, [SATURDAY], works=False, note="", staff_id=staff, now=NOON)
    working_days.clear(session, [SATURDAY], staff_id=staff, now=NOON)
    assert again == 0, "nothing changed, nothing is recorded"
    told = [(entry.action, entry.subject_id, entry.detail) for entry in audit.entries(session)]
    assert told == [
        (
            "calendar.cleared",
            "2026-11-28",
            {"before": {"works": False, "note": ""}, "after": {"works": None, "note": None}},
        ),
        (
            "calendar.overridden",
            "2026-11-28",
            {"before": {"works": True, "note": "调休"}, "after": {"works": False, "note": ""}},
        ),
        (
            "calendar.overridden",
            "2026-11-28",
            {"before": {"works": None, "note": None}, "after": {"works": True, "note": "调休"}},
        ),
    ]


def test_a_year_is_known_once_somebody_says_it_is_entered(session: Session) -> None:
    far = date(2099, 3, 2)
    assert not working_days.around(session, far).kind(far).known
    assert working_days.know_year(session, 2099, known=True, staff_id=None, now=NOON)
    assert not working_days.know_year(session, 2099, known=True, staff_id=None, now=NOON)
    assert working_days.around(session, far).kind(far).known
    assert working_days.know_year(session, 2099, known=False, staff_id=None, now=NOON)
    assert not working_days.around(session, far).kind(far).known
    assert [entry.action for entry in audit.entries(session)] == ["calendar.year", "calendar.year"]

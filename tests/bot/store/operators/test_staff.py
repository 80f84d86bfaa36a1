from datetime import timedelta
from threading import Barrier, Thread

import pytest

from bot.store.database import Database, Session
from bot.store.operators import audit, passwords, staff, staff_sessions
from tests.conftest import NOON
from tests.support.build import Build


def add(session: Session, name: str, role: staff.Role = "operator") -> int:
    staff_id = staff.add(session, name=name, role=role, password_hash="!", now=NOON)
    assert staff_id is not None
    return staff_id


def test_a_name_is_given_once_and_the_transaction_goes_on(session: Session) -> None:
    add(session, "小林")
    assert staff.add(session, name="小林", role="admin", password_hash="!", now=NOON) is None
    add(session, "老周")
    assert [person.name for person in staff.people(session)] == ["小林", "老周"]


def test_the_disabled_have_no_credentials_and_stand_last(session: Session) -> None:
    staff.disable(session, add(session, "甲"), NOON)
    add(session, "乙")
    assert staff.find_credentials(session, "甲") is None
    assert [person.name for person in staff.people(session)] == ["乙", "甲"]


def test_who_is_disabled_twice_stays_disabled_since_the_first_time(session: Session) -> None:
    staff_id = add(session, "甲")
    staff.disable(session, staff_id, NOON)
    staff.disable(session, staff_id, NOON + timedelta(days=1))
    found = staff.find(session, staff_id)
    assert found
    assert found.disabled_at == NOON


def test_a_disabled_admin_does_not_count_as_one(session: Session) -> None:
    first, second = add(session, "甲", "admin"), add(session, "乙", "admin")
    assert not staff.is_last_admin(session, first)
    staff.disable(session, second, NOON)
    assert staff.is_last_admin(session, first)


def test_two_admins_cannot_disable_each_other_at_once(database: Database) -> None:
    with database.transaction() as session:
        both = [add(session, "甲", "admin"), add(session, "乙", "admin")]
    together = Barrier(2)

    def disable(staff_id: int) -> None:
        together.wait()
        with database.transaction() as session:
            if not staff.is_last_admin(session, staff_id):
                staff.disable(session, staff_id, NOON)

    threads = [Thread(target=disable, args=(staff_id,)) for staff_id in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as session:
        assert [person.disabled_at is None for person in staff.people(session)] == [True, False]


def test_a_session_is_found_by_its_token_until_it_ends(session: Session) -> None:
    staff_id = add(session, "甲")
    token = staff_sessions.begin(session, staff_id, NOON)
    assert staff_sessions.find(session, token + "x", NOON) is None
    found = staff_sessions.find(session, token, NOON + timedelta(minutes=59))
    assert found
    assert found.person.id == staff_id
    assert staff_sessions.find(session, token, NOON + staff_sessions.IDLE) is None
    staff_sessions.note_use(session, token, NOON + staff_sessions.LASTS - timedelta(minutes=1))
    assert staff_sessions.find(session, token, NOON + staff_sessions.LASTS - timedelta(seconds=1)) is not None
    assert staff_sessions.find(session, token, NOON + staff_sessions.LASTS) is None


def test_ending_all_sessions_of_one_leaves_those_of_others(session: Session) -> None:
    one, other = add(session, "甲"), add(session, "乙")
    tokens = [staff_sessions.begin(session, who, NOON) for who in (one, one, other)]
    assert staff_sessions.open_counts(session, NOON) == {one: 2, other: 1}
    staff_sessions.end_all(session, one)
    assert [staff_sessions.find(session, token, NOON) is not None for token in tokens] == [False, False, True]


def test_a_session_is_noted_once_a_minute(session: Session) -> None:
    token = staff_sessions.begin(session, add(session, "甲"), NOON)
    found = staff_sessions.find(session, token, NOON)
    assert found
    assert not found.is_to_be_noted(NOON + timedelta(seconds=59))
    assert found.is_to_be_noted(NOON + timedelta(seconds=60))


def test_a_password_fits_its_hash_only() -> None:
    password_hash = passwords.hashed("茶壶-and-a-kettle")
    assert passwords.fits("茶壶-and-a-kettle", password_hash)
    assert not passwords.fits("茶壶-and-a-kettlE", password_hash)
    assert not passwords.fits("茶壶-and-a-kettle", "no hash at all")
    assert not passwords.fits("茶壶-and-a-kettle", None)


@pytest.mark.parametrize(
    ("password", "objection"),
    [
        ("123456789", "too_short"), ("x" * 201, "too_long"), ("xiaolin-123", "is_the_name"), ("1212121212", "too_plain"),
        ("xiaolin likes oolong", None), ("茶壶一把茶杯四只好看", None),
    ],
)  # fmt: skip
def test_a_password_that_is_easily_guessed_is_not_taken(password: str, objection: str | None) -> None:
    assert passwords.objection(password, "xiaolin") == objection


def test_the_audit_gives_the_newest_first_page_by_page(session: Session, build: Build) -> None:
    who = build.staff(name="小林")
    for number in range(5):
        audit.record(session, "content.changed", "content", f"c-{number}", staff_id=who, now=NOON)
    audit.record(session, "plan.made", "campaign", "tea", staff_id=None, now=NOON)
    first = audit.entries(session, most=3)
    assert [(one.subject_id, one.staff_name) for one in first] == [
        ("tea", ""),
        ("c-4", "小林"),
        ("c-3", "小林"),
    ]
    assert [one.subject_id for one in audit.entries(session, before=first[-1].id)] == ["c-2", "c-1", "c-0"]
    assert [
        one.subject_id
        for one in audit.entries(session, staff_id=who, action="content.changed", subject="c-1")
    ] == ["c-1"]


def test_a_change_is_kept_as_what_differs() -> None:
    assert audit.changes({"a": 1, "b": (1, 2)}, {"a": 1, "b": (2, 1)}) == {
        "before": {"b": [1, 2]},
        "after": {"b": [2, 1]},
    }
    assert audit.changes({"a": 1}, {"a": 1}) == {}
    assert audit.changes({}, {"at": NOON}) == {"before": {"at": None}, "after": {"at": str(NOON)}}

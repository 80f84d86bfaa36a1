"""Meeting a customer, and what a contact changes."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, insert, select

from bot.rules.hashing import openid_hash
from bot.rules.pushes.buckets import bucket_of
from bot.store.database import Session
from bot.store.people import customers
from bot.store.tables import customers as rows
from bot.store.tables import suppressions
from bot.values.profile import Profile
from tests.conftest import NOON
from tests.support import contact
from tests.support.build import Build

SALT = "salt"


def meet(session: Session, openid: str = "o-anna") -> Profile:
    return customers.met(session, openid, NOON, salt=SALT)


def test_the_first_contact_makes_a_customer(session: Session) -> None:
    profile = meet(session)
    assert (profile.openid, profile.followed_at, profile.wants_pushes, profile.forgotten_at) == (
        "o-anna",
        NOON,
        True,
        None,
    )
    row = session.execute(select(rows)).one()
    assert row.bucket == bucket_of("o-anna")


def test_meeting_again_makes_no_second_one(session: Session) -> None:
    assert meet(session) == meet(session)
    assert session.execute(select(func.count()).select_from(rows)).scalar_one() == 1


def test_two_customers_are_two(session: Session) -> None:
    assert meet(session, "o-anna").id != meet(session, "o-bo").id


def test_who_comes_back_still_wants_no_pushes_and_keeps_the_rhythm(session: Session) -> None:
    kept = {
        "openid_hash": openid_hash("o-anna", SALT), "opted_out": True, "last_push_at": NOON - timedelta(hours=3),
        "last_push_day": date(2026, 11, 24), "mass_month": "2026-11", "mass_used": 3, "forgotten_at": NOON,
    }  # fmt: skip
    session.execute(insert(suppressions).values(kept))
    anna, bo = meet(session, "o-anna"), meet(session, "o-bo")
    assert (anna.wants_pushes, anna.last_push_day) == (False, date(2026, 11, 24))
    assert anna.last_push_at == NOON - timedelta(hours=3)
    assert (bo.wants_pushes, bo.last_push_at) == (True, None)
    assert session.execute(select(rows.c.mass_used).where(rows.c.id == anna.id)).scalar_one() == 3
    assert session.execute(select(func.count()).select_from(suppressions)).scalar_one() == 0


def test_speaking_opens_the_long_window_and_ends_silence(session: Session, build: Build) -> None:
    customer, other = (
        build.customer(silent_pushes=4, engagement="tired", window_left=1),
        build.customer(silent_pushes=4),
    )
    contact.spoke(session, customer, NOON)
    spoken = customers.profile_by_id(session, customer)
    assert spoken is not None
    assert (spoken.spoke_at, spoken.window_until, spoken.window_left) == (NOON, NOON + timedelta(hours=48), 5)
    assert spoken.engagement == "engaged"
    silent = {row.id: row.silent_pushes for row in session.execute(select(rows.c.id, rows.c.silent_pushes))}
    assert silent == {customer: 0, other: 4}


def test_a_tap_opens_the_short_window_beside_the_long_one(session: Session, build: Build) -> None:
    customer = build.customer(window_left=2, window_until=NOON + timedelta(hours=5), engagement="tired")
    contact.opened_scene(session, customer, NOON)
    tapped = customers.profile_by_id(session, customer)
    assert tapped is not None
    assert (tapped.scene_until, tapped.scene_left) == (NOON + timedelta(minutes=1), 3)
    assert (tapped.window_left, tapped.spoke_at, tapped.engagement) == (2, None, "ordinary")


def test_what_is_not_known_reads_as_nothing(session: Session, build: Build) -> None:
    number = build.customer(name=None, city=None)
    profile = customers.profile_by_id(session, number)
    assert profile is not None
    assert (profile.name, profile.city, profile.spoke_at) == ("", "", None)
    assert customers.profile_by_id(session, number + 1) is None
    assert customers.profile_of(session, "o-nobody") is None


@pytest.mark.parametrize(("openid", "bucket"), [("o-anna", 5876), ("o-bo", 4194)])
def test_a_bucket_never_changes(openid: str, bucket: int) -> None:
    assert bucket_of(openid) == bucket


def test_buckets_are_spread_evenly() -> None:
    low = sum(bucket_of(f"o-{number}") < 1000 for number in range(10_000))
    assert 900 < low < 1100

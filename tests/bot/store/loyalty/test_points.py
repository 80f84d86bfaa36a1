"""The ledger: each entry once, the books always add up, the first to expire goes first; on both databases."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from bot.store.database import Database, Session
from bot.store.loyalty import points, vouchers
from bot.store.loyalty.points import About
from bot.store.people import forgetting, merging
from bot.store.tables import customers, point_lots, point_postings
from tests.support.build import Build

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
THIS_YEAR, NEXT_YEAR = date(2026, 12, 31), date(2027, 12, 31)


def about(key: str, kind: str = "grant") -> About:
    return About(key=key, kind=kind)


def balance(session: Session, customer: int) -> int:
    found = session.execute(select(customers.c.points).where(customers.c.id == customer))
    return int(found.scalar_one())


def lots(session: Session) -> list[int]:
    return list(session.scalars(select(point_lots.c.remaining).order_by(point_lots.c.id)))


def test_an_entry_is_written_once(session: Session, build: Build) -> None:
    anna = build.customer()
    assert points.gain(session, anna, 100, about("order:1"), NEXT_YEAR, NOW)
    assert not points.gain(session, anna, 100, about("order:1"), NEXT_YEAR, NOW)
    assert (balance(session, anna), points.faults(session)) == (100, [])


def test_nobody_spends_more_than_they_have(session: Session, build: Build) -> None:
    anna = build.customer()
    points.gain(session, anna, 100, about("a"), NEXT_YEAR, NOW)
    assert points.spend(session, anna, 101, about("b"), NOW) is None
    assert points.spend(session, anna, 100, about("c"), NOW) is True
    assert points.spend(session, anna, 1, about("d"), NOW) is None
    assert (balance(session, anna), lots(session), points.faults(session)) == (0, [0], [])


def test_what_expires_first_is_spent_first(session: Session, build: Build) -> None:
    anna = build.customer()
    points.gain(session, anna, 100, about("later"), NEXT_YEAR, NOW)
    points.gain(session, anna, 50, about("sooner"), THIS_YEAR, NOW)
    points.spend(session, anna, 60, about("x"), NOW)
    assert lots(session) == [90, 0]
    assert points.next_to_expire(session, anna) == (90, NEXT_YEAR)


def test_what_is_over_goes_and_only_that(session: Session, build: Build) -> None:
    anna = build.customer()
    points.gain(session, anna, 50, about("old"), THIS_YEAR, NOW)
    points.gain(session, anna, 70, about("new"), NEXT_YEAR, NOW)
    assert points.expire(session, THIS_YEAR, NOW, 10) == 0  # the last day is theirs
    assert points.expire(session, date(2027, 1, 1), NOW, 10) == 1
    assert points.expire(session, date(2027, 1, 1), NOW, 10) == 0
    assert (balance(session, anna), points.faults(session)) == (70, [])
    assert [(one.kind, one.points) for one in points.entries(session, anna)] == [
        ("expiry", -50),
        ("grant", 70),
        ("grant", 50),
    ]


def test_taking_back_never_goes_below_nothing(session: Session, build: Build) -> None:
    anna = build.customer()
    order = build.order(anna, status="delivered", amount=100, ordered_at=NOW)
    points.gain(session, anna, 100, About(key="o", kind="order", order_id=order), NEXT_YEAR, NOW)
    points.spend(session, anna, 80, about("x"), NOW)
    back = About(key="r", kind="return", order_id=order)
    assert points.take_back(session, anna, 100, back, NOW) == 20
    assert points.take_back(session, anna, 100, back, NOW) is None
    assert (balance(session, anna), points.brought_by(session, order), points.faults(session)) == (
        0,
        (100, 80),
        [],
    )


def test_what_there_was_becomes_the_opening_once(session: Session, build: Build) -> None:
    anna, bert = build.customer(points=320), build.customer(points=0)
    points.begin(session, NEXT_YEAR, NOW)
    points.begin(session, NEXT_YEAR, NOW + timedelta(days=1))
    assert (points.begun_at(session), balance(session, anna), balance(session, bert)) == (NOW, 320, 0)
    assert (lots(session), points.faults(session)) == ([320], [])


def test_books_that_were_touched_by_hand_are_told(session: Session, build: Build) -> None:
    anna = build.customer()
    points.gain(session, anna, 10, about("a"), NEXT_YEAR, NOW)
    session.execute(update(customers).where(customers.c.id == anna).values(points=11))
    assert points.faults(session) == [f"customer {anna}: ledger, lots and balance differ"]
    session.execute(update(customers).where(customers.c.id == anna).values(points=10))
    session.execute(update(point_postings).where(point_postings.c.account == "issued").values(points=-9))
    assert any("does not add up" in fault for fault in points.faults(session))


def test_two_who_become_one_have_both_and_the_forgotten_have_none(session: Session, build: Build) -> None:
    points.begin(session, NEXT_YEAR, NOW)
    anna, shop = build.customer(openid="o-anna"), build.customer(openid=None, external_id="KH1")
    points.gain(session, anna, 10, about("a"), NEXT_YEAR, NOW)
    points.gain(session, shop, 5, about("b"), NEXT_YEAR, NOW)
    merge = merging.merge(session, anna, shop, how="staff", staff_id=None, now=NOW)
    assert isinstance(merge, int)
    assert (balance(session, anna), points.faults(session)) == (15, [])
    merging.undo(session, merge, staff_id=None, now=NOW)
    assert (balance(session, anna), balance(session, shop), points.faults(session)) == (10, 5, [])
    forgetting.forget(session, anna, "salt", NOW)
    assert (balance(session, anna), points.faults(session)) == (0, [])


def test_two_at_once_cannot_spend_the_same_points(database: Database) -> None:
    with database.transaction() as session:
        anna = Build(session).customer()
        points.gain(session, anna, 500, about("a"), NEXT_YEAR, NOW)

    def exchange(number: int) -> bool:
        with database.transaction() as session:
            return bool(points.spend(session, anna, 500, about(f"x{number}"), NOW))

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(exchange, range(8)))
    with database.reading() as session:
        assert (sum(done), balance(session, anna), points.faults(session)) == (1, 0, [])


def test_who_spends_at_midnight_and_the_end_of_a_lot_do_not_wait_for_each_other(postgresql: Database) -> None:
    with postgresql.transaction() as session:
        anna = Build(session).customer()
        points.gain(session, anna, 400, about("a"), THIS_YEAR, NOW)
        points.gain(session, anna, 400, about("b"), NEXT_YEAR, NOW)

    def end() -> int:
        with postgresql.transaction() as session:
            return points.expire(session, date(2027, 1, 1), NOW, 10)

    with ThreadPoolExecutor(1) as pool, postgresql.transaction() as session:
        session.execute(select(customers.c.id).where(customers.c.id == anna).with_for_update())
        ending = pool.submit(end)
        with suppress(TimeoutError):
            ending.result(timeout=0.5)  # it waits for the member, and holds nothing of theirs
        assert points.spend(session, anna, 300, about("x"), NOW)
        session.commit()
        assert ending.result(timeout=60) == 1
    with postgresql.reading() as session:
        assert (balance(session, anna), lots(session), points.faults(session)) == (400, [0, 400], [])


steps = st.lists(
    st.tuples(
        st.sampled_from(["gain", "spend", "back", "expire"]),
        st.integers(0, 2),
        st.integers(0, 60),
        st.integers(0, 9),
    ),
    max_size=25,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_whatever_happens_the_books_add_up(sqlite: Database, steps: list[tuple[str, int, int, int]]) -> None:
    with sqlite.transaction() as session:
        build = Build(session)
        who = [build.customer(openid=None) for _ in range(3)]
        for does, number, size, key in steps:
            one, entry = who[number], about(f"{does}:{who[0]}:{key}")
            match does:
                case "gain":
                    points.gain(session, one, size, entry, date(2026 + key % 2, 12, 31), NOW)
                case "spend":
                    points.spend(session, one, size, entry, NOW)
                case "back":
                    points.take_back(session, one, size, entry, NOW)
                case "expire":
                    points.expire(session, date(2027, 1, 1), NOW, 3)
        assert points.faults(session) == []
        assert session.execute(select(func.min(customers.c.points))).scalar_one() >= 0


def test_a_voucher_is_redeemed_once_however_it_is_typed(session: Session, build: Build) -> None:
    anna, till = build.customer(), build.staff()
    given_ = vouchers.give(
        session,
        anna,
        origin="reward:x",
        name="10 元券",
        value=Decimal(10),
        least=Decimal(0),
        lasts=timedelta(days=60),
        now=NOW,
    )
    assert [one.code for one in vouchers.of(session, anna, NOW)] == [given_.code]
    typed = given_.code.lower().replace("-", " ")
    assert vouchers.redeem(session, typed, till, NOW)
    assert not vouchers.redeem(session, typed, till, NOW)
    assert vouchers.of(session, anna, NOW) == []
    found = vouchers.find(session, typed)
    assert found is not None
    assert found.redeemed_at == NOW


@pytest.mark.parametrize("days", [60, 61])
def test_a_voucher_that_is_over_is_not_taken(session: Session, build: Build, days: int) -> None:
    anna = build.customer()
    given_ = vouchers.give(
        session,
        anna,
        origin="reward:x",
        name="券",
        value=Decimal(10),
        least=Decimal(0),
        lasts=timedelta(days=60),
        now=NOW,
    )
    assert not vouchers.redeem(session, given_.code, None, NOW + timedelta(days=days))

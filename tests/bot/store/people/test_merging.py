"""Two rows that become one customer, and two again: nothing lost, no promise loosened, both databases."""

import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import (
    JSON,
    Boolean,
    Date,
    Float,
    Integer,
    Numeric,
    String,
    Table,
    Text,
    func,
    insert,
    select,
    update,
)

from bot.store import tables
from bot.store.database import Database, Instant, Session
from bot.store.people import forgetting, merges, merging, pointers
from bot.store.worth import statistics
from bot.values.merging import Merge, Refused, Undone
from tests.conftest import NOON
from tests.support.build import Build
from tests.support.pushing import customer as row_of

DAY = timedelta(days=1)


@pytest.fixture
def chat(build: Build) -> int:
    """Known by what they said."""
    return build.customer(openid="o-lin", name=None, city=None, source="scan", points=0)


@pytest.fixture
def shop(build: Build) -> int:
    """Known by what they bought."""
    return build.customer(
        openid=None, external_id="E1", phone="13800001234", name="林小满", province="浙江", city="杭州", level="青盏",
        points=320, followed_at=None, source="import", created_at=datetime(2020, 1, 1, tzinfo=UTC),
    )  # fmt: skip


def join(session: Session, one: int, other: int, now: datetime = NOON) -> int:
    merged = merging.merge(session, one, other, how="staff", staff_id=None, now=now)
    assert isinstance(merged, int), merged
    return merged


def undo(session: Session, merge_id: int, now: datetime = NOON + DAY) -> Undone:
    undone = merging.undo(session, merge_id, staff_id=None, now=now)
    assert isinstance(undone, Undone), undone
    return undone


def owners(session: Session, table: Table, column: str = "customer_id") -> list[int]:
    return list(session.execute(select(table.c[column]).order_by(*table.primary_key.columns)).scalars())


def everything(session: Session, without: frozenset[str]) -> dict[str, list[Any]]:
    """All rows of all tables but these; figures without the instant they were made."""
    return {
        table.name: [
            tuple(value for name, value in row.items() if name not in {"updated_at", "reason"})
            for row in session.execute(select(table).order_by(*table.primary_key.columns)).mappings()
        ]
        for table in tables.metadata.sorted_tables
        if table.name not in without
    }


def test_the_row_with_the_openid_stays_and_is_filled(session: Session, chat: int, shop: int) -> None:
    join(session, shop, chat)
    row = row_of(session, chat)
    assert (row.openid, row.external_id, row.phone) == ("o-lin", "E1", "13800001234")
    assert (row.name, row.city, row.level, row.points) == ("林小满", "杭州", "青盏", 320)
    assert row.created_at == datetime(2020, 1, 1, tzinfo=UTC)
    gone = row_of(session, shop)
    assert (gone.openid, gone.external_id, gone.phone, gone.name) == (None, None, None, None)
    assert gone.forgotten_at == NOON


def test_what_both_say_stays_as_the_survivor_says(session: Session, chat: int, shop: int) -> None:
    session.execute(
        update(tables.customers).where(tables.customers.c.id == chat).values(name="小林", city="苏州")
    )
    join(session, chat, shop)
    row = row_of(session, chat)
    assert (row.name, row.city, row.province) == ("小林", "苏州", None)


def test_orders_go_along_and_the_figures_with_them(
    session: Session, build: Build, chat: int, shop: int
) -> None:
    build.order(chat, amount=100)
    build.order(shop, amount=250)
    statistics.touch(session, [chat, shop], NOON)
    join(session, chat, shop)
    figures = session.execute(select(tables.customer_statistics)).one()
    assert (figures.customer_id, figures.orders, figures.spent) == (chat, 2, 35_000)


@pytest.mark.parametrize(("mine", "theirs"), [(True, False), (False, True), (False, False)])
def test_a_refusal_wins(session: Session, chat: int, shop: int, mine: bool, theirs: bool) -> None:
    for who, wants, at in ((chat, mine, NOON - DAY), (shop, theirs, NOON - 2 * DAY)):
        said = {
            "wants_pushes": wants,
            "stopped_pushes_at": None if wants else at,
            "asked_for_pushes_at": at if wants else None,
        }
        session.execute(update(tables.customers).where(tables.customers.c.id == who).values(said))
    join(session, chat, shop)
    row = row_of(session, chat)
    assert not row.wants_pushes
    assert row.asked_for_pushes_at is None
    assert row.stopped_pushes_at == (NOON - DAY if theirs else NOON - 2 * DAY)


def test_the_stricter_rhythm_and_the_sum_of_the_months_sends_count(
    session: Session, chat: int, shop: int
) -> None:
    def push(who: int, at: datetime, used: int) -> None:
        rhythm = {
            "last_push_at": at,
            "last_push_day": at.date(),
            "last_push_id": who,
            "mass_month": "2026-11",
            "mass_used": used,
        }
        session.execute(update(tables.customers).where(tables.customers.c.id == who).values(rhythm))

    push(chat, NOON - 3 * DAY, 1)
    push(shop, NOON - DAY, 2)
    merge_id = join(session, chat, shop)
    row = row_of(session, chat)
    assert (row.last_push_at, row.last_push_id, row.mass_used) == (NOON - DAY, shop, 3)
    undo(session, merge_id)
    row = row_of(session, chat)
    assert (row.last_push_at, row.mass_used) == (NOON - DAY, 3), "undoing loosens nothing"


@pytest.mark.parametrize(
    ("other", "why"),
    [
        pytest.param({"openid": "o-2"}, "two_openids", id="two chats are two customers"),
        pytest.param(
            {"openid": None, "union_id": "u-2"}, "two_union_ids", id="WeChat says they are two people"
        ),
        pytest.param({"openid": None, "forgotten_at": NOON}, "forgotten", id="nobody is left to be merged"),
    ],
)
def test_two_that_are_not_one(session: Session, build: Build, other: dict[str, Any], why: str) -> None:
    one, two = build.customer(union_id="u-1"), build.customer(**other)
    assert merging.merge(session, one, two, how="staff", staff_id=None, now=NOON) == Refused(why)  # type: ignore[arg-type]
    assert owners(session, tables.merges, "id") == []


def test_nobody_is_merged_with_themselves_or_with_nobody(session: Session, chat: int) -> None:
    assert merging.merge(session, chat, chat, how="staff", staff_id=None, now=NOON) == Refused("same")
    assert merging.merge(session, chat, 99_999, how="staff", staff_id=None, now=NOON) == Refused("unknown")


def test_a_push_under_way_makes_the_merge_wait(session: Session, build: Build, chat: int, shop: int) -> None:
    build.segment()
    build.delivery(customer_id=shop, campaign_id=build.campaign(), state="claimed")
    assert merging.merge(session, chat, shop, how="staff", staff_id=None, now=NOON) == Refused(
        "push_under_way"
    )


def test_planned_pushes_of_the_loser_are_called_off_and_those_sent_go_along(
    session: Session, build: Build, chat: int, shop: int
) -> None:
    build.segment()
    campaign, other = build.campaign(), build.campaign()
    kept = build.delivery(customer_id=chat, campaign_id=campaign)
    off = build.delivery(customer_id=shop, campaign_id=other)
    sent = build.delivery(customer_id=shop, campaign_id=campaign, state="sent", day=date(2026, 11, 1))
    twice = build.delivery(customer_id=shop, campaign_id=campaign, state="sent")
    join(session, chat, shop)
    found = {
        row.id: (row.customer_id, row.state, row.reason) for row in session.execute(select(tables.deliveries))
    }
    assert found == {
        kept: (chat, "planned", ""),
        off: (chat, "skipped", "merged"),
        sent: (chat, "sent", ""),
        twice: (shop, "sent", ""),  # the survivor has a row of that campaign and day: it adds up where it is
    }


def test_who_waits_twice_waits_once_and_a_complaint_stays_one(
    session: Session, build: Build, chat: int, shop: int
) -> None:
    for who, reason in ((chat, "asked"), (shop, "complaint")):
        session.execute(insert(tables.handovers).values(customer_id=who, reason=reason, opened_at=NOON))
    session.execute(update(tables.customers).where(tables.customers.c.id == shop).values(complaint_open=True))
    merge_id = join(session, chat, shop)
    (waits,) = session.execute(select(tables.handovers).where(tables.handovers.c.closed_at.is_(None))).all()
    assert (waits.customer_id, waits.reason) == (chat, "complaint")
    assert row_of(session, chat).complaint_open

    undo(session, merge_id)
    still = select(tables.handovers.c.customer_id).where(tables.handovers.c.closed_at.is_(None))
    assert sorted(session.execute(still).scalars()) == sorted([chat, shop])
    assert row_of(session, shop).complaint_open


def test_a_complaint_closed_meanwhile_holds_nothing_back_after_undoing(
    session: Session, build: Build, chat: int, shop: int
) -> None:
    session.execute(insert(tables.handovers).values(customer_id=shop, reason="complaint", opened_at=NOON))
    session.execute(update(tables.customers).where(tables.customers.c.id == shop).values(complaint_open=True))
    merge_id = join(session, chat, shop)
    session.execute(update(tables.handovers).values(closed_at=NOON, closed_by="staff"))
    undo(session, merge_id)
    assert not row_of(session, shop).complaint_open
    assert not row_of(session, chat).complaint_open


def test_undoing_makes_everything_as_it_was(session: Session, build: Build, chat: int, shop: int) -> None:
    build.order(shop)
    build.message(shop, "您好")
    build.message(chat, "在吗")
    build.review(shop, 5)
    for who, tag in ((chat, "tea"), (shop, "tea"), (shop, "wok")):
        session.execute(insert(tables.customer_tags).values(customer_id=who, tag=tag))
    statistics.touch(session, [chat, shop], NOON)
    volatile = frozenset({"merges", "audit"})
    before = everything(session, volatile)
    merge_id = join(session, chat, shop)
    assert owners(session, tables.orders) == [chat]
    assert owners(session, tables.messages) == [chat, chat]
    assert everything(session, volatile) != before
    undo(session, merge_id)
    assert everything(session, volatile) == before


def test_what_came_after_stays_with_the_survivor(
    session: Session, build: Build, chat: int, shop: int
) -> None:
    mine = build.order(shop)
    merge_id = join(session, chat, shop)
    later = build.order(chat)
    session.execute(
        update(tables.customers).where(tables.customers.c.id == chat).values(name="林姐", spoke_at=NOON)
    )
    counts = undo(session, merge_id).counts
    assert counts["orders"] == 1
    assert (
        session.execute(select(tables.orders.c.customer_id).where(tables.orders.c.id == mine)).scalar()
        == shop
    )
    assert (
        session.execute(select(tables.orders.c.customer_id).where(tables.orders.c.id == later)).scalar()
        == chat
    )
    assert (row_of(session, chat).name, row_of(session, chat).spoke_at) == ("林姐", NOON)
    assert (row_of(session, chat).phone, row_of(session, shop).phone) == (None, "13800001234")


def test_undoing_is_not_undone(session: Session, chat: int, shop: int) -> None:
    merge_id = join(session, chat, shop)
    undo(session, merge_id)
    assert merging.undo(session, merge_id, staff_id=None, now=NOON) == Refused("undone_before")
    assert merging.undo(session, 4711, staff_id=None, now=NOON) == Refused("unknown")
    again = join(session, chat, shop)
    assert [one.can_be_undone for one in merges.listed(session)] == [True, False]
    assert merges.listed(session)[0].id == again


def test_of_two_merges_in_a_row_the_later_is_undone_first(session: Session, build: Build, chat: int) -> None:
    one, two = (build.customer(openid=None, external_id=name, followed_at=None) for name in ("E1", "E2"))
    order = build.order(two)
    first = join(session, one, two)
    second = join(session, chat, one)
    assert merging.undo(session, first, staff_id=None, now=NOON) == Refused("merged_on")
    undo(session, second)
    undo(session, first)
    assert (
        session.execute(select(tables.orders.c.customer_id).where(tables.orders.c.id == order)).scalar()
        == two
    )
    assert (row_of(session, one).external_id, row_of(session, two).external_id) == ("E1", "E2")


def test_a_name_that_is_anothers_by_now_is_not_given_back(
    session: Session, build: Build, chat: int, shop: int
) -> None:
    merge_id = join(session, chat, shop)
    session.execute(update(tables.customers).where(tables.customers.c.id == chat).values(phone="13900000000"))
    build.customer(phone="13800001234")
    assert undo(session, merge_id).names_lost == ("phone",)
    assert row_of(session, shop).phone is None
    assert row_of(session, chat).phone == "13900000000"


def test_the_shops_other_name_is_kept_until_the_merge_is_undone(
    session: Session, build: Build, chat: int, shop: int
) -> None:
    session.execute(update(tables.customers).where(tables.customers.c.id == chat).values(external_id="E0"))
    merge_id = join(session, chat, shop)
    kept = session.execute(select(tables.former_names)).one()
    assert (kept.name, kept.value, kept.customer_id) == ("external_id", "E1", chat)
    undo(session, merge_id)
    assert session.execute(select(tables.former_names)).all() == []


def test_erasing_the_customer_takes_along_what_the_log_kept(session: Session, chat: int, shop: int) -> None:
    session.execute(
        insert(tables.customer_tags), [{"customer_id": who, "tag": "tea"} for who in (chat, shop)]
    )
    merge_id = join(session, chat, shop)
    forgetting.forget(session, chat, "salt", NOON)
    assert session.execute(select(tables.merges.c.kept)).scalar_one() is None
    assert owners(session, tables.customer_tags) == []
    assert merging.undo(session, merge_id, staff_id=None, now=NOON) == Refused("erased_since")


def test_erasing_one_of_two_that_were_parted_leaves_the_other(session: Session, chat: int, shop: int) -> None:
    undo(session, join(session, chat, shop))
    session.execute(insert(tables.customer_tags).values(customer_id=shop, tag="tea"))
    forgetting.forget(session, chat, "salt", NOON)
    assert row_of(session, shop).phone == "13800001234"
    assert owners(session, tables.customer_tags) == [shop]
    assert session.execute(select(tables.merges.c.kept)).scalar_one() is None


def test_the_log_says_who_and_what(session: Session, build: Build, chat: int, shop: int) -> None:
    person = build.staff(name="店长")
    build.order(shop)
    merge_id = merging.merge(session, chat, shop, how="staff", staff_id=person, now=NOON)
    found = merges.find(session, merge_id)  # type: ignore[arg-type]
    assert isinstance(found, Merge)
    assert (found.survivor_id, found.loser_id, found.staff, found.counts) == (
        chat,
        shop,
        "店长",
        {"orders": 1},
    )
    assert found.changes["phone"] == "13800001234"
    (entry,) = session.execute(select(tables.audit)).all()
    assert (entry.action, entry.subject_id, entry.staff_id) == ("customer.merged", str(chat), person)


def test_what_was_written_for_the_loser_too_late_is_gathered(
    session: Session, build: Build, chat: int, shop: int
) -> None:
    join(session, chat, shop)
    build.order(shop)
    assert merging.gather(session, NOON) == 1
    assert owners(session, tables.orders) == [chat]
    assert merging.gather(session, NOON) == 0


# ---- every table that knows customers


def some(column: Any, number: int, parents: dict[str, Any]) -> Any:
    """A value that fits the column."""
    for key in column.foreign_keys:
        return parents[key.column.table.name]
    kinds: tuple[tuple[Any, Any], ...] = (
        (Boolean, False), (Instant, NOON), (Date, NOON.date() + number * DAY), (JSON, {}), (Numeric, number), (Float, 0.5),
        (Integer, number), ((String, Text), f"{column.name[:4]}{number}"[: getattr(column.type, "length", None) or 20]),
    )  # fmt: skip
    return next(value for kind, value in kinds if isinstance(column.type, kind))


WORDS = {  # where a check allows only some words
    "direction": "in", "reason": "asked", "how": "staff", "kind": "follow", "source": "import", "name": "phone",
    "state": "done", "service": "follow_up", "ended_by": None, "closed_by": None, "ended": "said",
}  # fmt: skip
DIFFERENT = {("deliveries", "state"): "sent", ("questions", "state"): "answered"}


def put(session: Session, table: Table, number: int, parents: dict[str, Any]) -> None:
    row = {}
    for column in table.columns:
        if column.nullable and not column.foreign_keys:
            continue
        if column.foreign_keys and next(iter(column.foreign_keys)).column.table.name not in parents:
            continue
        if (
            column.primary_key
            and column.autoincrement is not False
            and isinstance(column.type, Integer)
            and not column.foreign_keys
        ):
            continue
        checked = any(f"{column.name} IN" in str(getattr(one, "sqltext", "")) for one in table.constraints)
        row[column.name] = (
            WORDS[column.name] if checked and column.name in WORDS else some(column, number, parents)
        )
        row[column.name] = DIFFERENT.get((table.name, column.name), row[column.name])
    if table.name == "facts":
        row["source"], row["value"] = "import", "x"
    session.execute(insert(table).values(row))


def offer(session: Session) -> str:
    row = {
        "id": "winter",
        "title": "冬日",
        "segment_id": "everyone",
        "starts": NOON.date(),
        "ends": NOON.date(),
    }
    session.execute(insert(tables.offers).values(row | {"updated_at": NOON}))
    return "winter"


def voucher(session: Session, customer_id: int) -> int:
    row = {"code": "A", "customer_id": customer_id, "origin": "x", "name": "券", "value": 1, "given_at": NOON}
    made = insert(tables.vouchers).values(row | {"valid_until": NOON}).returning(tables.vouchers.c.id)
    return int(session.execute(made).scalar_one())


def journal(session: Session) -> int:
    row = {"key": "of nobody", "kind": "grant", "at": NOON}
    made = insert(tables.point_journals).values(row).returning(tables.point_journals.c.id)
    return int(session.execute(made).scalar_one())


@pytest.mark.parametrize(
    "table", sorted({column.table.name for column in pointers.pointers()} - pointers.STAY)
)
def test_every_table_that_points_to_customers_is_handled(
    session: Session, build: Build, chat: int, shop: int, table: str
) -> None:
    """A table that is new here fails until a row of it goes from one customer to another, or is made anew."""
    build.segment()
    merge_of_others = join(session, build.customer(), build.customer(openid=None, followed_at=None))
    parents = {
        "customers": shop, "campaigns": build.campaign(), "segments": "everyone", "merges": merge_of_others,
        "messages": build.message(chat), "staff": build.staff(), "contents": build.content(), "products": build.product(),
        "point_journals": journal(session), "offers": offer(session), "vouchers": voucher(session, chat),
    }  # fmt: skip
    known = tables.metadata.tables[table]
    put(session, known, 1, parents)
    (column,) = [column for column in pointers.pointers() if column.table is known]
    assert session.execute(select(func.count()).where(column == shop)).scalar_one() == 1
    merge_id = join(session, chat, shop)
    assert session.execute(select(func.count()).where(column == shop)).scalar_one() == 0
    if table in pointers.MADE_ANEW:
        return
    assert session.execute(select(func.count()).where(column == chat)).scalar_one() >= 1
    undo(session, merge_id)
    assert session.execute(select(func.count()).where(column == shop)).scalar_one() == 1


# ---- at once


def at_once(*works: Any) -> list[Any]:
    found: list[Any] = [None] * len(works)
    gate = threading.Barrier(len(works))

    def run(place: int) -> None:
        gate.wait()
        try:
            found[place] = works[place]()
        except Exception as error:  # noqa: BLE001  a test's thread hands it on
            found[place] = error

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@pytest.fixture
def two(database: Database) -> tuple[int, int]:
    with database.transaction() as session:
        build = Build(session)
        pair = build.customer(openid="o-1"), build.customer(openid=None, external_id="E1", followed_at=None)
        build.order(pair[1])
    return pair


def test_merging_twice_at_once_merges_once(database: Database, two: tuple[int, int]) -> None:
    def once(order: tuple[int, int]) -> Any:
        with database.transaction() as session:
            return merging.merge(session, *order, how="staff", staff_id=None, now=NOON)

    found = at_once(*(lambda o=o: once(o) for o in (two, two[::-1], two, two[::-1])))
    assert [one for one in found if isinstance(one, int)] != []
    assert sorted(map(str, found)).count(str(Refused("forgotten"))) == 3
    with database.reading() as session:
        assert len(merges.listed(session)) == 1
        assert owners(session, tables.orders) == [two[0]]

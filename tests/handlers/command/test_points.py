"""`weilan points` and `weilan offer` at the terminal: a gift, the books, a voucher at the till, what is left."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from bot.store.database import Database
from bot.store.loyalty import vouchers
from tests.support.build import Build
from tests.support.terminal import Run


@pytest.fixture
def code(database: Database, settings: Path) -> str:
    settings.write_text(settings.read_text() + '[membership]\nsource = "orders"\n', encoding="utf-8")
    with database.transaction() as session:
        build = Build(session)
        build.staff(name="till")
        anna = build.customer(openid="o-anna")
        given = vouchers.give(
            session, anna, origin="reward:x", name="10 元券", value=Decimal(10), least=Decimal(99),
            lasts=timedelta(days=3), now=datetime.now(UTC),
        )  # fmt: skip
    return given.code


def test_a_gift_of_points_is_in_the_ledger_with_its_reason(run: Run, code: str) -> None:
    assert code
    assert run("points", "give", "o-anna", "50", "--as", "till", "--why", "补偿")[0] == 0
    out = run("points", "show", "o-anna")[1]
    assert "50 points" in out
    assert "+50 grant 补偿" in out
    assert run("points", "check")[0] == 1  # no ledger has begun: the scheduler begins it
    assert "nobody called ghost" in run("points", "give", "o-anna", "5", "--as", "ghost")[2]


def test_a_voucher_is_taken_once_at_the_till(run: Run, code: str) -> None:
    done = run("points", "redeem", code, "--as", "till")
    assert done == (0, "10 元券: ¥10.00 off, of an order of at least ¥99.00; redeemed\n", "")
    again = run("points", "redeem", code.lower(), "--as", "till")
    assert (again[0], "redeemed at" in again[2]) == (1, True)
    assert run("points", "redeem", "AAAA-BBBB-CCCC", "--as", "till")[0] == 1


def test_where_the_shop_keeps_points_none_are_given_here(run: Run, settings: Path, code: str) -> None:
    settings.write_text(
        settings.read_text().replace('source = "orders"', 'source = "shop"'), encoding="utf-8"
    )
    gone = run("points", "give", "o-anna", "50", "--as", "till")
    assert (gone[0], 'membership.source is "shop"' in gone[2], bool(code)) == (1, True, True)


def test_offers_are_listed_with_what_is_left(run: Run, database: Database, tmp_path: Path) -> None:
    assert "no offers" in run("offer", "list")[1]
    file = tmp_path / "offers.toml"
    file.write_text(
        '[[offer]]\nid="w"\ntitle="选一样"\nstarts=2026-01-01\nends=2027-01-01\nstatus="running"\n'
        '[[offer.option]]\nkind="cash"\nname="减 8"\nvalue=8\n[[offer.option]]\nkind="gift"\nname="罐"\nstock=3\n',
        encoding="utf-8",
    )
    with database.transaction() as session:
        Build(session).staff(name="lin")
    applied = run("apply", str(file), "--as", "lin")
    assert applied[0] == 0, applied[2]
    out = run("offer", "list")[1]
    assert "A. 减 8: 0 taken, 0 redeemed, no end of it" in out
    assert "B. 罐: 0 taken, 0 redeemed, 3 left" in out

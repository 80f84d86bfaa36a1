"""What the shop goes on sending under a name that ended in a merge."""

from pathlib import Path

from sqlalchemy import select

from bot.intake import importing
from bot.store.database import Database
from bot.store.people import merging
from bot.store.tables import customers, orders
from tests.conftest import NOON
from tests.support.build import Build


def take(database: Database, folder: Path, kind: str, text: str) -> tuple[int, int, int, int]:
    path = folder / f"{kind}.csv"
    path.write_text(text, encoding="utf-8")
    (source,) = importing.sources(kind, [path], None)  # type: ignore[arg-type]
    found = importing.take_in(database, source, NOON, salt="salt", progress=lambda _: None)
    return found.created, found.updated, found.unchanged, found.rejected


def test_both_names_mean_the_one_customer(database: Database, tmp_path: Path) -> None:
    with database.transaction() as session:
        build = Build(session)
        build.product(external_id="P1")
        chat = build.customer(openid="o-lin", external_id="E1", phone="13800001111")
        shop = build.customer(openid=None, external_id="E2", phone="13800002222", followed_at=None)
        assert isinstance(merging.merge(session, chat, shop, how="staff", staff_id=None, now=NOON), int)
    assert take(database, tmp_path, "customers", "external_id,phone,points\nE2,13800002222,500\n") == (
        0,
        1,
        0,
        0,
    )
    text = "external_id,customer_external_id,phone,status,ordered_at,amount\nD1,E2,,paid,2026-01-01,5\nD2,,13800002222,paid,2026-01-01,5\n"
    found = take(database, tmp_path, "orders", text)
    assert found[3] == 0
    with database.reading() as session:
        row = session.execute(select(customers).where(customers.c.openid == "o-lin")).one()
        assert (row.id, row.external_id, row.phone, row.points) == (chat, "E1", "13800001111", 500)
        assert set(session.execute(select(orders.c.customer_id)).scalars()) == {chat}

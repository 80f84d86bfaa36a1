"""From a file to the tables, on both databases: repeatable, each row wholly or not at all, nothing lost in between."""

import csv
import json
import signal
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select

from bot.intake import importing
from bot.rules.hashing import openid_hash
from bot.store.database import Database
from bot.store.shop import exports
from bot.store.tables import (
    customer_statistics,
    customers,
    facts,
    order_lines,
    orders,
    products,
    shipments,
    suppressions,
)
from bot.values.imported import Imported
from bot.values.records import Kind
from tests.conftest import NOON
from tests.support.build import Build
from tests.support.door_process import run
from tests.support.import_process import take_in_and_die

Import = Callable[..., Imported]

ORDER_HEAD = "external_id,customer_external_id,status,ordered_at,product_external_id,quantity,price\n"
ORDERS = (
    ORDER_HEAD
    + "D1,C1,已付款,2025/1/2,P1,1,1299\nD1,C1,已付款,2025/1/2,P2,2,12\nD2,C2,shipped,2025年1月3日,P2,1,12\n"
)


@pytest.fixture
def take(database: Database, tmp_path: Path) -> Import:
    def run(kind: Kind, content: str | bytes, *, name: str = "", map_: str = "") -> Imported:
        path = tmp_path / (name or f"{kind}.csv")
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        chosen = tmp_path / "map.toml" if map_ else None
        if chosen:
            chosen.write_text(map_, encoding="utf-8")
        [source] = importing.sources(kind, [path], chosen)
        return importing.take_in(database, source, NOON, salt="salt", progress=lambda _: None)

    return run


@pytest.fixture
def shop(take: Import) -> None:
    take("products", 'external_id,name,price,stock\nP1,青瓷茶壶,"￥1,299.00",5\nP2,杯,12元,7\n')


def counts(found: Imported) -> tuple[int, int, int, int]:
    return found.created, found.updated, found.unchanged, found.rejected


def rejected(found: Imported) -> list[dict[str, str]]:
    with Path(found.rejected_rows_in).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def value(database: Database, statement: Any) -> Any:
    with database.reading() as session:
        return session.scalar(statement)


@pytest.mark.usefixtures("shop")
def test_the_same_file_twice_changes_nothing_and_a_changed_one_what_changed(
    take: Import, database: Database
) -> None:
    assert counts(take("orders", ORDERS)) == (2, 0, 0, 0)
    assert counts(take("orders", ORDERS)) == (0, 0, 2, 0)
    assert counts(take("orders", ORDERS.replace("D2,C2,shipped", "D2,C2,delivered"))) == (0, 1, 1, 0)
    assert counts(take("orders", ORDERS.replace("P2,2,12", "P2,3,12"))) == (0, 2, 0, 0)
    assert value(database, select(func.count()).select_from(order_lines)) == 3
    assert (
        value(database, select(order_lines.c.product_name).where(order_lines.c.price == 1299)) == "青瓷茶壶"
    )
    assert value(database, select(orders.c.amount).where(orders.c.external_id == "D1")) == 1335


@pytest.mark.usefixtures("shop")
def test_an_order_with_one_bad_line_is_rejected_whole_and_its_rows_are_kept_for_mending(
    take: Import, database: Database
) -> None:
    found = take("orders", ORDERS.replace("P2,2,12", "P2,two,12"))
    assert counts(found) == (1, 0, 0, 1)
    assert [(row["line"], row["field"], row["external_id"]) for row in rejected(found)] == [
        ("2", "", "D1"),
        ("3", "quantity", "D1"),
    ]
    assert value(database, select(func.count()).select_from(orders)) == 1
    mended = Path(found.rejected_rows_in).read_text(encoding="utf-8").replace("two", "2")
    assert counts(take("orders", mended, name="mended.csv")) == (1, 0, 0, 0)


@pytest.mark.usefixtures("shop")
def test_a_row_nobody_can_read_takes_the_orders_beside_it_along(take: Import) -> None:
    broken = ORDERS.replace("D1,C1,已付款,2025/1/2,P2", 'D1,C1,"已付"款,2025/1/2,P2')
    assert counts(take("orders", broken)) == (0, 0, 0, 2)


@pytest.mark.usefixtures("shop")
def test_an_order_for_an_unknown_product_is_rejected_and_an_unknown_customer_is_made(
    take: Import, database: Database
) -> None:
    found = take("orders", ORDERS.replace("P1", "P9"))
    assert counts(found) == (1, 0, 0, 1)
    assert rejected(found)[0]["field"] == "product_external_id"
    with database.reading() as session:
        made = session.execute(select(customers)).one()
    assert (made.external_id, made.openid, made.source) == ("C2", None, "import")


@pytest.mark.usefixtures("shop")
def test_the_lines_of_an_order_need_not_stand_together(take: Import, database: Database) -> None:
    head, first, second, third = ORDERS.splitlines(keepends=True)
    assert counts(take("orders", head + first + third + second)) == (2, 0, 0, 0)
    assert counts(take("orders", head + first + third + second)) == (0, 0, 2, 0)
    assert value(database, select(func.count()).select_from(order_lines)) == 3


def test_a_bad_row_does_not_keep_a_good_one_out(take: Import) -> None:
    found = take(
        "products",
        "external_id,name,price,stock\nP1,壶,1299,5\nP2,杯,12,-3\nP3,碗,8\nP4,盘,abc,1\nP1,壶,1,1\n,无号,1,1\nP5,a\x00b,1,1\n",
    )
    assert counts(found) == (1, 0, 0, 6)
    assert {(row["line"], row["field"]) for row in rejected(found)} == {
        ("3", "stock"), ("4", ""), ("5", "price"), ("6", "external_id"), ("7", "external_id"), ("8", "name"),
    }  # fmt: skip
    assert "expected a whole number from 0" in rejected(found)[0]["reason"]
    assert "line 2" in next(row["reason"] for row in rejected(found) if row["line"] == "6")


@pytest.mark.usefixtures("shop")
def test_rejected_rows_come_in_when_they_were_mended_there(take: Import, tmp_path: Path) -> None:
    """Also where a column of theirs is called as one of ours, and after a second round."""
    take("orders", ORDERS)
    wrong = "external_id,order_external_id,status,requested_at,reason\nR1,D1,requested,neulich,太小\nR2,D1,requested,2025-02-01,太大\n"
    assert counts(take("returns", wrong)) == (1, 0, 0, 1)
    name = "returns"
    for said, instead, expected in (("neulich", "gestern", 1), ("gestern", "2025-02-01", 0)):
        name = f"{name}.rejected"
        rows = (tmp_path / f"{name}.csv").read_text(encoding="utf-8-sig")
        mended = rows.replace(f"requested,{said},", f"requested,{instead},")
        assert take("returns", mended, name=f"{name}.csv").rejected == expected


@pytest.mark.usefixtures("shop")
def test_rejected_json_lines_are_json_lines(take: Import, tmp_path: Path) -> None:
    wrong = '{"external_id": "P1", "stock": -3}\n{broken\n[1]\n'
    assert counts(take("stock", wrong, name="stock.jsonl")) == (0, 0, 0, 3)
    lines = (tmp_path / "stock.rejected.jsonl").read_text(encoding="utf-8").splitlines()
    found = [json.loads(line) for line in lines]
    assert [row["rejected"]["line"] for row in found] == [1, 2, 3]
    assert found[0]["rejected"]["field"] == "stock"
    assert [row.get("row") for row in found] == [None, "{broken", "[1]"]
    mended = lines[0].replace(": -3", ": 3")
    again = take("stock", mended, name="stock.rejected.jsonl")
    assert (counts(again), again.unused_columns) == ((0, 1, 0, 0), ())


def test_what_json_lines_name_and_nobody_asks_for_is_said(take: Import) -> None:
    products = '{"external_id": "P1", "name": "壶", "price": 5, "stok": 3}\n{"external_id": "P2", "name": "杯", "price": 5, "colour": 1, "stok": 3}\n'
    assert take("products", products, name="shelf.jsonl").unused_columns == ("stok", "colour")
    line = '{"external_id": "D1", "status": "paid", "ordered_at": "2026-01-02", "amount": 5, "lines": [{"product_external_id": "P1", "quantity": 1, "price": 5}]}\n'
    assert take("orders", line, name="orders.jsonl").unused_columns == ()


def test_a_map_knows_the_numbers_of_json(take: Import) -> None:
    map_ = (
        'empty = ["-1"]\n[columns]\nexternal_id = "sn"\nstatus = "st"\nordered_at = "at"\namount = "sum"\n'
        'customer_external_id = "uid"\n[values.status]\n1 = "paid"\n'
    )
    line = '{"sn": 7, "st": 1, "at": "2026-01-02", "sum": 5, "uid": -1}\n'
    assert counts(take("orders", line, name="orders.jsonl", map_=map_)) == (1, 0, 0, 0)


@pytest.mark.usefixtures("shop")
def test_what_turns_out_to_be_anothers_leaves_the_first_ones_figures(
    take: Import, database: Database
) -> None:
    """A review and a return whose owner a later file corrects."""
    take("orders", ORDERS)
    for whose, order in (("C1", "D1"), ("C2", "D2")):
        take("reviews", f"external_id,customer_external_id,rating,reviewed_at\nV1,{whose},1,2025-02-01\n")
        take(
            "returns",
            f"external_id,order_external_id,status,requested_at\nR1,{order},accepted,2025-02-01\n",
        )
    figures = customer_statistics.c
    of_theirs = select(customers.c.external_id, figures.reviews, figures.returns).join(
        customer_statistics, figures.customer_id == customers.c.id
    )
    with database.reading() as session:
        assert sorted(map(tuple, session.execute(of_theirs))) == [("C1", 0, 0), ("C2", 1, 1)]


@pytest.mark.usefixtures("shop")
def test_nobody_bought_or_was_born_in_the_future(take: Import) -> None:
    found = take("orders", ORDERS.replace("2025年1月3日", "2052年1月3日"))
    assert counts(found) == (1, 0, 0, 1)
    assert (rejected(found)[0]["line"], rejected(found)[0]["field"]) == ("4", "ordered_at")
    found = take("customers", "external_id,birthday\nC8,2062-01-01\nC9,1962-01-01\n")
    assert [row["field"] for row in rejected(found)] == ["birthday"]


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    ("kind", "header", "row", "field"),
    [
        ("reviews", "external_id,phone,rating,reviewed_at", "{},13800138000,5,{}", "reviewed_at"),
        (
            "returns",
            "external_id,order_external_id,status,requested_at",
            "{},O1,requested,{}",
            "requested_at",
        ),
        ("payments", "external_id,order_external_id,amount,paid_at", "{},O1,10,{}", "paid_at"),
    ],
)
def test_nothing_said_paid_or_sent_back_lies_in_the_future(
    take: Import, kind: Kind, header: str, row: str, field: str
) -> None:
    take("orders", "external_id,phone,status,ordered_at,amount\nO1,13800138000,paid,2025-01-03,10\n")
    rows = [header, row.format("X1", "2025-01-09"), row.format("X2", "2052-01-09")]
    found = take(kind, "\n".join(rows) + "\n")
    assert counts(found) == (1, 0, 0, 1)
    assert [fault["field"] for fault in rejected(found)] == [field]


def test_where_somebody_lives_is_one_place_down_to_the_district_however_it_is_written(
    take: Import, database: Database
) -> None:
    header = "external_id,province,city,district\n"
    rows = "C1,江苏省,常州市,天宁区\nC2,江苏,常州,天宁区\nC3,北京市,市辖区,东城区\nC4,新疆维吾尔自治区,伊犁哈萨克自治州,\n"
    assert counts(take("customers", header + rows)) == (4, 0, 0, 0)
    assert counts(take("customers", header + rows)) == (0, 0, 4, 0)
    assert counts(take("customers", "external_id,district\nC2,新北区\n")) == (0, 1, 0, 0)
    with database.reading() as session:
        lives = select(customers.c.province, customers.c.city).order_by(customers.c.external_id)
        assert [tuple(row) for row in session.execute(lives)] == [
            ("江苏", "常州"), ("江苏", "常州"), ("北京", "北京"), ("新疆", "伊犁"),
        ]  # fmt: skip
        said = select(facts.c.value).where(facts.c.attribute == "district", facts.c.holds)
        assert sorted(session.scalars(said)) == ["东城区", "天宁区", "新北区"]
        exported = {row["external_id"]: row["district"] for row in exports.rows_of(session, "customers")}
    assert exported == {"C1": "天宁区", "C2": "新北区", "C3": "东城区", "C4": None}


def test_a_gender_nobody_said_is_none(take: Import, database: Database) -> None:
    assert counts(take("customers", "external_id,gender\nC1,未知\nC2,保密\nC3,女\n")) == (3, 0, 0, 0)
    with database.reading() as session:
        assert session.execute(select(customers.c.gender).order_by(customers.c.id)).scalars().all() == [
            None, None, "female",
        ]  # fmt: skip


def test_a_file_without_faults_removes_the_rejected_rows_of_the_last_time(
    take: Import, tmp_path: Path
) -> None:
    take("products", "external_id,name,price\nP1,壶,abc\n")
    assert (tmp_path / "products.rejected.csv").exists()
    assert take("products", "external_id,name,price\nP1,壶,5\n").rejected_rows_in == ""
    assert not (tmp_path / "products.rejected.csv").exists()


def test_a_column_that_is_not_there_keeps_what_is_known(take: Import, database: Database) -> None:
    take("products", "external_id,name,price,stock,brand,attributes.颜色\nP1,壶,5,7,微澜,青\n")
    assert counts(take("products", "external_id,name,price,brand\nP1,壶,6,\n")) == (0, 1, 0, 0)
    assert counts(take("stock", "external_id,stock\nP1,3\nP2,3\n")) == (0, 1, 0, 1)
    with database.reading() as session:
        pot = session.execute(select(products)).one()
    assert (pot.price, pot.stock, pot.brand, pot.attributes) == (6, 3, "微澜", {"颜色": "青"})


def test_a_customer_is_joined_by_openid_or_phone_and_never_two_of_them(
    take: Import, database: Database
) -> None:
    with database.transaction() as session:
        Build(session).customer(openid="o-lin")
    rows = "external_id,openid,phone,name,tags,birthday\nC1,o-lin,138 0013 8000,小林,tea;vip,1990/3/7\nC2,,+86 139-0013-9000,,,\n"
    assert counts(take("customers", rows)) == (1, 1, 0, 0)
    assert counts(take("customers", rows)) == (0, 0, 2, 0)
    assert counts(take("customers", "phone,name\n13800138000,林\n")) == (0, 1, 0, 0)
    found = take("customers", "external_id,openid,phone\nC1,,13900139000\nC1,o-other,\nC9,o-lin,\n")
    assert counts(found) == (0, 0, 0, 3)
    with database.reading() as session:
        lin = session.execute(select(customers).where(customers.c.openid == "o-lin")).one()
    assert (lin.external_id, lin.phone, lin.name, lin.birthday) == (
        "C1",
        "13800138000",
        "林",
        date(1990, 3, 7),
    )


def test_who_was_forgotten_and_refused_keeps_the_refusal(take: Import, database: Database) -> None:
    with database.transaction() as session:
        session.execute(
            insert(suppressions).values(
                openid_hash=openid_hash("o-lin", "salt"), opted_out=True, forgotten_at=NOON
            )
        )
    take("customers", "external_id,openid\nC1,o-lin\n")
    assert value(database, select(customers.c.wants_pushes)) is False


@pytest.mark.usefixtures("shop")
def test_what_follows_an_order(take: Import, database: Database) -> None:
    take("orders", ORDERS)
    parcels = "external_id,order_external_id,carrier,tracking_no,shipped_at\nS1,D1,顺丰,SF1,2025-01-03\nS2,D1,顺丰,SF2,2025-01-03\nS3,D9,,,\n"
    assert counts(take("shipments", parcels)) == (2, 0, 0, 1)
    assert counts(take("shipments", parcels)) == (0, 0, 2, 1)
    assert counts(
        take(
            "payments", "external_id,order_external_id,amount,method,paid_at\nY1,D1,1323,wechat,2025-01-02\n"
        )
    ) == (1, 0, 0, 0)
    returned = "external_id,order_external_id,product_external_id,kind,status,requested_at\nR1,D1,P2,换货,申请中,2025-02-01\nR2,D1,P9,退货,申请中,2025-02-01\n"
    assert counts(take("returns", returned)) == (1, 0, 0, 1)
    reviewed = "external_id,order_external_id,product_external_id,rating,text,reviewed_at\nV1,D1,P1,5,好,2025-02-01\nV2,D1,P1,6,好,2025-02-01\n"
    assert counts(take("reviews", reviewed)) == (1, 0, 0, 1)
    assert value(database, select(func.count()).select_from(shipments)) == 2


@pytest.mark.usefixtures("shop")
def test_a_file_of_states_leaves_the_lines(take: Import, database: Database) -> None:
    take("orders", ORDERS)
    states = "external_id,status,ordered_at\nD1,refunded,2025-01-02\nD99,paid,2025-01-02\n"
    assert counts(take("orders", states)) == (0, 1, 0, 1)
    assert value(database, select(func.count()).select_from(order_lines)) == 3
    assert value(database, select(orders.c.status).where(orders.c.external_id == "D1")) == "refunded"


@pytest.mark.usefixtures("shop")
def test_nested_orders_come_as_json_lines(take: Import) -> None:
    order = {"external_id": "D1", "customer_external_id": "C1", "status": "paid", "ordered_at": "2025-01-02T00:00:00+08:00",
             "lines": [{"product_external_id": "P1", "quantity": 1, "price": 1299.0}]}  # fmt: skip
    lines = [
        json.dumps(order),
        "not json",
        "[1]",
        json.dumps(order | {"external_id": "D2", "lines": 5}),
        "[" * 100_000,
    ]
    found = take("orders", "\n".join(lines), name="orders.jsonl")
    assert counts(found) == (1, 0, 0, 4)
    assert counts(take("orders", json.dumps(order) + "\n" + json.dumps(order), name="orders.jsonl")) == (
        0,
        0,
        0,
        1,
    )


@pytest.mark.usefixtures("shop")
def test_a_map_joins_orders_with_their_lines_in_another_file(
    take: Import, tmp_path: Path, database: Database
) -> None:
    (tmp_path / "items.csv").write_text(
        "单号,货,数,价\n1,P1,1,1299\n2,P2,1,12\n1,P2,2,12\n", encoding="gb18030"
    )
    chosen = """
kind = "orders"
empty = ["NULL"]
only_with = ["下单"]
encoding = "gb18030"
[columns]
external_id = "编号"
customer_external_id = "会员"
status = "状态"
ordered_at = "下单"
paid_at = "付款"
[values.status]
0 = "placed"
1 = "paid"
[lines]
file = "items.csv"
key = "单号"
of = "编号"
[lines.columns]
product_external_id = "货"
quantity = "数"
price = "价"
"""
    own = "编号,会员,状态,下单,付款\n1,甲,1,2025-01-02,2025-01-02\n2,乙,0,2025-01-03,NULL\n3,丙,0,,\n".encode(
        "gb18030"
    )
    found = take("orders", own, map_=chosen)
    assert counts(found) == (2, 0, 0, 0)
    assert found.passed_over == 1
    assert counts(take("orders", own, map_=chosen)) == (0, 0, 2, 0)
    assert value(database, select(orders.c.amount).where(orders.c.external_id == "1")) == 1323


def test_sql_in_a_cell_stays_text(take: Import, database: Database) -> None:
    name = "'; DROP TABLE customers; --"
    assert counts(take("customers", f'external_id,name\nC1,"{name}"\n')) == (1, 0, 0, 0)
    assert value(database, select(customers.c.name)) == name


@pytest.mark.usefixtures("shop")
def test_what_was_exported_comes_in_again(take: Import, database: Database, tmp_path: Path) -> None:
    take("customers", "external_id,phone,name,birthday,tags\nC1,13800138000,小林,1990-03-07,茶;老客\n")
    take("products", "external_id,name,price,attributes.颜色\nP9,盖碗,59,白\n")
    take("orders", ORDERS)
    take("shipments", "external_id,order_external_id,carrier,shipped_at\nS1,D1,顺丰,2025-01-03\n")
    take("returns", "external_id,order_external_id,status,requested_at\nR1,D1,requested,2025-02-01\n")
    take("reviews", "external_id,customer_external_id,rating,reviewed_at,text\nV1,C1,4,2025-02-01,还行\n")
    take("knowledge", "id,question,answer\nk1,怎么保养,擦干\n")
    for kind in ("customers", "products", "stock", "orders", "shipments", "returns", "reviews", "knowledge"):
        for suffix, write in (("csv", exports.write_csv), ("jsonl", exports.write_json_lines)):
            with (
                database.reading() as session,
                (tmp_path / f"out.{suffix}").open("w", encoding="utf-8", newline="") as out,
            ):
                write(session, kind, out)
            again = take(kind, (tmp_path / f"out.{suffix}").read_bytes(), name=f"again.{suffix}")
            assert again.unchanged > 0, (kind, suffix)
            assert (again.created, again.updated, again.rejected) == (0, 0, 0), (kind, suffix, again)


def test_killed_in_the_middle_and_started_again_it_completes(
    take: Import, database: Database, tmp_path: Path
) -> None:
    many = 3 * importing.ROWS_AT_ONCE // 2
    rows = [f"C{number},客户{number}" for number in range(many)]
    path = tmp_path / "customers.csv"
    path.write_text("external_id,name\n" + "\n".join(rows) + "\n", encoding="utf-8")
    dies_over(database, "customers", path)
    there = value(database, select(func.count()).select_from(customers))
    assert 0 < there < many
    found = take("customers", path.read_bytes())
    assert counts(found) == (many - there, 0, there, 0)


@pytest.mark.usefixtures("shop")
def test_orders_killed_in_the_middle_and_started_again_count_once(
    take: Import, database: Database, tmp_path: Path
) -> None:
    many = 3 * importing.ROWS_AT_ONCE // 2
    lines = "".join(f"D{n},C{n % 25},paid,2025-01-02 03:04:05,P2,1,12\n" for n in range(many))
    path = tmp_path / "orders.csv"
    path.write_text(ORDER_HEAD + lines, encoding="utf-8")
    dies_over(database, "orders", path)
    there = value(database, select(func.count()).select_from(orders))
    assert 0 < there < many
    assert counts(take("orders", path.read_bytes())) == (many - there, 0, there, 0)
    assert value(database, select(func.sum(customer_statistics.c.orders))) == many
    assert value(database, select(func.sum(customer_statistics.c.spent))) == many * 1200


@pytest.mark.usefixtures("shop")
def test_a_batch_that_fails_ends_the_import_and_nobody_waits_for_it(
    database: Database, tmp_path: Path
) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(ORDERS, encoding="utf-8")
    [source] = importing.sources("orders", [path], None)
    with pytest.raises(TypeError):
        importing.take_in(database, source, NOON.replace(tzinfo=None), salt="salt", progress=lambda _: None)
    assert value(database, select(func.count()).select_from(orders)) == 0


def dies_over(database: Database, kind: Kind, path: Path) -> None:
    url = database.engine.url.render_as_string(hide_password=False)
    assert run(take_in_and_die, url, kind, path, NOON) == -signal.SIGKILL

"""A row becomes a record or says why not."""

from decimal import Decimal
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.rules.intake import records
from bot.rules.intake.records import known_fields
from bot.values.knowledge import MOST_ASKS
from bot.values.records import CustomerRecord, Fault, Kind, KnowledgeRecord, OrderRecord, ProductRecord

HEAD = {"external_id": "D1", "status": "已付款", "ordered_at": "2025/1/2", "customer_external_id": "C1"}
LINE = {"product_external_id": "P1", "quantity": "2", "price": "￥9.90"}

KINDS: tuple[Kind, ...] = get_args(Kind)

cells = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.decimals()
    | st.text()
    | st.sampled_from(["1", "2025-01-02", "[]", "{}", "是"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(kind=st.sampled_from(KINDS), data=st.data())
@settings(max_examples=300, deadline=None)
def test_whatever_a_row_says_it_is_a_record_or_named_faults(kind: Kind, data: st.DataObject) -> None:
    row = data.draw(st.dictionaries(st.sampled_from(sorted(known_fields(kind) | {"lines", "other"})), cells))
    found = records.record(kind, row)
    if isinstance(found, list):
        assert found
        assert all(fault.field in known_fields(kind) or fault.field.startswith("lines") for fault in found)
        assert all(fault.reason.isprintable() for fault in found)


@given(
    rows=st.lists(
        st.dictionaries(st.sampled_from(sorted(known_fields("orders"))), st.text()), min_size=1, max_size=4
    )
)
@settings(max_examples=200, deadline=None)
def test_whatever_flat_rows_say_they_are_an_order_or_named_faults(rows: list[dict[str, str]]) -> None:
    found = records.order(rows)
    assert isinstance(found, OrderRecord) or (found and all(fault.expected for fault in found))


def test_an_order_is_the_same_flat_and_nested() -> None:
    nested = records.record("orders", HEAD | {"lines": [LINE, LINE | {"price": 5}]})
    assert isinstance(nested, OrderRecord)
    assert records.order([HEAD | LINE, HEAD | LINE | {"price": "5"}]) == nested
    assert [line.price for line in nested.lines] == [Decimal("9.90"), Decimal(5)]


def test_all_faults_of_a_row_are_told_and_a_lines_fault_names_the_line() -> None:
    found = records.record(
        "orders",
        {"external_id": "D1", "ordered_at": "soon", "lines": [LINE, {"quantity": 0, "price": "x"}, 7]},
    )
    assert isinstance(found, list)
    assert {fault.field for fault in found} == {
        "ordered_at",
        "status",
        "lines[2].quantity",
        "lines[2].price",
        "lines[3]",
    }


def test_rows_that_disagree_about_their_order_are_refused() -> None:
    found = records.order([HEAD | LINE, HEAD | LINE | {"customer_external_id": "C2"}])
    assert found == [Fault("customer_external_id", "the same on every line of the order, 'C1'", "C2")]


def test_a_status_may_come_alone() -> None:
    found = records.order([HEAD])
    assert isinstance(found, OrderRecord)
    assert (found.amount, found.lines) == (None, ())


def test_an_empty_cell_says_nothing() -> None:
    assert records.record(
        "customers", {"external_id": " C1 ", "name": "", "city": "  ", "points": None}
    ) == CustomerRecord(external_id="C1")


def test_blanks_between_tags_are_none() -> None:
    found = records.record("customers", {"external_id": "C1", "tags": "茶; ;杯；；茶|"})
    assert found == CustomerRecord(external_id="C1", tags=("茶", "杯"))


def test_a_customer_needs_a_name_to_be_known_by() -> None:
    found = records.record("customers", {"name": "小林"})
    assert isinstance(found, list)
    assert found[0].field == "external_id"


@pytest.mark.parametrize("asks", ["多热|几度\n多热", ["多热", None, "几度"]])
def test_ways_to_ask_come_as_a_list_or_parted(asks: Any) -> None:
    found = records.record("knowledge", {"id": "hot", "question": "水温", "answer": "80℃", "asks": asks})
    assert isinstance(found, KnowledgeRecord)
    assert found.asks == ("多热", "几度")


def test_more_ways_to_ask_than_help_are_refused() -> None:
    row = {"id": "hot", "question": "水温", "answer": "80℃", "asks": [f"问{n}" for n in range(MOST_ASKS + 1)]}
    found = records.record("knowledge", row)
    assert isinstance(found, list)
    assert [fault.field for fault in found] == ["asks"]


@pytest.mark.parametrize("attributes", ['{"颜色": "红", "重量": 5}', {"颜色": "红", "重量": 5}])
def test_attributes_come_as_json_or_as_an_object(attributes: Any) -> None:
    found = records.record(
        "products", {"external_id": "P1", "name": "壶", "price": "1", "attributes": attributes}
    )
    assert isinstance(found, ProductRecord)
    assert found.attributes == {"颜色": "红", "重量": "5"}


def test_sql_in_a_cell_is_text() -> None:
    found = records.record("customers", {"external_id": "1'; DROP TABLE customers; --"})
    assert found == CustomerRecord(external_id="1'; DROP TABLE customers; --")

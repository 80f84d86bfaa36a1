"""What is read at a stroke is what is read closely, or is left to that."""

from hypothesis import given
from hypothesis import strategies as st

from bot.rules.intake import order_rows, records
from bot.rules.intake.order_rows import OrderRows
from bot.values.records import OrderRecord

COLUMNS = (
    "external_id", "customer_external_id", "phone", "status", "ordered_at", "paid_at", "amount", "discount",
    "product_external_id", "product_name", "quantity", "price",
)  # fmt: skip
PLACES = {name: place for place, name in enumerate(COLUMNS)}
SOUND = ("D1", "C1", "", "paid", "2025-01-02 03:04:05", "2025/1/2", "", "0.00", "P1", "", "2", "12.50")
MEANT = {
    "status": ("paid", "已发货", "", "nonsense", " "),
    "ordered_at": ("2025-01-02 03:04:05", "1988-07-01 00:00:00", "20250102", "2025-13-01 00:00:00", ""),
    "amount": ("", "￥1,299.00", "-1", "5.001"),
    "discount": ("0.00", "", "x"),
    "phone": ("", "138 0013 8000", "12"),
    "quantity": ("2", "0", "", " "),
    "price": ("12.50", "￥1,299.00", "", "abc"),
    "product_external_id": ("P1", "", "x" * 65),
    "product_name": ("", "茶", "a\x00b"),
    "paid_at": ("2025/1/2", "", "2025-01-02T03:04:05Z"),
    "external_id": ("D1", "", " D1 "),
    "customer_external_id": ("C1", "C2"),
}
rows = st.tuples(*(st.sampled_from(MEANT[name]) for name in COLUMNS))


def _closely(some: list[tuple[str, ...]]) -> OrderRecord | list[object]:
    found: OrderRecord | list[object] = records.order(  # type: ignore[assignment]
        [dict(zip(COLUMNS, row, strict=True)) for row in some]
    )
    return found


@given(st.lists(st.just(SOUND) | rows, min_size=1, max_size=3) | rows.map(lambda row: [row, row]))
def test_it_says_the_same_or_nothing(some: list[tuple[str, ...]]) -> None:
    found = OrderRows(PLACES).read(some)
    closely = _closely(some)
    assert (
        found == closely
        if found
        else isinstance(closely, list) or "" in {cell.strip() for row in some for cell in row}
    )


def test_a_sound_order_is_read_at_a_stroke() -> None:
    other = (*SOUND[:-4], "P2", "杯", "1", "3")
    found = OrderRows(PLACES).read([SOUND, other])
    assert found
    assert found == _closely([SOUND, other])
    assert len(found.lines) == 2


def test_somebodys_own_words_mean_what_the_map_says() -> None:
    own = OrderRows(PLACES, {"status": {"1": "paid"}}, ["NULL"])
    row = [*SOUND]
    row[PLACES["status"]], row[PLACES["paid_at"]] = " 1", "NULL"
    found = own.read([row])
    assert found
    assert (found.status, found.paid_at) == ("paid", None)


def test_rows_that_disagree_about_the_order_are_looked_at_closely() -> None:
    other = ("D1", "C2", *SOUND[2:])
    assert OrderRows(PLACES).read([SOUND, other]) is None
    assert isinstance(_closely([SOUND, other]), list)


def test_what_a_record_cannot_be_without_stands_first_in_it() -> None:
    assert set(OrderRecord._fields[: order_rows.REQUIRED]) == records.SHAPES["orders"].required

"""What a cell means, and what is no such thing."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from bot.rules.intake.cells import Wrong, day, given, instant, money, one_of, phone, text, whole, yes

JANUARY = datetime(2025, 1, 1, 16, tzinfo=UTC)  # midnight of the 2nd in Shanghai


@pytest.mark.parametrize(
    ("cell", "meant"),
    [
        ("2025-01-02", JANUARY),
        ("2025/1/2", JANUARY),
        ("20250102", JANUARY),
        (20250102, JANUARY),
        ("2025年1月2日", JANUARY),
        ("2025-01-02 03:04:05", datetime(2025, 1, 1, 19, 4, 5, tzinfo=UTC)),
        ("2025/1/2 3:04", datetime(2025, 1, 1, 19, 4, tzinfo=UTC)),
        ("2025-01-02T03:04:05Z", datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2025-01-02 03:04+09", datetime(2025, 1, 1, 18, 4, tzinfo=UTC)),
        ("2025-01-02T03:04:05.25+09:00", datetime(2025, 1, 1, 18, 4, 5, 250000, tzinfo=UTC)),
        ("1900-01-01 00:00:00", datetime(1899, 12, 31, 15, 54, 17, tzinfo=UTC)),
    ],
)
def test_a_time_without_a_zone_is_shanghais(cell: Any, meant: datetime) -> None:
    assert instant(cell) == meant


def test_a_day_is_the_day_that_is_written() -> None:
    assert day("1990/3/7") == day("１９９０／０３／０７") == date(1990, 3, 7)


@pytest.mark.parametrize(
    ("cell", "meant"), [("12", 12), ("１２", 12), ("1,200", 1200), ("40.00", 40), (7, 7)]
)
def test_a_number_of_pieces_as_people_write_it(cell: Any, meant: int) -> None:
    assert whole(0)(cell) == meant


@pytest.mark.parametrize(
    ("cell", "meant"),
    [("￥1,299.00", "1299.00"), ("1299元", "1299"), ("¥ 12.5", "12.5"), ("１２．５０", "12.50"), ("0", "0"), (12.1, "12.1"),
     (Decimal("12.3000"), "12.3"), ("1,234,567.89 RMB", "1234567.89")],
)  # fmt: skip
def test_money_as_people_write_it(cell: Any, meant: str) -> None:
    assert money(cell) == Decimal(meant)


@pytest.mark.parametrize(
    ("cell", "meant"),
    [("138 0013 8000", "13800138000"), ("+86-138-0013-8000", "13800138000"), ("008613800138000", "13800138000"),
     (13800138000, "13800138000"), ("+852 9123 4567", "+85291234567"), ("１３８００１３８０００", "13800138000")],
)  # fmt: skip
def test_a_phone_number_has_one_form(cell: Any, meant: str) -> None:
    assert phone(cell) == meant


@pytest.mark.parametrize(
    ("read", "cell"),
    [
        pytest.param(instant, "0000-00-00 00:00:00", id="a zero date"),
        pytest.param(instant, "2025-02-30", id="a day that does not exist"),
        pytest.param(instant, "2025-01-02 25:00:00", id="an hour that does not exist"),
        pytest.param(instant, "0001-01-01", id="a year long ago"),
        pytest.param(instant, "9999-12-31 23:59:59", id="a year far ahead"),
        pytest.param(instant, "202501021010101", id="digits that happen to begin like a date"),
        pytest.param(instant, "1735776000", id="seconds since 1970"),
        pytest.param(instant, "2025-01-02T03:04:05+99:99", id="a zone that does not exist"),
        pytest.param(instant, "01/02/2025", id="a month or a day, who knows"),
        pytest.param(day, "0999-01-01", id="a birthday before anybody's"),
        pytest.param(money, "-5", id="less than nothing"),
        pytest.param(money, "12.345", id="less than a cent"),
        pytest.param(money, "1.299,00", id="a comma that means something else"),
        pytest.param(money, "NaN", id="not a number"),
        pytest.param(money, "1e5", id="an exponent"),
        pytest.param(money, "12345678901", id="more than fits"),
        pytest.param(money, True, id="yes is not money"),
        pytest.param(whole(0), "-3", id="negative stock"),
        pytest.param(whole(0), "2.5", id="half a piece"),
        pytest.param(whole(0), "1,20", id="a comma in the wrong place"),
        pytest.param(whole(0), "9999999999", id="too many"),
        pytest.param(whole(0), 10**5000, id="a number that takes long to write"),
        pytest.param(money, Decimal("1E+999999"), id="a short way to write a long number"),
        pytest.param(phone, "1.38E+10", id="a number a spreadsheet shortened"),
        pytest.param(phone, "138****8000", id="a masked number"),
        pytest.param(yes, "maybe", id="neither yes nor no"),
        pytest.param(one_of({"女": "female"}), "7", id="a number nobody explained"),
        pytest.param(text(5), "六个字的名字", id="too long"),
        pytest.param(text(99), "a\x00b", id="a null"),
        pytest.param(text(99), "a\nb", id="two lines where one is meant"),
        pytest.param(text(99, lines=True), "a\x1b[2Jb", id="an escape for the terminal"),
        pytest.param(text(99), "\ud800", id="half a character"),
        pytest.param(text(99), ["a"], id="a list"),
    ],
)
def test_what_is_no_such_thing_is_refused(read: Callable[[Any], Any], cell: Any) -> None:
    with pytest.raises(Wrong):
        read(cell)


def test_text_keeps_what_people_write() -> None:
    assert text(99)(" 李　小龙 👨‍👩‍👧") == "李　小龙 👨‍👩‍👧"
    assert text(99, lines=True)("第一行\r\n第二行") == "第一行\n第二行"


def test_words_and_their_meanings_are_understood() -> None:
    status = one_of({"已发货": "shipped", "unpaid": "placed"})
    assert [status(word) for word in ("已发货", "shipped", "Unpaid ", "placed")] == [
        "shipped",
        "shipped",
        "placed",
        "placed",
    ]


def test_what_is_told_of_a_cell_is_short_and_harmless() -> None:
    assert given("\x1b[2J" + "x" * 100) == "�[2J" + "x" * 35 + "…"
    assert given([[[["deep"]]]]) == "a list"

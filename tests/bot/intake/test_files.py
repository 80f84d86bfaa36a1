"""What a file is, and when it is of no use: told before anything is written."""

from pathlib import Path

import pytest

from bot.intake.files import AT_A_STROKE, Unusable
from bot.intake.repeats import Unsorted, repeated
from bot.intake.source import look_through

HEAD = "external_id,name,price"
POT = "P1,青瓷茶壶,199"


def _written(folder: Path, content: bytes, name: str = "products.csv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("content", "encoding", "delimiter"),
    [
        pytest.param(f"{HEAD}\n{POT}\n".encode(), "utf-8-sig", ",", id="UTF-8"),
        pytest.param(f"\ufeff{HEAD}\n{POT}\n".encode(), "utf-8-sig", ",", id="UTF-8 with BOM"),
        pytest.param(f"{HEAD}\r\n{POT}\r\n".encode("gb18030"), "gb18030", ",", id="GB18030"),
        pytest.param(
            f"{HEAD},brand\n{POT},臺灣茶葉\n".encode("gb18030"), "gb18030", ",", id="traditional in GB18030"
        ),
        pytest.param(f"{HEAD}\n{POT}\n".replace(",", ";").encode(), "utf-8-sig", ";", id="semicolons"),
        pytest.param(f"{HEAD}\n{POT}\n".replace(",", "\t").encode(), "utf-8-sig", "\t", id="tabs"),
    ],
)
def test_encoding_and_delimiter_are_found(
    tmp_path: Path, content: bytes, encoding: str, delimiter: str
) -> None:
    file = look_through(_written(tmp_path, content), "products", None).file
    assert (file.encoding, file.delimiter) == (encoding, delimiter)
    assert [line.cells["name"] for line in file.lines()] == ["青瓷茶壶"]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
@pytest.mark.parametrize("ends", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_a_file_longer_than_what_is_read_at_a_stroke_is_read_whole(
    tmp_path: Path, encoding: str, ends: str
) -> None:
    names = ["壶" * (number % 97 + 1) for number in range(3 * AT_A_STROKE // 100)]
    rows = "".join(f"P{number},{name},1{ends}" for number, name in enumerate(names))
    written = _written(tmp_path, f"{HEAD}{ends}{rows}".encode(encoding))
    assert written.stat().st_size > 2 * AT_A_STROKE
    file = look_through(written, "products", None).file
    assert [line.cells["name"] for line in file.lines()] == names


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(f"{HEAD}\n{POT}\n".encode("utf-16"), "UTF-16", id="UTF-16"),
        pytest.param(
            f"{HEAD}\nP1,a,1\nP2,".encode() + b"\xff\xff,1\n",
            "line 3, byte 4: neither UTF-8 nor GB18030",
            id="no encoding",
        ),
        pytest.param(f"{HEAD}\nP1,青瓷茶壺,199\n".encode("big5"), "line 2: this looks like Big5", id="Big5"),
        pytest.param(f"{HEAD}\n{POT}\n{POT[:5]}".encode()[:-1] + b"\n", "line 3", id="UTF-8 that was cut"),
        pytest.param(
            f"{HEAD}\n{POT}\n".replace(",", "|").encode(),
            "line 1: no column external_id",
            id="an unknown delimiter",
        ),
        pytest.param(b"external_id,name\nP1,a\n", "line 1: no column price", id="a missing column"),
        pytest.param(b"external_id,name,price,name\n", "column name is there twice", id="a column twice"),
        pytest.param(b"", "line 1: the names of the columns are missing", id="an empty file"),
        pytest.param(
            f'{HEAD}\n{POT}\nP2,"a,1\nP3,b,2\n'.encode(), "line 3: a quote", id="a quote that is never closed"
        ),
        pytest.param(
            f"{HEAD}\nP1,{'x' * (1 << 20)},1\n".encode(), "line 2: longer than", id="an endless line"
        ),
    ],
)
def test_a_useless_file_is_told_with_its_line(tmp_path: Path, content: bytes, said: str) -> None:
    with pytest.raises(Unusable) as fault:
        look_through(_written(tmp_path, content), "products", None)
    assert said in str(fault.value)
    assert "products.csv" in str(fault.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="No such file"):
        look_through(tmp_path / "none.csv", "products", None)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        pytest.param("columns = 3", "columns: expected a table", id="no table"),
        pytest.param("[columns]\ncolour = 'c'", "columns.colour: expected one of", id="a field nobody knows"),
        pytest.param("[colums]", "colums: expected one of", id="a slip of the pen"),
        pytest.param("[columns]\nname = 5", "columns.name: expected a text", id="no column's name"),
        pytest.param("kind = 'orders'", "kind: expected products", id="a map of something else"),
        pytest.param("[columns", "not TOML", id="no TOML"),
        pytest.param(
            "[columns]\nexternal_id = 'id'", "no column id (the map names it)", id="a column the file lacks"
        ),
        pytest.param(
            "[lines]\nfile = 'l.csv'\nkey = 'a'\nof = 'b'", "only orders have lines", id="lines of a product"
        ),
    ],
)
def test_a_wrong_map_is_told(tmp_path: Path, written: str, said: str) -> None:
    chosen = _written(tmp_path, written.encode(), "map.toml")
    with pytest.raises(Unusable) as fault:
        look_through(_written(tmp_path, f"{HEAD}\n{POT}\n".encode()), "products", chosen)
    assert said in str(fault.value)


def test_every_key_that_comes_again_is_found_and_few_others() -> None:
    keys = [f"D{number}" for number in range(20_000)]
    found = repeated([*keys, *keys[:50]], size=200_000, most=1_000)
    assert set(keys[:50]) <= found
    assert len(found) < 400


def test_neighbours_are_one_place() -> None:
    assert repeated(["a", "a", "b", "b"], size=10, most=1) == set()
    with pytest.raises(Unsorted):
        repeated(["a", "b", "a", "b"], size=10, most=1)

"""`weilan import` and `weilan export` as their users meet them."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.intake.maps import read_map
from bot.store.database import Database
from bot.store.loyalty import points
from bot.store.tables import products
from tests.house.sources import ROOT
from tests.support.terminal import Run

MAPS = sorted((ROOT / "docs" / "import-maps").glob("*.toml"))


@pytest.fixture
def settings(sqlite: Database, tmp_path: Path) -> Path:
    file = tmp_path / "config.toml"
    file.write_text(f'[database]\nurl = "{sqlite.engine.url}"\n', encoding="utf-8")
    return file


def test_the_report_says_what_became_of_the_rows(run: Run, tmp_path: Path) -> None:
    shelf = tmp_path / "shelf.csv"
    shelf.write_text("external_id,name,price,colour\nP1,壶,5,x\nP2,杯,abc,x\n", encoding="utf-8")
    code, out, err = run("import", "products", str(shelf))
    assert (code, err) == (0, "")
    assert "1 created, 0 updated, 0 unchanged, 1 rejected" in out
    assert "columns not used: colour" in out
    assert str(tmp_path / "shelf.rejected.csv") in out
    code, out, _ = run("import", "products", str(shelf), "--json")
    assert (code, json.loads(out)[0]["unchanged"]) == (0, 1)


def test_one_useless_file_keeps_all_files_out(run: Run, tmp_path: Path, sqlite: Database) -> None:
    good, useless = tmp_path / "good.csv", tmp_path / "useless.csv"
    good.write_text("external_id,name,price\nP1,壶,5\n", encoding="utf-8")
    useless.write_text("external_id,name,price\nP1,壶,5\n", encoding="utf-16")
    code, out, err = run("import", "products", str(good), str(useless))
    assert (code, out) == (1, "")
    assert err.startswith(f"weilan: {useless}: this is UTF-16")
    assert err.count("\n") == 1
    with sqlite.reading() as session:
        assert session.scalar(select(func.count()).select_from(products)) == 0


def test_a_kind_nobody_knows_is_wrong_usage(run: Run, tmp_path: Path) -> None:
    assert run("import", "dreams", str(tmp_path / "x.csv"))[0] == 2
    assert run("import", "products")[0] == 2


@pytest.mark.parametrize("path", [pytest.param(path, id=path.stem) for path in MAPS])
def test_a_map_that_is_shown_as_an_example_can_be_read(path: Path) -> None:
    assert read_map(path, path.stem.removeprefix("mall-")).columns  # type: ignore[arg-type]


def test_there_are_maps_to_show() -> None:
    assert len(MAPS) >= 7


def test_points_are_refused_while_they_are_counted_here(run: Run, tmp_path: Path, sqlite: Database) -> None:
    members, others = tmp_path / "members.csv", tmp_path / "others.csv"
    members.write_text("external_id,name,points\nC1,小林,\nC2,小周,50\n", encoding="utf-8")
    others.write_text("external_id,name,points\nC3,小陈,\n", encoding="utf-8")
    with (tmp_path / "config.toml").open("a", encoding="utf-8") as file:
        file.write('[membership]\nsource = "orders"\n')
    assert run("import", "customers", str(members))[0] == 0, "what everybody begins with"
    with sqlite.transaction() as session:
        points.begin(session, date(2027, 12, 31), datetime(2026, 11, 24, tzinfo=UTC))
    code, out, err = run("import", "customers", str(others), str(members))
    assert (code, out) == (1, "")
    assert err.startswith(f"weilan: {members}: points: are counted here")
    assert err.count("\n") == 1
    assert run("import", "customers", str(others))[0] == 0, "a column that says nothing"
    with sqlite.reading() as session:
        assert points.faults(session) == []

"""`weilan content` and files beside definitions, as a person at the terminal meets them."""

from pathlib import Path

import pytest

from bot.store.database import Database
from tests.support.build import Build
from tests.support.pictures import JPEG
from tests.support.terminal import Run

TOML = """
[[content]]
id = "tea-picture"
title = "明前龙井"
category = "policy"
purpose = "marketing"
parts = [
  { kind = "text", text = "{customer.name|您}好，新茶到了" },
  { kind = "image", file = "media/tea.jpg" },
]
"""

TEST = """
[[content]]
id = "one"   title = "一"   category = "care"   purpose = "care"   text = "一"
[[content]]
id = "two"   title = "二"   category = "care"   purpose = "care"   text = "二"
[[campaign]]
id = "ab"   name = "甲乙"   segment = "everyone"   variants = SHARES
starts = 2026-11-01   ends = 2036-12-31   status = "draft"
""".replace("   ", "\n")


@pytest.fixture
def shop(tmp_path: Path, database: Database) -> Path:
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / "tea.jpg").write_bytes(JPEG)
    (tmp_path / "shop.toml").write_text(TOML, encoding="utf-8")
    with database.transaction() as session:
        build = Build(session)
        build.staff(name="小林")
        build.customer(openid="o-fang", name="王芳")
    return tmp_path


def test_a_file_beside_the_definitions_is_kept_and_shown_in_a_preview(shop: Path, run: Run) -> None:
    code, out, err = run("apply", str(shop / "shop.toml"), "--as", "小林")
    assert (code, err) == (0, "")

    code, out, err = run("content", "preview", "tea-picture", "--for", "o-fang")
    assert code == 0, err
    assert "【广告】王芳好，新茶到了\n回复 TD 退订" in out
    assert "── 2 · 图片\n[图片 " in out

    (shop / "media" / "tea.jpg").write_bytes(JPEG + b"another")
    code, out, _ = run("apply", str(shop / "shop.toml"), "--as", "小林")
    assert "updated    content tea-picture" in out


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("media/tea.jpg", "media/none.jpg", "content tea-picture: parts[1]: file: media/none.jpg: No such file"),
        ("media/tea.jpg", "../outside.jpg", "expected a file beside shop.toml"),
        ("media/tea.jpg", "shop.toml", "expected a JPEG, PNG, GIF, BMP, MP3, AMR or MP4"),
        ('"image"', '"voice"', "content tea-picture: file: tea.jpg: expected an MP3 or AMR up to 2 MB and 60 s, found"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_is_one_line(shop: Path, run: Run, old: str, new: str, says: str) -> None:
    (shop / "shop.toml").write_text(TOML.replace(old, new), encoding="utf-8")
    code, _, err = run("apply", str(shop / "shop.toml"), "--as", "小林")
    assert code == 1
    assert says in err
    assert err.count("\n") == 1


def test_an_approval_names_its_version_and_ends_with_a_change(shop: Path, run: Run) -> None:
    file = str(shop / "shop.toml")
    run("apply", file, "--as", "小林")
    assert run("content", "approve", "tea-picture", "--as", "小林")[0] == 0
    assert "approved already" in run("content", "approve", "tea-picture", "--as", "小林")[2]
    (shop / "shop.toml").write_text(TOML.replace("新茶到了", "陈茶到了"), encoding="utf-8")
    run("apply", file, "--as", "小林")
    _, out, _ = run("content", "approvals", "tea-picture")
    assert "小林  version " in out
    assert ", until " in out
    assert run("content", "approve", "tea-picture", "--as", "小林")[0] == 0
    first, second = run("content", "approvals", "tea-picture")[1].splitlines()
    assert first.split("version ")[1] != second.split("version ")[1].split(",")[0]


def test_a_place_that_may_say_nothing_is_warned_of(shop: Path, run: Run) -> None:
    (shop / "shop.toml").write_text(TOML.replace("{customer.name|您}", "{customer.name}"), encoding="utf-8")
    code, _, err = run("apply", str(shop / "shop.toml"), "--as", "小林")
    assert code == 0
    assert "warning: content tea-picture: {customer.name} says nothing when it is not known" in err


def test_changed_shares_of_a_test_are_warned_of(shop: Path, run: Run) -> None:
    def applied(shares: str) -> tuple[int, str]:
        (shop / "test.toml").write_text(TEST.replace("SHARES", shares), encoding="utf-8")
        code, _, err = run("apply", str(shop / "test.toml"), "--as", "小林")
        return code, err

    assert applied('{ A = ["one"], B = ["two"] }') == (0, "")
    assert applied('{ A = ["one"], B = ["two"] }') == (0, "")
    code, err = applied('{ A = ["one"], B = { contents = ["two"], weight = 3 } }')
    assert code == 0
    assert err.startswith("warning: campaign ab: variants: customers move to another share")


def test_an_uploaded_file_is_named_by_what_is_in_it(shop: Path, run: Run) -> None:
    first = run("content", "upload", str(shop / "media" / "tea.jpg"))[1].split()[0]
    second = run("content", "upload", str(shop / "media" / "tea.jpg"))[1].split()[0]
    assert first == second
    assert len(first) == 64
    code, _, err = run("content", "upload", str(shop / "shop.toml"))
    assert (code, "expected a JPEG" in err) == (1, True)

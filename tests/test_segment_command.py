"""`weilan segment …`, as a person at a terminal meets it."""

import json
from pathlib import Path

import pytest

import weilan
from bot.store.database import Database
from bot.store.operators import staff
from bot.store.segments import segments
from tests.conftest import NOON
from tests.support.build import Build


@pytest.fixture
def config(sqlite: Database, tmp_path: Path) -> Path:
    path = tmp_path / "weilan.toml"
    path.write_text(f'[database]\nurl = "{sqlite.engine.url}"\n', encoding="utf-8")
    with sqlite.transaction() as session:
        staff.add(session, name="lan", role="admin", password_hash="!", now=NOON)
        segments.keep_everyone(session, NOON)
        build = Build(session)
        build.customer(openid="anna", city="杭州", name="安娜")
        build.customer(openid="bo", city="苏州")
    return path


def run(config: Path, *words: str) -> int:
    with pytest.raises(SystemExit) as ended:
        weilan.main(["--config", str(config), *words])
    return int(ended.value.code or 0)


IN_HANGZHOU = '{"field": "region.city", "op": "=", "value": "杭州"}'


def test_a_rule_is_counted_sampled_and_told_in_words(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(config, "segment", "count", "--rule", IN_HANGZHOU, "--json") == 0
    counted = json.loads(capsys.readouterr().out)
    assert (counted["count"], counted["of"]) == (1, 2)
    assert run(config, "segment", "sample", "--rule", IN_HANGZHOU) == 0
    assert "anna" in capsys.readouterr().out
    assert run(config, "segment", "explain", "--rule", IN_HANGZHOU) == 0
    assert "城市是「杭州」" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh", "客户资料「购物时看重」是「价格实惠」"),
        ("en", "the fact “What decides their purchases”: “price”"),
    ],
)
def test_facts_are_told_by_the_names_people_know(
    config: Path, capsys: pytest.CaptureFixture[str], language: str, said: str
) -> None:
    rule = '{"field": "fact.decision_driver", "op": "=", "value": "price"}'
    assert run(config, "segment", "explain", "--rule", rule, "--language", language) == 0
    assert said in capsys.readouterr().out


def test_presets_are_applied_once_and_filled_by_a_refresh(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(config, "segment", "presets", "--apply", "--as", "lan") == 0
    assert "created    segment long-tail" in capsys.readouterr().out
    assert run(config, "segment", "presets", "--apply", "--as", "lan", "--json") == 0
    assert {change["what"] for change in json.loads(capsys.readouterr().out)} == {"unchanged"}
    assert run(config, "refresh", "--json") == 0
    refreshed = json.loads(capsys.readouterr().out)["segments"]
    assert {"id": "tier-doubtful", "members": 2, "entered": 2, "gone": 0} in refreshed["segments"]
    assert run(config, "segment", "members", "tier-doubtful", "--json") == 0
    assert [member["openid"] for member in json.loads(capsys.readouterr().out)] == ["anna", "bo"]
    assert run(config, "segment", "history", "tier-doubtful") == 0
    assert "+2 −0  (full)" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        pytest.param(("count", "nowhere"), "there is no segment nowhere", id="no such segment"),
        pytest.param(("count", "--rule", "{"), "--rule: not JSON", id="half a rule"),
        pytest.param(
            ("count", "--rule", '{"not":' * 3000 + "1" + "}" * 3000), "", id="three thousand levels"
        ),
        pytest.param(
            ("count", "--rule", IN_HANGZHOU.replace("city", "cty")),
            "rule.field: no field 'region.cty'; did you mean region.city?",
            id="a slip",
        ),
        pytest.param(("presets", "--apply", "--as", "nobody"), "--as: nobody called nobody", id="a stranger"),
        pytest.param(("members", "everyone"), "everyone has no list", id="everyone"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    config: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], says: str
) -> None:
    assert run(config, "segment", *words) == 1
    said = capsys.readouterr().err
    assert said.startswith("weilan: ")
    assert says in said
    assert said.count("\n") == 1

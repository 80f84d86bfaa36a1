"""The example names every setting, with its default and a reason."""

import re
import tomllib
from pathlib import Path

from pydantic import BaseModel, SecretStr

from bot.config import Config
from tests.house.sources import ROOT

EXAMPLE = ROOT / "config.example.toml"


def defaults() -> dict[str, object]:
    found = {}
    for section, settings in Config():
        assert isinstance(settings, BaseModel)
        for key, value in settings:
            plain = value.get_secret_value() if isinstance(value, SecretStr) else value
            found[f"{section}.{key}"] = plain.isoformat() if hasattr(plain, "isoformat") else plain
    return found


def shown(path: Path) -> dict[str, object]:
    example = tomllib.loads(path.read_text(encoding="utf-8"))
    flat = {f"{section}.{key}": value for section, table in example.items() for key, value in table.items()}
    return {key: value.isoformat() if hasattr(value, "isoformat") else value for key, value in flat.items()}


def without_a_reason(path: Path) -> list[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if re.match(r"\w+\s*=", line) and "#" not in line]


def test_the_example_shows_every_setting_with_its_default() -> None:
    assert shown(EXAMPLE) == defaults()


def test_every_setting_has_its_reason_on_its_line() -> None:
    assert without_a_reason(EXAMPLE) == []


def test_a_setting_that_is_missing_or_different_is_found(tmp_path: Path) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    planted = tmp_path / "planted.toml"
    planted.write_text(re.sub(r"^port\b.*\n", "", text, flags=re.MULTILINE), encoding="utf-8")
    assert shown(planted) != defaults()
    planted.write_text(text + "\nnaked = 1\n", encoding="utf-8")
    assert without_a_reason(planted) == ["naked = 1"]

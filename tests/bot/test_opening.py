"""The shop's own rule files are read when it opens: what is wrong in one is one line, and no customer meets it."""

from pathlib import Path

import pytest

from bot.config import Config, Facts, Membership, Value
from bot.opening import NotReady, ready

TONES = '[[tone]]\nwhen = { class = "E" }\n'
LEVELS = "[points]\nper_yuan = -1\n"


@pytest.mark.parametrize(
    ("settings", "file", "where"),
    [
        pytest.param({"facts": Facts(tones="{path}")}, TONES, "tone.0.when.class", id="tones"),
        pytest.param(
            {"facts": Facts(rules="{path}")}, "nonsense = 1", "inference: Field required", id="facts"
        ),
        pytest.param({"membership": Membership(rules="{path}")}, LEVELS, "per_yuan", id="membership"),
        pytest.param(
            {"value": Value(partitions="{path}")}, "nonsense = 1", "version: Field required", id="partitions"
        ),
    ],
)
def test_a_wrong_file_is_one_line_that_names_it(
    tmp_path: Path, settings: dict[str, Facts | Membership | Value], file: str, where: str
) -> None:
    path = tmp_path / "own.toml"
    path.write_text(file, encoding="utf-8")
    wanted = {
        name: section.model_copy(update={key: str(path) for key, value in section if value == "{path}"})
        for name, section in settings.items()
    }
    with pytest.raises(NotReady) as raised:
        ready(Config().model_copy(update=wanted))
    assert str(path) in str(raised.value)
    assert where in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    missing = tmp_path / "none.toml"
    with pytest.raises(NotReady, match=f"^facts.tones: {missing}: No such file or directory$"):
        ready(Config(facts=Facts(tones=str(missing))))

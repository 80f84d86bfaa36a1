"""Words and the edges of fields stand out from what is behind them (WCAG 2.2: 1.4.3 and 1.4.11)."""

import re
from pathlib import Path

import pytest

CSS = (Path(__file__).parents[3] / "handlers/console/static/console.css").read_text(encoding="utf-8")
COLOURS = dict(re.findall(r"--([\w-]+): (#[0-9a-f]+)", CSS))
WORDS, EDGES = 4.5, 3.0


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    channels = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize(
    ("front", "ground", "least"),
    [
        ("soft", "card", WORDS), ("soft", "paper", WORDS), ("green", "card", WORDS), ("green", "paper", WORDS),
        ("green-strong", "mint", WORDS), ("amber", "sand", WORDS), ("red", "rose", WORDS), ("blue", "sky", WORDS),
        ("edge", "card", EDGES), ("edge", "paper", EDGES),
    ],
)  # fmt: skip
def test_a_colour_stands_out_from_its_ground(front: str, ground: str, least: float) -> None:
    assert contrast(COLOURS[front], COLOURS[ground]) >= least


@pytest.mark.parametrize(
    ("selector", "said"),
    [
        (".totals .none dd", "color: var(--soft)"),
        ("input:not([type=checkbox]), select, textarea", "border: 1px solid var(--edge)"),
    ],
)
def test_what_is_faint_takes_a_colour_that_stands_out(selector: str, said: str) -> None:
    rule = re.search(rf"^{re.escape(selector)} \{{([^}}]*)\}}", CSS, re.MULTILINE)
    assert rule
    assert said in rule[1]

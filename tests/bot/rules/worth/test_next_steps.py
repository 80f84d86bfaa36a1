"""What would move a customer a step comes true for whoever takes it."""

import pytest

from bot.rules.worth import partitions
from bot.rules.worth.next_steps import Lines, steps
from bot.values.partitions import Numbers

LINES = {1: 900_00, 5: 500_00, 20: 200_00}
STRANGER: Numbers = {
    "orders": 0, "follows": 0, "top_percent": 100, "days_since_order": None, "days_known": 700, "days_silent": None,
}  # fmt: skip


def told(partition: str, numbers: Numbers, lines: Lines = LINES) -> dict[str, str]:
    rules = partitions.load("")
    places = {"tier": rules.tiers, "lifecycle": rules.lifecycle}[partition]
    found = steps(partition, places, {**STRANGER, **numbers}, 0, lines)
    return {step.to: f"{step.field} {step.would_be}" for step in found}


@pytest.mark.parametrize(
    ("partition", "numbers", "expected"),
    [
        pytest.param(
            "tier",
            {},
            {
                "top": "spent >= 900, as the top 1 % did",
                "big": "spent >= 500, as the top 5 % did",
                "medium": "spent >= 200, as the top 20 % did",
                "small": "orders >= 1",
                "potential": "follows >= 1",
            },
            id="a first order is no old one, and who follows is new",
        ),
        pytest.param("lifecycle", {}, {"potential": "follows >= 1", "existing": "orders >= 1, < 3", "loyal": "orders >= 3"}, id="who is lost is not told how to be lost"),
        pytest.param("lifecycle", {"orders": 2, "days_since_order": 200}, {"loyal": "orders >= 3", "lost": "days_since_order >= 365"}, id="who comes back with a third order is loyal, not existing"),
        pytest.param("lifecycle", {"orders": 1, "days_since_order": 400}, {"existing": "days_since_order < 180", "loyal": "orders >= 3"}, id="nobody becomes dormant by buying"),
        pytest.param("tier", {"orders": 0, "follows": 1, "days_silent": 40, "days_known": 20}, {
            "top": "spent >= 900, as the top 1 % did",
            "big": "spent >= 500, as the top 5 % did",
            "medium": "spent >= 200, as the top 20 % did",
            "small": "orders >= 1",
            "doubtful": "days_known >= 90",
            "other": "follows = 0",
        }, id="days pass for all at once"),
        pytest.param("tier", {"follows": 1, "days_silent": 400}, {
            "top": "spent >= 900, as the top 1 % did",
            "big": "spent >= 500, as the top 5 % did",
            "medium": "spent >= 200, as the top 20 % did",
            "small": "orders >= 1",
            "potential": "days_silent < 90",
            "other": "follows = 0",
        }, id="who writes again is potential; nobody gets newer"),
    ],
)  # fmt: skip
def test_each_step_leads_where_it_says(
    partition: str, numbers: dict[str, int | None], expected: dict[str, str]
) -> None:
    assert told(partition, numbers) == expected


def test_where_two_lines_are_one_only_the_upper_place_is_reached() -> None:
    found = told("tier", {"orders": 1, "days_since_order": 3}, {1: 900_00, 5: 900_00, 20: 200_00})

    assert found["top"] == "spent >= 900, as the top 1 % did"
    assert "big" not in found


def test_nobody_is_told_of_lines_while_nobody_bought() -> None:
    assert told("tier", {"follows": 1}, {}) == {
        "small": "orders >= 1",
        "potential": "days_silent < 90",
        "other": "follows = 0",
    }

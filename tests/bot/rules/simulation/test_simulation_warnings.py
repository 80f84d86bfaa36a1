"""What an operator is warned of, by figures written down by hand."""

from datetime import UTC, date, datetime

import pytest

from bot.rules.simulation.simulation_warnings import warnings
from bot.values.simulation import CampaignDay, CampaignLine, Day, Simulated

DAY = date(2026, 12, 1)


@pytest.mark.parametrize(
    ("verdicts", "warned"),
    [
        pytest.param({"planned": 90, "hold_out": 10}, [], id="all have theirs, sent just before it begins"),
        pytest.param({"planned": 80, "too_soon": 20}, ["reaches_nobody"], id="some could not have it"),
        pytest.param({"kept": 90, "opted_out": 10}, ["reaches_nobody"], id="kept for people who never write"),
        pytest.param({"hold_out": 10}, ["nobody_in_segment"], id="nobody it is for"),
    ],
)
def test_a_campaign_that_reached_nobody_is_warned_of_unless_all_have_theirs(
    verdicts: dict[str, int], warned: list[str]
) -> None:
    judged = {("care", reason): number for reason, number in verdicts.items()}
    found = simulated(CampaignDay("feast", DAY, judged=judged))
    assert [each.kind for each in warnings(found)] == warned


def test_a_campaign_whose_festival_is_not_in_these_days_is_no_warning() -> None:
    assert [each.kind for each in warnings(simulated(None))] == ["never_judged"]
    assert list(warnings(simulated(None, festival="mid-autumn"))) == []


def simulated(day: CampaignDay | None, festival: str = "") -> Simulated:
    line = CampaignLine(
        id="feast", name="节日", priority=50, regular=False, starts=DAY, ends=DAY, contents=1, unapproved=(),
        festival=festival,
    )  # fmt: skip
    return Simulated(
        starts_at=datetime(2026, 12, 1, 4, tzinfo=UTC), days=(Day(DAY, works=True, calendar_known=True),),
        campaigns=(line,), by_campaign=(day,) if day else (), customers=100, known=100, copied=0, seed=1, rates=(), reached={}, times={},
        gaps_regular={}, gaps_bound={}, least_hours=None, least_hours_regular=None, mass_most=4, mass_target="openids",
        halted=(), blames=(), seconds={},
    )  # fmt: skip

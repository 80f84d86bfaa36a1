"""Whom a subscription account's one mass send of the day is given to: rows of offers, and the one that has it."""

from typing import Any

import pytest

from bot.rules.pushes.greatest_good import chosen, reason, told
from bot.values.days_send import DaysSend, Offer


def offer(campaign: str, people: int, **fields: Any) -> Offer:
    """One in ten answers, unless it is said otherwise."""
    ordinary: dict[str, Any] = {
        "content_id": f"c-{campaign}",
        "priority": 0,
        "waited": 0,
        "answers": people / 10,
    }
    return Offer(campaign_id=campaign, people=people, **ordinary | fields)


@pytest.mark.parametrize(
    ("offers", "winner"),
    [
        pytest.param([offer("a", 10), offer("b", 11)], "b", id="who reaches more"),
        pytest.param([offer("a", 10, answers=3), offer("b", 25)], "a", id="a few who answer do more good than many who do not"),
        pytest.param([offer("a", 10, answers=2), offer("b", 25)], "b", id="as far as they do"),
        pytest.param([offer("a", 10, answers=2), offer("b", 25, priority=-50, answers=2)], "a", id="as many answers: the more important"),
        pytest.param([offer("a", 10, priority=100), offer("b", 19)], "a", id="100 of priority are twice the people"),
        pytest.param([offer("a", 10, priority=100), offer("b", 21)], "b", id="but no more than twice"),
        pytest.param([offer("a", 10, waited=7), offer("b", 19)], "a", id="a week of waiting is twice the people"),
        pytest.param([offer("a", 10, waited=14), offer("b", 29)], "a", id="two weeks are three times"),
        pytest.param([offer("a", 10, waited=900), offer("b", 51)], "b", id="after four weeks it rises no more"),
        pytest.param([offer("a", 10), offer("b", 10, priority=-5)], "a", id="as good: the more important"),
        pytest.param([offer("b", 10), offer("a", 10)], "a", id="and then by name"),
        pytest.param([offer("a", 1), offer("b", 0, priority=900)], "a", id="nobody reached is no good"),
    ],
)  # fmt: skip
def test_the_day_goes_where_it_does_the_greatest_good(offers: list[Offer], winner: str) -> None:
    for order in (offers, offers[::-1]):
        found = chosen(order)
        assert found is not None
        assert found.winner.campaign_id == winner


def test_nobody_has_a_day_that_nobody_wants() -> None:
    assert chosen([]) is None
    assert chosen([offer("a", 0)]) is None


def test_a_small_campaign_does_not_starve() -> None:
    """Ten people beside three times as many, every day anew: its day comes within three weeks."""
    waited = {"small": 0, "large": 0}
    for _ in range(60):
        found = chosen(
            [offer("small", 10, waited=waited["small"]), offer("large", 30, waited=waited["large"])]
        )
        assert found is not None
        waited = {name: 0 if name == found.winner.campaign_id else days + 1 for name, days in waited.items()}
        assert waited["small"] <= 21


def test_it_is_said_who_won_and_who_waits() -> None:
    found = chosen(
        [
            offer("tea", 1200, priority=10, waited=3),
            offer("tea", 40, content_id="other"),
            offer("pans", 300),
            offer("pans", 20, content_id="more"),
        ]
    )
    assert found is not None
    assert told(found) == [
        "今天的群发给了「tea」（c-tea），因为能送达 1200 人，按以往的回应预计 120.0 人会回复，占 10.0%（优先级 ×1.10，已等 3 天 ×1.43）",
        "「tea」有 40 人因此等待",
        "「pans」有 320 人因此等待",
    ]
    assert told(found, "en")[0].startswith(
        "today's mass send goes to tea (c-tea), because it reaches 1200 people, 120.0 of whom may answer, 10.0% ("
    )
    assert (reason(found, "tea"), reason(found, "pans")) == ("day_given_to:c-tea", "day_given_to:tea")


def test_what_an_earlier_pass_decided_is_not_told_again() -> None:
    assert told(DaysSend(winner=offer("tea", 0), good=0, was_given=True)) == []

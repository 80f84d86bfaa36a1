"""Who answers: each one's own past, drawn towards those who are like them."""

import pytest

from bot.insight.responses import estimate, spread
from bot.values.simulation import Past

DAY = 86_400.0
NOW = 20_000 * DAY


def past(**fields: object) -> Past:
    known: dict[str, object] = {
        "now": NOW,
        "days": 90,
        "heard_since": NOW - 90 * DAY,
        "people": [],
        "contacts": [],
        "pushes": [],
        "stopped": 0,
        "left": 0,
    }
    return Past(**(known | fields))  # type: ignore[arg-type]


def person(
    number: int, engagement: str = "ordinary", known: int = 90, bought: int = 0
) -> tuple[int, str, float, int]:
    return (number, engagement, NOW - known * DAY, bought)


def days_ago(*days: float) -> list[float]:
    return [NOW - each * DAY for each in days]


def test_who_answered_nine_of_ten_is_more_likely_to_than_who_answered_none() -> None:
    pushes = [(who, at) for who in (1, 2) for at in days_ago(*range(5, 85, 8))]
    answers = [(1, at + 3_600) for _, at in pushes[:9]]
    found = estimate(past(people=[person(1), person(2)], pushes=pushes, contacts=answers), 1)
    assert 0.5 < found.answers[0] < 0.9
    assert 0.0 < found.answers[1] < 0.3


def test_a_newcomer_is_as_likely_as_their_group() -> None:
    many = [person(number) for number in range(1, 101)]
    pushes = [(number, at) for number in range(1, 101) for at in days_ago(10, 20, 30)]
    answers = [(number, at + 60) for number, at in pushes if number % 4 == 0]
    found = estimate(past(people=[*many, person(101, known=1)], pushes=pushes, contacts=answers), 1)
    rate = next(rate for rate in found.rates if (rate.what, rate.group) == ("answers", "ordinary"))
    assert (rate.seen, rate.of, rate.assumed) == (75, 300, False)
    assert found.answers[-1] == pytest.approx(rate.rate)
    assert rate.low < 0.25 < rate.high


def test_an_answer_a_day_late_is_a_message_of_their_own() -> None:
    people, pushes = [person(1)], [(1, at) for at in days_ago(40)]
    late = estimate(past(people=people, pushes=pushes, contacts=[(1, pushes[0][1] + 25 * 3_600)]), 1)
    soon = estimate(past(people=people, pushes=pushes, contacts=[(1, pushes[0][1] + 23 * 3_600)]), 1)
    assert late.answers[0] < soon.answers[0]
    assert late.writes[0] > soon.writes[0]


def test_three_messages_of_one_day_are_one_day() -> None:
    once = estimate(past(people=[person(1)], contacts=[(1, NOW - 5 * DAY)]), 1)
    thrice = estimate(
        past(people=[person(1)], contacts=[(1, NOW - 5 * DAY + more) for more in (0, 60, 120)]), 1
    )
    assert once.writes[0] == thrice.writes[0]


def test_nothing_known_is_an_assumption_and_says_so() -> None:
    found = estimate(past(people=[person(1, "engaged"), person(2, "tired")], heard_since=None), 1)
    assert all(rate.assumed for rate in found.rates if rate.what in {"writes", "answers", "stops", "leaves"})
    assert found.writes[0] > found.writes[1] > 0


def test_who_buys_often_buys_again() -> None:
    found = estimate(past(people=[person(1, bought=9), *(person(number) for number in range(2, 60))]), 1)
    assert found.buys[0] > 5 * found.buys[1]


def test_a_customer_does_the_same_on_a_day_whoever_else_is_there() -> None:
    few = estimate(past(people=[person(number) for number in (3, 5, 8)]), 7)
    many = estimate(past(people=[person(number) for number in range(1, 4_001)]), 7)
    pushed = [3, 5, 8]
    many = spread(many, list(range(1, 4_001)), 5_000)
    everybody = set(many.who_answers(list(range(1, 4_001)), 20_001))
    assert few.answers[0] == pytest.approx(many.answers[2])
    assert set(few.who_answers(pushed, 20_001)) == everybody & set(pushed)


def test_another_seed_and_another_day_are_other_draws() -> None:
    people = [person(number, "engaged") for number in range(1, 5_001)]
    known = past(people=people, heard_since=None)
    one, other = estimate(known, 1), estimate(known, 2)
    draws = [one.who_writes(1, 0), one.who_writes(2, 0), other.who_writes(1, 0)]
    assert len({tuple(draw) for draw in draws}) == 3
    assert one.who_writes(1, 0) == estimate(known, 1).who_writes(1, 0)


def test_as_many_are_drawn_as_their_likelihood_says() -> None:
    found = estimate(
        past(people=[person(number, "engaged") for number in range(1, 20_001)], heard_since=None), 3
    )
    drawn = sum(len(found.who_writes(9, number)) for number in range(4))
    assert drawn == pytest.approx(found.writes.sum(), rel=0.1)


def test_copies_are_like_their_original_and_draw_for_themselves() -> None:
    found = estimate(past(people=[person(1, bought=20), person(2)]), 1)
    copied = spread(found, [1, 2, 11, 12, 21, 22], stride=10)
    assert copied.buys.tolist() == [*found.buys, *found.buys, *found.buys]
    days = range(2_000)
    assert [day for day in days if 1 in copied.who_buys(day)] != [
        day for day in days if 11 in copied.who_buys(day)
    ]

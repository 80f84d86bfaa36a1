"""The look-alike model on planted data: it finds what was planted, checks itself, and refuses when it should."""

import math

import numpy as np
import pytest

from bot.insight.lookalikes import auc, auc_at_equal_orders, fit, learn, reasons, scores
from bot.insight.portrait import People, Z, columns_of, tally
from bot.values.portrait import Attribute, Stretch

CITY = Attribute(name="city")
BOUGHT = Attribute(name="bought", several=True, by_orders=True, of_buyers=True)
VALUES = {"city": ("杭州", "苏州", "绍兴"), "bought": ("茶", "壶", "锅")}


def planted(count: int, *, strength: float = 1.5, seed: int = 1, unknown: float = 0.2) -> People:
    """Who lives in 杭州 and who bought 茶 is likelier one of the best, by `strength` log odds each; a fifth never bought."""
    draw = np.random.default_rng(seed)
    city = draw.choice(VALUES["city"], count)
    bought = draw.integers(0, 8, count)
    orders = draw.choice([0, 1, 2, 4], count, p=[0.2, 0.4, 0.3, 0.1])
    odds = -2.0 + strength * (city == "杭州") + strength * (bought & 1) + 0.5 * (orders > 2)
    best = (draw.random(count) < 1 / (1 + np.exp(-odds))) & (orders > 0)
    known = draw.random(count) >= unknown
    people = People(columns_of((CITY, BOUGHT), VALUES.__getitem__), of_everybody=False)
    for start in range(0, count, 1000):
        some = slice(start, start + 1000)
        people.add(
            Stretch(
                ids=list(range(count))[some],
                is_best=best[some].tolist(),
                orders=orders[some].tolist(),
                values={"city": [c if k else None for c, k in zip(city[some], known[some], strict=True)]},
                sets={"bought": np.where(orders > 0, bought, 0)[some].tolist()},
            )
        )
    return people


def test_the_area_under_the_curve_counts_pairs_and_half_of_ties() -> None:
    """3 of the best, 2 others: of 6 pairs the best are ahead in 4 and tie in one: 4.5 / 6."""
    assert auc(np.array([0.9, 0.5, 0.3, 0.5, 0.1]), [1, 1, 1, 0, 0]) == pytest.approx(4.5 / 6)
    assert auc(np.array([1.0, 2.0]), [1, 1]) is None


@pytest.mark.parametrize(
    "strata",
    [
        pytest.param([(1, 2), (0, 30), (12, 0)], id="two pairs"),
        pytest.param([(0, 30), (0, 14), (1, 4), (8, 0)], id="four pairs, other strata with none"),
        pytest.param([(1, 20)], id="one of the best"),
        pytest.param([(3, 10), (5, 5), (5, 1)], id="some pairs"),
    ],
)
def test_scores_out_of_nothing_are_seldom_taken_for_more(strata: list[tuple[int, int]]) -> None:
    """The interval's lower end lies above a half in one of forty, however few pairs there are."""
    draw = np.random.default_rng(1)
    within = np.concatenate([np.full(sum(both), number) for number, both in enumerate(strata)])
    best = np.concatenate([[1.0] * ours + [0.0] * others for ours, others in strata])
    taken = 0
    for _ in range(600):
        found = auc_at_equal_orders(draw.normal(size=len(best)), best, within)
        assert found is not None
        area, deviation = found
        taken += area - Z * deviation > 0.5
    assert taken <= 0.04 * 600


def test_the_fit_without_a_ridge_is_the_log_odds_of_a_table() -> None:
    """40 of 50 with the trait are among the best, 20 of 100 without: log odds ratio ln(4 / 0.25) = ln 16."""
    rows = np.array([[1.0, 1.0]] * 50 + [[0.0, 1.0]] * 100)
    best = np.array([1.0] * 40 + [0.0] * 10 + [1.0] * 20 + [0.0] * 80)
    weights = fit(rows, best, np.array([0.0, 0.0]))
    assert weights.tolist() == pytest.approx([math.log(16), math.log(0.25)], abs=1e-6)


def test_what_was_planted_is_learnt_and_the_chances_come_true() -> None:
    people = planted(8000)
    model, weights = learn(people, tally(people), "buyers")
    assert weights is not None
    assert model.check is not None
    assert [*model.weights][:2] == ["bought=茶", "city=杭州"] or [*model.weights][:2] == [
        "city=杭州",
        "bought=茶",
    ]
    assert abs(model.weights["bought=壶"]) < 0.25
    assert model.check.auc_low > 0.68
    for promised, came_true, _ in model.check.calibration:
        assert promised == pytest.approx(came_true, abs=0.08)


def test_the_score_says_how_many_of_a_hundred_and_names_why() -> None:
    people = planted(8000)
    _, weights = learn(people, tally(people), "buyers")
    assert weights is not None
    block = next(people.blocks)
    given, because = scores(block, people.columns, weights), list(reasons(block, people.columns, weights))
    traits = [str(trait) for trait in people.columns.traits]
    both = block.bits[:, traits.index("city=杭州")] & block.bits[:, traits.index("bought=茶")]
    assert 0 <= given.min() <= given.max() <= 100
    assert given[both].min() > given[~both].max() - 15
    first = int(np.flatnonzero(both)[0])
    assert {"+city=杭州", "+bought=茶"} <= set(because[first])
    assert all(len(each) <= 3 for each in because)


def test_who_never_bought_is_judged_by_who_they_are() -> None:
    people = planted(8000)
    model, weights = learn(people, tally(people), "people")
    assert weights is not None
    assert {name.split("=")[0] for name in model.weights} == {"city"}
    block = next(people.blocks)
    unknown = ~block.bits[:, len(people.columns.traits)]
    given = scores(block, people.columns, weights)
    assert len(set(given[unknown].tolist())) == 1  # nothing known: the ordinary
    assert given.min() < given[unknown][0] < given.max()


def test_the_same_people_give_the_same_model() -> None:
    one, other = planted(3000), planted(3000)
    assert learn(one, tally(one), "buyers")[0] == learn(other, tally(other), "buyers")[0]


def test_chance_teaches_nothing() -> None:
    refused = 0
    for seed in range(5):
        people = planted(1500, strength=0.0, seed=seed)
        model, weights = learn(people, tally(people), "people")
        refused += model.reason == "no_better_than_chance" and weights is None
    assert refused >= 4


def test_too_few_of_the_best_are_refused() -> None:
    people = planted(150)
    model, weights = learn(people, tally(people), "buyers")
    assert (model.reason, weights) == ("too_few", None)

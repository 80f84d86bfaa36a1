"""Who else is like the best: a logistic regression with a ridge over the traits, and an honest check of it.

The number of orders takes part while the weights are learnt, so that a trait does not stand in for it, and not when
people are scored. What is not known of somebody counts as the ordinary.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.insight.portrait import Bits, Block, Columns, Numbers, People, Tally, Z
from bot.rules.worth.portrait import LEAST_PEOPLE, LEAST_POSITIVES
from bot.values.portrait import Check, Model, Population

RIDGES = (100.0, 10.0, 1.0)
FOLDS = 5  # the last is never learnt from before the check
LARGEST_SAMPLE = 12_000  # people learnt from; more change the third digit
STEPS = 30  # of Newton's method; it takes about seven
MOST_REASONS = 3


@dataclass(frozen=True, slots=True)
class _Lessons:
    """What is learnt from: centred traits, the stratum of the number of orders, and who is one of the best."""

    traits: Numbers
    strata: NDArray[np.int64]  # all the same where the number of orders takes no part
    best: Numbers
    folds: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Weights:
    """By trait, ready to be added up; `ordinary` is what a known attribute brings on average, by attribute."""

    traits: Numbers
    ordinary: Numbers
    slope: float
    intercept: float


def learn(people: People, counts: Tally, population: Population) -> tuple[Model, Weights | None]:
    """From those compared. `buyers` looks at every trait, `people` only at those somebody has before they buy."""
    counts = counts.of_buyers if population == "buyers" else counts
    positives, negatives = counts.best, counts.rest
    empty = Model(population=population, positives=positives, negatives=negatives)
    if min(positives, negatives) < LEAST_POSITIVES:
        return _without(empty, "too_few"), None
    taught = _taught(people.columns, counts, population)
    if not taught.any():
        return _without(empty, "no_traits"), None
    lessons = _lessons(people, counts, taught, with_orders=population == "buyers")
    kept = lessons.folds < FOLDS - 1
    ridge, held_out = _best_ridge(lessons, kept)
    slope, intercept = _calibration(held_out[kept], lessons.best[kept])
    weights = _weights(lessons, kept, ridge)
    held = lessons.traits[~kept] @ weights * slope + intercept
    check = _check(held, lessons.best[~kept], lessons.strata[~kept])
    if slope <= 0 or check is None or check.auc_low <= 0.5:
        return _without(empty, "no_better_than_chance", check), None
    final = np.zeros(len(taught))
    final[taught] = _weights(lessons, np.ones(len(kept), bool), ridge) * slope
    final = np.round(final, 4)
    used = Weights(final, _ordinary(people.columns, counts, final), slope, round(intercept, 4))
    return _model(empty, people.columns, used, check), used


def scores(block: Block, columns: Columns, weights: Weights) -> NDArray[np.int64]:
    """0 to 100: of so many of a hundred like this one the traits promise that they are among the best."""
    traits = len(columns.traits)
    known = block.bits[:, traits:]
    log_odds = block.bits[:, :traits] @ weights.traits - known @ weights.ordinary + weights.intercept
    return np.rint(100 * _logistic(log_odds)).astype(np.int64)


def reasons(block: Block, columns: Columns, weights: Weights) -> Iterator[tuple[str, ...]]:
    """For each of the block the three traits that weigh most against the ordinary, with their sign."""
    traits = columns.traits
    against = _against(columns, weights)
    named = [f"{'+' if weight > 0 else '-'}{trait}" for trait, weight in zip(traits, against, strict=True)]
    order = np.argsort(-np.abs(against), kind="stable")
    order = order[np.round(np.abs(against[order]), 4) > 0]
    held = block.bits[:, order]
    for row in held:
        yield tuple(named[order[place]] for place in np.flatnonzero(row)[:MOST_REASONS])


def _without(model: Model, reason: str, check: Check | None = None) -> Model:
    return Model(
        population=model.population,
        positives=model.positives,
        negatives=model.negatives,
        reason=reason,
        check=check,
    )


def _model(model: Model, columns: Columns, weights: Weights, check: Check) -> Model:
    against = zip(columns.traits, _against(columns, weights), strict=True)
    named = {str(trait): round(float(weight), 4) for trait, weight in against if weight}
    return Model(
        population=model.population,
        positives=model.positives,
        negatives=model.negatives,
        weights=dict(sorted(named.items(), key=lambda pair: (-abs(pair[1]), pair[0]))),
        intercept=weights.intercept,
        check=check,
    )


def _taught(columns: Columns, counts: Tally, population: Population) -> Bits:
    """The traits that enough people have, and that somebody of the population can have."""
    enough = counts.have[: len(columns.traits)].sum(axis=(1, 2)) >= LEAST_PEOPLE
    fits = np.array(
        [population == "buyers" or not (each.of_buyers or each.by_orders) for each in columns.attributes],
        dtype=bool,
    )
    return np.asarray(enough & fits[columns.owners], dtype=bool)


def _shares(columns: Columns, counts: Tally) -> Numbers:
    """Of those whose attribute is known, how many have the trait."""
    traits = len(columns.traits)
    have = counts.have.sum(axis=(1, 2)).astype(float)
    return np.asarray(have[:traits] / np.maximum(have[traits:][columns.owners], 1))


def _ordinary(columns: Columns, counts: Tally, weights: Numbers) -> Numbers:
    expected = _shares(columns, counts) * weights
    return np.bincount(columns.owners, expected, len(columns.attributes)).astype(np.float64)


def _against(columns: Columns, weights: Weights) -> Numbers:
    """A trait's weight against the ordinary of its attribute; where several values go together, against nothing."""
    single = np.array([not each.several for each in columns.attributes], dtype=bool)
    against = weights.traits - np.where(single, weights.ordinary, 0.0)[columns.owners]
    return np.where(weights.traits, against, 0.0)


def _lessons(people: People, counts: Tally, taught: Bits, *, with_orders: bool) -> _Lessons:
    columns, shares = people.columns, _shares(people.columns, counts)
    traits, owners = len(columns.traits), columns.owners
    total = counts.best + counts.rest
    rows, orders, best, folds = [], [], [], []
    for block in people.blocks:
        mixed = _mixed(block.ids)
        within = block.is_compared & (mixed % total < LARGEST_SAMPLE)
        if with_orders:
            within &= block.strata > 0
        bits = block.bits[within]
        known = bits[:, traits:][:, owners[taught]]
        rows.append((bits[:, :traits][:, taught] - known * shares[taught]).astype(np.float32))
        orders.append(block.strata[within])
        best.append(block.is_best[within])
        folds.append((mixed[within] >> np.uint64(40)) % FOLDS)
    strata = np.concatenate(orders).astype(np.int64)
    return _Lessons(
        np.concatenate(rows).astype(float),
        strata if with_orders else np.zeros_like(strata),
        np.concatenate(best).astype(float),
        np.concatenate(folds).astype(np.int64),
    )


def _mixed(ids: NDArray[np.int64]) -> NDArray[np.uint64]:
    """The same number for the same id for ever, and nothing like it (splitmix64)."""
    with np.errstate(over="ignore"):
        x = ids.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return np.asarray(x ^ (x >> np.uint64(31)), dtype=np.uint64)


def _best_ridge(lessons: _Lessons, kept: Bits) -> tuple[float, Numbers]:
    """The ridge whose promises about folds it has not seen are the least wrong, and those promises."""
    tried = []
    best = lessons.best[kept]
    for ridge in RIDGES:
        promised = np.zeros(len(kept))
        for fold in range(FOLDS - 1):
            out = lessons.folds == fold
            promised[out] = lessons.traits[out] @ _weights(lessons, kept & ~out, ridge)
        slope, intercept = _calibration(promised[kept], best)
        chance = np.clip(_logistic(slope * promised[kept] + intercept), 1e-9, 1 - 1e-9)
        wrong = -float((best * np.log(chance) + (1 - best) * np.log(1 - chance)).mean())
        tried.append((wrong, ridge, promised))
    _, ridge, promised = min(tried, key=lambda each: each[:2])
    return ridge, promised


def _weights(lessons: _Lessons, which: Bits, ridge: float) -> Numbers:
    """Of the traits; a base for each number of orders is learnt beside them, without a ridge to speak of."""
    traits, strata = lessons.traits[which], lessons.strata[which]
    bases = strata[:, None] == np.unique(strata)
    rows = np.hstack([traits, bases])
    ridges = np.full(rows.shape[1], 1e-2)
    ridges[: traits.shape[1]] = ridge
    return fit(rows, lessons.best[which], ridges)[: traits.shape[1]]


def fit(rows: Numbers, best: Numbers, ridges: Numbers) -> Numbers:
    """Newton's method for the penalised likelihood: the weights at which it can get no better."""
    weights = np.zeros(rows.shape[1])
    for _ in range(STEPS):
        chance = _logistic(rows @ weights)
        slope = rows.T @ (best - chance) - ridges * weights
        spread = np.maximum(chance * (1 - chance), 1e-9)
        step = np.linalg.solve((rows * spread[:, None]).T @ rows + np.diag(ridges), slope)
        weights += step
        if np.abs(step).max() < 1e-5:
            break
    return weights


def _calibration(promised: Numbers, best: Numbers) -> tuple[float, float]:
    """Slope and intercept that turn promises into chances that come true (Platt's)."""
    rows = np.stack([promised, np.ones(len(promised))], axis=1)
    slope, intercept = fit(rows, best, np.full(2, 1e-3))
    return float(slope), float(intercept)


def _logistic(log_odds: Numbers) -> Numbers:
    return np.asarray(1 / (1 + np.exp(-np.clip(log_odds, -30, 30))))


def _check(log_odds: Numbers, best: Numbers, strata: NDArray[np.int64]) -> Check | None:
    """None when nobody held out can be compared with anybody."""
    found = auc_at_equal_orders(log_odds, best, strata)
    if found is None:
        return None
    area, deviation = found
    chance = _logistic(log_odds)
    fifths = np.array_split(np.argsort(chance, kind="stable"), 5)
    return Check(
        auc=round(area, 4),
        auc_low=round(max(area - Z * deviation, 0.0), 4),
        auc_high=round(min(area + Z * deviation, 1.0), 4),
        people=len(best),
        calibration=tuple(
            (round(float(chance[fifth].mean()), 4), round(float(best[fifth].mean()), 4), len(fifth))
            for fifth in fifths
            if len(fifth)
        ),
    )


def auc_at_equal_orders(
    log_odds: Numbers, best: Numbers, strata: NDArray[np.int64]
) -> tuple[float, float] | None:
    """Only pairs of one stratum count: to have ordered often, and so to have much, is no likeness. With its deviation."""
    pairs = ahead = variance = 0.0
    for stratum in np.unique(strata):
        within = strata == stratum
        area = auc(log_odds[within], best[within])
        if area is not None:
            positives = int(best[within].sum())
            negatives = int(within.sum()) - positives
            many = positives * negatives
            pairs, ahead = pairs + many, ahead + area * many
            variance += (many * _deviation(area, positives, negatives)) ** 2
    return (ahead / pairs, math.sqrt(variance) / pairs) if pairs else None


def auc(promised: Numbers, best: Sequence[float] | Numbers) -> float | None:
    """The chance that one of the best is promised more than another; a tie counts half (Mann and Whitney)."""
    is_best = np.asarray(best, dtype=bool)
    positives, negatives = int(is_best.sum()), int((~is_best).sum())
    if not positives or not negatives:
        return None
    _, place, count = np.unique(np.asarray(promised), return_inverse=True, return_counts=True)
    ranks = np.cumsum(count) - (count - 1) / 2
    above = float(ranks[place][is_best].sum()) - positives * (positives + 1) / 2
    return above / (positives * negatives)


def _deviation(area: float, positives: int, negatives: int) -> float:
    """Hanley and McNeil (1982), but never less than chance alone has: of few pairs all may be right, and say nothing."""
    return max(_spread(area, positives, negatives), _spread(0.5, positives, negatives))


def _spread(area: float, positives: int, negatives: int) -> float:
    two_best, two_others = area / (2 - area), 2 * area**2 / (1 + area)
    variance = (
        area * (1 - area) + (positives - 1) * (two_best - area**2) + (negatives - 1) * (two_others - area**2)
    )
    return math.sqrt(max(variance, 0.0) / (positives * negatives))

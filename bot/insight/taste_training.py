"""Learns from lines of purchases, one array a column, what goes together, who buys alike, and what is bought again.

SciPy weighs 25 MB and a lesson many times that, so this is run as a process of its own
(`python -m`, see `taste_learning`). Item to item is the cosine between products over customers, shrunk where few bought
both (Sarwar et al., 2001); people are compared with a crowd of recent buyers.
"""

import sys

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from bot.insight.tastes import HALF_LIFE, LARGEST_HISTORY, Learnt, Lines, Weights, Whole, lines_of, to_bytes

POPULAR_HALF_LIFE = 60.0  # days
NEIGHBOURS = 20  # kept of each product
BLOCK = 256  # products compared with all others at a time
SHRINK = 5.0  # buyers in common that count as much as the doubt about few
CROWD = 20_000  # recent buyers of two things or more, whom a customer is compared with
OFTEN_AGAIN = 0.2  # of its buyers buy it again: it is consumed
LEAST_AGAIN = 8  # such buyers, before a time is believed


def learn(lines: Lines, today: int) -> Learnt:
    """`today` counted as the lines' days are."""
    products, places = np.unique(lines.products, return_inverse=True)
    buyers, who = np.unique(lines.customers, return_inverse=True)
    baskets, basket = np.unique(lines.orders, return_inverse=True)
    age = np.maximum(today - lines.days, 0)
    weight = np.power(2.0, -age / HALF_LIFE)
    taste = _matrix(who, places, weight, (len(buyers), len(products)))
    one_basket = _matrix(basket, places, np.ones(len(places)), (len(baskets), len(products)))
    also, also_weight = _neighbours(taste)
    together, together_weight = _neighbours(one_basket)
    crowd = _crowd(taste, who, lines.days)
    sold = np.bincount(places, np.power(2.0, -age / POPULAR_HALF_LIFE), minlength=len(products))
    return Learnt(
        products=products,
        popularity=(sold / max(sold.max(initial=0.0), 1e-9)).astype(np.float32),
        again_after=_again_after(who, places, lines.days, len(products)),
        also=also,
        also_weight=also_weight,
        together=together,
        together_weight=together_weight,
        crowd_starts=crowd.indptr.astype(np.int64),
        crowd_places=crowd.indices.astype(np.int64),
        crowd_weight=crowd.data.astype(np.float32),
    )


def _matrix(
    rows: Whole, columns: Whole, weight: NDArray[np.float64], shape: tuple[int, int]
) -> sparse.csr_matrix:
    """The weightiest of what falls on one place counts: buying a thing twice is no second taste."""
    order = np.lexsort((-weight, columns, rows))
    rows, columns, weight = rows[order], columns[order], weight[order]
    first = np.ones(len(rows), bool)
    first[1:] = (rows[1:] != rows[:-1]) | (columns[1:] != columns[:-1])
    made = sparse.csr_matrix((weight[first], (rows[first], columns[first])), shape=shape)
    return _newest_only(made)


def _newest_only(taste: sparse.csr_matrix) -> sparse.csr_matrix:
    """Who buys for a whole office says little about what goes with what, and costs its square."""
    for row in np.flatnonzero(np.diff(taste.indptr) > LARGEST_HISTORY):
        span = slice(taste.indptr[row], taste.indptr[row + 1])
        weight = taste.data[span]
        weight[np.argsort(-weight, kind="stable")[LARGEST_HISTORY:]] = 0.0
    taste.eliminate_zeros()
    return taste


def _neighbours(taste: sparse.csr_matrix) -> tuple[Whole, Weights]:
    """Of each product the `NEIGHBOURS` nearest, a row each; a block of products at a time."""
    number = taste.shape[1]
    kept = min(NEIGHBOURS, number)
    places = np.full((number, kept), -1, np.int64)
    weights = np.zeros((number, kept), np.float32)
    length = np.sqrt(np.asarray(taste.multiply(taste).sum(axis=0)).ravel())
    scaled = (taste @ sparse.diags(1.0 / np.maximum(length, 1e-9))).tocsr()
    both = (taste != 0).astype(np.float64)
    across, across_both = scaled.T.tocsr(), both.T.tocsr()
    for start in range(0, number, BLOCK):
        rows = slice(start, min(start + BLOCK, number))
        common = (across_both[rows] @ both).toarray()
        near = (across[rows] @ scaled).toarray() * common / (common + SHRINK)
        near[np.arange(rows.stop - start), np.arange(start, rows.stop)] = 0.0
        best = np.argsort(-near, axis=1, kind="stable")[:, :kept]
        weights[rows] = np.take_along_axis(near, best, axis=1)
        places[rows] = np.where(weights[rows] > 0, best, -1)
    return places, weights


def _crowd(taste: sparse.csr_matrix, who: Whole, days: Whole) -> sparse.csr_matrix:
    """The last to buy, of those who bought two things or more; each row of length one."""
    latest = np.full(taste.shape[0], np.iinfo(np.int64).min, np.int64)
    np.maximum.at(latest, who, days)
    tells = np.flatnonzero(np.diff(taste.indptr) >= 2)
    chosen = np.sort(tells[np.argsort(-latest[tells], kind="stable")[:CROWD]])
    rows = taste[chosen]
    length = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    return (sparse.diags(1.0 / np.maximum(length, 1e-9)) @ rows).tocsr()


def _again_after(who: Whole, places: Whole, days: Whole, number: int) -> Weights:
    """The median days from one purchase of a product to its next by the same customer, where many buy it again."""
    order = np.lexsort((days, who, places))
    who, places, days = who[order], places[order], days[order]
    same = (who[1:] == who[:-1]) & (places[1:] == places[:-1])
    gaps, product = days[1:] - days[:-1], places[1:]
    is_again = same & (gaps > 0)
    pairs = np.unique(places * (who.max(initial=0) + 1) + who)
    buyers = np.bincount(pairs // (who.max(initial=0) + 1), minlength=number)
    returned_pairs = np.unique((product * (who.max(initial=0) + 1) + who[1:])[is_again])
    again = np.bincount(returned_pairs // (who.max(initial=0) + 1), minlength=number)
    after = np.zeros(number, np.float32)
    for place in np.flatnonzero((again >= LEAST_AGAIN) & (again >= OFTEN_AGAIN * buyers)):
        after[place] = np.median(gaps[is_again & (product == place)])
    return after


def main() -> None:
    """`taste_training TODAY`: reads lines as `tastes.lines_to_bytes` writes them, writes what `tastes.to_bytes` does."""
    lines = lines_of(sys.stdin.buffer.read())
    sys.stdout.buffer.write(to_bytes(learn(lines, int(sys.argv[1]))))


if __name__ == "__main__":
    main()

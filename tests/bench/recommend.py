"""How good and how quick suggestions are: `python -m tests.bench.recommend`. Printed, not asserted.

python -m tests.bench.recommend                      the demo shop's 2,000 customers, and 20,000 of the same kind
python -m tests.bench.recommend --lines 1000000      how long a lesson takes over so many lines, 5,000 products

Leave the last basket out: whoever ordered twice or more is learnt from without their last order, and asked what they
would be told; a hit is a product of that order which they did not have before. The shop is generated: people buy by
their taste for a category, so the categories can be found and the single thing is chance.
"""

import resource
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeAlias

import numpy as np

from bot.insight import recommend, taste_training, tastes
from bot.insight.tastes import Learnt, Lines
from bot.sandbox.shop.generate import DemoShop
from bot.store.shop.purchases import BOUGHT
from bot.values.recommending import Suggestion

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
TODAY = int(NOW.timestamp() // 86_400)
DEPTH = 5

Row: TypeAlias = tuple[int, int, int, int]  # customer, order, product, day


@dataclass(frozen=True, slots=True)
class Asked:
    bought: dict[int, int]  # product → days before the basket
    basket: set[int]  # what they had not bought before


def left_out(customers: int) -> tuple[Lines, list[Asked]]:
    shop = DemoShop().generate(NOW, customers)
    products = {product.external_id: number for number, product in enumerate(shop.products)}
    people = {buyer.external_id: number for number, buyer in enumerate(shop.buyers)}
    baskets: dict[int, list[tuple[int, int, set[int]]]] = {}
    for number, order in enumerate(shop.orders):
        if order.status in BOUGHT:
            day = int(order.ordered_at.timestamp() // 86_400)
            baskets.setdefault(people[order.buyer], []).append(
                (day, number, {products[line.product] for line in order.lines})
            )
    rows: list[Row] = []
    asked = []
    for customer, theirs in baskets.items():
        *before, (day, number, things) = sorted(theirs, key=lambda one: one[:2])
        if not before:
            before, things = [(day, number, things)], set()
        rows += [(customer, order, thing, when) for when, order, basket in before for thing in sorted(basket)]
        bought = {thing: day - when for when, _, basket in before for thing in basket}
        if fresh := things - set(bought):
            asked.append(Asked(bought, fresh))
    return tastes.gather([rows]), asked


def quality(customers: int) -> None:
    lines, asked = left_out(customers)
    began = time.perf_counter()
    learnt = taste_training.learn(lines, TODAY)
    took = time.perf_counter() - began
    print(
        f"\n{customers:,} customers, {len(lines.products):,} lines, {len(learnt.products)} products; "
        f"{len(asked):,} baskets left out; learnt in {took:.2f} s, {len(tastes.to_bytes(learnt)):,} bytes kept"
    )
    weights = (recommend.ITEMS, recommend.PEOPLE, recommend.POPULAR)
    print(f"  {'':<28} {'hit@3':>7} {f'hit@{DEPTH}':>7} {'MRR':>7} {'covered':>8} {'µs each':>8}")
    for name, mixed in (
        ("what sells most", (0.0, 0.0, 1.0)),
        ("item to item", (1.0, 0.0, 1e-6)),
        ("people alike", (0.0, 1.0, 1e-6)),
        ("as it is mixed", weights),
    ):
        recommend.ITEMS, recommend.PEOPLE, recommend.POPULAR = mixed
        _told(name, asked, learnt, lambda one: recommend.suggestions(learnt, one.bought, set(), DEPTH))
    recommend.ITEMS, recommend.PEOPLE, recommend.POPULAR = weights


def _told(
    name: str, asked: Sequence[Asked], learnt: Learnt, answer: Callable[[Asked], list[Suggestion]]
) -> None:
    three = five = 0
    ranks = 0.0
    named: set[int] = set()
    began = time.perf_counter()
    answers = [[one.product_id for one in answer(case)] for case in asked]
    each = (time.perf_counter() - began) / len(asked)
    for case, found in zip(asked, answers, strict=True):
        named |= set(found)
        places = [place for place, id_ in enumerate(found, 1) if id_ in case.basket]
        three += bool(places) and places[0] <= 3
        five += bool(places)
        ranks += 1 / places[0] if places else 0
    number = len(asked)
    print(
        f"  {name:<28} {three / number:7.3f} {five / number:7.3f} {ranks / number:7.3f} "
        f"{len(named) / len(learnt.products):8.2f} {each * 1e6:8.0f}"
    )


def speed(number: int) -> None:
    random = np.random.default_rng(1)
    customers = number // 8
    who = random.integers(0, customers, number)
    kind = who % 50
    products = np.where(
        random.random(number) < 0.7,
        kind * 100 + random.zipf(1.4, number) % 100,
        random.integers(0, 5_000, number),
    )
    lines = Lines(
        customers=who.astype(np.int64), orders=(who * 1000 + random.integers(0, 4, number)).astype(np.int64),
        products=products.astype(np.int64), days=(TODAY - random.integers(0, 730, number)).astype(np.int64),
    )  # fmt: skip
    began, cpu = time.perf_counter(), time.process_time()
    learnt = taste_training.learn(lines, TODAY)
    took, used = time.perf_counter() - began, time.process_time() - cpu
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{number:>9,} lines, {customers:,} customers, {len(learnt.products):,} products: learnt in {took:.1f} s "
        f"({used:.1f} s of processor), {len(tastes.to_bytes(learnt)) / 1e6:.1f} MB kept, {memory:.0f} MB at most"
    )
    times = []
    for customer in range(300):
        mine = {int(one): 30 for one in products[who == customer][:20]}
        began = time.perf_counter()
        recommend.suggestions(learnt, mine, set(), 60)
        times.append((time.perf_counter() - began) * 1000)
    print(
        f"          one customer: {np.percentile(times, 50):.2f} ms in the middle, {np.percentile(times, 99):.2f} ms of a hundred's slowest"
    )


def main() -> None:
    if "--lines" in sys.argv:
        speed(int(sys.argv[sys.argv.index("--lines") + 1]))
        return
    for customers in (2_000, 20_000):
        quality(customers)


if __name__ == "__main__":
    main()

"""What came into the demo shop only lately, and when: every month or so something new."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from random import Random

from bot.values.trade import Product

NEW_FOR = 25  # days somebody who loves the new comes for it
LAUNCHED: Mapping[str, int] = {
    "TEA-08": 12, "CUP-05": 40, "POT-04": 75, "JAR-02": 110, "TEA-03": 150, "KET-02": 185, "CUP-02": 220,
    "TEA-11": 255, "TRAY-03": 290, "PAN-04": 325, "KNI-02": 360, "SET-03": 400, "TEA-04": 440, "TRAY-01": 480,
    "POT-03": 520, "LIN-02": 560, "TEA-12": 600, "CUP-03": 640,
}  # fmt: skip  # days before today; whatever is not here was there from the first day


class Assortment:
    """What was on sale at any moment before `today`."""

    def __init__(self, products: Sequence[Product], today: datetime) -> None:
        self._of = {product.external_id: product for product in products}
        oldest_first = sorted(LAUNCHED, key=lambda external_id: -LAUNCHED[external_id])
        self._launches = [today - timedelta(days=LAUNCHED[external_id]) for external_id in oldest_first]
        self._new = [self._of[external_id] for external_id in oldest_first]
        self._shelves = [_by_category(products, self._new[count:]) for count in range(len(LAUNCHED) + 1)]

    def product(self, external_id: str) -> Product:
        return self._of[external_id]

    def shelves(self, at: datetime) -> Mapping[str, Sequence[Product]]:
        """By category."""
        return self._shelves[bisect_right(self._launches, at)]

    def newest(self, at: datetime) -> Product | None:
        """What came in shortly before, if anything did."""
        last = bisect_right(self._launches, at) - 1
        is_new = last >= 0 and at - self._launches[last] <= timedelta(days=NEW_FOR + 1)
        return self._new[last] if is_new else None


def days_after_a_launch(most_days_ago: int, random: Random) -> int | None:
    """So many days ago something was new, and they followed already."""
    days = [launch for launch in LAUNCHED.values() if launch <= most_days_ago]
    return max(random.choice(days) - random.randint(0, NEW_FOR), 1) if days else None


def _by_category(products: Iterable[Product], not_yet: Sequence[Product]) -> dict[str, list[Product]]:
    found: defaultdict[str, list[Product]] = defaultdict(list)
    for product in products:
        if product not in not_yet:
            found[product.category].append(product)
    return dict(found)

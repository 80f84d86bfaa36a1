"""Thirty customers, small enough to follow by hand, and what is to be made of each; as of NOON, in Shanghai.

Twenty bought, for 10,000 yuan together. Lines read off by hand:

spent, downwards    4000 2000 1500 500 | 400 300 250 250 | 150 150 100 100 | 100 60 50 40 | 20 10 10 10
M, fifths of four   the last of each lower fifth, upwards: 20, 100, 150, 400; above so many of them, plus one
F                   orders: ten times 1, four times 2, three times 3, twice 4, once 6; the lines are 1, 1, 2, 3
R                   four customers each; the line between them lies between two days
ABC                 before 500 stand 7500 < 8000: A; before 400 stand 8000: B; before the 100s stand 9500: C
top 5 % of 20 is one customer (4000), 15 % three (1500), 20 % four (500), 50 % ten (150)
satisfaction        75 unknown; (mean rating - 1) * 25; 10 off for a return, at most 40
score               40 R + 40 F + 60 M + satisfaction + reliability + voice / 2 + nearness / 2
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.support.build import Build

TOP, BIG, MEDIUM = (
    "< 5",
    ">= 5, < 15",
    ">= 15, < 20",
)  # the shares of the pyramid here, so that each tier has somebody


@dataclass(frozen=True, slots=True)
class Expected:
    r: int
    f: int
    m: int
    abc: str
    satisfaction: int
    score: int
    tier: str
    cell: str
    service_class: str
    lifecycle: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    name: str
    becomes: Expected
    ordered: int | None = None  # days ago, the last of them
    orders: int = 0
    spent: int = 0
    returns: int = 0
    ratings: tuple[int, ...] = ()
    other_order: str = ""  # the state of one more order, that is no purchase
    coupon: bool = False
    follows: bool = True
    known: int = 700  # days ago
    spoke: int | None = None  # days ago


def _buyer(name: str, ordered: int, orders: int, spent: int, becomes: Expected, **more: object) -> Person:
    return Person(name=name, ordered=ordered, orders=orders, spent=spent, becomes=becomes, **more)  # type: ignore[arg-type]


def _stranger(name: str, score: int, tier: str, lifecycle: str, **more: object) -> Person:
    becomes = Expected(0, 0, 0, "C", 75, score, tier, "high-small", "C", lifecycle)
    return Person(name=name, becomes=becomes, **more)  # type: ignore[arg-type]


THIRTY = (
    _buyer("c01", 1, 6, 4000, Expected(5, 5, 5, "A", 100, 930, "top", "high-large", "A", "loyal"), ratings=(5, 5)),
    _buyer("c02", 2, 4, 2000, Expected(5, 5, 5, "A", 75, 885, "big", "high-large", "A", "loyal")),
    _buyer("c03", 3, 1, 1500, Expected(5, 1, 5, "A", 50, 710, "big", "fair-large", "D", "existing"), ratings=(3,)),
    # one of two orders came back: reliability 50
    _buyer("c04", 4, 2, 500, Expected(5, 3, 5, "A", 65, 745, "medium", "fair-large", "D", "existing"), returns=1),
    _buyer("c05", 10, 3, 400, Expected(4, 4, 4, "B", 75, 745, "small", "high-middle", "B", "loyal")),
    _buyer("c06", 20, 1, 300, Expected(4, 1, 4, "B", 75, 625, "small", "high-middle", "B", "existing")),
    _buyer("c07", 30, 2, 250, Expected(4, 3, 4, "B", 0, 640, "small", "low-middle", "D", "existing"), ratings=(1,)),
    _buyer("c08", 40, 1, 250, Expected(4, 1, 4, "B", 75, 625, "small", "high-middle", "B", "existing")),
    _buyer("c09", 90, 3, 150, Expected(3, 4, 3, "B", 75, 645, "small", "high-middle", "B", "loyal")),
    _buyer("c10", 100, 1, 150, Expected(3, 1, 3, "B", 75, 525, "small", "high-middle", "B", "existing")),
    _buyer("c11", 120, 2, 100, Expected(3, 3, 2, "C", 75, 545, "small", "high-small", "C", "existing")),
    _buyer("c12", 179, 4, 100, Expected(3, 5, 2, "C", 75, 625, "small", "high-small", "C", "loyal")),
    _buyer("c13", 180, 1, 100, Expected(2, 1, 2, "C", 75, 425, "small", "high-small", "C", "dormant")),
    _buyer("c14", 200, 3, 60, Expected(2, 4, 2, "C", 75, 545, "small", "high-small", "C", "dormant")),
    _buyer("c15", 300, 1, 50, Expected(2, 1, 2, "C", 75, 425, "small", "high-small", "C", "dormant")),
    _buyer("c16", 364, 2, 40, Expected(2, 3, 2, "C", 75, 505, "small", "high-small", "C", "dormant")),
    _buyer("c17", 365, 1, 20, Expected(1, 1, 1, "C", 75, 325, "inactive", "high-small", "C", "lost")),
    # one of two orders was refunded: reliability 50
    _buyer("c18", 400, 1, 10, Expected(1, 1, 1, "C", 75, 275, "inactive", "high-small", "C", "lost"), other_order="refunded"),
    # five returns, 40 points off at most; more came back than was bought: reliability 0
    _buyer("c19", 500, 1, 10, Expected(1, 1, 1, "C", 35, 185, "inactive", "low-small", "C", "lost"), returns=5),
    _buyer("c20", 600, 1, 10, Expected(1, 1, 1, "C", 75, 325, "inactive", "high-small", "C", "lost"), coupon=True),
    _stranger("c21", 185, "potential", "potential", known=10),
    _stranger("c22", 225, "potential", "potential", spoke=10),
    _stranger("c23", 210, "potential", "potential", spoke=89),
    _stranger("c24", 195, "doubtful", "potential", spoke=90),
    _stranger("c25", 185, "potential", "potential", known=89),
    _stranger("c26", 185, "doubtful", "potential", known=90),
    _stranger("c27", 185, "doubtful", "potential", other_order="closed"),
    _stranger("c28", 175, "other", "lost", follows=False),
    _stranger("c29", 175, "other", "lost", follows=False, other_order="placed"),
    _stranger("c30", 75, "other", "lost", follows=False, other_order="refunded"),  # reliability 0
)  # fmt: skip


def arrive(build: Build, now: datetime) -> dict[str, int]:
    """Their rows, with orders, returns and reviews; the id of each by name."""
    return {person.name: _arrives(build, person, now) for person in THIRTY}


def _arrives(build: Build, person: Person, now: datetime) -> int:
    def ago(days: int) -> datetime:
        return now - timedelta(days=days)

    customer = build.customer(
        openid=person.name,
        followed_at=ago(person.known),
        unfollowed_at=None if person.follows else ago(1),
        spoke_at=None if person.spoke is None else ago(person.spoke),
    )
    order = 0
    for number in range(person.orders):
        amount = person.spent - 10 * (person.orders - 1) if number == 0 else 10
        order = build.order(
            customer,
            amount=amount,
            ordered_at=ago((person.ordered or 0) + 20 * number),
            coupon_amount=5 if person.coupon else 0,
            status="delivered",
        )
    if person.other_order:
        build.order(customer, amount=999, status=person.other_order, ordered_at=ago(1))
    for _ in range(person.returns):
        build.returned(order)
    for rating in person.ratings:
        build.review(customer, rating)
    return customer

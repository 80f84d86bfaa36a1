"""The figures against CDNOW, the purchases of 2,357 customers that the literature's RFM is computed on.

Only the data files of the package `lifetimes` are read; its code is not.
"""

import csv
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from bot.rules.worth import partitions
from bot.store.database import Session
from bot.store.tables import customer_statistics, customers, orders
from bot.store.worth import cut_points, scoring, statistics
from bot.store.worth.measures import Measured

CALIBRATION_ENDS = datetime(1997, 9, 30, tzinfo=UTC)
WEEK = timedelta(weeks=1)

Purchases = dict[int, list[tuple[datetime, int]]]


def datasets() -> Path:
    package = find_spec("lifetimes")
    assert package is not None
    assert package.submodule_search_locations
    return Path(package.submodule_search_locations[0]) / "datasets"


def purchases(until: datetime | None = None) -> Purchases:
    """By the sample's number of the customer: when, and how many cents."""
    found: Purchases = defaultdict(list)
    for line in (datasets() / "CDNOW_sample.txt").read_text(encoding="utf-8").splitlines():
        _, number, day, _, dollars = line.split()
        at = datetime.strptime(day, "%Y%m%d").replace(tzinfo=UTC)
        if until is None or at <= until:
            found[int(number)].append((at, round(float(dollars) * 100)))
    return found


def bring_in(session: Session, made: Purchases) -> None:
    session.execute(
        insert(customers),
        [
            {"id": number, "openid": f"cd-{number}", "bucket": 0, "created_at": CALIBRATION_ENDS}
            for number in made
        ],
    )
    session.execute(
        insert(orders),
        [
            {
                "external_id": f"{number}-{position}", "customer_id": number, "status": "paid",
                "amount": f"{cents / 100:.2f}", "ordered_at": at,
            }
            for number, bought in made.items()
            for position, (at, cents) in enumerate(bought)
        ],
    )  # fmt: skip


def test_frequency_recency_and_age_are_the_published_ones(session: Session) -> None:
    """Published per customer: days with a repeat purchase, weeks from the first to the last, weeks observed."""
    bring_in(session, purchases(CALIBRATION_ENDS))
    statistics.recompute(session, CALIBRATION_ENDS)
    row = customer_statistics.c
    found = {
        each.customer_id: each
        for each in session.execute(
            select(row.customer_id, row.orders, row.first_order_at, row.last_order_at)
        )
    }
    with (datasets() / "cdnow_customers_summary.csv").open(encoding="utf-8") as file:
        published = list(csv.DictReader(file))
    assert len(published) == len(found) == 2357
    for line in published:
        ours = found[int(line["ID"])]
        assert (ours.last_order_at - ours.first_order_at) / WEEK == pytest.approx(
            float(line["recency"]), abs=0.005
        )
        assert (CALIBRATION_ENDS - ours.first_order_at) / WEEK == pytest.approx(float(line["T"]), abs=0.005)
        assert ours.orders - 1 >= int(line["frequency"])  # two purchases on one day are one there, two here


def test_fifths_and_abc_are_those_of_plain_arithmetic(session: Session) -> None:
    made = purchases()
    bring_in(session, made)
    statistics.recompute(session, CALIBRATION_ENDS)
    now = datetime(1998, 7, 1, tzinfo=UTC)
    rules = partitions.load("")
    scoring.score(session, Measured(now, rules, cut_points.read(session, rules)), 1, max(made))

    spent = {number: sum(cents for _, cents in bought) for number, bought in made.items()}
    last = {number: max(at for at, _ in bought).timestamp() for number, bought in made.items()}
    count = {number: len(bought) for number, bought in made.items()}
    row = customer_statistics.c
    for each in session.execute(select(row.customer_id, row.orders, row.spent, row.r, row.f, row.m, row.abc)):
        number = each.customer_id
        assert (each.orders, each.spent) == (count[number], spent[number])
        assert (each.r, each.f, each.m) == (fifth(last, number), fifth(count, number), fifth(spent, number))
        assert each.abc == letter(spent, number)


def fifth(values: dict[int, int] | dict[int, float], number: int) -> int:
    """One more than the fifths of all that lie wholly below."""
    below_or_equal = sorted(values.values())
    ends = [below_or_equal[-(-len(values) * part // 5) - 1] for part in (1, 2, 3, 4)]
    return 1 + sum(values[number] > end for end in ends)


def letter(spent: dict[int, int], number: int) -> str:
    total, above = sum(spent.values()), sum(other for other in spent.values() if other > spent[number])
    if not spent[number]:
        return "C"
    return "A" if above * 100 < 80 * total else "B" if above * 100 < 95 * total else "C"

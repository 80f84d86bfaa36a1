"""The demo shop has something to tell: what it put into its customers is found again by portrait, inference and grid."""

from collections import Counter
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from bot import portrayal
from bot.clock import FixedClock
from bot.sandbox.shop.generate import DemoShop
from bot.sandbox.shop.seeding import seed
from bot.services import Services
from bot.store.database import Database
from bot.store.tables import customer_statistics, customers, facts
from bot.values.portrait import Top
from scheduler import inference, refresh
from tests.support import pushing

NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)


@pytest.fixture
def demo(sqlite: Database) -> Services:
    services = pushing.services_with(sqlite, FixedClock(NOW))
    with sqlite.transaction() as session:
        seed(session, DemoShop().generate(NOW), NOW)
    refresh.refresh(services)
    inference.infer(services)
    return services


def test_the_demo_says_something_true_of_its_customers(demo: Services) -> None:
    stand = {str(each.trait): each.lift for each in portrayal.portray(demo, Top()).shared if each.stands}
    assert stand["scene=tea-class"] > 1.3
    assert max(stand.get("age=30s", 0), stand.get("age=40s", 0)) > 1.1
    assert stand["age=20s"] < 0.8
    planted = {
        "age",
        "city",
        "province",
        "scene",
        "source",
        "facts.decision_driver",
        "coupons",
        "bought",
        "tag",
    }
    assert {name.split("=")[0] for name in stand} <= planted | {"began_with"}

    portrayed = portrayal.refresh(demo)
    assert portrayed.scored > 1500
    checks = {model.population: model.check for model in portrayed.models if model.check}
    assert checks["people"].auc_low > 0.5
    assert checks["buyers"].auc > 0.6, "few pairs have equally many orders, so it may be too little to stand"


def test_drivers_strictness_and_every_satisfaction_are_found_in_the_demo(demo: Services) -> None:
    with demo.database.reading() as session:
        inferred = select(facts.c.attribute, facts.c.value).where(
            facts.c.holds, facts.c.source == "inference"
        )
        said = Counter((attribute, value) for attribute, value in session.execute(inferred))
        cells = Counter(session.execute(select(customer_statistics.c.cell)).scalars())
        hunters = select(facts.c.customer_id).where(facts.c.value == "price", facts.c.holds)
        row = customer_statistics.c
        share = func.sum(row.coupon_orders) * 1.0 / func.sum(row.orders)
        hunted = session.execute(select(share).where(row.customer_id.in_(hunters))).scalar_one()
        usual = session.execute(select(share)).scalar_one()
        born = session.execute(select(func.count(customers.c.birthday))).scalar_one()
    assert min(said["decision_driver", driver] for driver in ("price", "function", "trend")) >= 20
    assert said["strictness", "tolerant"] >= 15
    assert min(said["strictness", "perfectionist"], said["strictness", "enduring"]) >= 2
    assert (
        min(
            cells[f"{how}-{much}"] for how in ("high", "fair", "low") for much in ("small", "middle", "large")
        )
        > 0
    ), cells
    assert hunted > 2 * usual
    assert 0.6 < born / 2000 < 0.8

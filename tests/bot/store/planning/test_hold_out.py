"""Whoever is held out stays so: through leaving and coming back, becoming one of two, and a change of the share."""

import pytest
from sqlalchemy import select

from bot.clock import FixedClock
from bot.config import Config
from bot.rules.pushes.buckets import bucket_of
from bot.services import Services
from bot.store.database import Database, Session
from bot.store.people import customers as people
from bot.store.people import following, forgetting, merging
from bot.store.planning import explanations
from bot.store.shop import intake
from bot.store.tables import customers, deliveries
from bot.values.records import CustomerRecord
from scheduler.plan import plan
from tests.conftest import NOON
from tests.support import pushing
from tests.support.build import Build

SALT = "salt"
OPENIDS = [f"o-{number}" for number in range(200)]


def bucket(session: Session, openid: str) -> int:
    found = select(customers.c.bucket).where(customers.c.openid == openid)
    return int(session.execute(found).scalar_one())


def test_who_leaves_and_comes_back_is_in_the_bucket_they_were_in(session: Session) -> None:
    first = people.met(session, "o-anna", NOON, salt=SALT)
    forgetting.forget(session, first.id, SALT, NOON)
    again = people.met(session, "o-anna", NOON, salt=SALT)
    following.followed(session, again.id, source="search", scene="", who="x", now=NOON)
    assert again.id != first.id
    assert bucket(session, "o-anna") == bucket_of("o-anna")


def test_of_two_who_become_one_the_openid_says_the_bucket(session: Session, build: Build) -> None:
    shop = build.customer(openid=None, external_id="C1", bucket=bucket_of("C1"))
    chat = people.met(session, "o-anna", NOON, salt=SALT)
    for pair in ((shop, chat.id), (chat.id, shop)):
        merge = merging.merge(session, *pair, how="staff", staff_id=None, now=NOON)
        assert isinstance(merge, int)
        assert bucket(session, "o-anna") == bucket_of("o-anna")
        merging.undo(session, merge, staff_id=None, now=NOON)


@pytest.fixture
def shop(database: Database) -> Database:
    with database.transaction() as session:
        build = Build(session)
        build.segment()
        build.campaign("k", [build.content("words", purpose="service")], channels=["next_contact"])
        for openid in OPENIDS:
            build.customer(openid=openid, bucket=bucket_of(openid))
    return database


def planned(services: Services) -> set[str]:
    plan(services, services.now())
    asked = select(customers.c.openid).join(deliveries, deliveries.c.customer_id == customers.c.id)
    with services.database.reading() as session:
        return {openid for (openid,) in session.execute(asked)}


def test_a_greater_share_holds_back_the_same_and_more_and_each_is_told(shop: Database) -> None:
    clock = FixedClock(NOON)
    reached = []
    for percent in (40, 20, 0):
        services = pushing.services_with(shop, clock, push={"hold_out_percent": percent})
        reached.append(planned(services))
    assert [len(each) for each in reached] == [
        sum(bucket_of(openid) >= below for openid in OPENIDS) for below in (4000, 2000, 0)
    ]
    assert reached[0] < reached[1] < reached[2] == set(OPENIDS)


def test_who_is_held_out_is_told_by_the_verdict(shop: Database) -> None:
    config = Config.model_validate({"push": {"hold_out_percent": 50}})
    with shop.reading() as session:
        for openid in OPENIDS[:10]:
            found = explanations.explain(session, openid, "k", NOON, config)
            assert found is not None
            assert (found.campaigns[0].objection == "hold_out") == (bucket_of(openid) < 5000)


def test_who_was_known_to_the_shop_before_is_drawn_by_the_openid_they_get(database: Database) -> None:
    """So that leaving and coming back, which keeps nothing but the openid, changes nothing."""
    for record in (CustomerRecord(external_id="C1"), CustomerRecord(external_id="C1", openid="o-anna")):
        with database.transaction() as session:
            intake.take(session, "customers", [record], NOON, salt=SALT)
    with database.reading() as session:
        assert bucket(session, "o-anna") == bucket_of("o-anna")

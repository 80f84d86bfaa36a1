"""What is derived from where customers stand is what the policies say, asked one by one after the pass."""

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from bot.clock import FixedClock
from bot.rules.pushes.windows import window_at
from bot.services import Services
from bot.store.database import Database, Session
from bot.store.people import forgetting
from bot.store.planning import candidates, moments, next_contents, plan_entries, verdicts
from bot.store.planning.eligibility import PLAN, objection
from bot.store.planning.explanations import explain
from bot.store.rehearsal import rehearsing
from bot.store.segments.segments import members, understood
from bot.store.tables import customers, deliveries, metadata, plan_totals, standings
from scheduler.plan import plan, rehearse
from scheduler.plan_look import STRETCH
from tests.support import pushing
from tests.support.build import Build

MORNING = datetime(
    2026, 11, 24, 3, tzinfo=UTC
)  # a Tuesday, 11:00 in Shanghai: service and marketing are open
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
TODAY = date(2026, 11, 24)
SEGMENTS = {
    "everyone": {},
    "tea": {"field": "level", "op": "=", "value": "tea"},
    "bought": {"field": "orders", "op": ">=", "value": 1},
    "new": {"not": {"field": "orders", "op": ">=", "value": 1}},
}


def services_of(database: Database, **sections: Any) -> Services:
    return pushing.services_with(database, FixedClock(MORNING), **sections)


def lay_out(session: Session, dice: random.Random) -> None:
    """A shop of a few campaigns and forty customers, whatever the dice say."""
    for table in reversed(metadata.sorted_tables):
        session.execute(delete(table))
    build = Build(session)
    approved = {"approved_by": build.staff(), "approved_at": MORNING - DAY}
    for name, rule in SEGMENTS.items():
        build.segment(name, rule)
    for number in range(6):
        build.content(
            f"w{number}", purpose=dice.choice(["service", "marketing"]), messages=dice.choice([1, 1, 3]),
            by_mass=dice.random() < 0.8, **(approved if dice.random() < 0.8 else {}),
        )  # fmt: skip
    for number in range(dice.randint(1, 5)):
        build.campaign(
            f"c{number}", dice.sample([f"w{each}" for each in range(6)], dice.randint(1, 3)),
            segment_id=dice.choice(list(SEGMENTS)), priority=dice.randint(0, 3), regular=dice.random() < 0.7,
            repeat=dice.random() < 0.2, marketing_in_window=dice.random() < 0.3,
            hold_out_percent=dice.choice([0, 0, 30]),
            channels=dice.choice([[], ["reply_window"], ["mass"], ["next_contact"], ["reply_window", "mass"]]),
        )  # fmt: skip
    for _ in range(40):
        _customer(build, dice)


def _customer(build: Build, dice: random.Random) -> None:
    def perhaps(chance: float, **fields: Any) -> dict[str, Any]:
        return fields if dice.random() < chance else {}

    last = MORNING - dice.choice([HOUR, 21 * HOUR, 45 * HOUR, 69 * HOUR, 9 * DAY])
    who = build.customer(
        bucket=dice.randrange(10_000), level=dice.choice(["tea", None]), wants_pushes=dice.random() < 0.9,
        engagement=dice.choice(["engaged", "ordinary", "tired"]), silent_pushes=dice.randint(0, 8),
        complaint_open=dice.random() < 0.1, mass_month="2026-11", mass_used=dice.randint(0, 4),
        **perhaps(0.1, unfollowed_at=MORNING - DAY), **perhaps(0.1, with_person_until=MORNING + 2 * HOUR),
        **perhaps(0.4, window_until=MORNING + DAY, window_left=dice.randint(1, 5)),
        **perhaps(0.3, asked_for_pushes_at=MORNING - 9 * DAY),
        **perhaps(0.5, last_push_at=last, last_push_day=(last + 8 * HOUR).date()),
    )  # fmt: skip
    if dice.random() < 0.3:
        build.order(who)
    if dice.random() < 0.4:
        state = dice.choice(["sent", "failed", "planned", "claimed", "skipped", "unknown", "kept"])
        build.delivery(
            customer_id=who, campaign_id="c0", content_id=f"w{dice.randrange(6)}", day=dice.choice([TODAY, TODAY - 3 * DAY]),
            state="planned" if state == "kept" else state, due_at=MORNING + HOUR, closes_at=MORNING + 2 * HOUR,
            channel="next_contact" if state == "kept" else "mass", planned_at=MORNING - HOUR,
        )  # fmt: skip


def asked_one_by_one(session: Session, services: Services, at: datetime) -> dict[tuple[int, str, str], str]:
    """(customer, campaign, purpose) → the first policy that stands, by the very statement that explains one customer."""
    found: dict[tuple[int, str, str], str] = {}
    windows = {
        purpose: window
        for purpose in ("service", "marketing")
        if (window := window_at(purpose, at, services.config.push))
    }
    for entry in plan_entries.agenda(session, windows, at, services.config).entries:
        moment = moments.planning(session, entry.of.window, at, entry.of.slots[-1], services.config)
        candidate = candidates.with_history(entry.candidate, entry.campaign, moment)
        of_segment = members(understood(session, entry.campaign.rule), moment.now)
        rows = (
            select(customers.c.id, objection(candidate, moment, PLAN))
            .select_from(next_contents.judged_rows(entry.campaign, entry.purpose, moment))
            .where(of_segment, customers.c.forgotten_at.is_(None))
        )
        for customer_id, said in session.execute(rows):
            found[customer_id, entry.campaign.id, entry.purpose] = said
    return found


def check(database: Database, seed: int) -> None:
    dice = random.Random(seed)
    services = services_of(database, push={"hold_out_percent": dice.choice([0, 10])})
    with database.transaction() as session:
        lay_out(session, dice)
    uncounted = planned_uncounted(services)
    plan(services, MORNING, stretch=dice.choice([7, 16, STRETCH]))
    assert planned(services) == uncounted
    with database.reading() as session:
        wanted = asked_one_by_one(session, services, MORNING)
        kept = {
            (who, one.campaign_id, one.purpose): one.reason
            for who in session.execute(select(customers.c.id)).scalars()
            for one in verdicts.of_customer(session, who)
        }
        counted = Counter((campaign, purpose, reason) for (_, campaign, purpose), reason in wanted.items())
        totals = {
            (row.campaign_id, row.purpose, row.reason): row.customers
            for row in session.execute(select(plan_totals))
        }
        each = {
            (row.customer_id, campaign): row.reason
            for campaign in {name for _, name, _ in wanted}
            for row in session.execute(verdicts.of_campaign(session, campaign))
        }
    assert kept == wanted
    assert totals == counted
    assert set(each.items()) <= {((who, campaign), reason) for (who, campaign, _), reason in wanted.items()}


def planned_uncounted(services: Services) -> list[Any]:
    """By a pass of a simulation that looks only at those whom a campaign could win."""
    with rehearsing(services.database) as stage:
        rehearsed = replace(services, database=stage)
        report = rehearse(rehearsed, MORNING, keeps=False, counts=False)
        assert not any(each.totals for each in report.campaigns)
        return planned(rehearsed)


def planned(services: Services) -> list[Any]:
    kept = [deliveries.c[name] for name in ("customer_id", "campaign_id", "content_id", "channel", "due_at")]
    with services.database.reading() as session:
        rows = session.execute(select(*kept).where(deliveries.c.state == "planned").order_by(*kept))
        return [tuple(row) for row in rows]


PROPERTY = settings(
    deadline=None,
    database=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)


@settings(PROPERTY, max_examples=6)
@example(seed=2250064)  # what is kept for a customer in this pass is not the next content of another campaign
@given(seed=st.integers(0, 2**32))
def test_every_verdict_is_what_the_policies_say_on_sqlite(sqlite: Database, seed: int) -> None:
    check(sqlite, seed)


@settings(PROPERTY, max_examples=2)
@example(seed=2250064)
@given(seed=st.integers(0, 2**32))
def test_every_verdict_is_what_the_policies_say_on_postgresql(postgresql: Database, seed: int) -> None:
    check(postgresql, seed)


@pytest.fixture
def shop(database: Database) -> Services:
    with database.transaction() as session:
        build = Build(session)
        build.segment()
        for name in ("one", "two"):
            build.content(name, purpose="service")
        build.campaign("repair", ["one"])
        build.campaign("lesser", ["two"], priority=-1)
        build.customer(openid="o-a", window_until=MORNING + 9 * DAY, window_left=5)
    return services_of(database)


def said(services: Services, at: datetime) -> dict[str, str]:
    with services.database.reading() as session:
        found = explain(session, "o-a", None, at, services.config)
        assert found is not None
        return {one.campaign_id: one.objection for one in found.campaigns}


def test_a_past_day_is_explained_by_what_was_decided_then(shop: Services) -> None:
    plan(shop, MORNING)
    with shop.database.transaction() as session:
        pushing.change(session, _only(session), wants_pushes=False)
    plan(shop, MORNING + DAY)
    plan(shop, MORNING + 2 * DAY)
    assert said(shop, MORNING + HOUR) == {"repair": "planned", "lesser": "lost_to:repair"}
    assert said(shop, MORNING + DAY + HOUR) == {"repair": "opted_out", "lesser": "opted_out"}


def _only(session: Session) -> int:
    found: int = session.execute(select(customers.c.id)).scalar_one()
    return found


def test_a_verdict_keeps_the_figures_it_was_decided_on(shop: Services) -> None:
    plan(shop, MORNING)
    with shop.database.transaction() as session:
        pushing.change(session, _only(session), window_left=2)
    plan(shop, MORNING + HOUR)
    with shop.database.reading() as session:
        one = next(
            each for each in verdicts.of_customer(session, _only(session)) if each.campaign_id == "repair"
        )
    assert (one.reason, one.decided_at, one.values["window_left"]) == ("planned", MORNING, 5)


def test_nothing_is_written_about_those_for_whom_nothing_changed(shop: Services) -> None:
    plan(shop, MORNING)
    with shop.database.reading() as session:
        before = session.execute(select(standings)).all()
    plan(shop, MORNING + HOUR)
    with shop.database.reading() as session:
        assert session.execute(select(standings)).all() == before


def test_forgetting_takes_what_was_decided_too(shop: Services) -> None:
    plan(shop, MORNING)
    with shop.database.transaction() as session:
        forgetting.forget(session, who := _only(session), "salt", MORNING)
    plan(shop, MORNING + HOUR)
    with shop.database.reading() as session:
        assert verdicts.of_customer(session, who) == []


def test_what_is_kept_for_them_is_not_sent_by_another_campaign_of_the_same_pass(database: Database) -> None:
    with database.transaction() as session:
        build = Build(session)
        build.segment()
        approved = {"approved_by": build.staff(), "approved_at": MORNING - DAY}
        for name in ("one", "two"):
            build.content(name, purpose="service", by_mass=True, **approved)
        build.campaign("keeps", ["one"], priority=2, channels=["next_contact"])
        build.campaign("sends", ["one", "two"], priority=1, channels=["mass"])
        build.campaign("again", ["one", "two"], priority=0, channels=["mass"], repeat=True)
        for name in ("o-a", "o-b"):
            build.customer(openid=name)
    plan(services_of(database), MORNING)
    with database.reading() as session:
        got = session.execute(
            select(deliveries.c.campaign_id, deliveries.c.content_id).order_by(deliveries.c.id)
        ).all()
    assert sorted(map(tuple, got)) == [("keeps", "one"), ("keeps", "one"), ("sends", "two"), ("sends", "two")]

"""The coming days on a copy: the promises hold in them, they come out the same each time, and the shop is left alone."""

import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from bot.clock import FixedClock
from bot.services import Services
from bot.store import tables
from bot.store.database import Database
from bot.store.simulation.simulation_stage import PREFIX
from bot.values.simulation import NobodyThere, Simulated, Wanted
from scheduler.simulate import simulate
from tests.support import pushing
from tests.support.build import Build

MORNING = datetime(2026, 11, 30, 22, tzinfo=UTC)  # Tuesday the first of December, 6:00 in Shanghai
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
SERVICE = {"wechat": {"account_kind": "service", "verified": True}}


@pytest.fixture(autouse=True)
def scratch(migrated_postgresql: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where stages are built: the test's own folder. The server of the tests has its own by then."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def shop(database: Database, many: int = 30, **fields: Any) -> Services:
    """Followers who never wrote, an evening campaign of two contents, and everybody's segment."""
    services = pushing.services_with(database, FixedClock(MORNING), **SERVICE)
    with database.transaction() as session:
        build = Build(session)
        build.segment()
        approved = {"approved_by": build.staff(), "approved_at": LONG_AGO}
        for name in ("one", "two"):
            build.content(name, purpose="care", **approved)
        build.content("feast", purpose="care", **approved)
        build.campaign("evening", ["one", "two"])
        for number in range(many):
            build.customer(id=1_000 + number, openid=f"o-{number}", bucket=number * 100, **fields)
    return services


def campaign(services: Services, id_: str, contents: list[str], **fields: Any) -> None:
    with services.database.transaction() as session:
        Build(session).campaign(id_, contents, **fields)


def run(
    services: Services, days: int, customers: int | None = None, seed: int = 1, **fields: Any
) -> Simulated:
    return simulate(services, Wanted(days, customers, seed, MORNING, **fields))


def everything(database: Database) -> Iterator[Any]:
    with database.reading() as session:
        for table in tables.metadata.sorted_tables:
            yield table.name, sorted(map(repr, session.execute(select(table))))


def figures(found: Simulated) -> Any:
    return (
        found.days,
        found.by_campaign,
        found.times,
        found.gaps_regular,
        found.reached,
        found.blames,
        found.warnings,
    )


def test_the_shop_is_left_as_it_was_and_nothing_stays_behind(database: Database, scratch: Path) -> None:
    services = shop(database)
    before = list(everything(database))
    found = run(services, 2)
    assert sum(sum(day.sent.values()) for day in found.days) > 0
    assert list(everything(database)) == before
    assert list(scratch.iterdir()) == []


def test_both_databases_and_every_run_give_the_same(sqlite: Database, postgresql: Database) -> None:
    talks: dict[str, Any] = {"asked_for_pushes_at": LONG_AGO}
    first = run(shop(sqlite, **talks), 3, seed=5)
    assert figures(run(shop(postgresql, **talks), 3, seed=5)) == figures(first)


def test_regular_pushes_keep_their_distance_and_the_totals_add_up(sqlite: Database) -> None:
    found = run(shop(sqlite), 5)
    assert found.gaps_regular
    assert min(found.gaps_regular) >= 2
    assert found.least_hours_regular is not None
    assert found.least_hours_regular >= 44
    assert sum(times * number for times, number in found.times.items()) == sum(
        sum(day.sent.values()) for day in found.days
    )
    assert sum(found.times.values()) == 30
    for each in found.by_campaign:
        assert each.candidates == 30


def test_a_silent_follower_gets_what_the_contents_allow_and_then_there_is_nothing_new(
    sqlite: Database,
) -> None:
    found = run(shop(sqlite), 7)
    assert found.times.get(2, 0) >= 25
    assert 3 not in found.times
    (run_out,) = [each for each in found.warnings if each.kind == "run_out"]
    assert run_out.about == "evening"


def test_the_quota_of_a_month_holds_and_begins_anew(sqlite: Database) -> None:
    services = shop(sqlite, mass_month="2026-12", mass_used=4)
    found = simulate(services, Wanted(2, None, 1, MORNING))
    assert all(not day.sent.get("mass") for day in found.days)
    last = datetime(2026, 12, 30, 22, tzinfo=UTC)  # the 31st in Shanghai
    with services.database.transaction() as session:
        session.execute(update(tables.campaigns).values(channels=["mass"]))
    found = simulate(services, Wanted(2, None, 1, last))
    assert [day.sent.get("mass", 0) > 0 for day in found.days] == [False, True]
    assert found.days[0].mass_left == 0


def test_what_is_kept_goes_out_once_they_write(sqlite: Database) -> None:
    services = shop(sqlite, many=200, mass_month="2026-12", mass_used=4, engagement="engaged")
    found = run(services, 4)
    assert sum(day.wrote for day in found.days) > 0
    assert sum(day.sent.get("reply_window", 0) for day in found.days) > 0
    assert sum(day.sent.get("mass", 0) for day in found.days) == 0


def test_a_push_that_takes_the_place_of_a_festivals_is_named(sqlite: Database) -> None:
    """Marketing goes out before noon; a greeting no more important waits for the evening, and the day is taken."""
    services = shop(sqlite)
    with services.database.transaction() as session:
        Build(session).content("offer", purpose="marketing", approved_by=1, approved_at=LONG_AGO)
    campaign(services, "offers", ["offer"], starts=date(2026, 12, 1), name="新品", priority=90)
    campaign(
        services, "feast", ["feast"], name="节日", priority=90, regular=False,
        starts=date(2026, 12, 1), ends=date(2026, 12, 1),
    )  # fmt: skip
    found = run(services, 1)
    taken = [each for each in found.warnings if each.kind == "takes_the_place"]
    assert [(each.about, each.numbers["by"], each.numbers["customers"]) for each in taken] == [
        ("feast", "offers", 30)
    ]
    assert [each.about for each in found.warnings if each.kind == "reaches_nobody"] == [
        "evening",
        "feast",
    ] or [each.about for each in found.warnings if each.kind == "reaches_nobody"] == ["feast", "evening"]


@pytest.mark.parametrize(
    "occasion",
    [
        pytest.param({"birthday": True}, id="a birthday"),
        pytest.param({"after": "repair", "days": 3}, id="a visit after a repair"),
        pytest.param(
            {"care": {"field": "fact.occupation", "op": "=", "value": "teacher"}, "existing": True},
            id="care by what they told",
        ),
    ],
)
def test_what_a_campaign_waits_for_comes_in_a_simulation_too(
    occasion: dict[str, Any], database: Database
) -> None:
    services = shop(database, many=2, window_until=MORNING + timedelta(days=2), window_left=5)
    with services.database.transaction() as session:
        build = Build(session)
        build.fact(1_000, "birthday", "1990-12-01")
        build.fact(1_000, "occupation", "teacher")
        mended = MORNING - timedelta(days=3)
        build.returned(build.order(1_000), kind="repair", closed_at=mended)
    campaign(services, "waits", ["feast"], occasion=occasion, regular=False, priority=90)
    assert run(services, 1).reached["waits"] == 1


def test_more_customers_than_there_are_are_copies_with_names_of_their_own(database: Database) -> None:
    found = run(shop(database, many=7), 1, customers=24)
    assert (found.customers, found.known, found.copied) == (24, 7, 17)
    assert sum(found.times.values()) == 24
    assert found.days[0].sent == {"mass": 24}


def test_fewer_are_a_sample_that_is_the_same_each_time(database: Database) -> None:
    services = shop(database)
    first, again = run(services, 1, customers=10), run(services, 1, customers=10)
    assert sum(first.times.values()) == 10
    assert figures(first) == figures(again)


def test_a_draft_can_be_looked_at_as_if_it_ran(sqlite: Database) -> None:
    services = shop(sqlite)
    campaign(services, "draft", ["feast"], status="draft", priority=50)
    assert "draft" not in run(services, 1).reached
    assert run(services, 1, drafts=("draft",)).reached["draft"] == 30
    with pytest.raises(NobodyThere, match="no campaign nothing"):
        run(services, 1, drafts=("nothing",))


def test_an_empty_shop_says_so(database: Database) -> None:
    with pytest.raises(NobodyThere, match="import customers first"):
        run(shop(database, many=0), 1)


def test_a_subscription_account_sends_one_content_a_day(sqlite: Database) -> None:
    services = shop(sqlite)
    subscription = pushing.services_with(
        sqlite, FixedClock(MORNING), wechat={"account_kind": "subscription", "verified": True}
    )
    with services.database.transaction() as session:
        Build(session).content("noon", purpose="marketing", approved_by=1, approved_at=LONG_AGO)
    campaign(services, "noon", ["noon"], segment_id="everyone", priority=-1)
    found = run(subscription, 3)
    for day in found.days:
        assert len(day.mass_requests) <= 1
    assert any(day.mass_requests for day in found.days)


def test_who_is_alone_with_a_content_waits_while_others_leave_at_the_same_instant(sqlite: Database) -> None:
    services = shop(sqlite)
    customers = tables.customers
    with services.database.transaction() as session:
        Build(session).segment("suzhou", {"field": "region.city", "op": "in", "value": ["苏州"]})
        session.execute(update(customers).where(customers.c.id == 1_007).values(city="苏州"))
    campaign(services, "alone", ["feast"], segment_id="suzhou", priority=90)
    found = run(services, 1)
    assert found.days[0].sent == {"mass": 29}
    assert found.reached == {"evening": 29}
    (one,) = [each for each in found.by_campaign if each.campaign_id == "alone"]
    assert one.planned == 1


def test_two_who_are_alone_get_together_what_is_new_to_both(sqlite: Database) -> None:
    services = shop(sqlite, many=2)
    with services.database.transaction() as session:
        build = Build(session)
        build.content("three", purpose="care", approved_by=1, approved_at=LONG_AGO)
        build.campaign("pair", ["one", "two", "three"], priority=90)
        for who, had in ((1_000, "one"), (1_001, "two")):
            build.delivery(
                customer_id=who,
                campaign_id="pair",
                content_id=had,
                channel="mass",
                state="sent",
                left_at=LONG_AGO,
                day=LONG_AGO.date(),
            )
    found = run(services, 1)
    (pair,) = [each for each in found.by_campaign if each.campaign_id == "pair"]
    assert pair.contents == {"three": 2}


def test_parts_played_apart_come_to_what_one_alone_does(
    sqlite: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = shop(sqlite, many=60)
    whole = run(services, 1)
    monkeypatch.setattr("scheduler.simulate.WORTH_PARTS", 1)
    days: list[int] = []
    apart = simulate(services, Wanted(1, None, 1, MORNING), days.append)
    assert sum(days) == 1
    assert figures(apart) == figures(whole)


def test_what_a_killed_run_left_is_swept_away(sqlite: Database, scratch: Path) -> None:
    left = scratch / f"{PREFIX}left"
    left.mkdir()
    (left / "0.db").write_text("half a database")
    run(shop(sqlite), 1)
    assert list(scratch.iterdir()) == []


def test_messages_are_counted_where_a_rule_asks_for_them(sqlite: Database) -> None:
    services = shop(sqlite, many=3)
    with services.database.transaction() as session:
        build = Build(session)
        build.segment("talkers", {"field": "messages", "op": ">=", "value": 1, "days": 30})
        who = session.execute(select(tables.customers.c.id)).scalars().first()
        spoke = update(tables.customers).where(tables.customers.c.id == who)
        session.execute(spoke.values(spoke_at=MORNING - timedelta(days=3)))
        session.execute(
            insert(tables.messages).values(
                customer_id=who,
                direction="in",
                kind="text",
                text="你好",
                created_at=MORNING - timedelta(days=3),
            )
        )
    campaign(services, "talkers", ["feast"], segment_id="talkers", priority=9)
    found = run(services, 1)
    assert {each.candidates for each in found.by_campaign if each.campaign_id == "talkers"} == {1}

"""Between the nights the members follow what is written by whatever door: as a full look would find them. Both databases."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.clock import FixedClock
from bot.config import Config
from bot.intake import importing
from bot.rules.segments import segment_nesting
from bot.services import Services
from bot.store.database import Database
from bot.store.loyalty import points
from bot.store.people import facts, followers, merging
from bot.store.people.followers import Named
from bot.store.segments import segment_history, segments
from bot.store.sending import steering
from bot.store.tables import customers, merges
from bot.store.talk import handovers
from bot.store.worth import statistics
from bot.values.records import Kind
from scheduler import membership, refresh
from scheduler.segments import refresh_all, refresh_changed
from tests.conftest import NOON
from tests.support import pushing
from tests.support.build import Build

RULES: dict[str, Any] = {
    "tagged": {"field": "tags", "op": "has", "value": "tea"},
    "women": {"field": "gender", "op": "=", "value": "female"},
    "here": {"field": "region.city", "op": "in", "value": ["杭州", "苏州"]},
    "rich-in-points": {"field": "points", "op": ">=", "value": 100},
    "celadon": {"field": "level", "op": "!=", "value": "白盏会员"},
    "found-us": {"field": "source", "op": "=", "value": "search"},
    "followers": {"field": "followed_days", "op": ">=", "value": 0},
    "bought": {"field": "orders", "op": ">=", "value": 1},
    "spent": {"field": "spend", "op": ">", "value": 900},
    "returned": {"field": "returns", "op": ">=", "value": 1},
    "reviewed": {"field": "reviews", "op": ">=", "value": 1},
    "angry": {"field": "complaint_open", "op": "=", "value": True},
    "students": {"field": "fact.occupation", "op": "=", "value": "student"},
    "young": {"field": "fact.age_band", "op": "in", "value": ["20s", "30s"]},
    "both": {"any": [{"field": "segment", "op": "=", "value": "women"}, {"not": {"field": "segment", "op": "in", "value": ["bought", "celadon"]}}]},
}  # fmt: skip


class Town:
    """A shop whose customers are written about by one door after the other."""

    def __init__(self, services: Services, folder: Path, luck: random.Random) -> None:
        self.services, self.folder, self.luck = services, folder, luck
        self.count = 0
        with services.database.transaction() as session:
            build = Build(session)
            self.staff = build.staff()
            build.product(external_id="P1")
            self.people = [build.customer(openid=f"o-{n}", external_id=f"C{n}") for n in range(8)]
            statistics.touch(session, self.people, NOON)
            segments.keep_everyone(session, NOON)
            for name, rule in RULES.items():
                segments.define(session, name, name=name, rule=rule, now=NOON)
        night(services)

    def next(self) -> int:
        self.count += 1
        return self.count

    def someone(self) -> str:
        return f"C{self.luck.randrange(8)}"

    def takes(self, kind: Kind, header: str, row: str) -> None:
        file = self.folder / f"{kind}-{self.next()}.csv"
        file.write_text(f"{header}\n{row}\n", encoding="utf-8")
        [source] = importing.sources(kind, [file], None)
        importing.take_in(self.services.database, source, NOON, salt="salt", progress=lambda _: None)

    def somebody(self) -> int:
        """A customer who is there; merged ones are not."""
        with self.services.database.reading() as session:
            there = select(customers.c.id).where(customers.c.forgotten_at.is_(None)).order_by(customers.c.id)
            return int(self.luck.choice(session.scalars(there).all()))


def night(services: Services) -> None:
    refresh.refresh(services)
    refresh_all(services)


def tells_of_a_customer(town: Town) -> None:
    said = town.luck.choice(["tea,,,30", "coffee,女,杭州,120", "tea;coffee,男,上海,", ",女,苏州,5"])
    town.takes("customers", "external_id,tags,gender,city,points", f"{town.someone()},{said}")


def brings_a_newcomer(town: Town) -> None:
    town.takes("customers", "external_id,gender,birthday", f"N{town.next()},女,1998-05-05")


def sells(town: Town) -> None:
    header = "external_id,customer_external_id,status,ordered_at,product_external_id,quantity,price"
    many = town.luck.choice([1, 6])
    town.takes("orders", header, f"D{town.next()},{town.someone()},paid,2026-11-20,P1,{many},199")


def hears(town: Town) -> None:
    row = f"V{town.next()},{town.someone()},4,2026-11-21"
    town.takes("reviews", "external_id,customer_external_id,rating,reviewed_at", row)


def gets_something_back(town: Town) -> None:
    order = town.next()
    row = f"D{order},{town.someone()},delivered,2026-11-20,10"
    town.takes("orders", "external_id,customer_external_id,status,ordered_at,amount", row)
    row = f"R{order},D{order},closed,2026-11-21"
    town.takes("returns", "external_id,order_external_id,status,requested_at", row)


def learns(town: Town) -> None:
    who, what = town.somebody(), town.luck.choice(["student", "white_collar"])
    with town.services.database.transaction() as session:
        facts.learn(session, who, "occupation", what, "staff", NOON, today=NOON.date(), staff_id=town.staff)


def unlearns(town: Town) -> None:
    with town.services.database.transaction() as session:
        facts.retract(session, town.somebody(), "occupation", NOON, staff_id=town.staff)


def gives_points(town: Town) -> None:
    who, about = town.somebody(), points.About(key=f"gift:{town.next()}", kind="gift")
    with town.services.database.transaction() as session:
        points.gain(session, who, 150, about, date(2026, 11, town.luck.choice([20, 30])), NOON)


def takes_points_back(town: Town) -> None:
    about = points.About(key=f"back:{town.next()}", kind="return")
    with town.services.database.transaction() as session:
        points.take_back(session, town.somebody(), 120, about, NOON)


def lets_points_end(town: Town) -> None:
    with town.services.database.transaction() as session:
        points.expire(session, NOON.date(), NOON, 10)


def keeps_membership(town: Town) -> None:
    sells(town)
    night(town.services)
    membership.keep(town.services)


def syncs_followers(town: Town) -> None:
    known = f"o-{town.luck.randrange(8)}"
    named = [
        Named(openid=name, since=NOON - timedelta(days=3), source="search")
        for name in (known, f"s-{town.next()}")
    ]
    with town.services.database.transaction() as session:
        followers.take(session, named, salt="salt", now=NOON)


def doubts(town: Town) -> None:
    with town.services.database.transaction() as session:
        steering.doubt(session, town.somebody(), NOON)


def believes_again(town: Town) -> None:
    with town.services.database.transaction() as session:
        steering.follow_after_all(session, town.people)


def quarrels(town: Town) -> None:
    who = town.somebody()
    with town.services.database.transaction() as session:
        Build(session).message(who, "投诉", created_at=NOON)
        handovers.open_handover(session, who, complaint=True, now=NOON, until=NOON)
    refresh_changed(town.services)
    if town.luck.random() < 0.7:
        with town.services.database.transaction() as session:
            handovers.close(session, who, staff_id=town.staff, now=NOON)


def merges_two(town: Town) -> None:
    one, other = town.somebody(), town.somebody()
    with town.services.database.transaction() as session:
        merging.merge(session, one, other, how="staff", staff_id=town.staff, now=NOON)


def parts_two(town: Town) -> None:
    with town.services.database.transaction() as session:
        standing = session.scalars(select(merges.c.id).where(merges.c.undone_at.is_(None))).all()
        if standing:
            merging.undo(session, max(standing), staff_id=town.staff, now=NOON)


DOORS: tuple[Callable[[Town], None], ...] = (
    tells_of_a_customer, brings_a_newcomer, sells, hears, gets_something_back, learns, unlearns, gives_points,
    takes_points_back, lets_points_end, keeps_membership, syncs_followers, doubts, believes_again, quarrels,
    merges_two, parts_two,
)  # fmt: skip


@pytest.fixture
def services(database: Database, clock: FixedClock) -> Services:
    made = pushing.services_with(database, clock)
    config = Config.model_validate({"membership": {"source": "orders"}})
    return replace(made, config=config)


@pytest.mark.parametrize("seed", range(2))
def test_members_follow_every_door_as_a_full_look_would_find_them(
    services: Services, tmp_path: Path, seed: int
) -> None:
    luck = random.Random(seed)
    town = Town(services, tmp_path, luck)
    doors = [*DOORS, *luck.choices(DOORS, k=8)]
    luck.shuffle(doors)
    for number, door in enumerate(doors):
        if luck.random() < 0.5:
            night(services)
        door(town)
        refresh_changed(services)
        assert members(services) == by_the_rules(services), (number, door.__name__)


def members(services: Services) -> dict[str, set[int]]:
    with services.database.reading() as session:
        return {
            name: {member.customer_id for member in segment_history.members(session, name, most=1_000)}
            for name in RULES
        }


def by_the_rules(services: Services) -> dict[str, set[int]]:
    with services.database.reading() as session:
        written = segments.rules(session)
        return {
            name: set(
                session.scalars(
                    segments.audience(segment_nesting.written_out(written[name], written, name), NOON)
                )
            )
            for name in RULES
        }

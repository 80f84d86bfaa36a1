"""A statement that is put together once and run for one stretch after the other."""

from datetime import timedelta

from sqlalchemy import BigInteger, Executable, bindparam, select, update

from bot.store.database import Session
from bot.store.planning.built import Built
from bot.store.planning.plan_tables import STRETCH
from bot.store.tables import customers
from tests.conftest import NOON
from tests.support.build import Build


def test_a_statement_is_put_together_once_and_runs_with_the_values_of_each_stretch(
    session: Session, build: Build
) -> None:
    made, built = [], Built()
    one, two, three = (build.customer(city=city) for city in ("杭州", "宁波", "苏州"))

    def moved() -> Executable:
        made.append("moved")
        of_cities = customers.c.city.in_(["杭州", "苏州", "宁波"])  # more places for values than names
        later = bindparam("last", type_=BigInteger)  # a value may stand twice
        changes = {"spoke_at": NOON + timedelta(days=1), "points": later}
        return update(customers).where(of_cities, customers.c.id.between(*STRETCH)).values(changes)

    some = built.run(session, "moved", moved, {"first": one, "last": two})
    more = built.run(session, "moved", moved, {"first": three, "last": three + 5})

    assert (made, some.rowcount, more.rowcount) == (["moved"], 2, 1)
    rows = session.execute(select(customers.c.points, customers.c.spoke_at).order_by(customers.c.id)).all()
    assert [row.points for row in rows] == [two, two, three + 5]
    assert {row.spoke_at for row in rows} == {NOON + timedelta(days=1)}


def test_what_is_read_is_found_by_label(session: Session, build: Build) -> None:
    built, name = Built(), ("who", 1)
    first, last = build.customer(city="杭州"), build.customer(city="宁波")

    def who() -> Executable:
        return select(customers.c.city.label("town")).where(customers.c.id.between(*STRETCH))

    towns = [built.run(session, name, who, {"first": one, "last": one}).one().town for one in (first, last)]

    assert towns == ["杭州", "宁波"]

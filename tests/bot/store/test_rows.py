"""Many rows at once, on both databases."""

import pytest
from sqlalchemy import insert, select

from bot.store import rows
from bot.store.database import Database
from bot.store.tables import products

AWKWARD = [
    'a"b',
    "c\\d",
    "雪,山",
    "{e}",
    "NULL",
    " f ",
    "",
    "g'); DROP TABLE products; --",
    '\\"',
    "%s",
    ":h",
]


@pytest.mark.parametrize("names", [AWKWARD, AWKWARD[:1], []], ids=["all", "one", "none"])
def test_a_name_is_found_whatever_signs_it_has(database: Database, names: list[str]) -> None:
    with database.transaction() as session:
        session.execute(
            insert(products), [{"external_id": name, "name": "x", "price": 1} for name in [*AWKWARD, "z"]]
        )
        found = rows.ids_by(session, products.c.external_id, [*names, "nobody's"])
        assert sorted(found) == sorted(names)


def test_ids_are_found_among_many(database: Database) -> None:
    with database.transaction() as session:
        made = rows.next_ids(session, products, 3)
        for number in made:
            session.execute(insert(products).values(id=number, external_id=str(number), name="x", price=1))
        chosen = rows.among(session, products.c.id, [made[0], made[2], 10**15])
        assert set(session.scalars(select(products.c.id).where(chosen))) == {made[0], made[2]}

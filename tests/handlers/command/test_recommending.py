"""`weilan recommend`, as a person at the terminal uses it."""

import json
from datetime import UTC, datetime, timedelta

from sqlalchemy import insert

from bot.store.database import Database
from bot.store.tables import order_lines, products
from tests.support.build import Build
from tests.support.terminal import Run


def test_before_there_are_orders_it_says_so_and_nobody_is_a_clear_fault(run: Run) -> None:
    assert run("recommend", "refresh") == (0, "learnt from 0 lines of orders\n", "")
    code, _, err = run("recommend", "show", "o-nobody")
    assert (code, "o-nobody" in err) == (1, True)


def test_what_was_learnt_is_shown_for_one_customer(run: Run, database: Database) -> None:
    with database.transaction() as session:
        build = Build(session)
        for number, name in enumerate(("茶壶", "茶杯"), 1):
            row = {"id": number, "external_id": name, "name": name, "price": 88, "stock": 2}
            session.execute(insert(products).values(row))
        for number in range(9):
            customer = build.customer(openid=f"o-{number}")
            order = build.order(
                customer, status="paid", amount=88, ordered_at=datetime.now(UTC) - timedelta(days=3)
            )
            for product in (1, 2)[: 1 if number == 8 else 2]:
                row = {"order_id": order, "position": product, "product_id": product, "product_name": "茶"}
                session.execute(insert(order_lines).values(row | {"quantity": 1, "price": 88}))
    assert run("recommend", "refresh")[1] == "learnt from 17 lines of orders\n"
    assert run("recommend", "show", "o-8")[1] == "茶杯 · ¥88.00 · 买过「茶壶」的朋友，也常选它\n"
    assert json.loads(run("recommend", "show", "o-8", "--json")[1])[0]["basis"] == "also"

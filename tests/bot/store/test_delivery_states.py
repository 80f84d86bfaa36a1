"""Which deliveries the small indexes hold: both databases see that each condition is that of its index."""

import re
from typing import Any

import pytest
from sqlalchemy import ColumnElement, Select, inspect, select

from bot.store.database import Database, Session
from bot.store.delivery_states import (
    HAS_TURN,
    IS_CLAIMED,
    IS_ENDED,
    IS_KEPT,
    IS_KEPT_OF_A_CUSTOMER,
    IS_PLANNED,
    IS_WITHDRAWN,
)
from bot.store.people.customers import HAS_KEPT
from bot.store.tables import customers, deliveries

EXPLAIN = {"sqlite": "EXPLAIN QUERY PLAN", "postgresql": "EXPLAIN"}


@pytest.mark.parametrize(
    ("condition", "index"),
    [
        pytest.param(IS_PLANNED, "ix_deliveries_due", id="planned"),
        pytest.param(IS_CLAIMED, "ix_deliveries_claimed", id="claimed"),
        pytest.param(IS_ENDED, "ix_deliveries_ended", id="ended"),
        pytest.param(IS_KEPT, "ix_deliveries_kept", id="kept"),
        pytest.param(IS_WITHDRAWN, "ix_deliveries_withdrawn", id="withdrawn"),
        pytest.param(HAS_TURN, "uq_deliveries_one_planned", id="a turn"),
    ],
)
def test_the_index_holds_all_that_is_asked_for(
    session: Session, condition: ColumnElement[bool], index: str
) -> None:
    leave_only(session, index)
    asked = str(select(deliveries.c.customer_id).where(condition).compile(session))
    if session.dialect.name == "sqlite":
        session.exec_driver_sql(
            asked.replace("WHERE", f"INDEXED BY {index} WHERE")
        )  # an error where it does not
    else:
        session.exec_driver_sql("SET LOCAL enable_seqscan = off")
        assert index in str(session.exec_driver_sql(f"EXPLAIN {asked}").all())


def test_sqlite_makes_no_list_of_states_for_each_row_it_writes(sqlite: Database) -> None:
    with sqlite.reading() as session:
        steps = session.exec_driver_sql("EXPLAIN INSERT INTO deliveries (campaign_id) VALUES ('one')").all()
    assert len(steps) > 100
    assert [step for step in steps if step.opcode == "OpenEphemeral"] == []


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(
            select(deliveries.c.id).where(IS_KEPT_OF_A_CUSTOMER, deliveries.c.customer_id == 1), id="by name"
        ),
        pytest.param(select(HAS_KEPT).where(customers.c.openid == "o-1"), id="as they write"),
    ],
)
def test_what_is_kept_for_a_customer_is_found_among_what_is_kept(
    session: Session, asked: Select[Any]
) -> None:
    if session.dialect.name == "postgresql":  # which one it likes best goes by what it knows of the rows
        leave_only(session, "ix_deliveries_kept")
        session.exec_driver_sql("SET LOCAL enable_seqscan = off")
    words = str(asked.compile(session, compile_kwargs={"literal_binds": True}))
    steps = "\n".join(map(str, session.exec_driver_sql(f"{EXPLAIN[session.dialect.name]} {words}").all()))
    assert re.search(r"ix_deliveries_kept\b.*?\(channel ?=.*? AND \(?customer_id ?=", steps, re.DOTALL)


def leave_only(session: Session, index: str) -> None:
    for known in inspect(session).get_indexes("deliveries"):
        if known["name"] != index:
            session.exec_driver_sql(f"DROP INDEX {known['name']}")

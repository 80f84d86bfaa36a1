"""What waits for a person, as other programs list it and say that it was done."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select

from bot.services import Services
from bot.store.tables import audit, follow_ups
from handlers.api.operations import OPERATIONS
from tests.conftest import NOON
from tests.handlers.api.conftest import Let, Program

DAY = timedelta(days=1)


@pytest.fixture
def waiting(services: Services, make: Callable[..., Any]) -> list[int]:
    """Of two customers, due in two days and in one."""
    make("staff", name="小林")
    anna, bert = make("customer", openid="o-anna", name="安娜"), make("customer", external_id="C-2")
    with services.database.transaction() as session:
        rows = [
            {
                "customer_id": whose,
                "service": service,
                "opened_at": NOON,
                "due_at": NOON + days * DAY,
            }
            for whose, service, days in ((anna, "account_manager", 2), (bert, "follow_up", 1))
        ]
        return [
            session.execute(insert(follow_ups).values(row).returning(follow_ups.c.id)).scalar_one()
            for row in rows
        ]


def test_what_waits_is_listed_and_filtered(erp: Program, waiting: list[int]) -> None:
    first, second = erp.found("/follow_ups", limit=1)
    assert (first["id"], first["openid"], first["customer_name"]) == (waiting[0], "o-anna", "安娜")
    assert (second["customer_external_id"], second["service"], second["staff"]) == ("C-2", "follow_up", None)
    assert erp.found("/follow_ups", openid="o-anna") == [first]
    assert erp.found("/follow_ups", service="follow_up") == [second]
    assert erp.found("/follow_ups", limit=1, **{"from": "2026-11-24"}) == [second, first]  # the soonest due
    assert erp.get(f"/follow_ups/{waiting[1]}").json == second


def test_what_was_done_waits_no_more_and_names_who_did_it_and_who_said_so(
    erp: Program, waiting: list[int], services: Services
) -> None:
    body = [
        {"id": waiting[0], "staff": "小林", "note": "下周再联系"},
        {"id": waiting[0], "staff": "小林"},  # done already
        {"id": waiting[1], "staff": "谁"},
        {"id": waiting[1], "staff": "小林", "notes": "打过电话"},
    ]
    answer: Any = erp.post("/follow_ups", body, key="once").json
    assert [(item["status"], [wrong["field"] for wrong in item["errors"]]) for item in answer["items"]] == [
        ("updated", []), ("rejected", ["id"]), ("rejected", ["staff"]), ("rejected", ["notes"]),
    ]  # fmt: skip
    assert erp.post("/follow_ups", body, key="once").json == answer
    assert [one["id"] for one in erp.found("/follow_ups")] == waiting[1:]
    with services.database.reading() as session:
        row = session.execute(select(follow_ups).where(follow_ups.c.id == waiting[0])).one()
        said = session.execute(
            select(audit.c.detail).where(audit.c.action == "customer.follow_up_done")
        ).scalar_one()
    assert (row.closed_by, row.note) == ("staff", "下周再联系")
    assert said == {"follow_up": waiting[0], "client": "erp-1"}


def test_to_say_so_needs_the_scope(let: Let, waiting: list[int]) -> None:
    reader = let("customers:read")
    assert len(reader.found("/follow_ups")) == 2
    assert reader.post("/follow_ups", {"id": waiting[0], "staff": "小林"}).status_code == 403


def test_no_published_body_is_named_as_generators_of_clients_would_make_two_classes_of_it() -> None:
    for operation in OPERATIONS:
        assert "title" not in (operation.body or {}), operation.path

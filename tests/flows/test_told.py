"""What happens at the door, in an import and to a delivery stands in the outbox, for those who want to hear of it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from bot.clock import FixedClock, SystemClock
from bot.intake import importing
from bot.store.database import Database
from bot.store.people import merging
from bot.store.tables import outbox, webhook_endpoints, webhook_wants
from bot.values.webhooks import KINDS
from scheduler import deliver
from tests.conftest import NOON
from tests.support import door as doors
from tests.support import pushing
from tests.support.build import Build
from tests.support.door import Door


@pytest.fixture
def door(database: Database, tmp_path: Path) -> Iterator[Door]:
    with doors.opened(doors.services_of(database, SystemClock(), tmp_path / "spool")) as door:
        yield door


@pytest.fixture(autouse=True)
def _somebody_wants_to_hear_everything(database: Database) -> None:
    with database.transaction() as session:
        made = insert(webhook_endpoints).values(url="https://example.com/", secret="sealed", created_at=NOON)
        endpoint_id = session.execute(made.returning(webhook_endpoints.c.id)).scalar_one()
        session.execute(insert(webhook_wants), [{"kind": kind, "endpoint_id": endpoint_id} for kind in KINDS])


def told(database: Database) -> list[tuple[str, str | None, dict[str, Any]]]:
    asked = select(outbox.c.kind, outbox.c.openid, outbox.c.data).order_by(outbox.c.id)
    with database.reading() as session:
        return [(row.kind, row.openid, row.data) for row in session.execute(asked)]


def test_who_follows_is_told_of_and_a_repeat_tells_nothing(door: Door, database: Database) -> None:
    xml = doors.event("subscribe", EventKey="qrscene_shelf")
    door.push(xml)
    door.push(xml)
    door.say("你好")
    assert told(database) == [
        ("customer.created", "o-anna", {"source": "follow"}),
        ("customer.followed", "o-anna", {"source": "scan", "scene": "shelf"}),
    ]


def test_who_wants_no_pushes_has_changed(door: Door, database: Database) -> None:
    door.say("你好")
    door.say("退订")
    assert told(database)[-1] == ("customer.changed", "o-anna", {"fields": ["wants_pushes"]})


def test_of_who_leaves_only_that_is_told(door: Door, database: Database) -> None:
    door.push(doors.event("subscribe"))
    door.push(doors.event("unsubscribe"))
    assert told(database) == [("customer.unfollowed", "o-anna", {}), ("customer.forgotten", "o-anna", {})]


def test_an_import_tells_who_is_new_and_who_changed(database: Database, tmp_path: Path) -> None:
    def take_in(level: str) -> None:
        file = tmp_path / "customers.csv"
        file.write_text(f"external_id,level\nC1,{level}\nC2,gold\n", encoding="utf-8")
        for source in importing.sources("customers", [file], None):
            importing.take_in(database, source, NOON, salt="salt", progress=lambda _rows: None)

    take_in("gold")
    take_in("gold")
    take_in("silver")
    assert told(database) == [
        ("customer.created", None, {"source": "import"}),
        ("customer.created", None, {"source": "import"}),
        ("customer.changed", None, {"fields": None}),
    ]


def test_a_push_that_is_sent_is_told_with_its_campaign(database: Database, clock: FixedClock) -> None:
    with database.transaction() as session:
        build = Build(session)
        build.segment()
        campaign, content = build.campaign("tea"), build.content("water", purpose="service")
        window = {"window_until": NOON.replace(day=26), "window_left": 5}
        customer = build.customer(openid="o-anna", **window)
        delivery = build.delivery(
            customer_id=customer, campaign_id=campaign, content_id=content, purpose="service", due_at=NOON
        )
    services = pushing.services_with(database, clock)
    deliver.deliver_due(services)
    [(kind, openid, data)] = told(database)
    assert (kind, openid) == ("delivery.sent", "o-anna")
    assert (data["delivery"], data["campaign"], data["content"]) == (delivery, "tea", "water")


def test_two_who_become_one_are_told_and_that_they_are_two_again(database: Database) -> None:
    with database.transaction() as session:
        build = Build(session)
        one, other = build.customer(openid="o-anna"), build.customer(openid=None, external_id="C1")
        merged = merging.merge(session, one, other, how="staff", staff_id=None, now=NOON)
        assert isinstance(merged, int)
        merging.undo(session, merged, staff_id=None, now=NOON)
    found = [(kind, openid, data.get("merge"), data.get("loser")) for kind, openid, data in told(database)]
    assert found == [
        ("customer.merged", "o-anna", merged, other),
        ("customer.unmerged", "o-anna", merged, other),
    ]

"""What happens is written down for those who want to hear of it, in the transaction in which it happens."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Row, insert, select, update

from bot.store.database import Database, Session
from bot.store.programs import outbox as events
from bot.store.tables import deliveries, outbox, webhook_calls, webhook_endpoints, webhook_wants
from tests.conftest import NOON
from tests.support.build import Build


def wants(session: Session, *kinds: str) -> int:
    made = insert(webhook_endpoints).values(url="https://example.com/", secret="sealed", created_at=NOON)
    endpoint_id: int = session.execute(made.returning(webhook_endpoints.c.id)).scalar_one()
    session.execute(insert(webhook_wants), [{"kind": kind, "endpoint_id": endpoint_id} for kind in kinds])
    return endpoint_id


def written(session: Session) -> list[Row[Any]]:
    return list(session.execute(select(outbox).order_by(outbox.c.id)))


def test_what_nobody_wants_to_hear_is_not_written(session: Session, build: Build) -> None:
    wants(session, "customer.followed")
    events.record(session, "customer.changed", build.customer(), {}, NOON)
    assert written(session) == []


def test_an_event_names_the_customer_as_they_were_then(session: Session, build: Build) -> None:
    wants(session, "customer.changed")
    customer = build.customer(openid="o-tea", external_id="C7")
    events.record(session, "customer.changed", customer, {"fields": ["level"]}, NOON)
    [event] = written(session)
    assert (event.kind, event.customer_id, event.openid, event.external_id) == (
        "customer.changed", customer, "o-tea", "C7",
    )  # fmt: skip
    assert event.data == {"fields": ["level"]}
    assert event.at == NOON
    assert len(event.event_id) == 32


def test_what_was_undone_is_not_told(database: Database) -> None:
    with database.transaction() as session:
        wants(session, "customer.changed")
        customer = Build(session).customer()

    def breaks_off() -> None:
        with database.transaction() as session:
            events.record(session, "customer.changed", customer, {}, NOON)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        breaks_off()
    with database.reading() as session:
        assert written(session) == []


def test_many_customers_are_one_statement_with_an_id_each(session: Session, build: Build) -> None:
    wants(session, "segment.entered")
    customers = [build.customer() for _ in range(3)]
    some = select(deliveries.c.customer_id).where(
        deliveries.c.id.in_([build.delivery(customer_id=customers[0])])
    )
    events.record_all(session, "segment.entered", customers, {"segment": "tea"}, NOON)
    events.record_all(session, "segment.entered", some, {"segment": "gift"}, NOON)
    found = written(session)
    assert [event.customer_id for event in found] == [*customers, customers[0]]
    assert len({event.event_id for event in found}) == 4


def test_deliveries_are_told_by_how_they_ended(session: Session, build: Build) -> None:
    wants(session, "delivery.sent", "delivery.failed")
    build.segment()
    campaign, content, customer = build.campaign("tea"), build.content("water"), build.customer(openid="o-1")
    ended = {"customer_id": customer, "finished_at": NOON}
    sent = build.delivery(state="sent", campaign_id=campaign, content_id=content, **ended)
    failed = build.delivery(state="failed", reason="blocked", **ended)
    skipped = build.delivery(state="skipped", **ended)
    events.deliveries_ended(session, [sent, failed, skipped])
    first, second = written(session)
    assert (first.kind, first.openid, first.at) == ("delivery.sent", "o-1", NOON)
    assert first.data == {
        "delivery": sent, "campaign": "tea", "content": "water", "channel": "reply_window", "purpose": "care",
        "state": "sent", "reason": "",
    }  # fmt: skip
    assert (second.kind, second.data["reason"], second.data["campaign"]) == (
        "delivery.failed",
        "blocked",
        None,
    )


@pytest.mark.parametrize("wanted", [("delivery.skipped",), ()])
def test_a_statement_that_ends_many_deliveries_tells_of_each(
    session: Session, build: Build, wanted: tuple[str, ...]
) -> None:
    if wanted:
        wants(session, *wanted)
    planned = [build.delivery(customer_id=build.customer()) for _ in range(3)]
    ends = update(deliveries).where(deliveries.c.id.in_(planned)).values(state="skipped", finished_at=NOON)
    assert events.ending(session, ends, "skipped") == 3
    assert [event.data["delivery"] for event in written(session)] == (planned if wanted else [])


def test_who_is_forgotten_is_told_of_no_more(session: Session, build: Build) -> None:
    wants(session, "customer.changed", "customer.forgotten")
    one, other = build.customer(), build.customer()
    for customer in (one, other):
        events.record(session, "customer.changed", customer, {}, NOON)
    events.record(session, "customer.forgotten", one, {}, NOON)
    events.forget(session, one)
    assert [(event.kind, event.customer_id) for event in written(session)] == [
        ("customer.changed", other),
        ("customer.forgotten", one),
    ]


def test_an_event_becomes_a_call_to_each_endpoint_that_wants_it_once(session: Session, build: Build) -> None:
    both = [wants(session, "customer.changed"), wants(session, "customer.changed", "customer.created")]
    wants(session, "customer.created")
    events.record(session, "customer.changed", build.customer(), {}, NOON)
    assert events.spread(session, NOON + timedelta(seconds=1)) == 1
    assert events.spread(session, NOON + timedelta(seconds=2)) == 0
    calls = session.execute(select(webhook_calls).order_by(webhook_calls.c.endpoint_id)).all()
    assert [call.endpoint_id for call in calls] == both
    assert {call.next_at for call in calls} == {NOON + timedelta(seconds=1)}

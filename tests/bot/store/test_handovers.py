"""The list of customers who wait for a person."""

from datetime import timedelta

from bot.store import handovers
from bot.store.database import Session
from tests.conftest import NOON
from tests.support.build import Build

UNTIL = NOON + timedelta(minutes=30)


def test_complaints_come_first_then_the_longest_waiting(session: Session, build: Build) -> None:
    late, early, angry = build.customer(), build.customer(), build.customer()
    handovers.open_handover(session, early, complaint=False, now=NOON, until=UNTIL)
    handovers.open_handover(session, late, complaint=False, now=NOON + timedelta(minutes=1), until=UNTIL)
    handovers.open_handover(session, angry, complaint=True, now=NOON + timedelta(minutes=2), until=UNTIL)
    assert [waiting.customer_id for waiting in handovers.waiting(session)] == [angry, early, late]


def test_asking_twice_is_one_line_on_the_list(session: Session, build: Build) -> None:
    customer = build.customer()
    assert handovers.open_handover(session, customer, complaint=False, now=NOON, until=UNTIL)
    assert not handovers.open_handover(session, customer, complaint=False, now=UNTIL, until=UNTIL)
    (waiting,) = handovers.waiting(session)
    assert (waiting.opened_at, waiting.asked_again_at) == (NOON, UNTIL)


def test_it_counts_what_they_wrote_since_a_person_last_answered(session: Session, build: Build) -> None:
    customer = build.customer()
    build.message(customer, "以前的事", created_at=NOON - timedelta(days=1))
    handovers.open_handover(session, customer, complaint=False, now=NOON, until=UNTIL)
    build.message(customer, "壶漏水", created_at=NOON + timedelta(minutes=1))
    build.message(customer, "一直漏", created_at=NOON + timedelta(minutes=2))
    assert [(w.unanswered, w.last_text) for w in handovers.waiting(session)] == [(2, "一直漏")]
    words = build.delivery(customer_id=customer, purpose="service", state="sent")
    build.message(
        customer, "这就看", direction="out", delivery_id=words, created_at=NOON + timedelta(minutes=3)
    )
    assert [w.unanswered for w in handovers.waiting(session)] == [0]
    build.message(customer, "谢谢", created_at=NOON + timedelta(minutes=4))
    build.message(
        customer, "这就看", direction="out", staff_id=build.staff(), created_at=NOON + timedelta(minutes=5)
    )
    build.message(customer, "好的", created_at=NOON + timedelta(minutes=6))
    assert [w.unanswered for w in handovers.waiting(session)] == [1]


def test_the_bots_silence_goes_on_only_while_a_person_serves(session: Session, build: Build) -> None:
    served, other = build.customer(), build.customer()
    handovers.open_handover(session, served, complaint=False, now=NOON, until=UNTIL)
    for customer in (served, other):
        handovers.go_on(session, customer, UNTIL + timedelta(hours=1))
    assert [waiting.bot_silent_until for waiting in handovers.waiting(session)] == [
        UNTIL + timedelta(hours=1)
    ]


def test_closing_ends_it_once(session: Session, build: Build) -> None:
    customer, staff = build.customer(), build.staff()
    handovers.open_handover(session, customer, complaint=True, now=NOON, until=UNTIL)
    assert handovers.close(session, customer, staff_id=staff, now=UNTIL)
    assert not handovers.close(session, customer, staff_id=staff, now=UNTIL)
    assert handovers.waiting(session) == []
    assert handovers.open_handover(session, customer, complaint=False, now=UNTIL, until=UNTIL), (
        "a new one can be opened"
    )

"""The list of customers who wait for a person, and who of the staff serves them."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import insert, select

from bot.rules.talk import person_texts
from bot.store.database import Database, Session
from bot.store.tables import deliveries, follow_ups, reviews
from bot.store.talk import account_managers, handover_endings, handover_turns, handovers, visits, waiting_list
from bot.store.talk.handover_endings import Satisfaction
from bot.store.talk.waiting_list import Place
from tests.conftest import NOON
from tests.support.build import Build

UNTIL = NOON + timedelta(minutes=30)
LATER = NOON + timedelta(hours=1)


def test_complaints_come_first_then_the_longest_waiting(session: Session, build: Build) -> None:
    late, early, angry = build.customer(), build.customer(), build.customer()
    handovers.open_handover(session, early, complaint=False, now=NOON, until=UNTIL)
    handovers.open_handover(session, late, complaint=False, now=NOON + timedelta(minutes=1), until=UNTIL)
    handovers.open_handover(session, angry, complaint=True, now=NOON + timedelta(minutes=2), until=UNTIL)
    assert [waiting.customer_id for waiting in waiting_list.waiting(session, LATER)] == [angry, early, late]


def test_asking_twice_is_one_line_on_the_list(session: Session, build: Build) -> None:
    customer = build.customer()
    assert handovers.open_handover(session, customer, complaint=False, now=NOON, until=UNTIL)
    assert not handovers.open_handover(session, customer, complaint=False, now=UNTIL, until=UNTIL)
    (waiting,) = waiting_list.waiting(session, LATER)
    assert (waiting.opened_at, waiting.asked_again_at) == (NOON, UNTIL)


def test_it_counts_what_they_wrote_since_a_person_last_answered(session: Session, build: Build) -> None:
    customer = build.customer()
    build.message(customer, "以前的事", created_at=NOON - timedelta(days=1))
    handovers.open_handover(session, customer, complaint=False, now=NOON, until=UNTIL)
    build.message(customer, "壶漏水", created_at=NOON + timedelta(minutes=1))
    build.message(customer, "一直漏", created_at=NOON + timedelta(minutes=2))
    assert [(w.unanswered, w.last_text) for w in waiting_list.waiting(session, LATER)] == [(2, "一直漏")]
    build.message(customer, "积分满百可换", direction="out", created_at=NOON + timedelta(minutes=2))
    build.message(
        customer, "这就看", direction="out", staff_id=build.staff(), created_at=NOON + timedelta(minutes=3)
    )
    assert [w.unanswered for w in waiting_list.waiting(session, LATER)] == [0]
    build.message(customer, "谢谢", created_at=NOON + timedelta(minutes=4))
    build.message(
        customer, "这就看", direction="out", staff_id=build.staff(), created_at=NOON + timedelta(minutes=5)
    )
    build.message(customer, "好的", created_at=NOON + timedelta(minutes=6))
    assert [w.unanswered for w in waiting_list.waiting(session, LATER)] == [1]


def test_the_bots_silence_goes_on_only_while_a_person_serves(session: Session, build: Build) -> None:
    served, other = build.customer(), build.customer()
    handovers.open_handover(session, served, complaint=False, now=NOON, until=UNTIL)
    for customer in (served, other):
        handovers.go_on(session, customer, UNTIL + timedelta(hours=1))
    assert [waiting.bot_silent_until for waiting in waiting_list.waiting(session, LATER)] == [
        UNTIL + timedelta(hours=1)
    ]


def test_closing_ends_it_once(session: Session, build: Build) -> None:
    customer, staff = build.customer(), build.staff()
    handovers.open_handover(session, customer, complaint=True, now=NOON, until=UNTIL)
    assert handovers.close(session, customer, staff_id=staff, now=UNTIL)
    assert not handovers.close(session, customer, staff_id=staff, now=UNTIL)
    assert waiting_list.waiting(session, LATER) == []
    assert handovers.open_handover(session, customer, complaint=False, now=UNTIL, until=UNTIL), (
        "a new one can be opened"
    )


def test_the_most_urgent_comes_first_and_why_is_shown(session: Session, build: Build) -> None:
    calm, hurt = build.customer(), build.customer()
    handovers.open_handover(session, calm, complaint=False, now=NOON, until=UNTIL)
    handovers.open_handover(session, hurt, complaint=False, now=UNTIL, until=UNTIL)
    build.message(hurt, "壶把断了，手烫伤了", created_at=UNTIL)
    first, second = waiting_list.waiting(session, LATER)
    assert (first.customer_id, first.urgency.need, first.urgency.reasons) == (hurt, "now", ("danger",))
    assert (second.customer_id, second.urgency.need, second.urgency.reasons) == (calm, "normal", ())


def test_words_from_before_they_asked_are_not_held_against_them(session: Session, build: Build) -> None:
    customer = build.customer()
    build.message(customer, "骗子", created_at=NOON - timedelta(minutes=1))
    handovers.open_handover(session, customer, complaint=False, now=NOON, until=UNTIL)
    assert [one.urgency.mood for one in waiting_list.waiting(session, LATER)] == ["calm"]


def test_orders_class_and_coming_again_count(session: Session, build: Build) -> None:
    customer, staff = build.customer(), build.staff()
    build.order(customer, amount=800, ordered_at=NOON - timedelta(days=3))
    build.order(customer, amount=400, ordered_at=NOON - timedelta(days=9))
    build.order(customer, amount=9000, ordered_at=NOON - timedelta(days=90))
    handovers.open_handover(session, customer, complaint=False, now=NOON - timedelta(days=2), until=UNTIL)
    handovers.close(session, customer, staff_id=staff, now=NOON - timedelta(days=1))
    for now in (NOON, UNTIL, UNTIL):
        handovers.open_handover(session, customer, complaint=False, now=now, until=UNTIL)
    (line,) = waiting_list.waiting(session, LATER)
    assert line.urgency.reasons == ("orders", "came_before", "asked_again")


def test_a_hand_over_goes_to_the_account_manager_who_is_present(session: Session, build: Build) -> None:
    customer, manager = build.customer(), build.staff(name="小林")
    account_managers.put_in_charge(session, customer, manager, NOON)
    handovers.open_handover(session, customer, complaint=False, now=NOON, until=UNTIL)
    (line,) = waiting_list.waiting(session, LATER)
    assert (line.assigned_to, line.staff_name, line.taken_at) == (manager, "小林", None)


def test_the_pool_gets_what_the_account_manager_is_not_there_for(session: Session, build: Build) -> None:
    first, second, manager = build.customer(), build.customer(), build.staff()
    for customer in (first, second):
        account_managers.put_in_charge(session, customer, manager, NOON)
    handovers.open_handover(session, first, complaint=False, now=NOON, until=UNTIL)
    assert account_managers.leave(session, manager, NOON) == 1
    handovers.open_handover(session, second, complaint=False, now=NOON, until=UNTIL)
    assert {one.assigned_to for one in waiting_list.waiting(session, LATER)} == {None}
    account_managers.come(session, manager)
    assert account_managers.is_present(session, manager)


def test_what_a_class_asks_for_is_the_account_managers(session: Session, build: Build) -> None:
    customer, manager = build.customer(), build.staff()
    asked = {"customer_id": customer, "service": "account_manager", "opened_at": NOON, "due_at": LATER}
    session.execute(insert(follow_ups).values(asked))
    account_managers.put_in_charge(session, customer, manager, NOON)
    assert session.execute(select(follow_ups.c.staff_id)).scalar_one() == manager
    found = account_managers.manager_of(session, customer)
    assert found
    assert found.id == manager
    account_managers.put_in_charge(session, customer, None, NOON)
    assert account_managers.manager_of(session, customer) is None


def test_one_serves_and_gives_it_back_or_passes_it_on(session: Session, build: Build) -> None:
    customer, anna, bert = build.customer(), build.staff(name="anna"), build.staff(name="bert")
    handovers.open_handover(session, customer, complaint=False, now=NOON, until=UNTIL)
    assert handover_turns.take(session, customer, anna, NOON)
    assert handover_turns.take(session, customer, anna, UNTIL), "it is theirs already"
    assert not handover_turns.take(session, customer, bert, UNTIL)
    assert not handover_turns.give_back(session, customer, bert)
    assert not handover_turns.pass_on(session, customer, bert, bert), "not theirs to pass"
    assert handover_turns.pass_on(session, customer, anna, bert)
    holder = handover_turns.holder(session, customer)
    assert holder
    assert holder.name == "bert"
    assert [one.taken_at for one in waiting_list.waiting(session, LATER)] == [None], "bert has not begun"
    assert handover_turns.give_back(session, customer, bert)
    assert handover_turns.holder(session, customer) is None


def test_nothing_is_passed_to_somebody_who_is_away(session: Session, build: Build) -> None:
    customer, anna, bert = build.customer(), build.staff(), build.staff(away_since=NOON)
    handovers.open_handover(session, customer, complaint=False, now=NOON, until=UNTIL)
    handover_turns.take(session, customer, anna, NOON)
    assert not handover_turns.pass_on(session, customer, anna, bert)


def test_who_left_does_not_keep_a_customer_waiting(session: Session, build: Build) -> None:
    customer, anna, bert = build.customer(), build.staff(), build.staff()
    handovers.open_handover(session, customer, complaint=False, now=NOON, until=UNTIL)
    handover_turns.take(session, customer, anna, NOON)
    account_managers.leave(session, anna, NOON)
    assert handover_turns.take(session, customer, bert, UNTIL)


def test_nobody_takes_who_does_not_wait(session: Session, build: Build) -> None:
    assert not handover_turns.take(session, build.customer(), build.staff(), NOON)


def test_of_many_who_take_at_once_one_serves(database: Database) -> None:
    with database.transaction() as session:
        build = Build(session)
        customer = build.customer()
        people = [build.staff(name=f"p-{number}") for number in range(6)]
        handovers.open_handover(session, customer, complaint=False, now=NOON, until=UNTIL)
    start = threading.Barrier(len(people))

    def take(staff_id: int) -> bool:
        start.wait()
        with database.transaction() as session:
            return handover_turns.take(session, customer, staff_id, NOON)

    with ThreadPoolExecutor(len(people)) as pool:
        took = list(pool.map(take, people))
    assert took.count(True) == 1
    with database.reading() as session:
        holder = handover_turns.holder(session, customer)
    assert holder
    assert holder.id == people[took.index(True)]


def test_the_place_counts_who_is_before_and_not_taken(session: Session, build: Build) -> None:
    customers = [build.customer() for _ in range(3)]
    for minutes, customer in enumerate(customers):
        now = NOON + timedelta(minutes=minutes)
        handovers.open_handover(session, customer, complaint=False, now=now, until=UNTIL)
    assert waiting_list.place_of(session, customers[2], LATER) == Place(2, is_taken=False, is_answered=False)
    handover_turns.take(session, customers[0], build.staff(), NOON)
    assert waiting_list.place_of(session, customers[2], LATER) == Place(1, is_taken=False, is_answered=False)
    assert waiting_list.place_of(session, build.customer(), LATER) is None


def test_the_end_is_told_and_the_customer_asked_while_a_window_is_open(
    session: Session, build: Build
) -> None:
    customer = build.customer(window_until=LATER, window_left=2)
    handovers.open_handover(session, customer, complaint=True, now=NOON, until=UNTIL)
    assert handover_endings.end(session, customer, staff_id=build.staff(), now=UNTIL, day=UNTIL.date())
    owed = session.execute(select(deliveries)).one()
    assert (owed.channel, owed.purpose, owed.payload["kind"]) == ("reply_window", "service", "msgmenu")
    assert person_texts.SETTLED in owed.payload["head"]
    visit = visits.open_visit(session, customer, LATER)
    assert visit
    visits.answered(session, customer, visit, 2, LATER)
    assert visits.open_visit(session, customer, LATER) is None
    assert handover_endings.satisfaction(session, NOON) == Satisfaction(1, 1, 1, 2.0)
    assert session.execute(select(reviews.c.rating)).scalars().all() == [2], (
        "it counts for their satisfaction"
    )


def test_later_nobody_is_asked_but_a_settled_complaint_is_told_at_the_next_contact(
    session: Session, build: Build
) -> None:
    asked, complained, staff = build.customer(), build.customer(), build.staff()
    handovers.open_handover(session, asked, complaint=False, now=NOON, until=UNTIL)
    handovers.open_handover(session, complained, complaint=True, now=NOON, until=UNTIL)
    for customer in (asked, complained):
        handover_endings.end(session, customer, staff_id=staff, now=LATER, day=LATER.date())
    owed = session.execute(select(deliveries)).one()
    assert (owed.customer_id, owed.channel, owed.payload["text"]) == (
        complained, "next_contact", person_texts.SETTLED,
    )  # fmt: skip
    assert handover_endings.satisfaction(session, NOON) == Satisfaction(2, 0, 0, None)


def test_a_second_end_asks_nobody_again(session: Session, build: Build) -> None:
    customer, staff = build.customer(window_until=LATER, window_left=2), build.staff()
    handovers.open_handover(session, customer, complaint=False, now=NOON, until=UNTIL)
    assert handover_endings.end(session, customer, staff_id=staff, now=UNTIL, day=UNTIL.date())
    assert not handover_endings.end(session, customer, staff_id=staff, now=UNTIL, day=UNTIL.date())
    assert len(session.execute(select(deliveries.c.id)).all()) == 1

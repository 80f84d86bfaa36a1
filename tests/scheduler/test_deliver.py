"""Deliveries on their way out: what each ending does, and what is true after a crash between any two steps."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import date, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.clock import FixedClock
from bot.services import Services
from bot.store.campaigns import approvals
from bot.store.database import Database
from bot.store.planning import moments
from bot.store.sending import claims, daily_calls, deliveries, halts, mass_reports, taking_back
from bot.store.sending import mass_sends as sending
from bot.store.tables import contents, early_mass_reports, mass_sends
from bot.values.channels import TEMPLATE
from bot.values.outcome import Accepted, Halt, Later, Never, Outcome, Unsure
from bot.values.push import Refused
from bot.values.reply import Text
from bot.values.reports import MassFinished
from scheduler.deliver import deliver_batch, deliver_due, hand_out
from scheduler.recover import recover
from scheduler.senders import A, B, Senders
from tests.conftest import NOON
from tests.support import pushing
from tests.support.build import Build
from tests.support.fake_wechat import FakeWeChat

TODAY = date(2026, 11, 24)
CLOSES = NOON + timedelta(hours=8, minutes=30)
MINUTE = timedelta(minutes=1)
OPEN = {"window_until": NOON + timedelta(days=1), "window_left": 5, "spoke_at": NOON - timedelta(hours=1)}


@pytest.fixture
def services(database: Database, clock: FixedClock, wechat: FakeWeChat) -> Services:
    services = pushing.services_with(database, clock, wechat)
    with database.transaction() as session:
        build = Build(session)
        build.segment()
        approved = {"approved_by": build.staff(), "approved_at": NOON}
        build.content("words", purpose="service", text="您好", **approved)
        build.content("others", purpose="service", text="再见", **approved)
        build.campaign("first", ["words", "others"])
        build.campaign("second", ["words", "others"])
    return services


def due(services: Services, many: int = 1, **fields: Any) -> list[int]:
    """Each for a customer of its own, with an open reply window."""
    given = {
        "campaign_id": "first",
        "content_id": "words",
        "purpose": "service",
        "closes_at": CLOSES,
    } | fields
    with services.database.transaction() as session:
        build = Build(session)
        known = session.exec_driver_sql("SELECT count(*) FROM customers").scalar_one()
        customers = [build.customer(openid=f"o-{known + number}", **OPEN) for number in range(many)]
        return [build.delivery(customer_id=customer, **given) for customer in customers]


def states(services: Services) -> dict[str, int]:
    with services.database.reading() as session:
        return dict(pushing.states(session))


def of(services: Services, delivery_id: int) -> tuple[Any, Any]:
    """The delivery, and its customer."""
    with services.database.reading() as session:
        row = pushing.delivery(session, delivery_id)
        return row, pushing.customer(session, row.customer_id)


def test_a_due_delivery_is_sent_once_and_stands_in_the_log(services: Services, wechat: FakeWeChat) -> None:
    (one,) = due(services)
    deliver_due(services)
    deliver_due(services)
    assert [said.text for said in wechat.sent] == ["您好"]
    row, customer = of(services, one)
    assert (row.state, customer.window_left, customer.last_push_id, customer.silent_pushes) == (
        "sent",
        4,
        one,
        1,
    )
    with services.database.reading() as session:
        said = session.exec_driver_sql("SELECT direction, text, delivery_id FROM messages").one()
    assert tuple(said) == ("out", "您好", one)


@pytest.mark.parametrize(
    ("outcome", "state", "keeps_rhythm"),
    [
        pytest.param(
            Later(NOON + MINUTE, "busy"), "planned", False, id="busy: planned again, as if nothing was"
        ),
        pytest.param(
            Never("wechat 43004 not_following"), "failed", False, id="refused: over, and given back"
        ),
        pytest.param(Halt("wechat 48001 not_entitled"), "planned", False, id="halted: planned again"),
        pytest.param(Unsure("no answer"), "unknown", True, id="no answer: unknown, counts as sent"),
    ],
)
def test_what_certainly_sent_nothing_gives_everything_back(
    services: Services, wechat: FakeWeChat, outcome: Outcome, state: str, keeps_rhythm: bool
) -> None:
    (one,) = due(services)
    _, before = of(services, one)
    wechat.answers = [outcome]
    deliver_batch(services, [one])
    row, after = of(services, one)
    assert row.state == state
    assert (after == before) is not keeps_rhythm
    if keeps_rhythm:
        assert (after.last_push_id, after.window_left) == (one, 4)


def test_an_unknown_one_is_never_sent_again(
    services: Services, wechat: FakeWeChat, clock: FixedClock
) -> None:
    due(services)
    wechat.answers = [Unsure("no answer")]
    for _ in range(5):
        deliver_due(services)
        recover(services)
        clock.forward(minutes=10)
    assert wechat.asked == 1
    assert states(services) == {"unknown": 1}


def test_a_halted_channel_sends_nothing_until_it_is_lifted(
    services: Services, wechat: FakeWeChat, clock: FixedClock
) -> None:
    (one,) = due(services)
    wechat.answers = [Halt("wechat 48001 not_entitled")]
    deliver_due(services)
    due(services, 3)
    clock.forward(minutes=5)
    deliver_due(services)
    assert wechat.asked == 1
    with services.database.transaction() as session:
        assert halts.lift(session, "reply_window")
    deliver_due(services)
    assert of(services, one)[0].state == "sent"
    assert states(services) == {"sent": 4}


def test_what_is_busy_is_tried_three_times_more_and_given_up(
    services: Services, wechat: FakeWeChat, clock: FixedClock
) -> None:
    (one,) = due(services)
    for _ in range(8):
        wechat.answers = [Later(clock.now() + MINUTE, "wechat -1 busy")]
        deliver_due(services)
        clock.forward(minutes=2)
    row, customer = of(services, one)
    assert (wechat.asked, row.state, row.reason, customer.last_push_id) == (
        4,
        "failed",
        "gave_up:wechat -1 busy",
        None,
    )


def claimed(services: Services, ids: list[int], token: str = "dead") -> list[int]:
    """A worker got as far as its claim."""
    with services.database.transaction() as session:
        moment = moments.claiming(session, services.now(), services.config)
        return claims.claim_pushes(session, ids, moment, token=token, real=services.clock.real())[0]


def left(services: Services, ids: list[int], token: str = "dead") -> list[int]:
    """Or as far as the last gate."""
    with services.database.transaction() as session:
        moment = moments.claiming(session, services.now(), services.config)
        return claims.mark_left(session, ids, token, moment, real=services.clock.real())


def test_a_worker_that_died_before_the_request_left_has_done_nothing(
    services: Services, wechat: FakeWeChat, clock: FixedClock
) -> None:
    (one,) = due(services)
    _, before = of(services, one)
    claimed(services, [one])
    recover(services)
    assert of(services, one)[0].state == "claimed"  # its lease is not over: it may be alive
    clock.forward(minutes=3)
    recover(services)
    row, after = of(services, one)
    assert (row.state, after) == ("planned", before)
    deliver_due(services)
    assert len(wechat.sent) == 1


def test_a_worker_that_died_after_it_left_leaves_an_unknown(
    services: Services, wechat: FakeWeChat, clock: FixedClock
) -> None:
    (one,) = due(services)
    claimed(services, [one])
    assert left(services, [one]) == [one]
    clock.forward(minutes=3)
    recover(services)
    deliver_due(services)
    row, customer = of(services, one)
    assert (row.state, row.reason, customer.last_push_id) == ("unknown", "no_answer", one)
    assert wechat.asked == 0


def test_a_slow_worker_whose_claim_was_taken_back_sends_nothing(
    services: Services, clock: FixedClock
) -> None:
    (one,) = due(services)
    claimed(services, [one], "slow")
    clock.forward(minutes=3)
    recover(services)
    claimed(services, [one], "quick")
    assert left(services, [one], "slow") == []
    assert left(services, [one], "quick") == [one]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"wants_pushes": False}, id="opted out"),
        pytest.param({"unfollowed_at": NOON}, id="unfollowed"),
        pytest.param({"forgotten_at": NOON}, id="was forgotten"),
    ],
)
def test_a_no_between_claim_and_request_is_heard(services: Services, change: dict[str, Any]) -> None:
    (one,) = due(services)
    claimed(services, [one])
    with services.database.transaction() as session:
        pushing.change(session, of(services, one)[1].id, **change)
    assert left(services, [one]) == []


@pytest.mark.parametrize(
    "jump",
    [
        pytest.param(lambda clock: clock.set(CLOSES), id="the window closed"),
        pytest.param(lambda clock: clock.forward(seconds=-1), id="the clock was set back"),
    ],
)
def test_a_claim_of_another_time_does_not_leave(
    services: Services, clock: FixedClock, jump: Callable[[FixedClock], None]
) -> None:
    (one,) = due(services)
    with services.database.transaction() as session:
        moment = moments.claiming(session, NOON, services.config)
        claims.claim_pushes(session, [one], moment, token="t", real=NOON)
    jump(clock)
    with services.database.transaction() as session:
        moment = moments.claiming(session, services.now(), services.config)
        assert claims.mark_left(session, [one], "t", moment, real=NOON) == []


def test_a_claim_whose_lease_is_over_does_not_leave(services: Services, clock: FixedClock) -> None:
    (one,) = due(services)
    claimed(services, [one])
    clock.forward(minutes=3)
    assert left(services, [one], "dead") == []


def test_each_refusal_has_its_own_reason_and_touches_nothing_that_was_not_asked_about(
    services: Services,
) -> None:
    gone, left, also_gone, fine = due(services, 4)
    with services.database.transaction() as session:
        for one, change in (
            (gone, {"wants_pushes": False}), (left, {"unfollowed_at": NOON}), (also_gone, {"wants_pushes": False})
        ):  # fmt: skip
            pushing.change(session, pushing.delivery(session, one).customer_id, **change)
        moment = moments.claiming(session, NOON, services.config)
        assert claims.claim_pushes(session, [gone, left], moment, token="me", real=NOON) == (
            [],
            [Refused(gone, "opted_out"), Refused(left, "not_following")],
        )
    rows = [of(services, one)[0] for one in (gone, left, also_gone, fine)]
    assert [(row.state, row.reason, row.finished_at) for row in rows] == [
        ("skipped", "opted_out", NOON), ("skipped", "not_following", NOON), ("planned", "", None), ("planned", "", None)
    ]  # fmt: skip


def test_only_what_is_asked_about_leaves(services: Services) -> None:
    """Claimed as the pushes they are: as an answer none is claimed, and none is a call of another channel."""
    one, another = due(services, 2)
    with services.database.transaction() as session:
        moment = moments.claiming(session, NOON, services.config)
        assert claims.claim_answers(session, [one], moment, token="me", real=NOON) == ([], [])
        assert claims.claim_pushes(session, [one, another], moment, token="me", real=NOON)[0] == [
            one,
            another,
        ]
        assert daily_calls.used(session, TEMPLATE, NOON) == 0
        assert claims.mark_left(session, [one], "me", moment, real=NOON) == [one]
    assert [of(services, each)[0].left_at for each in (one, another)] == [NOON, None]


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"due_at": NOON + MINUTE}, id="not due yet"),
        pytest.param({"closes_at": NOON}, id="its window is over"),
        pytest.param({"channel": "next_contact"}, id="kept for the next contact"),
        pytest.param({"state": "skipped"}, id="skipped"),
        pytest.param({"state": "sent"}, id="sent"),
    ],
)
def test_what_is_not_due_is_not_claimed_though_somebody_handed_it_out(
    services: Services, fields: dict[str, Any]
) -> None:
    (one,) = due(services, **fields)
    before = of(services, one)
    assert claimed(services, [one]) == []
    assert of(services, one) == before


def test_the_rhythm_counts_from_the_moment_the_request_leaves(services: Services, clock: FixedClock) -> None:
    (one,) = due(services)
    claimed(services, [one])
    clock.forward(seconds=90)
    left(services, [one])
    assert of(services, one)[1].last_push_at == NOON + timedelta(seconds=90)


def test_an_older_claim_taken_back_does_not_undo_a_newer_push(services: Services) -> None:
    (one,) = due(services)
    claimed(services, [one])
    with services.database.transaction() as session:
        pushing.change(session, of(services, one)[1].id, last_push_id=999)
        moment = moments.claiming(session, NOON, services.config)
        taking_back.release(session, [one], moment, "busy")
    customer = of(services, one)[1]
    assert (customer.last_push_id, customer.last_push_at) == (999, NOON)


def test_the_ledger_is_not_given_more_than_a_new_window_holds(
    services: Services, wechat: FakeWeChat, clock: FixedClock
) -> None:
    (one,) = due(services)
    claimed(services, [one])
    clock.forward(seconds=1)
    with services.database.transaction() as session:  # they write: a new window of five
        pushing.change(session, of(services, one)[1].id, window_left=5, spoke_at=clock.now())
        moment = moments.claiming(session, clock.now(), services.config)
        taking_back.release(session, [one], moment, "busy")
    assert of(services, one)[1].window_left == 5


def test_two_deliveries_of_one_customer_claimed_at_once_give_one_push(services: Services) -> None:
    """The index would not let two be planned; were it gone, the customer's row alone holds the promise."""
    ids = due(services) + due(services, campaign_id="second")
    gate, won = Barrier(2), list[list[int]]()

    def worker(delivery_id: int) -> None:
        gate.wait()
        won.append(claimed(services, [delivery_id], f"worker {delivery_id}"))

    with pushing.without_the_index_of_planned(services.database):
        with services.database.transaction() as session:
            pushing.change_delivery(
                session, ids[1], customer_id=pushing.delivery(session, ids[0]).customer_id
            )
        workers = [Thread(target=worker, args=(one,)) for one in ids]
        for thread in workers:
            thread.start()
        for thread in workers:
            thread.join()
    assert sum(len(some) for some in won) == 1


def test_two_workers_with_the_same_batch_send_each_once(services: Services, wechat: FakeWeChat) -> None:
    ids = due(services, 40)
    workers = [Thread(target=deliver_batch, args=(services, ids)) for _ in range(4)]
    for thread in workers:
        thread.start()
    for thread in workers:
        thread.join()
    assert sorted(said.openid for said in wechat.sent) == sorted({said.openid for said in wechat.sent})
    deliver_due(services)
    assert len(wechat.sent) == 40
    assert states(services) == {"sent": 40}


def test_a_batch_is_handed_to_one_worker_until_its_time_is_over(
    services: Services, clock: FixedClock
) -> None:
    ids = due(services, 3)
    assert [batch.ids for batch in hand_out(services)] == [tuple(ids)]
    assert hand_out(services) == []
    clock.forward(minutes=3)
    assert [batch.ids for batch in hand_out(services)] == [tuple(ids)]


# mass sends


def mass_due(services: Services, many: int, content: str = "words") -> list[int]:
    ids = due(services, many, channel="mass", content_id=content)
    with services.database.transaction() as session:
        for one in ids:
            pushing.change(session, pushing.delivery(session, one).customer_id, window_left=0)
    return ids


def report(wechat_id: str, status: str = "send success", total: int = 0) -> MassFinished:
    return MassFinished(
        account="", openid="", sent_at=NOON, once_key="", msg_id_of_job=wechat_id, status=status, total=total
    )


def test_a_mass_send_is_accepted_and_then_sent_when_wechat_reports(
    services: Services, wechat: FakeWeChat
) -> None:
    ids = mass_due(services, 3)
    deliver_due(services)
    assert (wechat.asked, states(services)) == (1, {"accepted": 3})
    row, customer = of(services, ids[0])
    assert (customer.mass_used, customer.mass_month, customer.silent_pushes) == (1, "2026-11", 1)
    with services.database.transaction() as session:
        mass_reports.finished(session, report(row.wechat_id, total=3), NOON)
        mass_reports.finished(
            session, report(row.wechat_id, "send fail"), NOON
        )  # told again, otherwise: no effect
    assert states(services) == {"sent": 3}
    assert len({said.client_msg_id for said in wechat.sent}) == 1
    assert all(len(said.client_msg_id) <= 32 for said in wechat.sent)


def test_a_report_that_is_faster_than_the_answer_ends_the_mass_send(services: Services) -> None:
    """WeChat's job of three people may be over before its answer to the request is committed."""
    ids = mass_due(services, 3)
    with services.database.transaction() as session:
        # the fake numbers what it takes from 1000 on
        mass_reports.finished(session, report("1000", total=3), NOON)
        mass_reports.finished(session, report("1000", "send fail"), NOON)  # told again
        mass_reports.finished(session, report("9"), NOON)  # of somebody else's send
    deliver_due(services)
    assert of(services, ids[0])[0].wechat_id == "1000"
    recover(services)
    assert states(services) == {"sent": 3}
    with services.database.reading() as session:
        [mass] = session.execute(select(mass_sends)).all()
        assert (mass.state, mass.total) == ("done", 3)
        assert session.execute(select(early_mass_reports.c.wechat_id)).scalars().all() == ["9"]
    with services.database.transaction() as session:
        mass_reports.give_up_unreported(session, NOON + timedelta(days=4))
        assert session.execute(select(early_mass_reports)).all() == []


def test_the_log_holds_the_words_of_a_mass_send_as_they_went_out(
    services: Services, wechat: FakeWeChat
) -> None:
    with services.database.transaction() as session:
        build = Build(session)
        words = {"purpose": "marketing", "text": "{customer.name|您}好，新茶到了"}
        build.content("offer", approved_by=build.staff(name="approver"), approved_at=NOON, **words)
    due(services, 2, channel="mass", content_id="offer")
    deliver_due(services)
    with services.database.reading() as session:
        said = {one.text for one in pushing.said_to_customers(session)}
    assert said == {"【广告】您好，新茶到了\n回复 TD 退订"} == {one.text for one in wechat.sent}


def test_a_mass_send_that_wechat_reports_as_failed_gives_everything_back(services: Services) -> None:
    ids = mass_due(services, 2)
    before = of(services, ids[0])[1]
    deliver_due(services)
    with services.database.transaction() as session:
        mass_reports.finished(session, report(of(services, ids[0])[0].wechat_id, "err(30003)"), NOON)
    row, after = of(services, ids[0])
    assert (row.state, row.reason) == ("failed", "mass_failed")
    assert (after.last_push_at, after.mass_used) == (before.last_push_at, 0)


def test_a_mass_send_needs_two_and_waits_for_the_next_window(services: Services, wechat: FakeWeChat) -> None:
    (one,) = mass_due(services, 1)
    deliver_due(services)
    row, customer = of(services, one)
    assert (wechat.asked, row.state, row.reason, row.due_at) == (0, "planned", "too_few", CLOSES)
    assert customer.last_push_id is None


def test_contents_are_not_mixed_in_one_mass_send(services: Services, wechat: FakeWeChat) -> None:
    mass_due(services, 2)
    for one in mass_due(services, 2):
        with services.database.transaction() as session:
            pushing.change_delivery(session, one, content_id="others")
    deliver_due(services)
    assert {said.text for said in wechat.sent} == {"您好", "再见"}
    assert len({(said.text, said.client_msg_id) for said in wechat.sent}) == 2
    assert wechat.asked == 2


@pytest.mark.parametrize("arrived", [True, False])
def test_a_lost_mass_send_is_repeated_with_its_key_and_reaches_each_once(
    services: Services, wechat: FakeWeChat, clock: FixedClock, arrived: bool
) -> None:
    mass_due(services, 3)
    lost = Unsure("no answer")
    wechat.answers, wechat.reaches = [lost], lambda outcome: outcome is not lost or arrived
    deliver_due(services)
    assert states(services) == {"claimed": 3}
    clock.forward(minutes=2)
    recover(services)
    assert (wechat.asked, states(services)) == (2, {"accepted": 3})
    assert len(wechat.sent) == 3


def test_of_several_lost_mass_sends_each_is_repeated_with_its_own_people(
    services: Services, wechat: FakeWeChat, clock: FixedClock
) -> None:
    mass_due(services, 2)
    mass_due(services, 2, "others")
    wechat.answers = [Unsure("no answer")] * 2
    deliver_due(services)
    clock.forward(minutes=2)
    recover(services)
    assert (wechat.asked, states(services)) == (4, {"accepted": 4})
    words = {said.openid: said.text for said in wechat.sent}
    assert words == {"o-0": "您好", "o-1": "您好", "o-2": "再见", "o-3": "再见"}


def test_who_opted_out_before_the_repeat_is_not_in_it(
    services: Services, wechat: FakeWeChat, clock: FixedClock
) -> None:
    ids = mass_due(services, 3)
    wechat.answers = [Unsure("no answer")]
    deliver_due(services)
    clock.forward(minutes=2)
    with services.database.transaction() as session:
        pushing.change(session, of(services, ids[0])[1].id, wants_pushes=False)
    recover(services)
    assert states(services) == {"accepted": 2, "unknown": 1}
    assert len(wechat.sent) == 2


def test_who_opted_out_before_the_repeat_had_it_when_the_first_request_arrived(
    services: Services, wechat: FakeWeChat, clock: FixedClock
) -> None:
    """WeChat answers the repeat with the id of the first, whose report came before any answer: all three ended."""
    ids = mass_due(services, 3)
    lost = Unsure("no answer")
    wechat.answers, wechat.reaches = [lost], lambda _outcome: True
    deliver_due(services)
    with services.database.transaction() as session:
        mass_reports.finished(session, report("1000", total=3), NOON)
        pushing.change(session, of(services, ids[0])[1].id, wants_pushes=False)
    clock.forward(minutes=2)
    recover(services)
    assert states(services) == {"accepted": 3}
    recover(services)
    assert states(services) == {"sent": 3}
    assert len(wechat.sent) == 3


def test_a_list_that_wechat_takes_for_a_repeat_of_another_is_unknown(
    services: Services, wechat: FakeWeChat, clock: FixedClock
) -> None:
    """Seen at times where one article goes to several lists, under keys of their own."""
    first = mass_due(services, 2)
    deliver_due(services)
    second = mass_due(services, 2)
    wechat.answers = [Accepted(of(services, first[0])[0].wechat_id, is_known=True)]
    deliver_due(services)
    with services.database.transaction() as session:
        mass_reports.finished(session, report("1000", total=2), NOON)
    assert {(of(services, one)[0].state) for one in first} == {"sent"}
    ended = {(of(services, one)[0].state, of(services, one)[0].reason) for one in second}
    assert ended == {("unknown", "taken_for_another")}


def test_a_lost_mass_send_whose_content_was_changed_since_is_not_repeated_with_words_nobody_approved(
    services: Services, wechat: FakeWeChat, clock: FixedClock
) -> None:
    mass_due(services, 3)
    wechat.answers, wechat.reaches = [Unsure("no answer")], lambda _outcome: False
    deliver_due(services)
    with services.database.transaction() as session:
        session.execute(update(contents).where(contents.c.id == "words").values(text="半价"))
        approvals.withdraw(session, "words", clock.now())
    clock.forward(minutes=2)
    recover(services)
    assert states(services) == {"unknown": 3}
    assert wechat.asked == 1


@pytest.mark.parametrize(
    "outcome", [Never("no"), Halt("no"), Later(NOON + MINUTE, "wechat 45066 repeated_too_soon")]
)
def test_what_a_repeat_is_told_says_nothing_about_the_first(
    services: Services, wechat: FakeWeChat, clock: FixedClock, outcome: Outcome
) -> None:
    mass_due(services, 2)
    wechat.answers = [Unsure("no answer"), outcome]
    deliver_due(services)
    clock.forward(minutes=2)
    recover(services)
    assert states(services) == ({"claimed": 2} if isinstance(outcome, Later) else {"unknown": 2})
    assert wechat.sent == []


def test_a_lost_mass_send_is_not_repeated_after_its_window(
    services: Services, wechat: FakeWeChat, clock: FixedClock
) -> None:
    mass_due(services, 2)
    wechat.answers = [Unsure("no answer")]
    deliver_due(services)
    clock.set(CLOSES)
    recover(services)
    assert (wechat.asked, states(services)) == (1, {"unknown": 2})


def test_a_lost_mass_send_waits_while_all_pushes_are_stopped_and_is_settled_by_its_key_after(
    services: Services, wechat: FakeWeChat, clock: FixedClock
) -> None:
    mass_due(services, 2)
    wechat.answers = [Unsure("no answer")]
    deliver_due(services)
    with services.database.transaction() as session:
        halts.halt(session, halts.PUSHES, "pushes_stopped", clock.now())
    clock.forward(minutes=3)
    recover(services)
    assert (wechat.asked, states(services)) == (1, {"claimed": 2})
    with services.database.transaction() as session:
        halts.lift(session, halts.PUSHES)
    recover(services)
    assert (wechat.asked, states(services)) == (2, {"accepted": 2})


@pytest.fixture
def account(database: Database, clock: FixedClock, wechat: FakeWeChat) -> Services:
    """The same shop with a subscription account."""
    return pushing.services_with(database, clock, wechat, wechat={"account_kind": "subscription"})


def test_a_subscription_account_sends_once_a_day_to_its_tag(
    services: Services, account: Services, wechat: FakeWeChat
) -> None:
    mass_due(services, 2)
    deliver_due(account)
    assert (wechat.asked, states(services)) == (1, {"accepted": 2})
    mass_due(services, 1)
    deliver_due(account)
    assert (wechat.asked, states(services)) == (1, {"accepted": 2, "skipped": 1})


def test_a_days_send_that_failed_after_wechat_took_it_has_used_the_day(
    database: Database, services: Services, account: Services, wechat: FakeWeChat
) -> None:
    """WeChat takes a second one under the day's key for a repeat: it says yes, and nobody gets it."""
    mass_due(services, 2)
    deliver_due(account)
    with database.transaction() as session:
        mass_reports.finished(session, report("1000", "err(30003)"), NOON)
    mass_due(services, 1)
    deliver_due(account)
    assert (wechat.asked, states(services)) == (1, {"failed": 2, "skipped": 1})


def test_a_days_send_that_was_put_off_still_has_the_day(
    services: Services, account: Services, wechat: FakeWeChat, clock: FixedClock
) -> None:
    mass_due(services, 1)
    wechat.answers = [Later(NOON + MINUTE, "wechat 45011 minute_quota", is_for_all=True)]
    deliver_due(account)
    assert (states(services), day_is_spent(services)) == ({"planned": 1}, False)
    clock.forward(minutes=1)
    deliver_due(account)
    assert (wechat.asked, states(services), day_is_spent(services)) == (2, {"accepted": 1}, True)


def day_is_spent(services: Services) -> bool:
    with services.database.reading() as session:
        return sending.day_is_spent(session, TODAY)


def test_a_lost_days_send_to_one_alone_is_repeated(
    services: Services, account: Services, wechat: FakeWeChat, clock: FixedClock
) -> None:
    mass_due(services, 1)
    wechat.answers = [Unsure("no answer")]
    deliver_due(account)
    clock.forward(minutes=2)
    recover(account)
    assert (wechat.asked, states(services)) == (2, {"accepted": 1})


def test_the_tag_of_the_day_holds_nobody_of_yesterday(
    services: Services, account: Services, wechat: FakeWeChat, clock: FixedClock
) -> None:
    mass_due(services, 2)
    deliver_due(account)
    clock.forward(days=1)
    tomorrow = {"closes_at": CLOSES + timedelta(days=1)}
    ids = mass_due(services, 2)
    with services.database.transaction() as session:
        for one in ids:
            pushing.change_delivery(session, one, **tomorrow)
    deliver_due(account)
    assert sorted(said.openid for said in wechat.sent) == ["o-0", "o-1", "o-2", "o-3"]
    assert wechat.under_tag == {100: {"o-2", "o-3"}}


# answers that came too late for the passive reply


def owe(services: Services, customer_id: int, text: str) -> int:
    with services.database.transaction() as session:
        return deliveries.owe_answer(
            session, customer_id=customer_id, answers_id=None, reply=Text(text), day=TODAY, now=services.now()
        )


def customer_with(services: Services, **fields: Any) -> int:
    with services.database.transaction() as session:
        return Build(session).customer(**fields)


def test_late_answers_go_out_in_their_order_and_are_no_pushes(services: Services, wechat: FakeWeChat) -> None:
    who = customer_with(services, last_push_at=NOON, last_push_day=TODAY, wants_pushes=False, **OPEN)
    owe(services, who, "first")
    owe(services, who, "second")
    deliver_due(services)
    assert [said.text for said in wechat.sent] == ["first", "second"]
    with services.database.reading() as session:
        customer = pushing.customer(session, who)
    assert (customer.window_left, customer.last_push_id, customer.silent_pushes) == (3, None, 0)


def test_an_answer_waits_for_no_push_and_for_nobody_elses_answer(services: Services) -> None:
    """Each has a push that is older and goes out tomorrow."""
    pushes = due(services, 2, due_at=NOON + timedelta(days=1), closes_at=None)
    whose = [of(services, one)[1].id for one in pushes]
    answers = [owe(services, who, "answer") for who in whose]
    with services.database.transaction() as session:
        moment = moments.claiming(session, NOON, services.config)
        assert claims.claim_answers(session, answers, moment, token="me", real=NOON) == (answers, [])


def test_late_answers_go_out_at_night(services: Services, wechat: FakeWeChat, clock: FixedClock) -> None:
    clock.forward(hours=14)
    owe(services, customer_with(services, **OPEN), "at night")
    deliver_due(services)
    assert len(wechat.sent) == 1


def test_a_late_answer_with_no_window_waits_for_the_next_contact(
    services: Services, wechat: FakeWeChat, clock: FixedClock
) -> None:
    who = customer_with(services)
    owe(services, who, "kept")
    deliver_due(services)
    assert wechat.sent == []
    clock.forward(days=9)
    with services.database.transaction() as session:
        assert pushing.customer(session, who).has_kept
        pushing.change(session, who, scene_until=clock.now() + MINUTE, scene_left=3)
        assert deliveries.release_kept(session, who, clock.now(), services.config.push) == 1
        assert not pushing.customer(session, who).has_kept
    deliver_due(services)
    assert [said.text for said in wechat.sent] == ["kept"]
    with services.database.reading() as session:
        assert pushing.customer(session, who).scene_left == 2


def test_an_answer_whose_window_closed_before_it_left_is_kept(
    services: Services, wechat: FakeWeChat, clock: FixedClock
) -> None:
    who = customer_with(services, window_until=NOON + MINUTE, window_left=1)
    one = owe(services, who, "late")
    clock.forward(minutes=2)
    deliver_due(services)
    row, customer = of(services, one)
    assert (row.state, row.channel, customer.has_kept, wechat.sent) == ("planned", "next_contact", True, [])


def test_a_late_answer_wechat_would_not_take_is_owed_still(
    services: Services, wechat: FakeWeChat, clock: FixedClock
) -> None:
    who = customer_with(services, **OPEN)
    one = owe(services, who, "owed")
    wechat.answers = [Never("wechat 45015 outside_window")]
    deliver_due(services)
    row, customer = of(services, one)
    assert (row.state, row.channel, customer.has_kept) == ("planned", "next_contact", True)
    with services.database.transaction() as session:
        deliveries.release_kept(session, who, clock.now(), services.config.push)
    deliver_due(services)
    assert [said.text for said in wechat.sent] == ["owed"]


def test_a_kept_push_comes_out_one_at_a_time_and_in_its_window(
    services: Services, wechat: FakeWeChat, clock: FixedClock
) -> None:
    (one,) = due(services, channel="next_contact", closes_at=None)
    who = of(services, one)[1].id
    clock.set(NOON + timedelta(hours=11))  # 23:00
    with services.database.transaction() as session:
        pushing.change(session, who, has_kept=True, window_until=clock.now() + timedelta(days=2))
        deliveries.release_kept(session, who, clock.now(), services.config.push)
    deliver_due(services)
    assert wechat.sent == []
    clock.set(NOON + timedelta(hours=21))  # nine in the morning
    deliver_due(services)
    assert len(wechat.sent) == 1


def test_a_kept_push_stays_where_another_is_planned(services: Services) -> None:
    (kept,) = due(services, channel="next_contact", closes_at=None)
    who = of(services, kept)[1].id
    with services.database.transaction() as session:
        Build(session).delivery(customer_id=who, campaign_id="second", content_id="others", purpose="service")
        assert deliveries.release_kept(session, who, NOON, services.config.push) == 0
        assert pushing.customer(session, who).has_kept


class Asleep(Senders):
    """Its process stands still when everything is claimed and nothing has left."""

    def __init__(self, meanwhile: Callable[[], object]) -> None:
        super().__init__(8)
        self._meanwhile = meanwhile

    def each(self, attempt: Callable[[A], B], many: Sequence[A]) -> Iterator[list[B]]:
        self._meanwhile()
        yield from super().each(attempt, many)


def test_a_worker_that_stood_still_past_its_claim_sends_nothing_and_plans_it_again(
    services: Services, wechat: FakeWeChat, clock: FixedClock
) -> None:
    ids = due(services, 3)
    with closing(Asleep(lambda: clock.forward(minutes=2))) as senders:
        deliver_batch(services, ids, senders)
    assert wechat.sent == []
    row, customer = of(services, ids[0])
    assert (row.state, row.reason, customer.last_push_id, customer.window_left) == (
        "planned",
        "stood_still",
        None,
        5,
    )
    deliver_due(services)
    assert len(wechat.sent) == 3


def test_what_was_claimed_in_the_last_seconds_of_its_window_does_not_leave_after_it(
    services: Services, wechat: FakeWeChat, clock: FixedClock
) -> None:
    clock.set(CLOSES - timedelta(seconds=1))
    ids = due(services, 3)
    with closing(Asleep(lambda: clock.forward(seconds=2))) as senders:
        deliver_batch(services, ids, senders)
    assert wechat.sent == []
    row, customer = of(services, ids[0])
    assert (row.state, row.reason, customer.last_push_id) == ("planned", "outside_window", None)


def test_what_was_called_unknown_before_its_worker_woke_up_stays_unknown(
    services: Services, wechat: FakeWeChat, clock: FixedClock
) -> None:
    ids = due(services, 3)

    def meanwhile() -> None:
        clock.forward(hours=11)  # it is night
        recover(services)

    with closing(Asleep(meanwhile)) as senders:
        deliver_batch(services, ids, senders)
    assert wechat.sent == []
    assert states(services) == {"unknown": 3}

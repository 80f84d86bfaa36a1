"""Template messages from the plan to WeChat's report: who is planned, what a day's calls allow, how each ends."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from functools import partial
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import Update, event, update

from bot.clock import FixedClock
from bot.services import Services
from bot.store.database import Database, Session
from bot.store.planning import explanations, moments
from bot.store.sending import claims, daily_calls, halts, reported_endings, template_endings
from bot.store.tables import contents
from bot.values.channels import TEMPLATE
from bot.values.outcome import Accepted, Halt, Later, Never, Outcome, Unsure
from bot.values.reports import TemplateFinished
from scheduler.deliver import deliver_due
from scheduler.plan import plan
from scheduler.recover import ask_after_mass, recover
from tests.conftest import NOON
from tests.support import pushing
from tests.support.build import Build
from tests.support.fake_wechat import FakeWeChat
from tests.support.waiting import comes_true, is_waited_for

MINUTE = timedelta(minutes=1)
VISIT = {"template_id": "T1", "template_data": {"thing1": "{customer.name|您}用着顺手吗"}}
ONLY = {"channels": ["template_message"]}


@pytest.fixture
def services(database: Database, clock: FixedClock, wechat: FakeWeChat) -> Iterator[Services]:
    services = laid_out(database, clock, wechat, ONLY)
    same = {"campaign_id": "first", "content_id": "visit", "purpose": "service", "channel": TEMPLATE}
    with pushing.others_stay_as_they_are(database, took="template", **same):
        yield services


def laid_out(
    database: Database, clock: FixedClock, wechat: FakeWeChat, campaign: dict[str, Any], **settings: Any
) -> Services:
    services = pushing.services_with(database, clock, wechat, wechat=settings)
    with database.transaction() as session:
        build = Build(session)
        build.segment()
        approved = {"approved_by": build.staff(), "approved_at": NOON}
        build.content("visit", purpose="service", **VISIT, **approved)
        build.campaign("first", ["visit"], **campaign)
    return services


def customer(services: Services, **fields: Any) -> int:
    with services.database.transaction() as session:
        known = session.exec_driver_sql("SELECT count(*) FROM customers").scalar_one()
        ordinary = {"openid": f"o-{known}", "name": "林", "spoke_at": NOON - timedelta(days=9)}
        return Build(session).customer(**ordinary | fields)


def only(services: Services, who: int) -> Any:
    with services.database.reading() as session:
        (row,) = pushing.deliveries_of(session, who)
        return row


def planned(services: Services) -> int:
    who = customer(services)
    plan(services, services.now())
    return who


def lost(services: Services, wechat: FakeWeChat) -> int:
    """One whose request left, and whose answer nobody heard."""
    who = planned(services)
    wechat.answers = [Unsure("lost")]
    deliver_due(services)
    return who


def in_its_own(database: Database, work: Callable[[Session], list[int]]) -> list[int]:
    with database.transaction() as session:
        return work(session)


def used(services: Services) -> int:
    with services.database.reading() as session:
        return daily_calls.used(session, TEMPLATE, services.now())


def verdict(services: Services, who: int, campaign: str = "first") -> str | None:
    with services.database.reading() as session:
        return pushing.verdict_of(session, who, campaign)


def reports(services: Services, who: int, status: str = "success", msg_id: str = "2000") -> None:
    with services.database.transaction() as session:
        told = TemplateFinished(
            account="gh", openid=pushing.customer(session, who).openid, sent_at=services.now(), once_key="",
            msg_id_of_job=msg_id, status=status,
        )  # fmt: skip
        template_endings.reported(session, told, services.now())


def test_one_goes_out_under_its_own_key_and_is_sent_when_wechat_says_so(
    services: Services, wechat: FakeWeChat
) -> None:
    who = planned(services)
    deliver_due(services)
    row = only(services, who)
    assert (row.channel, row.state, row.took, row.wechat_id) == (TEMPLATE, "accepted", "template", "2000")
    assert [(said.text, said.client_msg_id) for said in wechat.sent] == [
        ("林用着顺手吗", f"delivery-{row.id}")
    ]
    assert used(services) == 1
    reports(services, who)
    assert only(services, who).state == "sent"
    reports(services, who, "failed: system failed")  # told again, otherwise: it is over
    assert only(services, who).state == "sent"
    with services.database.reading() as session:
        assert [said.text for said in pushing.said_to_customers(session)] == ["林用着顺手吗"]


def test_a_template_message_says_what_has_to_be_looked_up(services: Services, wechat: FakeWeChat) -> None:
    who = customer(services)
    with services.database.transaction() as session:
        session.execute(update(contents).values(template_data={"thing1": "{customer.orders|没有}单了"}))
        Build(session).order(who)
    plan(services, services.now())
    deliver_due(services)
    assert [said.text for said in wechat.sent] == ["1单了"]


@pytest.mark.parametrize(
    ("content", "settings", "said"),
    [
        pytest.param({}, {}, "planned", id="a follower needs no consent"),
        pytest.param({"template_id": None}, {}, "no_entitlement", id="a content that fills no template"),
        pytest.param({"purpose": "marketing"}, {}, "no_entitlement", id="promotion least of all"),
        pytest.param({}, {"account_kind": "subscription"}, "no_entitlement", id="a subscription account has none"),
        pytest.param({}, {"verified": False}, "no_entitlement", id="nor one that is not verified"),
        pytest.param({}, {"limits": {"template_per_day": 0}}, "planned", id="0 is no bound"),
    ],
)  # fmt: skip
def test_who_is_planned(
    database: Database, content: dict[str, Any], settings: dict[str, Any], said: str
) -> None:
    at = NOON - MINUTE
    services = pushing.services_with(database, FixedClock(at), wechat=settings)
    with database.transaction() as session:
        build = Build(session)
        build.segment()
        approved = {"approved_by": build.staff(), "approved_at": NOON}
        build.content("visit", **{"purpose": "service"} | VISIT | content | approved)
        build.campaign("first", ["visit"], **ONLY)
    who = customer(services)
    plan(services, at)
    assert verdict(services, who) == said


@pytest.mark.parametrize(
    ("status", "reason", "again"),
    [
        pytest.param("failed:user block", "template_blocked", "no_entitlement", id="they block the account"),
        pytest.param("failed: user block", "template_blocked", "no_entitlement", id="written with a space"),
        pytest.param("failed: system failed", "template_failed", "planned", id="WeChat failed"),
    ],
)
def test_one_that_failed_gives_rhythm_and_call_back_and_a_block_closes_the_channel(
    services: Services, clock: FixedClock, status: str, reason: str, again: str
) -> None:
    who = planned(services)
    deliver_due(services)
    reports(services, who, status)
    row = only(services, who)
    assert (row.state, row.reason, used(services)) == ("failed", reason, 0)
    with services.database.transaction() as session:
        assert pushing.customer(session, who).last_push_id is None
        Build(session).content("again", purpose="service", **VISIT)
        Build(session).campaign("second", ["again"], **ONLY)
    clock.forward(days=1)
    plan(services, services.now())
    assert verdict(services, who, "second") == again


@pytest.mark.parametrize(
    ("outcome", "state", "left"),
    [
        pytest.param(Later(NOON + MINUTE, "busy"), "planned", 0, id="busy: the call was not made"),
        pytest.param(Halt("wechat 43116 template_banned"), "planned", 0, id="halted"),
        pytest.param(Never("wechat 47003 template_fields"), "failed", 0, id="a mistake of ours"),
        pytest.param(Never("wechat 43019 blacklisted", lesson="refuses_channel"), "skipped", 0, id="planned another way"),
        pytest.param(Unsure("lost"), "claimed", 1, id="no answer: it is asked again under its key"),
    ],
)  # fmt: skip
def test_a_call_is_given_back_when_certainly_nothing_was_sent(
    services: Services, wechat: FakeWeChat, outcome: Outcome, state: str, left: int
) -> None:
    who = planned(services)
    wechat.answers = [outcome]
    deliver_due(services)
    assert (only(services, who).state, used(services)) == (state, left)


def test_a_lost_answer_is_asked_again_under_the_same_key_and_reaches_nobody_twice(
    services: Services, wechat: FakeWeChat, clock: FixedClock
) -> None:
    who = planned(services)
    wechat.answers, wechat.reaches = [Unsure("lost")], lambda _outcome: True
    deliver_due(services)
    assert (only(services, who).state, len(wechat.sent)) == ("claimed", 1)
    clock.forward(minutes=1)
    recover(services)
    assert wechat.asked == 1  # its worker may only be slow
    clock.forward(minutes=2)
    recover(services)
    row = only(services, who)
    assert (row.state, row.wechat_id, len(wechat.sent), used(services)) == ("accepted", "2000", 1, 1)
    reports(services, who)
    assert only(services, who).state == "sent"


def test_one_that_never_arrived_is_sent_by_its_repeat(
    services: Services, wechat: FakeWeChat, clock: FixedClock
) -> None:
    who = lost(services, wechat)
    assert wechat.sent == []
    clock.forward(minutes=3)
    recover(services)
    assert (only(services, who).state, len(wechat.sent)) == ("accepted", 1)


@pytest.mark.parametrize(
    "told",
    [
        Unsure("lost"),
        Later(NOON + MINUTE, "busy", is_trouble=True),
        Never("wechat 43004 not_following"),
        Halt("wechat 48001 not_entitled"),
    ],
    ids=["lost again", "busy", "refused", "halted"],
)
def test_what_a_repeat_is_told_never_plans_it_again(
    services: Services, wechat: FakeWeChat, clock: FixedClock, told: Outcome
) -> None:
    """The first request may have reached them: whatever follows, it is unknown in the end, and counts for the rhythm."""
    who = lost(services, wechat)
    for _ in range(6):
        wechat.answers = [told]
        clock.forward(minutes=3)
        recover(services)
    row = only(services, who)
    assert (row.state, row.reason, wechat.sent) == ("unknown", "no_answer", [])
    assert wechat.asked <= 4  # within the time WeChat knows the key
    with services.database.reading() as session:
        assert pushing.customer(session, who).last_push_id == row.id


def test_while_all_pushes_are_stopped_nothing_is_repeated_and_nothing_given_up(
    services: Services, wechat: FakeWeChat, clock: FixedClock
) -> None:
    who = lost(services, wechat)
    with services.database.transaction() as session:
        halts.halt(session, halts.PUSHES, "pushes_stopped", clock.now())
    clock.forward(minutes=3)
    recover(services)
    assert (only(services, who).state, wechat.asked) == ("claimed", 1)
    with services.database.transaction() as session:
        halts.lift(session, halts.PUSHES)
    recover(services)
    assert (only(services, who).state, len(wechat.sent)) == ("accepted", 1)


def test_after_ten_minutes_a_repeat_might_be_a_second_message(
    services: Services, wechat: FakeWeChat, clock: FixedClock
) -> None:
    who = lost(services, wechat)
    clock.forward(minutes=11)
    recover(services)
    assert (only(services, who).state, wechat.asked) == ("unknown", 1)
    reports(services, who)
    assert only(services, who).state == "sent"


def test_who_opted_out_since_is_not_asked_again(
    services: Services, wechat: FakeWeChat, clock: FixedClock
) -> None:
    who = lost(services, wechat)
    with services.database.transaction() as session:
        pushing.change(session, who, wants_pushes=False)
    clock.forward(minutes=3)
    recover(services)
    assert (only(services, who).state, wechat.asked) == ("unknown", 1)


def test_the_report_before_the_answer_ends_it_when_the_answer_is_written(
    services: Services, wechat: FakeWeChat
) -> None:
    who = planned(services)

    def reported_first(outcome: Outcome) -> bool:
        reports(services, who, msg_id=outcome.wechat_id if isinstance(outcome, Accepted) else "")
        return True

    wechat.reaches = reported_first
    deliver_due(services)
    assert only(services, who).state == "sent"


def test_a_report_of_another_program_s_message_ends_nothing_of_ours(
    services: Services, wechat: FakeWeChat
) -> None:
    who = planned(services)

    def of_another(outcome: Outcome) -> bool:
        reports(services, who, "failed: system failed", msg_id="999")
        return True

    wechat.reaches = of_another
    deliver_due(services)
    assert (only(services, who).state, only(services, who).wechat_id) == ("accepted", "2000")
    reports(services, who, "failed: system failed", msg_id="998")
    assert only(services, who).state == "accepted"
    reports(services, who)
    assert only(services, who).state == "sent"


@pytest.mark.parametrize(
    "unlike",
    [
        pytest.param({"channel": "reply_window"}, id="what went another way"),
        pytest.param({"left_at": None}, id="what has not left"),
        pytest.param({"state": "unknown", "wechat_id": "1999"}, id="what has a name of its own"),
    ],
)
def test_a_report_is_of_what_it_names_and_else_of_what_left_without_a_name(
    services: Services, unlike: dict[str, Any]
) -> None:
    who = planned(services)
    deliver_due(services)
    named = only(services, who).id
    under_way = {"state": "claimed", "left_at": NOON, "claimed_at": NOON, "lease_until": NOON + MINUTE}
    with services.database.transaction() as session:
        newer = Build(session).delivery(
            customer_id=who, campaign_id="first", content_id="visit", channel=TEMPLATE, day=date(2026, 11, 25), **under_way
        )  # fmt: skip

    def told() -> tuple[Any, ...]:
        with services.database.reading() as session:
            return pushing.delivery(session, named).state, pushing.delivery(session, newer).reported

    reports(services, who)
    assert told() == ("sent", None)
    with services.database.transaction() as session:
        pushing.change_delivery(session, newer, **unlike)
    reports(services, who, msg_id="999")
    assert told() == ("sent", None)
    with services.database.transaction() as session:
        pushing.change_delivery(session, newer, channel=TEMPLATE, wechat_id=None, **under_way)
    reports(services, who, msg_id="999")
    assert told() == ("sent", 0)


def test_a_worker_that_died_after_the_report_leaves_a_known_ending(
    services: Services, wechat: FakeWeChat, clock: FixedClock
) -> None:
    who = planned(services)

    def dies(_outcome: Outcome) -> bool:
        reports(services, who)
        raise RuntimeError("the worker dies")

    wechat.reaches = dies
    with pytest.raises(RuntimeError):
        deliver_due(services)
    clock.forward(minutes=3)
    recover(services)
    assert (only(services, who).state, wechat.asked) == ("sent", 1)


def test_one_nobody_reported_is_unknown_after_three_days(services: Services, clock: FixedClock) -> None:
    who = planned(services)
    deliver_due(services)
    clock.forward(days=3, hours=1)
    ask_after_mass(services)
    assert (only(services, who).state, only(services, who).reason) == ("unknown", "not_reported")
    with services.database.transaction() as session:
        assert reported_endings.settle_recovered(session, services.now()) == 0


def test_no_more_is_planned_than_the_day_has_calls_and_the_rest_is_told(
    database: Database, clock: FixedClock, wechat: FakeWeChat
) -> None:
    services = laid_out(database, clock, wechat, ONLY, limits={"template_per_day": 2})
    people = [customer(services) for _ in range(5)]
    plan(services, NOON)
    assert [verdict(services, who) for who in people] == ["planned"] * 2 + ["day_quota"] * 3
    assert finding(services, "o-4", "day_quota")
    deliver_due(services)
    plan(services, NOON + MINUTE)
    assert (len(wechat.sent), used(services)) == (2, 2)
    assert [verdict(services, who) for who in people][2:] == ["day_quota"] * 3
    clock.forward(days=1)
    plan(services, services.now())
    deliver_due(services)
    assert (len(wechat.sent), used(services)) == (4, 2)


def finding(services: Services, openid: str, policy: str) -> bool:
    with services.database.reading() as session:
        told = explanations.explain(session, openid, "first", services.now(), services.config)
        assert told is not None
        (one,) = told.campaigns
        return next(found.stands for found in one.findings if found.policy == policy)


def test_when_the_calls_are_used_up_the_next_channel_is_chosen(
    database: Database, clock: FixedClock, wechat: FakeWeChat
) -> None:
    services = laid_out(
        database, clock, wechat, {"channels": ["template_message", "mass"]}, limits={"template_per_day": 1}
    )
    people = [customer(services) for _ in range(3)]
    plan(services, NOON)
    plan(services, NOON + MINUTE)
    assert [only(services, who).channel for who in people] == [TEMPLATE, "mass", "mass"]


def test_the_claim_itself_takes_no_more_calls_than_there_are(
    database: Database, clock: FixedClock, wechat: FakeWeChat
) -> None:
    """What was planned before another program, or a smaller limit, used them up; and with several workers at once."""
    services = laid_out(database, clock, wechat, ONLY)
    people = [customer(services) for _ in range(8)]
    plan(services, NOON)
    few = pushing.services_with(database, clock, wechat, wechat={"limits": {"template_per_day": 3}})
    ids = [only(services, who).id for who in people]
    gate = Barrier(2)

    def worker(mine: list[int], token: str) -> None:
        gate.wait()
        with database.transaction() as session:
            moment = moments.claiming(session, NOON, few.config)
            claims.claim_pushes(session, mine, moment, token=token, real=NOON, leaves=True)

    threads = [Thread(target=worker, args=(ids[n::2], f"w{n}")) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    states = [only(services, who).state for who in people]
    assert (states.count("claimed"), used(services)) == (3, 3)
    deliver_due(few)
    assert {only(services, who).reason for who in people if only(services, who).state == "skipped"} == {
        "day_quota"
    }


def test_a_claim_waits_for_another_that_takes_the_days_last_call(
    postgresql: Database, clock: FixedClock, wechat: FakeWeChat
) -> None:
    services = laid_out(postgresql, clock, wechat, ONLY, limits={"template_per_day": 2})
    planned(services)
    deliver_due(services)
    one, another = (customer(services) for _ in range(2))
    with postgresql.transaction() as session:
        for who in (one, another):
            Build(session).delivery(
                customer_id=who, campaign_id="first", content_id="visit", purpose="service", channel=TEMPLATE
            )

    def claims_for(who: int, session: Session) -> list[int]:
        moment = moments.claiming(session, services.now(), services.config)
        return claims.claim_pushes(session, [only(services, who).id], moment, token=f"w{who}", real=NOON)[0]

    with ThreadPoolExecutor(1) as pool:
        with postgresql.transaction() as session:
            assert daily_calls.lock_used(session, TEMPLATE, services.now()) == 1  # as a claim does first
            waits = pool.submit(in_its_own, postgresql, partial(claims_for, another))
            assert comes_true(lambda: is_waited_for(postgresql))
            assert claims_for(one, session)
        assert waits.result(60) == []
    assert used(services) == 2


def test_claims_ask_with_the_same_statement_while_the_day_s_calls_go_down(
    database: Database, clock: FixedClock, wechat: FakeWeChat
) -> None:
    services = laid_out(database, clock, wechat, ONLY, limits={"template_per_day": 3})
    asked: list[Any] = []

    def hears(_session: Any, statement: Any, *_: Any) -> None:
        if isinstance(statement, Update) and "last_push_id" in str(statement) and "mine" in str(statement):
            asked.append(statement)

    event.listen(database.engine, "before_execute", hears)
    for day_s_calls in range(1, 4):
        planned(services)
        deliver_due(services)
        assert used(services) == day_s_calls
    assert len(asked) == 3
    assert all(statement is asked[0] for statement in asked)


def test_a_call_returns_to_the_day_it_was_taken_on(
    services: Services, clock: FixedClock, wechat: FakeWeChat
) -> None:
    who = planned(services)
    deliver_due(services)
    clock.set(datetime(2026, 11, 25, 4, tzinfo=NOON.tzinfo))
    reports(services, who, "failed: system failed")
    with services.database.reading() as session:
        assert daily_calls.used(session, TEMPLATE, NOON) == 0
    assert daily_calls.day_of(NOON) == date(2026, 11, 24)


@pytest.mark.parametrize(
    ("before", "status", "unanswered", "engagement"),
    [
        pytest.param(2, "success", 3, "tired", id="it came"),
        pytest.param(2, "failed:user block", 2, "ordinary", id="they refuse such messages"),
        pytest.param(2, "failed: system failed", 2, "ordinary", id="WeChat failed"),
        pytest.param(0, "failed: system failed", 0, "ordinary", id="the only one"),
    ],
)
def test_only_what_reached_them_counts_as_unanswered(
    services: Services, before: int, status: str, unanswered: int, engagement: str
) -> None:
    who = customer(services, silent_pushes=before, spoke_at=NOON - timedelta(days=20))
    plan(services, services.now())
    deliver_due(services)
    reports(services, who, status)
    with services.database.reading() as session:
        row = pushing.customer(session, who)
    assert (row.silent_pushes, row.engagement) == (unanswered, engagement)


def test_who_wrote_before_the_report_of_its_failure_has_none_to_take_off(services: Services) -> None:
    who = planned(services)
    deliver_due(services)
    with services.database.transaction() as session:
        pushing.change(session, who, silent_pushes=0)
    reports(services, who, "failed: system failed")
    with services.database.reading() as session:
        assert pushing.customer(session, who).silent_pushes == 0


@pytest.mark.parametrize(("status", "unanswered"), [("success", 1), ("failed: system failed", 0)])
def test_one_whose_answer_was_lost_counts_when_its_report_says_it_came(
    services: Services, wechat: FakeWeChat, clock: FixedClock, status: str, unanswered: int
) -> None:
    who = lost(services, wechat)
    clock.forward(minutes=12)
    recover(services)
    assert only(services, who).state == "unknown"
    reports(services, who, status)
    with services.database.reading() as session:
        assert pushing.customer(session, who).silent_pushes == unanswered

"""Subscription notices from a yes in the prompt to WeChat's report: who is planned, what a claim takes, how each ends."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import insert, update

from bot.clock import FixedClock
from bot.services import Services
from bot.store.database import Database
from bot.store.planning import moments
from bot.store.sending import claims, notice_consents, notice_endings, taking_back
from bot.store.tables import contents
from bot.store.tables import notice_consents as consents
from bot.values.channels import NOTICE
from bot.values.outcome import Halt, Later, Never, Outcome, Unsure
from bot.values.reports import NoticeConsent, NoticeResult
from scheduler.deliver import deliver_due
from scheduler.plan import plan
from scheduler.recover import ask_after_mass, recover
from tests.conftest import NOON
from tests.support import pushing
from tests.support.build import Build
from tests.support.fake_wechat import FakeWeChat
from tests.support.waiting import comes_true, is_waited_for

MINUTE = timedelta(minutes=1)
TODAY = date(2026, 11, 24)
ARRIVED = {
    "notice_template": "N1",
    "notice_page": "",
    "notice_data": {"thing1": "{customer.name|您}的茶到了"},
}


@pytest.fixture
def services(database: Database, clock: FixedClock, wechat: FakeWeChat) -> Iterator[Services]:
    services = laid_out(database, clock, wechat)
    same = {"campaign_id": "first", "content_id": "arrived", "purpose": "service", "channel": NOTICE}
    with pushing.others_stay_as_they_are(database, took="notice", notice_template="N1", **same):
        yield services


def laid_out(database: Database, clock: FixedClock, wechat: FakeWeChat) -> Services:
    services = pushing.services_with(database, clock, wechat)
    with database.transaction() as session:
        build = Build(session)
        build.segment()
        build.content("arrived", purpose="service", **ARRIVED)
        build.campaign("first", ["arrived"], channels=["subscription_notice"])
    return services


def customer(services: Services, left: int = 1, **fields: Any) -> int:
    with services.database.transaction() as session:
        known = session.exec_driver_sql("SELECT count(*) FROM customers").scalar_one()
        ordinary = {"openid": f"o-{known}", "name": "林", "spoke_at": NOON - timedelta(days=9)}
        who = Build(session).customer(**ordinary | fields)
        if left:
            row = {"customer_id": who, "template_id": "N1", "remaining": left, "updated_at": NOON}
            session.execute(insert(consents).values(row))
        return who


def left_of(services: Services, who: int, template: str = "N1") -> int:
    with services.database.reading() as session:
        return notice_consents.left_of(session, who).get(template, 0)


def only(services: Services, who: int) -> Any:
    with services.database.reading() as session:
        (row,) = pushing.deliveries_of(session, who)
        return row


def planned(services: Services, **fields: Any) -> tuple[int, int]:
    """Somebody with one consent, and the notice that is planned for them."""
    who = customer(services, **fields)
    plan(services, services.now())
    return who, only(services, who).id


def happens(services: Services, who: int, template: str = "N1", *, accepted: bool) -> None:
    with services.database.transaction() as session:
        told = [NoticeConsent(template_id=template, accepted=accepted)]
        notice_consents.told(session, who, told, services.now())


def reports(services: Services, who: int, code: int = 0, template: str = "N1") -> None:
    with services.database.transaction() as session:
        result = NoticeResult(template_id=template, msg_id="1700827132819554304", error_code=code)
        notice_endings.reported(session, who, [result], services.now())


def test_a_yes_is_one_more_and_a_no_ends_all(services: Services, clock: FixedClock) -> None:
    who = customer(services, left=0)
    for _ in range(3):
        happens(services, who, accepted=True)
    happens(services, who, "N2", accepted=True)
    with services.database.reading() as session:
        assert notice_consents.left_of(session, who) == {"N1": 3, "N2": 1}
    happens(services, who, accepted=False)
    with services.database.reading() as session:
        assert notice_consents.left_of(session, who) == {"N1": 0, "N2": 1}


@pytest.mark.parametrize(
    ("left", "content", "settings", "verdict"),
    [
        pytest.param(1, {}, {}, "planned", id="one consent is enough"),
        pytest.param(0, {}, {}, "no_entitlement", id="without one, nothing"),
        pytest.param(1, {"notice_template": "N2"}, {}, "no_entitlement", id="a consent to another template is none"),
        pytest.param(1, {"notice_template": None}, {}, "no_entitlement", id="a content that fills no template"),
        pytest.param(1, {"purpose": "marketing"}, {}, "no_entitlement", id="promotion does not go this way"),
        pytest.param(1, {}, {"account_kind": "subscription"}, "no_entitlement", id="a subscription account has none"),
        pytest.param(1, {}, {"verified": False}, "no_entitlement", id="nor one that is not verified"),
    ],
)  # fmt: skip
def test_who_is_planned(
    database: Database, left: int, content: dict[str, Any], settings: dict[str, Any], verdict: str
) -> None:
    account = pushing.services_with(database, FixedClock(NOON - MINUTE), wechat=settings)
    with database.transaction() as session:
        build = Build(session)
        build.segment()
        approved = {"approved_by": build.staff(), "approved_at": NOON}
        build.content("arrived", **{"purpose": "service"} | ARRIVED | content | approved)
        build.campaign("first", ["arrived"], channels=["subscription_notice"])
    who = customer(account, left)
    plan(account, NOON - MINUTE)
    with database.reading() as session:
        assert pushing.verdict_of(session, who, "first") == verdict


def test_a_notice_takes_a_consent_and_is_sent_when_wechat_says_so(
    services: Services, wechat: FakeWeChat
) -> None:
    who, one = planned(services, left=2)
    deliver_due(services)
    row = only(services, who)
    assert (row.state, row.took, row.notice_template, left_of(services, who)) == (
        "accepted",
        "notice",
        "N1",
        1,
    )
    assert [(said.text, said.client_msg_id) for said in wechat.sent] == [("林的茶到了", f"delivery-{one}")]
    reports(services, who)
    row = only(services, who)
    assert (row.state, row.wechat_id, left_of(services, who)) == ("sent", "1700827132819554304", 1)
    reports(services, who, 43101)  # told again, otherwise: it is not about this one any more
    assert only(services, who).state == "sent"
    with services.database.reading() as session:
        assert [said.text for said in pushing.said_to_customers(session)] == ["林的茶到了"]
        assert pushing.customer(session, who).silent_pushes == 1


def test_a_notice_says_what_has_to_be_looked_up(services: Services, wechat: FakeWeChat) -> None:
    who = customer(services)
    with services.database.transaction() as session:
        session.execute(update(contents).values(notice_data={"thing1": "{customer.orders|没有}单了"}))
        Build(session).order(who)
    plan(services, services.now())
    deliver_due(services)
    assert [said.text for said in wechat.sent] == ["1单了"]


def test_a_report_before_the_answer_ends_the_notice_when_the_answer_is_written(
    services: Services, wechat: FakeWeChat
) -> None:
    who, _ = planned(services)

    def reported_first(outcome: Outcome) -> bool:
        reports(services, who)
        return True

    wechat.reaches = reported_first
    deliver_due(services)
    assert (only(services, who).state, left_of(services, who)) == ("sent", 0)


def test_a_notice_that_failed_gives_everything_back(services: Services) -> None:
    who, _ = planned(services, left=2)
    deliver_due(services)
    reports(services, who, 20001)
    row = only(services, who)
    assert (row.state, row.reason, left_of(services, who)) == ("failed", "notice_failed:20001", 2)
    with services.database.reading() as session:
        assert pushing.customer(session, who).last_push_id is None


def test_a_report_that_nothing_is_left_leaves_nothing(services: Services) -> None:
    who, _ = planned(services, left=2)
    deliver_due(services)
    reports(services, who, 43101)
    assert (only(services, who).state, left_of(services, who)) == ("failed", 0)


def test_a_report_is_of_what_left_by_its_template_and_was_not_reported_yet(services: Services) -> None:
    """Any other is of what another program sent."""
    who, one = planned(services, left=3)
    moment = moment_of(services)
    with services.database.transaction() as session:
        claims.claim_pushes(session, [one], moment, token="me", real=NOON)
    reports(services, who)
    assert (only(services, who).reported, left_of(services, who)) == (None, 1), "its request has not left"
    with services.database.transaction() as session:
        claims.mark_left(session, [one], "me", moment, real=NOON)
    reports(services, who, template="N2")
    assert only(services, who).reported is None
    for code in (20001, 0):
        reports(services, who, code)
        assert only(services, who).reported == 20001
    assert left_of(services, who) == 0


def moment_of(services: Services) -> moments.Moment:
    with services.database.reading() as session:
        return moments.claiming(session, NOON, services.config)


def test_a_notice_another_program_sent_uses_a_consent(services: Services) -> None:
    who, bystander = customer(services, left=2), customer(services, left=2)
    happens(services, who, "N2", accepted=True)
    for code, left in ((0, 1), (20001, 1), (0, 0), (0, 0)):
        reports(services, who, code)
        assert left_of(services, who) == left
    assert (left_of(services, bystander), left_of(services, who, "N2")) == (2, 1)


@pytest.mark.parametrize(
    ("outcome", "state", "left"),
    [
        pytest.param(Later(NOON + MINUTE, "busy"), "planned", 2, id="busy"),
        pytest.param(Halt("wechat 43116 template_banned"), "planned", 2, id="halted"),
        pytest.param(Never("wechat 47003 template_fields"), "failed", 2, id="a mistake of ours"),
        pytest.param(
            Never("wechat 43101 no_consent_left", lesson="no_consent"), "skipped", 0, id="none left"
        ),
        pytest.param(Unsure("lost"), "unknown", 1, id="no answer: taken, nobody knows"),
    ],
)
def test_a_consent_is_given_back_when_certainly_nothing_was_sent(
    services: Services, wechat: FakeWeChat, outcome: Outcome, state: str, left: int
) -> None:
    bystander = customer(services, left=2, wants_pushes=False)
    who, _ = planned(services, left=2)
    happens(services, who, "N2", accepted=True)
    wechat.answers = [outcome]
    deliver_due(services)
    assert (only(services, who).state, left_of(services, who)) == (state, left)
    assert (left_of(services, bystander), left_of(services, who, "N2")) == (2, 1), "nobody else's, no other's"


def test_a_refusal_between_claim_and_answer_is_not_undone_by_giving_back(
    services: Services, clock: FixedClock
) -> None:
    who, one = planned(services)
    with services.database.transaction() as session:
        moment = moments.claiming(session, NOON, services.config)
        claims.claim_pushes(session, [one], moment, token="me", real=NOON)
    clock.forward(seconds=1)
    happens(services, who, accepted=False)
    with services.database.transaction() as session:
        taking_back.release(session, [one], moment, "busy")
    assert left_of(services, who) == 0


def test_a_yes_between_claim_and_answer_is_kept(services: Services, clock: FixedClock) -> None:
    who, one = planned(services)
    with services.database.transaction() as session:
        moment = moments.claiming(session, NOON, services.config)
        claims.claim_pushes(session, [one], moment, token="me", real=NOON)
    happens(services, who, accepted=True)
    with services.database.transaction() as session:
        taking_back.release(session, [one], moment, "busy")
    assert left_of(services, who) == 2


def test_who_refused_since_the_plan_is_not_claimed(services: Services, wechat: FakeWeChat) -> None:
    who, _ = planned(services)
    happens(services, who, accepted=False)
    deliver_due(services)
    row = only(services, who)
    assert (row.state, row.reason, wechat.asked) == ("skipped", "no_entitlement", 0)


def test_a_refusal_at_the_very_moment_of_the_claim_lets_no_notice_out_unpaid(services: Services) -> None:
    """Whichever comes first: a consent below nothing would be refused by the table, and none is taken twice."""
    people = [planned(services) for _ in range(6)]
    gate = Barrier(2)

    def worker() -> None:
        gate.wait()
        for _, one in people:
            with services.database.transaction() as session:
                moment = moments.claiming(session, NOON, services.config)
                claims.claim_pushes(session, [one], moment, token=f"me-{one}", real=NOON)

    def customers_refuse() -> None:
        gate.wait()
        for who, _ in people:
            happens(services, who, accepted=False)

    threads = [Thread(target=worker), Thread(target=customers_refuse)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {left_of(services, who) for who, _ in people} == {0}
    assert {only(services, who).state for who, _ in people} <= {"claimed", "skipped"}


def test_a_claim_waits_for_a_refusal_that_is_being_written(
    postgresql: Database, clock: FixedClock, wechat: FakeWeChat
) -> None:
    services = laid_out(postgresql, clock, wechat)
    who, one = planned(services)

    def claim() -> list[int]:
        with services.database.transaction() as session:
            moment = moments.claiming(session, NOON, services.config)
            return claims.claim_pushes(session, [one], moment, token="me", real=NOON)[0]

    with ThreadPoolExecutor(1) as pool:
        with postgresql.transaction() as session:
            notice_consents.refuse(session, who, "N1", NOON)
            waits = pool.submit(claim)
            assert comes_true(lambda: is_waited_for(postgresql))
        assert waits.result(60) == []
    assert (only(services, who).state, left_of(services, who)) == ("skipped", 0)


def test_a_lost_answer_is_found_out_by_the_report(services: Services, wechat: FakeWeChat) -> None:
    who, _ = planned(services)
    wechat.answers = [Unsure("lost")]
    deliver_due(services)
    assert only(services, who).state == "unknown"
    reports(services, who)
    assert (only(services, who).state, left_of(services, who)) == ("sent", 0)


def test_a_worker_that_died_after_the_report_leaves_a_known_ending(
    services: Services, wechat: FakeWeChat, clock: FixedClock
) -> None:
    who, _ = planned(services)

    def dies(outcome: Outcome) -> bool:
        reports(services, who)
        raise RuntimeError("the worker dies")

    wechat.reaches = dies
    with pytest.raises(RuntimeError):
        deliver_due(services)
    assert only(services, who).state == "claimed"
    clock.forward(minutes=3)
    recover(services)
    assert only(services, who).state == "sent"


def test_a_notice_nobody_reported_is_unknown_after_three_days(services: Services, clock: FixedClock) -> None:
    who, _ = planned(services)
    deliver_due(services)
    clock.forward(days=2, hours=23)
    ask_after_mass(services)
    assert only(services, who).state == "accepted"
    clock.forward(hours=2)
    ask_after_mass(services)
    assert (only(services, who).state, only(services, who).reason) == ("unknown", "not_reported")


def test_words_that_fit_no_field_are_not_sent(services: Services, wechat: FakeWeChat) -> None:
    with services.database.transaction() as session:
        Build(session).content(
            "broken", purpose="service", **ARRIVED | {"notice_data": {"amount1": "{customer.name|很多}"}}
        )
        Build(session).campaign("second", ["broken"], channels=["subscription_notice"], priority=9)
    who, _ = planned(services)
    deliver_due(services)
    assert (only(services, who).reason, left_of(services, who), wechat.asked) == ("unsendable", 1, 0)


def test_accepting_twice_is_worth_two_notices_on_two_days(
    services: Services, wechat: FakeWeChat, clock: FixedClock
) -> None:
    with services.database.transaction() as session:
        Build(session).content("again", purpose="service", **ARRIVED)
        Build(session).campaign("second", ["again"], channels=["subscription_notice"], priority=-1)
    who = customer(services, left=1)
    happens(services, who, accepted=True)
    for _ in range(4):
        plan(services, services.now())
        deliver_due(services)
        clock.forward(days=3)
    assert (len(wechat.sent), left_of(services, who)) == (2, 0)

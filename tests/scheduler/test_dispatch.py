"""What stands in the way of what is due: the stop switch, pauses and withdrawals, quotas, a platform in trouble."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from bot.clock import FixedClock
from bot.services import Services
from bot.store.campaigns import campaign_pages
from bot.store.database import Database
from bot.store.planning import moments
from bot.store.sending import claims, deliveries, halts, push_status, withdrawals
from bot.values.outcome import Halt, Later, Never, Outcome, Sent, Unsure
from bot.values.reply import Text, to_json
from scheduler.deliver import deliver_batch, deliver_due, hand_out
from scheduler.plan import plan
from scheduler.recover import recover
from tests.conftest import NOON
from tests.support import pushing
from tests.support.build import Build
from tests.support.fake_wechat import FakeWeChat

OPEN = {"window_until": NOON + timedelta(days=1), "window_left": 5, "spoke_at": NOON - timedelta(hours=1)}
MIDNIGHT = NOON + timedelta(hours=12, minutes=1)
WINDOW = "reply_window"


@dataclass
class Shop:
    services: Services
    clock: FixedClock
    wechat: FakeWeChat
    ids: list[int] = field(default_factory=list)

    def due(self, many: int, **fields: Any) -> list[int]:
        given = {"campaign_id": "first", "content_id": "words", "purpose": "service"} | fields
        with self.services.database.transaction() as session:
            build = Build(session)
            known = session.exec_driver_sql("SELECT count(*) FROM customers").scalar_one()
            people = [build.customer(openid=f"o-{known + number}", **OPEN) for number in range(many)]
            return [build.delivery(customer_id=one, **given) for one in people]

    def states(self) -> dict[str, int]:
        with self.services.database.reading() as session:
            return dict(pushing.states(session))

    def halted(self) -> dict[str, str]:
        with self.services.database.reading() as session:
            return {one.channel: one.reason for one in halts.every(session, self.clock.now())}

    def answers(self, outcome: Callable[[], Outcome], many: int) -> None:
        self.wechat.answers += [outcome() for _ in range(many)]


def opened(database: Database, **sections: Any) -> Shop:
    clock, wechat = FixedClock(NOON), FakeWeChat()
    with database.transaction() as session:
        build = Build(session)
        build.segment()
        approved = {"approved_by": build.staff(), "approved_at": NOON}
        build.content("words", purpose="service", text="您好", **approved)
        build.content("more", purpose="service", text="再见", **approved)
        build.campaign("first", ["words", "more"])
    return Shop(pushing.services_with(database, clock, wechat, **sections), clock, wechat)


@pytest.fixture
def shop(database: Database) -> Shop:
    return opened(database)


# the stop switch


def stop(shop: Shop) -> None:
    with shop.services.database.transaction() as session:
        halts.stop_pushes(session, "pushes_stopped:出错了", shop.clock.now(), by="小林")


def resume(shop: Shop) -> None:
    with shop.services.database.transaction() as session:
        assert halts.lift(session, halts.PUSHES)


def test_while_pushes_are_stopped_only_answers_go_out(shop: Shop) -> None:
    shop.due(3)
    shop.due(3, channel="mass")
    shop.due(2, campaign_id=None, content_id=None, payload=to_json(Text("您问的茶到了")))
    stop(shop)
    deliver_due(shop.services)
    assert {said.text for said in shop.wechat.sent} == {"您问的茶到了"}
    assert shop.states() == {"planned": 6, "sent": 2}
    resume(shop)
    deliver_due(shop.services)
    assert len(shop.wechat.sent) == 8


def test_a_batch_handed_out_before_the_stop_is_not_claimed_after_it(shop: Shop) -> None:
    ids = shop.due(3)
    (batch,) = hand_out(shop.services)
    stop(shop)
    deliver_batch(shop.services, batch.ids)
    assert shop.wechat.asked == 0
    with shop.services.database.reading() as session:
        assert {pushing.delivery(session, one).reason for one in ids} == {"pushes_stopped"}
    resume(shop)
    deliver_due(shop.services)
    assert shop.states() == {"sent": 3}


def test_what_was_claimed_before_the_stop_does_not_leave_after_it(shop: Shop) -> None:
    ids = shop.due(2, channel="mass")
    with shop.services.database.transaction() as session:
        for one in ids:
            pushing.change(session, pushing.delivery(session, one).customer_id, window_left=0)
        moment = moments.claiming(session, NOON, shop.services.config)
        assert claims.claim_pushes(session, ids, moment, token="t", real=NOON)[0] == ids
    stop(shop)
    with shop.services.database.transaction() as session:
        moment = moments.claiming(session, NOON, shop.services.config)
        assert claims.mark_left(session, ids, "t", moment, real=NOON) == []


def test_nothing_is_planned_while_stopped_and_the_verdict_says_so(shop: Shop) -> None:
    with shop.services.database.transaction() as session:
        who = Build(session).customer(**OPEN)
    stop(shop)
    assert plan(shop.services, NOON).planned == 0
    with shop.services.database.reading() as session:
        assert pushing.verdict_of(session, who, "first") == "pushes_stopped"
    resume(shop)
    assert plan(shop.services, NOON).planned == 1


def test_who_stopped_it_first_stays_named(shop: Shop) -> None:
    stop(shop)
    with shop.services.database.transaction() as session:
        assert not halts.stop_pushes(session, "pushes_stopped", NOON, by="小王")
        status = push_status.push_status(session, NOON)
    assert status.stopped
    assert [(one.by, one.reason) for one in status.halted] == [("小林", "pushes_stopped:出错了")]


# campaigns and single deliveries


def test_a_paused_campaign_is_claimed_no_more_and_resumed_it_goes_on(shop: Shop) -> None:
    shop.due(3)
    with shop.services.database.transaction() as session:
        campaign_pages.become(session, "first", "paused", NOON)
    deliver_due(shop.services)
    assert shop.wechat.asked == 0
    assert shop.states() == {"skipped": 3}
    with shop.services.database.transaction() as session:
        campaign_pages.become(session, "first", "running", NOON)
    assert plan(shop.services, NOON).planned == 3
    shop.clock.forward(hours=8)
    deliver_due(shop.services)
    assert len(shop.wechat.sent) == 3


def test_after_a_long_stop_nothing_stale_goes_out_at_once(shop: Shop) -> None:
    """What missed its window is planned into the next one, or dropped when its content is no use by then."""
    shop.due(2, closes_at=NOON + timedelta(hours=8))
    with shop.services.database.transaction() as session:
        build = Build(session)
        build.content("today", purpose="service", useful_until=NOON + timedelta(hours=9))
        late = [build.customer(openid=f"o-late-{number}", **OPEN) for number in range(2)]
        for one in late:
            build.delivery(
                customer_id=one, campaign_id="first", content_id="today", purpose="service", closes_at=NOON + timedelta(hours=8)
            )  # fmt: skip
    stop(shop)
    shop.clock.forward(hours=9)
    resume(shop)
    deliver_due(shop.services)
    assert shop.wechat.asked == 0
    plan(shop.services, shop.clock.now())
    with shop.services.database.reading() as session:
        assert next(row.state for who in late for row in pushing.deliveries_of(session, who)) == "skipped"


def test_what_is_withdrawn_is_skipped_and_counted(shop: Shop) -> None:
    one, *others = shop.due(4)
    with shop.services.database.transaction() as session:
        assert withdrawals.these(session, [one], NOON) == [one]
        assert withdrawals.these(session, [one], NOON) == []
        assert withdrawals.of_campaign(session, "first", NOON) == len(others)
    deliver_due(shop.services)
    assert shop.wechat.asked == 0
    assert shop.states() == {"skipped": 4}
    with shop.services.database.reading() as session:
        assert pushing.delivery(session, one).reason == "withdrawn"


def test_what_is_withdrawn_is_not_planned_again_that_day(shop: Shop) -> None:
    one, other = shop.due(2)
    with shop.services.database.transaction() as session:
        customer = pushing.delivery(session, one).customer_id
        withdrawals.these(session, [one], NOON)
        deliveries.skip(session, [other], "too_late", NOON)
    plan(shop.services, shop.clock.now())
    assert planned_of(shop, customer) == ["skipped"]
    assert shop.states() == {"skipped": 2, "planned": 1}
    shop.clock.forward(days=1)
    plan(shop.services, shop.clock.now())
    assert planned_of(shop, customer) == ["skipped", "planned"]


def planned_of(shop: Shop, customer: int) -> list[str]:
    with shop.services.database.reading() as session:
        return [row.state for row in pushing.deliveries_of(session, customer)]


def test_what_has_left_cannot_be_withdrawn(shop: Shop) -> None:
    ids = shop.due(2)
    deliver_due(shop.services)
    with shop.services.database.transaction() as session:
        assert withdrawals.these(session, ids, NOON) == []


# what WeChat answers


def busy() -> Outcome:
    return Later(NOON + timedelta(minutes=1), "wechat -1 busy", is_trouble=True)


def test_a_quota_of_the_day_rests_the_channel_until_midnight(shop: Shop) -> None:
    """One answer is enough: nobody else asks in vain, and it does not count against anybody's tries."""
    shop.due(60)
    shop.answers(lambda: Later(MIDNIGHT, "wechat 45009 daily_quota", is_for_all=True), 60)
    for _ in range(8):
        deliver_due(shop.services)
        shop.clock.forward(minutes=30)
    assert shop.wechat.asked <= 50
    assert shop.states() == {"planned": 60}
    assert shop.halted() == {WINDOW: "wechat 45009 daily_quota"}
    shop.clock.set(MIDNIGHT)
    assert shop.halted() == {}


def test_the_days_calls_that_are_used_up_rest_the_channel_too(database: Database) -> None:
    shop = opened(database, wechat={"limits": {"custom_per_day": 7}})
    shop.due(20)
    deliver_due(shop.services)
    assert len(shop.wechat.sent) == 7
    assert shop.halted() == {WINDOW: "day_quota:custom_per_day"}
    shop.clock.set(NOON + timedelta(hours=21, minutes=30))
    deliver_due(shop.services)
    assert len(shop.wechat.sent) == 14


def test_more_than_a_second_allows_is_handed_out_again(database: Database) -> None:
    shop = opened(database, wechat={"limits": {"custom_per_second": 4}})
    shop.due(10)
    deliver_due(shop.services)
    assert len(shop.wechat.sent) == 4
    assert shop.states() == {"sent": 4, "planned": 6}
    shop.clock.forward(seconds=3)
    deliver_due(shop.services)
    assert len(shop.wechat.sent) == 8


@pytest.mark.parametrize(
    "trouble",
    [
        pytest.param(busy, id="busy"),
        pytest.param(
            lambda: Later(NOON + timedelta(minutes=1), "wechat unreached", is_trouble=True), id="unreached"
        ),
        pytest.param(lambda: Unsure("wechat lost ReadTimeout"), id="no answer in time"),
        pytest.param(lambda: Unsure("wechat lost garbage"), id="garbage"),
    ],
)
def test_trouble_that_clusters_rests_the_channel_for_a_growing_time(
    shop: Shop, trouble: Callable[[], Outcome]
) -> None:
    shop.due(200)
    shop.answers(trouble, 200)
    deliver_due(shop.services)
    asked = shop.wechat.asked
    assert asked <= shop.services.config.push.at_once
    assert list(shop.halted()) == [WINDOW]
    assert shop.halted()[WINDOW].startswith("breaker:")
    shop.clock.forward(seconds=31)
    assert shop.halted() == {}
    deliver_due(shop.services)  # a trial of three, which fails
    assert shop.wechat.asked - asked <= 3
    assert list(shop.halted()) == [WINDOW]
    shop.clock.forward(seconds=31)
    assert list(shop.halted()) == [WINDOW], "the second pause is twice as long"
    shop.clock.forward(seconds=30)
    shop.wechat.answers.clear()
    deliver_due(shop.services)
    shop.clock.forward(minutes=20)
    deliver_due(shop.services)
    assert shop.halted() == {}
    states = shop.states()
    assert sum(states.values()) == 200
    assert set(states) <= {"sent", "unknown"}
    assert len({said.openid for said in shop.wechat.sent}) == len(shop.wechat.sent) == states["sent"]


def test_scattered_trouble_rests_nothing(shop: Shop) -> None:
    shop.due(100)
    shop.wechat.answers = [busy() if number % 4 == 0 else Sent() for number in range(100)]
    deliver_due(shop.services)
    assert shop.halted() == {}


def test_what_wechat_refuses_for_one_customer_is_no_trouble(shop: Shop) -> None:
    shop.due(60)
    shop.answers(lambda: Never("wechat 50002 restricted"), 60)
    deliver_due(shop.services)
    assert shop.halted() == {}
    assert shop.states() == {"failed": 60}


def test_a_halt_for_a_person_to_lift_outlasts_a_pause(shop: Shop) -> None:
    with shop.services.database.transaction() as session:
        halts.pause(session, WINDOW, "wechat 45009", MIDNIGHT, NOON)
        halts.halt(session, WINDOW, "wechat 48001 not_entitled", NOON)
        halts.pause(session, WINDOW, "wechat 45009", MIDNIGHT, NOON)
    shop.clock.forward(days=3)
    assert shop.halted() == {WINDOW: "wechat 48001 not_entitled"}


def test_a_pause_of_a_later_time_is_void_when_the_clock_is_set_back(shop: Shop) -> None:
    with shop.services.database.transaction() as session:
        halts.pause(session, WINDOW, "wechat 45009", NOON + timedelta(days=9), NOON + timedelta(days=8))
    assert shop.halted() == {}


def test_tries_of_one_delivery_grow_further_apart(shop: Shop) -> None:
    (one,) = shop.due(1)
    waited = []
    for _ in range(3):
        now = shop.clock.now()
        shop.wechat.answers = [Later(now + timedelta(minutes=1), "wechat -1 busy", is_trouble=True)]
        deliver_due(shop.services)
        with shop.services.database.reading() as session:
            waited.append((pushing.delivery(session, one).due_at - now) // timedelta(minutes=1))
        shop.clock.set(now + timedelta(minutes=waited[-1]))
    assert waited == [1, 2, 4]


def test_a_halt_is_told_to_the_operator(shop: Shop) -> None:
    shop.due(1)
    shop.wechat.answers = [Halt("wechat 48001 not_entitled")]
    deliver_due(shop.services)
    with shop.services.database.reading() as session:
        status = push_status.push_status(session, NOON)
    assert (status.stopped, status.due, [one.channel for one in status.halted]) == (False, 1, [WINDOW])


def test_a_crash_leaves_no_more_unknown_than_were_at_once(database: Database) -> None:
    shop = opened(database, push={"at_once": 6})
    ids = shop.due(30)
    shop.wechat.answers = [RuntimeError("the worker ends here") for _ in range(30)]
    with pytest.raises(RuntimeError):
        deliver_batch(shop.services, ids)
    shop.clock.forward(minutes=3)
    recover(shop.services)
    assert shop.states()["unknown"] <= 6
    shop.wechat.answers.clear()
    deliver_due(shop.services)
    assert shop.states()["sent"] + shop.states()["unknown"] == 30


def test_mass_sends_in_trouble_rest_the_channel_after_three(shop: Shop) -> None:
    ids = [shop.due(2, channel="mass", content_id=content) for content in ("words", "more")]
    with shop.services.database.transaction() as session:
        build = Build(session)
        staff = build.staff(name="小王")
        for number in range(2):
            build.content(
                f"more-{number}", purpose="service", text="再见", approved_by=staff, approved_at=NOON
            )
    ids += [shop.due(2, channel="mass", content_id=f"more-{number}") for number in range(2)]
    shop.answers(lambda: Unsure("wechat lost ReadTimeout"), 9)
    for of_content in ids:
        deliver_batch(shop.services, of_content)
    assert shop.wechat.asked == 3
    assert shop.halted() == {"mass": "breaker:wechat lost ReadTimeout"}
    assert shop.states() == {"claimed": 6, "planned": 2}

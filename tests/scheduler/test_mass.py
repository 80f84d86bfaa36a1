"""Mass sends before the simulator: who is under the day's tag, no list of one, and what becomes of somebody alone."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.clock import FixedClock
from bot.sandbox.faults import Fault
from bot.sandbox.platform import Platform
from bot.services import Services
from bot.store.database import Database
from bot.store.planning import moments
from bot.store.sending import claims, deliveries, handing, mass_reports, mass_sends
from bot.values.reports import MassFinished
from scheduler.deliver import attempt_mass, deliver_due, hand_out
from scheduler.plan import plan
from scheduler.recover import recover
from tests.conftest import NOON
from tests.support import pushing
from tests.support.build import Build
from tests.support.simulated import follows, simulated
from tests.support.webhook import StandIn

CLOSES = NOON + timedelta(hours=8, minutes=30)


def shop(database: Database, clock: FixedClock, kind: str) -> tuple[Services, Platform]:
    services, platform = simulated(database, clock, StandIn(), wechat={"account_kind": kind})
    with database.transaction() as session:
        build = Build(session)
        build.segment()
        build.content("words", purpose="service", approved_by=build.staff(), approved_at=NOON)
        build.campaign("first", ["words"])
    return services, platform


def due(services: Services, platform: Platform, many: int, **fields: Any) -> list[int]:
    with services.database.transaction() as session:
        build = Build(session)
        known = session.exec_driver_sql("SELECT count(*) FROM customers").scalar_one()
        openids = [f"o-{number}" for number in range(known, known + many)]
        follows(platform, *openids)
        return [
            build.delivery(
                customer_id=build.customer(openid=openid), campaign_id="first", content_id="words",
                purpose="service", channel="mass", **{"closes_at": CLOSES} | fields,
            )
            for openid in openids
        ]  # fmt: skip


def test_a_shop_elsewhere_counts_mass_sends_by_wechats_month(database: Database, clock: FixedClock) -> None:
    """Half past five in the evening of the last of November in Berlin is December in Shanghai already."""
    berlin = {"timezone": "Europe/Berlin"}
    services, platform = simulated(
        database, clock, StandIn(), wechat={"account_kind": "service"}, push=berlin
    )
    clock.set(datetime(2026, 11, 30, 16, 30, tzinfo=UTC))
    with database.transaction() as session:
        build = Build(session)
        build.segment()
        build.content("words", purpose="service", approved_by=build.staff(), approved_at=NOON)
        build.campaign("first", ["words"])
    one, _other = due(services, platform, 2, due_at=clock.now(), closes_at=clock.now() + timedelta(hours=1))
    deliver_due(services)
    with database.transaction() as session:
        row = pushing.delivery(session, one)
        customer = pushing.customer(session, row.customer_id)
        assert (row.state, customer.mass_month, customer.mass_used) == ("accepted", "2026-12", 1)
        failed = MassFinished(
            account="", openid="", sent_at=NOON, once_key="", msg_id_of_job=row.wechat_id, status="send fail"
        )
        mass_reports.finished(session, failed, clock.now())
        assert pushing.customer(session, row.customer_id).mass_used == 0


@pytest.mark.parametrize(("status", "unanswered"), [("send success", 3), ("send fail", 2), ("err(40002)", 2)])
def test_a_mass_send_that_failed_is_none_they_left_unanswered(
    database: Database, clock: FixedClock, status: str, unanswered: int
) -> None:
    services, platform = shop(database, clock, "service")
    ids = due(services, platform, 2)
    with database.transaction() as session:
        whose = [pushing.delivery(session, one).customer_id for one in ids]
        for who in whose:
            pushing.change(session, who, silent_pushes=2)
    deliver_due(services)
    with database.transaction() as session:
        wechat_id = pushing.delivery(session, ids[0]).wechat_id
        told = MassFinished(
            account="", openid="", sent_at=NOON, once_key="", msg_id_of_job=wechat_id, status=status
        )
        mass_reports.finished(session, told, clock.now())
        mass_reports.finished(session, told, clock.now())  # told twice
        assert [pushing.customer(session, who).silent_pushes for who in whose] == [unanswered] * 2


def received(platform: Platform) -> set[str]:
    platform.run_waiting()
    followers = platform.world.state.followers.values()
    return {one.openid for one in followers if any(one.mass_received.values())}


def under_the_tag(platform: Platform) -> set[str]:
    return {one.openid for one in platform.world.state.followers.values() if one.tag_ids}


def test_the_tag_is_put_right_by_fifties_and_holds_nobody_else(database: Database, clock: FixedClock) -> None:
    services, platform = shop(database, clock, "subscription")
    due(services, platform, 120)
    follows(platform, "stranger")
    tag = platform.world.state
    services.wechat.create_tag("微澜今日")
    platform.world.state.followers["stranger"].tag_ids.append(
        next(iter(tag.tags))
    )  # somebody did that by hand
    deliver_due(services)
    assert under_the_tag(platform) == {f"o-{number}" for number in range(120)} == received(platform)
    calls = platform.world.state.used["2026-11-24"]
    assert calls["/cgi-bin/tags/members/batchtagging"] == 3
    assert calls["/cgi-bin/tags/members/batchuntagging"] == 1


def test_who_was_put_there_before_a_crash_gets_nothing_they_should_not(
    database: Database, clock: FixedClock
) -> None:
    """Put under the tag, then the send is refused, then they say no: the next try takes them out again."""
    services, platform = shop(database, clock, "subscription")
    ids = due(services, platform, 3)
    platform.faults.order(Fault(kind="errcode", path="/cgi-bin/message/mass/sendall", value=42010, times=1))
    deliver_due(services)
    assert under_the_tag(platform) == {"o-0", "o-1", "o-2"}
    with database.transaction() as session:
        pushing.change(session, pushing.delivery(session, ids[0]).customer_id, wants_pushes=False)
    clock.forward(minutes=3)
    deliver_due(services)
    assert received(platform) == {"o-1", "o-2"} == under_the_tag(platform)


def test_one_who_left_spoils_no_fifty(database: Database, clock: FixedClock) -> None:
    services, platform = shop(database, clock, "subscription")
    due(services, platform, 7)
    platform.unfollows("o-3")
    deliver_due(services)
    assert received(platform) == {f"o-{number}" for number in range(7)} - {"o-3"}


@pytest.mark.parametrize(("many", "batches"), [(4, [4]), (5, [3, 2]), (6, [4, 2]), (9, [4, 3, 2])])
def test_no_list_of_one_is_left(
    database: Database, clock: FixedClock, monkeypatch: pytest.MonkeyPatch, many: int, batches: list[int]
) -> None:
    services, platform = shop(database, clock, "service")
    due(services, platform, many)
    monkeypatch.setattr(handing, "MASS_BATCH", 4)  # for ten thousand
    assert [len(batch.ids) for batch in hand_out(services)] == batches


@pytest.mark.parametrize(
    ("campaign", "content", "state", "channel"),
    [
        pytest.param({}, {}, "planned", "next_contact", id="kept for the next contact"),
        pytest.param({"channels": ["mass"]}, {}, "skipped", "mass", id="where that is not wanted, over"),
        pytest.param({}, {"purpose": "marketing"}, "skipped", "mass", id="marketing nobody asked for is not kept"),
    ],
)  # fmt: skip
def test_who_was_alone_with_a_content_waits_no_further_by_mass(
    database: Database,
    clock: FixedClock,
    campaign: dict[str, Any],
    content: dict[str, Any],
    state: str,
    channel: str,
) -> None:
    services, platform = shop(database, clock, "service")
    with database.transaction() as session:
        build = Build(session)
        approved = {"approved_by": build.staff(name="another"), "approved_at": NOON}
        build.content("alone", **{"purpose": "service"} | content, **approved)
        build.campaign("lonely", ["alone"], ends=date(2026, 11, 24), **campaign)
    (one,) = due(services, platform, 1, closes_at=NOON + timedelta(minutes=30))
    purpose = content.get("purpose", "service")
    with database.transaction() as session:
        pushing.change_delivery(
            session, one, campaign_id="lonely", content_id="alone", purpose=purpose, reason="too_few"
        )
    plan(services, datetime(2026, 11, 24, 5, tzinfo=UTC))
    with database.reading() as session:
        row = pushing.delivery(session, one)
        assert (row.state, row.channel) == (state, channel)
        assert pushing.customer(session, row.customer_id).has_kept is (channel == "next_contact")


WROTE = {"window_until": NOON + timedelta(days=2), "window_left": 5, "spoke_at": NOON}


@pytest.mark.parametrize("wrote", ["before it was claimed", "while it waited"])
@pytest.mark.parametrize(
    ("campaign", "content", "goes"),
    [
        pytest.param({}, {}, True, id="through the window they opened"),
        pytest.param({"channels": ["mass"]}, {}, False, id="not where the campaign leaves it out"),
        pytest.param({}, {"purpose": "marketing"}, False, id="not marketing nobody asked for"),
    ],
)
def test_who_is_alone_and_writes_after_the_plan_is_reached_through_the_reply_window(
    database: Database,
    clock: FixedClock,
    campaign: dict[str, Any],
    content: dict[str, Any],
    goes: bool,
    wrote: str,
) -> None:
    services, platform = shop(database, clock, "service")
    clock.set(datetime(2026, 11, 24, 3, 30, tzinfo=UTC))  # the windows of service and of marketing are open
    with database.transaction() as session:
        build = Build(session)
        approved = {"approved_by": build.staff(name="another"), "approved_at": NOON}
        build.content("alone", **{"purpose": "service"} | content, **approved)
        build.campaign("lonely", ["alone"], **campaign)
    purpose = content.get("purpose", "service")
    (one,) = due(services, platform, 1, due_at=clock.now(), closes_at=NOON)
    with database.transaction() as session:
        customer = pushing.delivery(session, one).customer_id
        pushing.change_delivery(session, one, campaign_id="lonely", content_id="alone", purpose=purpose)
        if wrote == "before it was claimed":
            pushing.change(session, customer, **WROTE)
    platform.says("o-0", "在吗")  # opens the window at WeChat
    deliver_due(services)
    if wrote == "while it waited":
        with database.transaction() as session:
            assert pushing.delivery(session, one).reason == "too_few"
            assert pushing.customer(session, customer).has_kept
            pushing.change(session, customer, **WROTE)
            released = deliveries.release_kept(session, customer, clock.now(), services.config.push)
            assert released == goes
    clock.forward(seconds=10)
    deliver_due(services)
    with database.reading() as session:
        row = pushing.delivery(session, one)
        assert (row.state, row.channel) == (("sent", "reply_window") if goes else ("planned", "mass"))
        assert pushing.customer(session, customer).mass_used == 0


def test_a_mass_send_whose_worker_stood_still_leaves_by_recovery_alone(
    database: Database, clock: FixedClock
) -> None:
    services, platform = shop(database, clock, "service")
    ids = due(services, platform, 3)
    with services.database.transaction() as session:
        moment = moments.claiming(session, services.now(), services.config)
        made = mass_sends.begin(session, ids, target="openids", token="t", day=moment.today, now=moment.now)
        assert made is not None
        claims.claim_pushes(
            session, ids, moment, token="t", real=clock.real(), leaves=True, mass_send_id=made
        )
        group = mass_sends.gathered(session, made, "t")
    clock.forward(minutes=2)
    attempt_mass(services, group, repeated=False)
    assert received(platform) == set()
    clock.forward(minutes=2)
    recover(services)
    assert len(received(platform)) == 3


def test_one_that_is_accepted_while_recovery_turns_to_it_is_not_given_up(
    database: Database, clock: FixedClock
) -> None:
    services, platform = shop(database, clock, "service")
    ids = due(services, platform, 2)
    deliver_due(services)
    with database.transaction() as session:
        moment = moments.claiming(session, services.now(), services.config)
        accepted = pushing.delivery(session, ids[0])
        assert mass_sends.take_again(session, accepted.mass_send_id, "b", moment, real=clock.real()) is None
        told = MassFinished(
            account="",
            openid="",
            sent_at=NOON,
            once_key="",
            msg_id_of_job=accepted.wechat_id,
            status="send success",
        )
        mass_reports.finished(session, told, clock.now())
        assert [pushing.delivery(session, one).state for one in ids] == ["sent", "sent"]


@pytest.mark.parametrize(
    ("had", "campaign", "together"),
    [
        pytest.param([["one"], []], {}, {"two"}, id="the content that is new to both"),
        pytest.param([["one"], ["two"]], {}, set(), id="nothing is new to both: they wait"),
        pytest.param([["one"], []], {"in_order": True}, set(), id="a campaign that keeps its order waits"),
        pytest.param([["one"], ["two"], ["one"], ["two"]], {}, {"one", "two"}, id="two and two were never alone"),
        pytest.param([["two"], ["one", "three"], ["one", "two"]], {}, {"three"}, id="three with a content each; two have one in common"),
    ],
)  # fmt: skip
def test_those_who_are_alone_with_a_content_get_another_together(
    database: Database, clock: FixedClock, had: list[list[str]], campaign: dict[str, Any], together: set[str]
) -> None:
    services, platform = simulated(database, clock, StandIn(), wechat={"account_kind": "service"})
    ago = NOON - timedelta(days=9)
    with database.transaction() as session:
        build = Build(session)
        build.segment()
        approved = {"approved_by": build.staff(), "approved_at": NOON, "purpose": "service"}
        contents = ["one", "two", "three"] if len(had) == 3 else ["one", "two"]
        for name in contents:
            build.content(name, text=name, **approved)
        build.campaign("first", contents, **campaign)
        for number, got in enumerate(had):
            openid = f"o-{number}"
            who = build.customer(openid=openid)
            follows(platform, openid)
            for back, name in enumerate(got):
                build.delivery(
                    customer_id=who, campaign_id="first", content_id=name, purpose="service", state="sent",
                    due_at=ago - timedelta(days=back), day=ago.date() - timedelta(days=back),
                )  # fmt: skip
    plan(services, NOON)
    clock.forward(hours=1)
    deliver_due(services)
    platform.run_waiting()
    followers = platform.world.state.followers
    said = {line.text for openid in followers for line in platform.lines(openid) if line.way == "mass"}
    assert said == together
    waiting = sum(not any(one.mass_received.values()) for one in followers.values())
    with database.reading() as session:
        assert pushing.states(session)["planned"] == waiting

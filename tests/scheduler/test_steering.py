"""What WeChat answers steers: each code that can meet a send, ordered of the simulator, and what is true afterwards."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select

from bot.clock import FixedClock
from bot.sandbox.faults import Fault
from bot.store.database import Database
from bot.store.planning import moments
from bot.store.segments import segment_changes
from bot.store.sending import halts, notice_consents, steering
from bot.store.tables import channel_halts, channel_suppressions, follow_doubts
from bot.store.tables import notice_consents as consents
from bot.wechat.errors import REACTIONS, Reaction
from scheduler.deliver import deliver_due
from scheduler.followers import look_again
from scheduler.plan import plan
from scheduler.recover import recover
from tests.conftest import NOON
from tests.support import pushing
from tests.support.build import Build
from tests.support.simulated import follows, simulated
from tests.support.webhook import StandIn

PATHS = {
    "reply_window": "/cgi-bin/message/custom/send",
    "subscription_notice": "/cgi-bin/message/subscribe/bizsend",
    "mass": "/cgi-bin/message/mass/send*",
}
CHANNELS = tuple(PATHS)
MIDNIGHT = datetime(2026, 11, 24, 16, 1, tzinfo=UTC)
DECEMBER = datetime(2026, 11, 30, 16, tzinfo=UTC)
CLOSES = NOON + timedelta(hours=8, minutes=30)
MINUTE = timedelta(minutes=1)
SPEND = {"window_left": 4, "consents": 1, "mass_used": 0}  # with everything given back


class Account:
    def __init__(self, database: Database, clock: FixedClock, **sections: Any) -> None:
        self.services, self.platform = simulated(database, clock, StandIn(), **sections)
        self.clock = clock
        with database.transaction() as session:
            build = Build(session)
            build.segment()
            approved = {"approved_by": build.staff(), "approved_at": NOON}
            filled = {"notice_template": "N1", "notice_data": {"thing1": "新茶"}}
            build.content("words", purpose="service", text="您好", **approved, **filled)
            build.campaign("first", ["words"])

    def due(self, channel: str, many: int = 1) -> list[int]:
        """Deliveries of customers who have something of every entitlement, on both sides of the wire."""
        with self.services.database.transaction() as session:
            build = Build(session)
            known = session.exec_driver_sql("SELECT count(*) FROM customers").scalar_one()
            found = []
            for number in range(known, known + many):
                openid = f"o-{number}"
                follows(self.platform, openid)
                self.platform.says(openid, "您好")
                self.platform.answers_notice_prompt(openid, "N1", accepts=True)
                now = self.clock.now()
                who = build.customer(
                    openid=openid, window_until=now + timedelta(days=2), window_left=4, spoke_at=now - MINUTE
                )
                consent = {"customer_id": who, "template_id": "N1", "remaining": 1, "updated_at": now}
                session.execute(insert(consents).values(consent))
                found.append(
                    build.delivery(
                        customer_id=who, campaign_id="first", content_id="words", purpose="service",
                        channel=channel, closes_at=CLOSES, day=date(2026, 11, 24),
                    )
                )  # fmt: skip
        return found

    def answers(self, channel: str, code: int) -> None:
        self.platform.faults.order(Fault(kind="errcode", path=PATHS[channel], value=code, times=2))

    def delivery(self, one: int) -> Any:
        with self.services.database.reading() as session:
            return pushing.delivery(session, one)

    def customer(self, one: int) -> Any:
        with self.services.database.reading() as session:
            return pushing.customer(session, pushing.delivery(session, one).customer_id)

    def ledgers(self, one: int) -> dict[str, int]:
        customer = self.customer(one)
        with self.services.database.reading() as session:
            left = notice_consents.left_of(session, customer.id)["N1"]
        return {
            "window_left": customer.window_left,
            "consents": left,
            "mass_used": customer.mass_used if customer.mass_month == "2026-11" else 0,
        }

    def halted(self, channel: str) -> Any:
        with self.services.database.reading() as session:
            asked = select(channel_halts).where(channel_halts.c.channel == channel)
            return session.execute(asked).one_or_none()

    def rows(self, table: Any) -> list[Any]:
        with self.services.database.reading() as session:
            return list(session.execute(select(table)))


@pytest.fixture
def account(database: Database, clock: FixedClock) -> Account:
    return Account(database, clock)


def test_with_no_trouble_each_channel_reaches_them(account: Account) -> None:
    ids = {channel: account.due(channel, 2) for channel in CHANNELS}
    deliver_due(account.services)
    states = {channel: {account.delivery(one).state for one in some} for channel, some in ids.items()}
    assert states == {"reply_window": {"sent"}, "subscription_notice": {"accepted"}, "mass": {"accepted"}}
    ledgers = [account.ledgers(some[0]) for some in ids.values()]
    assert ledgers == [SPEND | {"window_left": 3}, SPEND | {"consents": 0}, SPEND | {"mass_used": 1}]


def row(channels: str, code: int, state: str, sentence: str, **after: Any) -> list[Any]:
    return [
        pytest.param(channel, code, state, after, id=f"{code} {channel}: {sentence}")
        for channel in (CHANNELS if channels == "all" else channels.split())
    ]


STEERED = [
    *row("reply_window", 45015, "skipped", "the window is closed, another channel may do", window_left=0),
    *row("reply_window", 45047, "skipped", "the window is used up", window_left=0),
    *row("subscription_notice", 43101, "skipped", "no consent is left", consents=0),
    *row("reply_window subscription_notice", 43004, "failed", "they do not follow", unfollowed=True),
    *row("reply_window subscription_notice", 50005, "failed", "they do not follow", unfollowed=True),
    *row("reply_window subscription_notice", 43019, "skipped", "on the blacklist", suppressed=True),
    *row("reply_window subscription_notice", 48002, "skipped", "messages turned off", suppressed=True),
    *row("reply_window", 70000, "skipped", "a minor is protected", suppressed=True),
    *row("reply_window", 40003, "failed", "none of this account's"),
    *row("mass", 45028, "skipped", "the month's quota is spent", spent=DECEMBER),
    *row("all", 48001, "planned", "not entitled", halted="wechat 48001 not_entitled: the account has no"),
    *row("mass", 48003, "planned", "no agreement", halted="wechat 48003 mass_agreement: accept the"),
    *row("all", 48008, "failed", "not this type"),
    *row("all", 48004, "planned", "banned", halted="wechat 48004 banned: WeChat banned"),
    *row("all", 40164, "planned", "a strange address", halted="wechat 40164 address_not_allowed: put"),
    *row("subscription_notice", 43116, "planned", "a banned template", halted="wechat 43116 template_banned"),
    *row("subscription_notice", 40037, "planned", "no such template yet", due=NOON + timedelta(minutes=30)),
    *row("reply_window", 65400, "planned", "service is off", halted="wechat 65400 customer_service_off"),
    *row("all", 45009, "planned", "the day's quota", halted="wechat 45009 daily_quota", until=MIDNIGHT),
    *row("all", 45011, "planned", "the minute's", halted="wechat 45011 minute_quota", until=NOON + MINUTE),
    *row("mass", 42010, "planned", "too fast", halted="wechat 42010 too_fast", until=NOON + 2 * MINUTE),
    *row("subscription_notice", 43117, "planned", "too often to them", due=NOON + timedelta(hours=3)),
    *row("subscription_notice", 47003, "failed", "fields that do not fit"),
    *row("subscription_notice", 41030, "failed", "no such page"),
    *row("reply_window mass", 45002, "failed", "too long"),
    *row("reply_window mass", 40007, "failed", "no such file"),
    *row("mass", 45083, "failed", "the speed"),
    *row("mass", 45084, "failed", "the speed"),
    *row("mass", 40130, "failed", "a list of one"),
    *row("mass", 45067, "failed", "our key is too long"),
    *row("mass", 89503, "claimed", "an administrator is asked, and it may go out by itself", mass_used=1),
    *row("all", 12345, "failed", "a code to come"),
]


@pytest.mark.parametrize(("channel", "code", "state", "after"), STEERED)
def test_a_code_corrects_what_it_says_something_about_and_nothing_else(
    account: Account, channel: str, code: int, state: str, after: dict[str, Any]
) -> None:
    (one, *_) = account.due(channel, 2 if channel == "mass" else 1)
    account.answers(channel, code)
    deliver_due(account.services)
    row = account.delivery(one)
    assert (row.state, account.ledgers(one)) == (
        state,
        SPEND | {name: after[name] for name in SPEND if name in after},
    )
    customer, halted = account.customer(one), account.halted(channel)
    assert (customer.last_push_id is None) is (state != "claimed")
    assert (
        (customer.unfollowed_at is not None) is bool(account.rows(follow_doubts)) is ("unfollowed" in after)
    )
    assert bool(account.rows(channel_suppressions)) is ("suppressed" in after)
    assert (halted.reason if halted and halted.reason else "").startswith(after.get("halted", ""))
    assert (halted is not None and (halted.until is None or halted.until > NOON)) is ("halted" in after)
    if "until" in after:
        assert halted.until == after["until"]
    if "due" in after:
        assert row.due_at == after["due"]
    with account.services.database.reading() as session:
        assert steering.spent(session, NOON) == ({channel: after["spent"]} if "spent" in after else {})


def test_a_template_that_is_still_not_there_half_an_hour_later_halts_the_channel(account: Account) -> None:
    (one,) = account.due("subscription_notice")
    account.answers("subscription_notice", 40037)
    deliver_due(account.services)
    account.clock.forward(minutes=29)
    deliver_due(account.services)
    assert account.delivery(one).attempts == 1
    assert account.halted("subscription_notice") is None
    account.clock.forward(minutes=1)
    deliver_due(account.services)
    assert (account.delivery(one).state, account.delivery(one).attempts) == ("planned", 2)
    assert account.halted("subscription_notice").reason.startswith("wechat 40037 bad_template_id: compare")


def test_every_code_of_the_table_ends_an_attempt_as_its_class_says(account: Account) -> None:
    """Through the customer-service call, which has no key: nothing may be left claimed, or lose its ledger."""
    wrong = []
    ends = {Reaction.BUG: {"failed"}, Reaction.DROP: {"failed", "skipped"}, Reaction.REPEATED: {"failed"}}
    for code, meaning in REACTIONS.items():
        (one,) = account.due("reply_window")
        account.answers("reply_window", code)
        deliver_due(account.services)
        state, left = account.delivery(one).state, account.ledgers(one)["window_left"]
        if state not in ends.get(meaning.reaction, {"planned"}) or (left != 4 and not meaning.lesson):
            wrong.append((code, state, left))
        with account.services.database.transaction() as session:
            halts.lift(session, "reply_window")
            halts.lift(session, halts.PUSHES)
            pushing.change_delivery(session, one, state="skipped")
        account.platform.faults.clear()
    assert wrong == []


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_ban_stops_every_push_until_a_person_resumes_them(account: Account, channel: str) -> None:
    for each in CHANNELS:
        account.due(each, 2)
    account.answers(channel, 48004)
    deliver_due(account.services)
    account.platform.faults.clear()
    stopped = account.halted(halts.PUSHES)
    assert stopped is not None
    assert stopped.until is None
    assert stopped.reason.startswith("wechat 48004 banned: ")
    ids = [id_ for each in CHANNELS for id_ in account.due(each, 2)]
    deliver_due(account.services)
    assert {account.delivery(one).state for one in ids} == {"planned"}


def test_a_used_up_quota_is_told_until_its_period_ends_and_a_person_may_try_it_again(
    account: Account,
) -> None:
    account.due("mass", 2)
    account.answers("mass", 45028)
    deliver_due(account.services)
    with account.services.database.transaction() as session:
        (told,) = halts.every(session, NOON)
        assert (told.channel, told.reason) == ("mass", "wechat 45028 mass_quota_used_up")
        assert told.until == DECEMBER
        assert halts.every(session, DECEMBER) == []
        assert halts.lift(session, "mass")
        assert steering.spent(session, NOON) == {}


def test_after_a_closed_window_the_same_day_goes_by_the_next_channel(account: Account) -> None:
    (one,) = account.due("reply_window")
    account.answers("reply_window", 45015)
    deliver_due(account.services)
    account.platform.faults.clear()
    plan(account.services, NOON)
    with account.services.database.reading() as session:
        assert account.customer(one).id in segment_changes.since(session, NOON).customer_ids
        rows = pushing.deliveries_of(session, account.customer(one).id)
    assert [(row.channel, row.state) for row in rows] == [
        ("reply_window", "skipped"),
        ("subscription_notice", "planned"),
    ]


def test_a_window_that_opened_since_is_not_the_one_that_was_refused(account: Account) -> None:
    (one,) = account.due("reply_window")
    with account.services.database.transaction() as session:
        who = pushing.delivery(session, one).customer_id
        moment = moments.claiming(session, NOON, account.services.config)
    account.answers("reply_window", 45015)

    def speaks_meanwhile(*_: Any) -> None:
        with account.services.database.transaction() as session:
            pushing.change(session, who, spoke_at=NOON + MINUTE, window_left=5)

    account.platform.faults.order(Fault(kind="latency", path=PATHS["reply_window"], value=1))
    account.platform._api._sleep = speaks_meanwhile  # what happens while the request is under way
    deliver_due(account.services)
    assert moment.now == NOON
    assert account.customer(one).window_left == 5


def test_who_is_refused_a_channel_is_reached_by_another_until_they_speak(account: Account) -> None:
    (one,) = account.due("reply_window")
    account.answers("reply_window", 48002)
    deliver_due(account.services)
    account.platform.faults.clear()
    plan(account.services, NOON)
    who = account.customer(one).id
    with account.services.database.transaction() as session:
        assert [row.channel for row in pushing.deliveries_of(session, who)][1:] == ["subscription_notice"]
        pushing.change_delivery(session, pushing.deliveries_of(session, who)[1].id, state="skipped")
        pushing.change(session, who, spoke_at=NOON + MINUTE)
    plan(account.services, NOON + MINUTE)
    with account.services.database.transaction() as session:
        assert [row.channel for row in pushing.deliveries_of(session, who)][2:] == ["reply_window"]
        assert steering.drop_suppressions_they_lifted(session) == 1


def test_a_spent_months_quota_ends_with_the_month(account: Account) -> None:
    ids = account.due("mass", 2)
    account.answers("mass", 45028)
    deliver_due(account.services)
    account.platform.faults.clear()
    assert {account.delivery(one).reason for one in ids} == {"no_entitlement"}
    for at, most in ((NOON, 0), (DECEMBER - MINUTE, 0), (DECEMBER, 4)):
        with account.services.database.reading() as session:
            assert moments.claiming(session, at, account.services.config).mass.most == most


def test_a_subscription_accounts_day_returns_tomorrow(database: Database, clock: FixedClock) -> None:
    account = Account(database, clock, wechat={"account_kind": "subscription"})
    account.due("mass", 2)
    account.platform.faults.order(
        Fault(kind="errcode", path="/cgi-bin/message/mass/sendall", value=45028, times=1)
    )
    deliver_due(account.services)
    with database.reading() as session:
        assert list(steering.spent(session, NOON).values()) == [MIDNIGHT - MINUTE]


def test_a_lost_mass_send_is_found_again_under_its_key(account: Account) -> None:
    """45066 while it is too soon, then 45065 with the id of the first: accepted once, received once."""
    ids = account.due("mass", 3)
    account.platform.faults.order(Fault(kind="drop", path=PATHS["mass"], times=1))
    deliver_due(account.services)
    assert {account.delivery(one).state for one in ids} == {"claimed"}
    account.clock.forward(seconds=61)
    (sent,) = account.platform.world.state.client_messages.values()
    sent.last_at = account.clock.now()
    recover(account.services)  # 45066
    assert {account.delivery(one).state for one in ids} == {"claimed"}
    account.clock.forward(minutes=3)
    recover(account.services)  # 45065
    assert {account.delivery(one).state for one in ids} == {"accepted"}
    assert len(account.platform.world.state.mass) == 1
    assert {account.ledgers(one)["mass_used"] for one in ids} == {1}


def test_who_was_doubted_is_asked_about(account: Account) -> None:
    stays, left = account.due("reply_window", 2)
    account.answers("reply_window", 43004)
    deliver_due(account.services)
    account.platform.faults.clear()
    account.platform.unfollows(account.customer(left).openid)
    assert look_again(account.services) == (1, 1)
    assert account.customer(stays).unfollowed_at is None
    assert account.customer(left).forgotten_at is not None
    assert account.rows(follow_doubts) == []
    assert look_again(account.services) == (0, 0)

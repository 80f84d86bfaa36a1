"""Reading WeChat's followers: each becomes a customer once, whatever breaks on the way, and within the day's quota."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, insert, select

from bot.clock import FixedClock
from bot.rules.hashing import openid_hash
from bot.store import leases, tables
from bot.store.database import Database
from bot.store.people import follow_history
from bot.store.tables import customers, suppressions
from bot.values.following import AlreadyRunning, Synced
from bot.wechat.answers import FollowerDetails, FollowerPage
from bot.wechat.errors import Lost, WeChatError
from scheduler.followers import sync
from tests.conftest import NOON
from tests.support.build import Build
from tests.support.fake_wechat import FakeWeChat
from tests.support.pushing import services_with

IN_MAY = datetime(2026, 5, 1, tzinfo=UTC)


@dataclass
class Followed(FakeWeChat):
    """Names its followers in pages, the last one empty, as the platform does; `gone` left, `foreign` are not its own."""

    openids: list[str] = field(default_factory=list)
    per_page: int = 10_000
    gone: set[str] = field(default_factory=set)
    foreign: set[str] = field(default_factory=set)
    union_ids: dict[str, str] = field(default_factory=dict)
    pages: int = 0
    asked_about: list[str] = field(default_factory=list)
    most_at_once: int = 0
    breaks_at: dict[int, WeChatError] = field(default_factory=dict)  # which call for details, counted from 1
    calls: int = 0

    def followers(self, after: str = "") -> FollowerPage:
        self.pages += 1
        if after and after not in self.openids:
            raise WeChatError(40003, "invalid openid")
        start = self.openids.index(after) + 1 if after else 0
        page = self.openids[start : start + self.per_page]
        return FollowerPage(len(self.openids), tuple(page), page[-1] if page else "")

    def details(self, openids: Sequence[str]) -> tuple[FollowerDetails, ...]:
        self.calls += 1
        if error := self.breaks_at.pop(self.calls, None):
            raise error
        if self.foreign & set(openids):
            raise WeChatError(40003, "invalid openid")
        self.most_at_once = max(self.most_at_once, len(openids))
        self.asked_about += openids
        return tuple(
            FollowerDetails(
                one, one not in self.gone, IN_MAY, "ADD_SCENE_QR_CODE", "shelf-3", self.union_ids.get(one, "")
            )
            for one in openids
        )


def some(count: int) -> list[str]:
    return [f"o-{number:04}" for number in range(count)]


def how_many(database: Database) -> int:
    with database.reading() as session:
        return session.execute(select(func.count()).where(customers.c.openid.is_not(None))).scalar_one()


def test_every_follower_becomes_a_customer_once(database: Database, clock: FixedClock) -> None:
    wechat = Followed(openids=[*some(150), "o-left"], per_page=100, gone={"o-left"})
    services = services_with(database, clock, wechat)

    assert sync(services) == Synced(followers=151, new=150, total=151)
    assert sync(services) == Synced(followers=151, new=0, total=151)
    assert wechat.most_at_once == 100
    with database.reading() as session:
        found = session.execute(select(customers).where(customers.c.openid == "o-0149")).one()
        assert (found.followed_at, found.source, found.source_scene) == (IN_MAY, "qr_code", "shelf-3")
        assert [(one.kind, one.scene, one.at) for one in follow_history.of(session, found.id)] == [
            ("follow", "shelf-3", IN_MAY)
        ]
        assert session.execute(select(customers.c.id).where(customers.c.openid == "o-left")).first() is None


def test_a_customer_who_is_known_stays_as_they_are(database: Database, clock: FixedClock) -> None:
    with database.transaction() as session:
        Build(session).customer(
            openid="o-lin", source="scan", wants_pushes=False, followed_at=datetime(2026, 1, 1, tzinfo=UTC)
        )
    assert sync(services_with(database, clock, Followed(openids=["o-lin"]))).new == 0
    with database.reading() as session:
        found = session.execute(select(customers)).one()
        assert (found.source, found.wants_pushes, found.followed_at) == (
            "scan",
            False,
            datetime(2026, 1, 1, tzinfo=UTC),
        )


def test_an_opt_out_outlives_the_absence(database: Database, clock: FixedClock) -> None:
    services = services_with(database, clock, Followed(openids=["o-lin"]), server={"secret_key": "salt"})
    with database.transaction() as session:
        gone = {"openid_hash": openid_hash("o-lin", "salt"), "opted_out": True, "forgotten_at": IN_MAY}
        session.execute(insert(suppressions).values(gone))

    assert sync(services).new == 1
    with database.reading() as session:
        assert session.execute(select(customers.c.wants_pushes)).scalar_one() is False


def test_a_shops_customer_with_an_openid_follows_now(database: Database, clock: FixedClock) -> None:
    with database.transaction() as session:
        Build(session).customer(openid="o-lin", external_id="E1", source="import", followed_at=None)
    assert sync(services_with(database, clock, Followed(openids=["o-lin"]))).new == 1
    with database.reading() as session:
        found = session.execute(select(customers)).one()
        assert (found.external_id, found.followed_at) == ("E1", IN_MAY)


def test_whom_the_shop_knows_by_wechats_own_name_is_the_same_customer(
    database: Database, clock: FixedClock
) -> None:
    with database.transaction() as session:
        Build(session).customer(openid=None, external_id="E1", union_id="u-1", followed_at=None)
    wechat = Followed(openids=["o-lin", "o-ann"], union_ids={"o-lin": "u-1"})
    assert sync(services_with(database, clock, wechat)).new == 2
    with database.reading() as session:
        found = session.execute(select(customers).where(customers.c.openid == "o-lin")).one()
        assert (found.external_id, found.union_id) == ("E1", "u-1")
        assert session.execute(select(tables.merges.c.how)).scalar_one() == "union_id"


def test_a_run_that_broke_off_goes_on_where_it_was(database: Database, clock: FixedClock) -> None:
    wechat = Followed(openids=some(950), per_page=500, breaks_at={7: Lost(None, "lost connection")})
    services = services_with(database, clock, wechat)
    with pytest.raises(WeChatError):
        sync(services)
    assert how_many(database) == 600

    wechat.asked_about.clear()
    assert sync(services) == Synced(followers=950, new=950, total=950)
    assert wechat.asked_about == some(950)[600:]


def test_the_openid_to_go_on_after_may_have_left(database: Database, clock: FixedClock) -> None:
    wechat = Followed(openids=some(950), per_page=500, breaks_at={7: Lost(None, "lost connection")})
    services = services_with(database, clock, wechat)
    with pytest.raises(WeChatError):
        sync(services)
    for gone in ("o-0599", "o-0499"):  # the last stored, and the end of the page before
        wechat.openids.remove(gone)
        wechat.gone.add(gone)
    found = sync(services)
    assert (found.followers, found.gone) == (950, 0)  # named before they left: the next reading finds them
    clock.forward(hours=1)
    assert sync(services).gone == 2
    assert how_many(database) == 948


def test_a_reading_of_last_month_begins_anew(database: Database, clock: FixedClock) -> None:
    wechat = Followed(openids=some(300), breaks_at={2: Lost(None, "lost connection")})
    services = services_with(database, clock, wechat)
    with pytest.raises(WeChatError):
        sync(services)
    clock.forward(days=30)
    wechat.asked_about.clear()
    assert sync(services) == Synced(followers=300, new=200, total=300)
    assert len(wechat.asked_about) == 300


def test_the_days_quota_is_never_used_up(database: Database, clock: FixedClock) -> None:
    wechat = Followed(openids=some(2_500), per_page=500)
    services = services_with(
        database, clock, wechat, wechat={"limits": {"details_per_day": 20, "followers_per_day": 20}}
    )
    first = sync(services)
    assert (first.followers, wechat.calls) == (1_900, 19)
    assert first.goes_on_at == datetime(2026, 11, 24, 16, 1, tzinfo=UTC)  # a minute into Shanghai's next day
    assert sync(services).followers == 1_900, "again on the same day: no call is left"
    assert wechat.calls == 19

    clock.forward(hours=13)
    done = sync(services)
    assert (done.followers, done.new, done.goes_on_at) == (2_500, 2_500, None)
    assert wechat.calls == 25


def test_wechats_own_word_that_the_quota_is_used_pauses_too(database: Database, clock: FixedClock) -> None:
    wechat = Followed(openids=some(300), breaks_at={2: WeChatError(45009, "reach max api daily quota limit")})
    services = services_with(database, clock, wechat)
    paused = sync(services)
    assert (paused.followers, paused.goes_on_at) == (100, datetime(2026, 11, 24, 16, 1, tzinfo=UTC))
    assert "45009" in paused.why
    clock.forward(days=1)
    assert sync(services) == Synced(followers=300, new=300, total=300)


def test_who_left_meanwhile_is_forgotten_and_nobody_else(database: Database, clock: FixedClock) -> None:
    with database.transaction() as session:
        build = Build(session)
        for openid in ("o-0000", "o-left", "o-foreign", *(f"o-kept-{number}" for number in range(3))):
            build.customer(openid=openid, name=openid, source_scene="fair")
        build.customer(openid="o-new", followed_at=NOON + timedelta(minutes=1), created_at=NOON)
        build.customer(openid=None, external_id="E1", followed_at=None)
    wechat = Followed(openids=some(1), gone={"o-left"}, foreign={"o-foreign"})  # the pages forgot some
    assert sync(services_with(database, clock, wechat)).gone == 1
    with database.reading() as session:
        left = set(session.execute(select(customers.c.openid)).scalars()) - {None}
        assert left == {"o-0000", "o-foreign", "o-kept-0", "o-kept-1", "o-kept-2", "o-new"}
        kinds = select(tables.follow_history.c.kind, tables.follow_history.c.customer_id)
        assert session.execute(kinds).all() == [("unfollow", None)]
        assert session.execute(select(tables.followers_named)).all() == []


def test_an_openid_wechat_names_and_does_not_know_holds_up_nobody(
    database: Database, clock: FixedClock
) -> None:
    """An account that is moving names people it cannot tell of."""
    wechat = Followed(openids=[*some(130), "o-odd"], foreign={"o-odd", "o-0007"})
    assert sync(services_with(database, clock, wechat)) == Synced(followers=131, new=129, total=131)
    assert how_many(database) == 129


def test_an_account_without_followers_has_none(database: Database, clock: FixedClock) -> None:
    assert sync(services_with(database, clock, Followed())) == Synced(followers=0, new=0)


def test_two_at_once_are_refused(database: Database, clock: FixedClock) -> None:
    services = services_with(database, clock, Followed(openids=some(3)))
    other = leases.lease(database, "sync followers", clock.real)
    assert other.hold()
    with pytest.raises(AlreadyRunning):
        sync(services)
    other.release()
    assert sync(services).new == 3


def test_how_far_it_is_can_be_watched(database: Database, clock: FixedClock) -> None:
    seen: list[tuple[int, int]] = []
    wechat = Followed(openids=some(250))
    sync(services_with(database, clock, wechat), lambda run: seen.append((run.named, run.total)))
    assert seen == [(100, 250), (200, 250), (250, 250)]

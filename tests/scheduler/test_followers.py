from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import insert, select

from bot.clock import FixedClock
from bot.rules.hashing import openid_hash
from bot.store.database import Database
from bot.store.tables import customers, suppressions
from bot.wechat.answers import FollowerDetails, FollowerPage
from scheduler.followers import Synced, sync
from tests.support.build import Build
from tests.support.fake_wechat import FakeWeChat
from tests.support.pushing import services_with

IN_MAY = datetime(2026, 5, 1, tzinfo=UTC)


@dataclass
class Followed(FakeWeChat):
    """Names its followers in pages, the last one empty, as the platform does; `gone` left a moment ago."""

    pages: list[list[str]] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    most_at_once: int = 0

    def followers(self, after: str = "") -> FollowerPage:
        number = next((n + 1 for n, page in enumerate(self.pages) if page[-1] == after), 0)
        page = self.pages[number] if number < len(self.pages) else []
        return FollowerPage(sum(map(len, self.pages)), tuple(page), page[-1] if page else "")

    def details(self, openids: Sequence[str]) -> tuple[FollowerDetails, ...]:
        self.most_at_once = max(self.most_at_once, len(openids))
        return tuple(
            FollowerDetails(one, one not in self.gone, IN_MAY, "ADD_SCENE_QR_CODE", "shelf-3")
            for one in openids
        )


def test_every_follower_becomes_a_customer_once(database: Database, clock: FixedClock) -> None:
    wechat = Followed(pages=[[f"o-{n:03}" for n in range(150)], ["o-150", "o-left"]], gone={"o-left"})
    services = services_with(database, clock, wechat)

    assert sync(services) == Synced(followers=152, new=151)
    assert sync(services) == Synced(followers=152, new=0)
    assert wechat.most_at_once == 100
    with database.reading() as session:
        found = session.execute(select(customers).where(customers.c.openid == "o-150")).one()
        assert (found.followed_at, found.source, found.source_scene) == (IN_MAY, "qr_code", "shelf-3")
        assert session.execute(select(customers.c.id).where(customers.c.openid == "o-left")).first() is None


def test_a_customer_who_is_known_stays_as_they_are(database: Database, clock: FixedClock) -> None:
    with database.transaction() as session:
        Build(session).customer(
            openid="o-lin", source="scan", wants_pushes=False, followed_at=datetime(2026, 1, 1, tzinfo=UTC)
        )
    assert sync(services_with(database, clock, Followed(pages=[["o-lin"]]))).new == 0
    with database.reading() as session:
        found = session.execute(select(customers)).one()
        assert (found.source, found.wants_pushes, found.followed_at) == (
            "scan",
            False,
            datetime(2026, 1, 1, tzinfo=UTC),
        )


def test_an_opt_out_outlives_the_absence(database: Database, clock: FixedClock) -> None:
    services = services_with(database, clock, Followed(pages=[["o-lin"]]), server={"secret_key": "salt"})
    with database.transaction() as session:
        gone = {"openid_hash": openid_hash("o-lin", "salt"), "opted_out": True, "forgotten_at": IN_MAY}
        session.execute(insert(suppressions).values(gone))

    assert sync(services).new == 1
    with database.reading() as session:
        assert session.execute(select(customers.c.wants_pushes)).scalar_one() is False

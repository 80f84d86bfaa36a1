"""Brings the followers WeChat knows into the store: by pages of 10,000 openids, their details by 100.

Every hundred is one transaction that also says how far it is, so a killed run goes on where it was. The day's quota of
calls is counted before each call and never used up: what is left belongs to those who need an answer now. Whoever
follows here and was not named is asked about, and forgotten only if WeChat says that they left.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from bot.services import Services
from bot.store import leases
from bot.store.people import follower_syncs, followers, following
from bot.store.people.follower_syncs import Run
from bot.store.sending import steering
from bot.values.following import AlreadyRunning, Synced
from bot.values.outcome import Later
from bot.wechat.answers import FollowerDetails, FollowerPage
from bot.wechat.errors import WeChatError, outcome_of
from bot.wechat.limits import limits_of
from bot.wechat.waits import SHANGHAI, until_midnight

DETAILS_AT_ONCE = 100
RESERVE = 20  # one call in so many is left for others
UNKNOWN_OPENID = 40003

Progress = Callable[[Run], object]


class _Paused(Exception):
    def __init__(self, until: datetime, why: str) -> None:
        self.until, self.why = until, why


def sync(services: Services, progress: Progress = lambda _run: None) -> Synced:
    """Raises `AlreadyRunning`, and `WeChatError` where the platform does not answer: what is stored stays."""
    lease = leases.lease(services.database, "sync followers", services.clock.real)
    if not lease.hold():
        raise AlreadyRunning
    try:
        return _Reading(services, lease, progress).run()
    finally:
        lease.release()


def look_again(services: Services) -> tuple[int, int]:
    """Asks about those whom WeChat refused a push as not following. How many follow after all, and how many left.

    An openid that is none of this account's says nothing: that customer stays as they are.
    """
    with services.database.reading() as session:
        asked = steering.doubted(session, DETAILS_AT_ONCE)
    if not asked:
        return 0, 0
    details = _details_of(services, list(asked))
    stays = [asked[one.openid] for one in details if one.subscribed and one.openid in asked]
    left = [asked[one.openid] for one in details if not one.subscribed and one.openid in asked]
    salt = services.config.server.secret_key.get_secret_value()
    with services.database.transaction() as session:
        steering.follow_after_all(session, stays)
        gone = sum(following.has_left(session, one, salt=salt, now=services.now()) for one in left)
        steering.settle_doubts(session, asked.values())
    return len(stays), gone


def _details_of(services: Services, openids: list[str]) -> tuple[FollowerDetails, ...]:
    """An openid WeChat does not know spoils its hundred; by halves it is left out."""
    try:
        return services.wechat.details(openids)
    except WeChatError as error:
        if error.code != UNKNOWN_OPENID:
            raise
        if len(openids) == 1:
            return ()
        middle = len(openids) // 2
        return _details_of(services, openids[:middle]) + _details_of(services, openids[middle:])


class _Reading:
    def __init__(self, services: Services, lease: leases.Lease, progress: Progress) -> None:
        self._services = services
        self._lease = lease
        self._progress = progress
        self._limits = limits_of(services.config.wechat)
        self._salt = services.config.server.secret_key.get_secret_value()
        with services.database.transaction() as session:
            self._id = follower_syncs.begin(session, services.now()).id

    def run(self) -> Synced:
        paused: _Paused | None = None
        try:
            if not self._now().has_all_names:
                self._name_all()
            self._look_for_the_gone()
        except _Paused as why:
            paused = why
        except WeChatError as error:
            outcome = outcome_of(error, self._services.now(), repeatable=True)
            if error.code is None or not isinstance(outcome, Later):
                raise
            paused = _Paused(outcome.at, outcome.reason)
        if paused is None:
            with self._services.database.transaction() as session:
                follower_syncs.finish(session, self._id, self._services.now())
        run = self._now()
        return Synced(
            followers=run.named,
            new=run.new,
            gone=run.gone,
            total=run.total,
            goes_on_at=paused.until if paused else None,
            why=paused.why if paused else "",
        )

    def _name_all(self) -> None:
        while True:
            after = self._now().after
            page = self._page(after)
            openids = [openid for openid in page.openids if openid != after]
            if not openids:
                break
            with self._services.database.transaction() as session:
                follower_syncs.began_page(session, self._id, after, page.total)
            for start in range(0, len(openids), DETAILS_AT_ONCE):
                self._store(openids[start : start + DETAILS_AT_ONCE])
        with self._services.database.transaction() as session:
            follower_syncs.has_all_names(session, self._id)

    def _store(self, openids: list[str]) -> None:
        details = self._known_details(openids)
        named = [
            followers.Named(
                openid=one.openid,
                since=one.followed_at,
                source=one.source.removeprefix("ADD_SCENE_").lower(),
                scene=one.scene,
                union_id=one.union_id,
            )
            for one in details
            if one.subscribed
        ]
        with self._services.database.transaction() as session:
            new = followers.take(session, named, salt=self._salt, now=self._services.now())
            follower_syncs.stored(session, self._id, openids, new)
        self._progress(self._now())

    def _look_for_the_gone(self) -> None:
        while True:
            with self._services.database.reading() as session:
                asked = follower_syncs.unnamed(session, self._now(), DETAILS_AT_ONCE)
            if not asked:
                return
            gone = [one.openid for one in self._known_details(asked) if not one.subscribed]
            with self._services.database.transaction() as session:
                follower_syncs.are_gone(
                    session, self._id, asked, gone, salt=self._salt, now=self._services.now()
                )

    def _page(self, after: str) -> FollowerPage:
        """The openid a page goes on after may have left meanwhile: then the page it was on, then all, are read again."""
        self._may_call("followers_per_day")
        try:
            return self._services.wechat.followers(after)
        except WeChatError as error:
            page_after = self._now().page_after
            if error.code != UNKNOWN_OPENID or not after:
                raise
            return self._page("" if after == page_after else page_after)

    def _details(self, openids: Sequence[str]) -> tuple[FollowerDetails, ...]:
        self._may_call("details_per_day")
        return self._services.wechat.details(openids)

    def _known_details(self, openids: Sequence[str]) -> tuple[FollowerDetails, ...]:
        """An openid that is none of this account's spoils its hundred; by halves it is left out. Nothing follows from it."""
        try:
            return self._details(openids)
        except WeChatError as error:
            if error.code != UNKNOWN_OPENID:
                raise
            if len(openids) == 1:
                return ()
            middle = len(openids) // 2
            return self._known_details(openids[:middle]) + self._known_details(openids[middle:])

    def _may_call(self, limit: str) -> None:
        """Counts the call, or raises `_Paused` when only the reserve of the day is left."""
        if not self._lease.hold():
            raise AlreadyRunning
        now = self._services.now()
        day = now.astimezone(SHANGHAI).date()
        is_page = limit == "followers_per_day"
        with self._services.database.transaction() as session:
            used = follower_syncs.calls_on(session, day)[0 if is_page else 1]
            most = self._limits[limit]
            if used >= most - most // RESERVE:
                raise _Paused(until_midnight(now), f"{used} of the day's {most} calls are used")
            follower_syncs.count_call(session, self._id, day, pages=int(is_page), details=int(not is_page))

    def _now(self) -> Run:
        with self._services.database.reading() as session:
            return follower_syncs.read(session, self._id)

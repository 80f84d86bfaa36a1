"""Brings the followers WeChat knows into the store: by pages of 10,000 openids, their details by 100.

A follower is stored with their hundred at once, so a run that breaks off has lost nothing and can be repeated.
"""

from dataclasses import dataclass

from bot.services import Services
from bot.store import followers

DETAILS_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Synced:
    followers: int  # that WeChat named
    new: int  # of those, who was not known to follow


def sync(services: Services) -> Synced:
    """Raises `WeChatError` where the platform does not answer."""
    named = new = 0
    after = ""
    while True:
        page = services.wechat.followers(after)
        for start in range(0, len(page.openids), DETAILS_AT_ONCE):
            new += _store(services, page.openids[start : start + DETAILS_AT_ONCE])
        named += len(page.openids)
        if not page.next_openid or page.next_openid == after:
            return Synced(named, new)
        after = page.next_openid


def _store(services: Services, openids: tuple[str, ...]) -> int:
    details = services.wechat.details(openids)
    salt = services.config.server.secret_key.get_secret_value()
    with services.database.transaction() as session:
        return sum(
            followers.follows(
                session, one.openid, since=one.followed_at, source=one.source.removeprefix("ADD_SCENE_").lower(), scene=one.scene,
                salt=salt, now=services.now(),
            )
            for one in details
            if one.subscribed
        )  # fmt: skip

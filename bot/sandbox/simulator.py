"""The simulator as this product runs it: one platform, whose followers are the customers in the store."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import unquote

from bot.clock import Clock
from bot.config import Config
from bot.sandbox import snapshot
from bot.sandbox.account import account_of
from bot.sandbox.http_transport import http_transport
from bot.sandbox.platform import Platform
from bot.sandbox.shop import catalogue
from bot.sandbox.state import Follower
from bot.sandbox.world import Template
from bot.store.database import Database
from bot.store.people import followers
from bot.values.notice import NoticeTemplate

FIRST_IN_THE_LIST = datetime(2020, 1, 1, tzinfo=UTC)  # before anybody really did something


def platform(config: Config, clock: Clock, database: Database) -> Platform:
    """Not started yet. Its state is kept over a restart: beside an SQLite file, or under `data`."""
    host = f"[{config.server.host}]" if ":" in config.server.host else config.server.host
    webhook = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{config.server.port}/wechat"  # noqa: S104
    made = Platform(
        account_of(config.wechat),
        clock,
        http_transport(webhook),
        path=_state(config),
        limits=dict(config.wechat.limits),
        templates=[_template(one) for one in catalogue.message_templates()],
        notices=[_template(notice) for notice in catalogue.notices()],
    )
    with database.reading() as session:
        made.seed(_follower(one) for one in followers.every(session))
    made.set_menu(catalogue.menu()["button"])
    return made


def check(config: Config) -> None:
    """Raises `UnreadableSnapshot`, before a process is started for it."""
    snapshot.load(_state(config))


def _template(notice: NoticeTemplate) -> Template:
    return Template(
        id=notice.id, title=notice.title, fields=tuple(notice.fields), labels=tuple(notice.fields.values())
    )


def _follower(known: followers.Known) -> Follower:
    """The page lists who was active last; those who came first into the store stand first until then."""
    return Follower(
        openid=known.openid, name=known.name or "微信用户", followed_at=known.followed_at, scene=known.scene,
        active_at=FIRST_IN_THE_LIST - timedelta(seconds=known.id),
    )  # fmt: skip


def _state(config: Config) -> Path:
    url = config.database.url.get_secret_value()
    path = url.removeprefix("sqlite:///")
    return Path(unquote(path)).parent / "simulator.json" if path != url else Path("data/simulator.json")

"""Everything with a plug on it: built once a process, handed down, closed at the end."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from pydantic import SecretStr

from bot.clock import Clock, SystemClock
from bot.config import Config
from bot.config import Understanding as UnderstandingSettings
from bot.insight.encoder import Encoder
from bot.insight.intents import Understanding
from bot.insight.knowledge import KnowledgeIndex, WordIndex
from bot.insight.meaning import MeantIndex
from bot.insight.recommend import Recommender
from bot.language.embeddings import HttpEmbeddings
from bot.language.folder import FolderEmbeddings
from bot.language.model import HttpModel, Model
from bot.store import kept_secrets
from bot.store.database import Database
from bot.store.keys import Keys, RedisKeys, ShelteredKeys, SqlKeys
from bot.wechat.client import WeChatApi, WeChatClient

WORKERS_AT_ONCE = 12  # connections beside those of the web threads: workers, scheduler, the writer, a page


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    config: Config
    clock: Clock
    database: Database
    keys: Keys
    wechat: WeChatApi
    knowledge: KnowledgeIndex
    products: KnowledgeIndex = field(default_factory=WordIndex)  # what they are, by their descriptions
    understanding: Understanding = field(default_factory=Understanding)
    encoder: Encoder | None = None  # of sentences, where the shop has one
    model: Model | None = None  # a language model, where the shop has one
    recommender: Recommender = field(default_factory=Recommender)
    closing: tuple[Callable[[], None], ...] = field(default=(), repr=False)

    def now(self) -> datetime:
        return self.clock.now()

    def close(self) -> None:
        for close in self.closing:
            close()


def build(config: Config, clock_of: Callable[[Keys], Clock] | None = None) -> Services:
    """Picks the stores the settings name. The database must be at its newest migration.

    `clock_of` gives another clock than the system's; it may keep its offset in the keys.
    """
    database = connect(config)
    config = with_secret_key(config, database)
    keys, close_keys = _keys(config, database)
    model = HttpModel(config.language_model) if config.language_model.url else None
    encoder = _encoder(config.understanding)
    return Services(
        config=config,
        clock=clock_of(keys) if clock_of else SystemClock(),
        database=database,
        keys=keys,
        wechat=WeChatClient(config.wechat, keys, connections=config.push.at_once),
        knowledge=MeantIndex(WordIndex(), encoder) if encoder else WordIndex(),
        encoder=encoder,
        model=model,
        closing=(*(one.close for one in (model, encoder) if one), close_keys, database.close),
    )


def _encoder(settings: UnderstandingSettings) -> Encoder | None:
    seconds = settings.encoder_timeout_ms / 1000
    if settings.encoder_folder:
        return Encoder(FolderEmbeddings(Path(settings.encoder_folder)), seconds, away=0.0)
    return Encoder(HttpEmbeddings(settings), seconds) if settings.encoder_url else None


def connect(config: Config) -> Database:
    return Database(
        config.database.url.get_secret_value(),
        synchronous=config.database.synchronous,
        pool_size=config.server.threads + WORKERS_AT_ONCE,
    )


def with_secret_key(config: Config, database: Database) -> Config:
    """The settings as they are, or with the key the database keeps."""
    if config.server.secret_key.get_secret_value():
        return config
    with database.transaction() as session:
        key = kept_secrets.secret_key(session)
    server = config.server.model_copy(update={"secret_key": SecretStr(key)})
    return config.model_copy(update={"server": server})


def _keys(config: Config, database: Database) -> tuple[Keys, Callable[[], None]]:
    twin = SqlKeys(database, SystemClock().real)
    url = config.redis.url.get_secret_value()
    if not url:
        return twin, twin.close
    keys = ShelteredKeys(RedisKeys(url), twin)
    return keys, keys.close

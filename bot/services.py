"""Everything with a plug on it: built once a process, handed down, closed at the end."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.clock import Clock
from bot.config import Config
from bot.insight.knowledge import KnowledgeIndex
from bot.store.database import Database
from bot.store.keys import Keys
from bot.wechat.client import WeChatApi


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    config: Config
    clock: Clock
    database: Database
    keys: Keys
    wechat: WeChatApi
    knowledge: KnowledgeIndex

    @property
    def transaction(self) -> Callable[..., object]:
        return self.database.transaction

    def now(self) -> datetime:
        return self.clock.now()

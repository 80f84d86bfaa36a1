"""What a contact opens, with the numbers of this account."""

from datetime import timedelta

from bot.config import Config
from bot.store.people.customers import Window
from bot.store.talk.arrivals import Windows
from bot.wechat.limits import limits_of


def windows_of(config: Config) -> Windows:
    limits = limits_of(config.wechat)
    return Windows(
        Window(limits["window_messages"], timedelta(hours=limits["window_hours"])),
        Window(limits["scene_messages"], timedelta(seconds=limits["scene_seconds"])),
    )

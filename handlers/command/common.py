"""What every command shares: the settings it was given, faults in one line, words and times as people write them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import typer

from bot import logging
from bot.config import Config, ConfigError, missing
from bot.config_file import load
from bot.rules.intake import reports
from bot.rules.pushes import windows
from bot.services import Services
from bot.wechat.limits import limits_of

AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]
At = Annotated[
    str,
    typer.Option("--at", metavar="TIME", help="As of this ISO 8601 time, in the shop's zone unless it says."),
]


class Language(Enum):
    zh = "zh"
    en = "en"


InLanguage = Annotated[Language, typer.Option("--language")]
Command: TypeAlias = Callable[..., None]  # as typer takes one


class Fault(Exception):
    """One line for the person at the terminal."""


@dataclass
class Chosen:
    """What stands before the command; the settings are read when the command wants them."""

    path: Path | None
    debug: bool

    @cached_property
    def config(self) -> Config:
        config = load(self.path)
        limits_of(config.wechat)  # a name it does not know is told before anything is done
        if closed := windows.without_any(config.push):
            raise ConfigError(
                f"{self.path or 'defaults'}: push.quiet_from, push.quiet_until: expected hours that leave time for "
                f"every purpose; there is none for {', '.join(closed)}"
            )
        logging.configure(secrets=logging.secrets_in(config), debug=self.debug)
        return config

    @property
    def for_wechat(self) -> Config:
        if lacking := missing(self.config):
            raise ConfigError(
                f"{self.path or 'defaults'}: {lacking[0]}: missing; expected what the WeChat developer platform shows"
            )
        return self.config


def instant(words: str, services: Services) -> datetime:
    if not words:
        return services.now()
    try:
        at = datetime.fromisoformat(words)
    except ValueError:
        raise typer.BadParameter(
            f"expected a time such as 2026-11-24T12:00, found {words}", param_hint="--at"
        ) from None
    return (at if at.tzinfo else at.replace(tzinfo=services.config.push.zone)).astimezone(UTC)


def tell(found: Any, as_json: bool, lines: Iterable[str]) -> None:
    for line in [reports.as_json(found)] if as_json else lines:
        print(line)

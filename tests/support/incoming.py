"""What WeChat tells us, for tests: a text, a tap, any event; everything but what matters is ordinary."""

from datetime import UTC, datetime
from itertools import count
from typing import Any, TypeVar

from bot.values.incoming import Incoming, MenuClick, Text

NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)  # the clock of the tests when nobody moved it

Kind = TypeVar("Kind", bound=Incoming)

_numbers = count(1)


def an(kind: type[Kind], openid: str = "o-1", sent_at: datetime = NOON, **fields: Any) -> Kind:
    return kind(account="gh_test", openid=openid, sent_at=sent_at, once_key=f"k-{next(_numbers)}", **fields)


def said(text: str, openid: str = "o-1", sent_at: datetime = NOON) -> Text:
    return an(Text, openid, sent_at, content=text)


def tapped(key: str, openid: str = "o-1", sent_at: datetime = NOON) -> MenuClick:
    return an(MenuClick, openid, sent_at, key=key)

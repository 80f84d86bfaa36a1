"""The access token, from stable_token: fetched once, whatever the threads and processes that want it at once.

It lives in the key store and nowhere else, so that all processes use the same one. Never written to a log.
Losing the key store costs a fetch: stable_token gives the same token to everyone who asks.
"""

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from bot.wechat.errors import WeChatError
from bot.wechat.limits import LIMITS

MARGIN = 60  # seconds before the end at which a token is not handed out any more; it may live for 300 only
FETCH_TAKES_AT_MOST = timedelta(seconds=20)
LOOKS_EVERY = 0.05  # seconds, at what another process fetched
LOOKS = 200
FORCED_GAP = timedelta(seconds=LIMITS["forced_token_gap_seconds"])
FORCED_A_DAY = LIMITS["forced_token_per_day"]
HELD = 3.0  # seconds for which the store is not asked again: a question for each send would cost more than the rest


class Keys(Protocol):
    """What is needed of the key store."""

    def get(self, key: str) -> str | None: ...

    def set(self, key: str, value: str, *, lasts: timedelta) -> None: ...

    def add(self, key: str, value: str, *, lasts: timedelta) -> bool: ...

    def delete(self, key: str, *, holding: str | None = None) -> None: ...

    def count(self, key: str, *, by: int = 1, lasts: timedelta) -> int: ...


@dataclass(frozen=True, slots=True, repr=False)
class Fetched:
    token: str
    expires_in: int  # seconds


class Tokens:
    """`fetch` asks the platform; its argument says whether to force a new token, which kills the old one."""

    def __init__(
        self,
        keys: Keys,
        app_id: str,
        fetch: Callable[[bool], Fetched],
        wait: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._keys = keys
        self._fetch = fetch
        self._wait = wait
        self._key = f"wechat:token:{app_id}"
        self._turn = threading.Lock()
        self._tries = 0
        self._failure: WeChatError | None = None
        self._monotonic = monotonic
        self._held = ("", 0.0)  # a token, and until when it is used without asking

    def token(self) -> str:
        """The token of the moment; raises what fetching it raised."""
        token, until = self._held
        if token and self._monotonic() < until:
            return token
        if token:  # one thread asks; a hundred others go on with the old one meanwhile
            self._held = (token, self._monotonic() + HELD)
        token = self._kept() or self._from_one_fetch(refused="")
        self._held = (token, self._monotonic() + HELD)
        return token

    def after_refusal(self, refused: str) -> str:
        """Another token than the one WeChat refused; the same again when it gives no other."""
        self._held = ("", 0.0)
        return self._kept(refused) or self._from_one_fetch(refused)

    def _kept(self, refused: str = "") -> str:
        kept = self._keys.get(self._key) or ""
        return "" if kept == refused else kept

    def _from_one_fetch(self, refused: str) -> str:
        """One thread of the process at a time; who waited while a fetch failed fails with it, and asks no more."""
        tries = self._tries
        with self._turn:
            if kept := self._kept(refused):
                return kept
            if self._tries != tries and self._failure:
                raise self._failure
            self._tries += 1
            self._failure = None
            try:
                return self._from_one_process(refused)
            except WeChatError as failure:
                self._failure = failure
                raise

    def _from_one_process(self, refused: str) -> str:
        """One process at a time; if the one whose turn it is does not come back, asking twice does no harm."""
        lock, me = f"{self._key}:fetching", secrets.token_hex(8)
        for _ in range(LOOKS):
            if self._keys.add(lock, me, lasts=FETCH_TAKES_AT_MOST):
                break
            self._wait(LOOKS_EVERY)
            if kept := self._kept(refused):
                return kept
        try:
            return self._kept(refused) or self._fetched(refused)
        finally:
            self._keys.delete(lock, holding=me)

    def _fetched(self, refused: str) -> str:
        fetched = self._fetch(False)
        if fetched.token == refused and self._may_force():
            fetched = self._fetch(True)
        if fetched.token == refused:
            self._keys.delete(self._key, holding=refused)
        else:
            lives = max(fetched.expires_in - MARGIN, fetched.expires_in // 2, 1)
            self._keys.set(self._key, fetched.token, lasts=timedelta(seconds=lives))
        return fetched.token

    def _may_force(self) -> bool:
        return self._keys.add(f"{self._key}:forced", "1", lasts=FORCED_GAP) and (
            self._keys.count(f"{self._key}:forced-today", lasts=timedelta(days=1)) <= FORCED_A_DAY
        )

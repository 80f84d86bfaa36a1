"""Calls to WeChat's API, each ending as a named outcome. The one place that talks to the platform."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.values.outcome import Outcome
from bot.values.reply import Reply


@dataclass(frozen=True, slots=True)
class FollowerPage:
    total: int
    openids: tuple[str, ...]
    next_openid: str  # empty: this was the last page


@dataclass(frozen=True, slots=True)
class FollowerDetails:
    openid: str
    subscribed: bool
    followed_at: datetime | None = None
    source: str = ""  # ADD_SCENE_…
    scene: str = ""
    union_id: str = ""
    remark: str = ""
    tag_ids: tuple[int, ...] = ()


class WeChatApi(Protocol):
    """`now` dates the retry in `Later`. Questions raise `WeChatError`; what sends answers with an outcome."""

    def send(self, openid: str, reply: Reply, now: datetime) -> Outcome:
        """custom/send: has no idempotency key, so a lost answer is `Unsure`."""
        ...

    def mass_to_openids(
        self, openids: Sequence[str], reply: Reply, client_msg_id: str, now: datetime
    ) -> Outcome:
        """2 to 10,000 openids, verified service accounts only; 45065 with a known id counts as accepted."""
        ...

    def mass_to_tag(self, tag_id: int, reply: Reply, client_msg_id: str, now: datetime) -> Outcome: ...

    def mass_state(self, msg_id: str) -> str:
        """SEND_SUCCESS, SENDING, SEND_FAIL or DELETE."""
        ...

    def create_tag(self, name: str) -> int: ...

    def tags(self) -> dict[str, int]: ...

    def tag(self, openids: Sequence[str], tag_id: int) -> None:
        """Any number of openids: the client splits them by the platform's 50."""
        ...

    def untag(self, openids: Sequence[str], tag_id: int) -> None: ...

    def followers(self, after: str = "") -> FollowerPage: ...

    def details(self, openids: Sequence[str]) -> tuple[FollowerDetails, ...]:
        """At most 100 openids."""
        ...

    def check_token(self) -> None:
        """For `weilan doctor`: fetches a token if none is known; raises `WeChatError` with what to do."""
        ...

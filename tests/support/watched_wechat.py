"""A pretended WeChat before workers that die and stand still: tells the judge of the promises whatever it receives."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.values.outcome import Accepted, Outcome, Sent, Unsure
from bot.values.reply import Reply, text_of
from tests.support.fake_wechat import FakeWeChat
from tests.support.promises import Promises

ARRIVED = Unsure("no answer, but it arrived")
LOST = Unsure("no answer, and nothing arrived")


@dataclass(slots=True)
class WatchedWeChat(FakeWeChat):
    promises: Promises | None = None
    reached: Callable[[str], None] = field(default=lambda _point: None)

    def __post_init__(self) -> None:
        self.reaches = lambda outcome: isinstance(outcome, Sent | Accepted) or outcome is ARRIVED

    def send(self, openid: str, reply: Reply, now: datetime) -> Outcome:
        return self._watched(lambda: FakeWeChat.send(self, openid, reply, now), [openid], reply, "", now)

    def mass_to_openids(
        self, openids: Sequence[str], reply: Reply, client_msg_id: str, now: datetime
    ) -> Outcome:
        return self._watched(
            lambda: FakeWeChat.mass_to_openids(self, openids, reply, client_msg_id, now),
            openids, reply, client_msg_id, now,
        )  # fmt: skip

    def mass_to_tag(self, tag_id: int, reply: Reply, client_msg_id: str, now: datetime) -> Outcome:
        under = sorted(self.under_tag.get(tag_id, ()))
        return self._watched(
            lambda: FakeWeChat.mass_to_tag(self, tag_id, reply, client_msg_id, now),
            under, reply, client_msg_id, now,
        )  # fmt: skip

    def _watched(
        self, request: Callable[[], Outcome], openids: Sequence[str], reply: Reply, key: str, now: datetime
    ) -> Outcome:
        self.reached("before request")
        before = len(self.sent)
        outcome = request()
        if self.promises is not None:
            for said in self.sent[before:]:
                self.promises.came(said.openid, said.text, now, key, surely=True, by_mass=bool(key))
            if outcome is LOST:
                for openid in openids:
                    self.promises.came(openid, text_of(reply), now, key, surely=False, by_mass=bool(key))
        self.reached("after request")
        return outcome

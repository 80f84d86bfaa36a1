"""A WeChat that remembers what it was asked to send, and answers from a list; when that is empty, well."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.values.notice import Notice, NoticeTemplate, TemplateMessage
from bot.values.outcome import Accepted, Outcome, Sent
from bot.values.reply import Reply, text_of
from bot.wechat.answers import FollowerDetails, FollowerPage
from bot.wechat.errors import WeChatError
from tests.support.fake_library import FakeLibrary


@dataclass(frozen=True, slots=True)
class Said:
    """One customer was sent one thing. A mass send is one of these for each openid."""

    openid: str
    text: str
    at: datetime
    client_msg_id: str = ""


@dataclass(slots=True)
class FakeWeChat:
    """Keeps the promises of `WeChatApi`: a repeat with a known `client_msg_id` reaches nobody again.

    Only `Sent` and `Accepted` reach somebody, and so may a lost answer: `reaches` says so of any outcome.
    """

    answers: list[Outcome | Exception] = field(default_factory=list)
    sent: list[Said] = field(default_factory=list)
    asked: int = 0  # requests of any kind that send
    under_tag: dict[int, set[str]] = field(default_factory=dict)
    known_tags: dict[str, int] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)  # of web authorizations: whose each is
    known_notices: tuple[NoticeTemplate, ...] = ()
    known_templates: tuple[NoticeTemplate, ...] = ()
    library: FakeLibrary = field(default_factory=FakeLibrary)
    mass_states: dict[str, str] = field(default_factory=dict)
    reaches: Callable[[Outcome], bool] = lambda outcome: isinstance(outcome, Sent | Accepted)
    _accepted: dict[str, str] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, openid: str, reply: Reply, now: datetime) -> Outcome:
        with self._lock:
            outcome = self._answer(Sent())
            if self.reaches(outcome):
                self.sent.append(Said(openid, text_of(reply), now))
            return outcome

    def send_notice(self, openid: str, notice: Notice, client_msg_id: str, now: datetime) -> Outcome:
        with self._lock:
            outcome = self._answer(Accepted(f"17{self.asked:017}"))
            if self.reaches(outcome):
                self.sent.append(Said(openid, "；".join(notice.data.values()), now, client_msg_id))
            return outcome

    def send_template(
        self, openid: str, message: TemplateMessage, client_msg_id: str, now: datetime
    ) -> Outcome:
        with self._lock:
            if client_msg_id in self._accepted:
                return self._answer(Accepted(self._accepted[client_msg_id]))
            job = Accepted(str(2000 + len(self._accepted)))
            outcome = self._answer(job)
            if self.reaches(outcome):
                self._accepted[client_msg_id] = job.wechat_id
                self.sent.append(Said(openid, "；".join(message.data.values()), now, client_msg_id))
            return outcome

    def message_templates(self) -> tuple[NoticeTemplate, ...]:
        return self.known_templates

    def notice_templates(self) -> tuple[NoticeTemplate, ...]:
        return self.known_notices

    def mass_to_openids(
        self, openids: Sequence[str], reply: Reply, client_msg_id: str, now: datetime
    ) -> Outcome:
        return self._mass(openids, reply, client_msg_id, now)

    def mass_to_tag(self, tag_id: int, reply: Reply, client_msg_id: str, now: datetime) -> Outcome:
        return self._mass(sorted(self.under_tag.get(tag_id, ())), reply, client_msg_id, now)

    def key_of(self, wechat_id: str) -> str:
        """The `client_msg_id` it was accepted under; empty when there is none such."""
        return next((key for key, known in self._accepted.items() if known == wechat_id), "")

    def mass_state(self, msg_id: str) -> str:
        return self.mass_states.get(msg_id, "SENDING")

    def create_tag(self, name: str) -> int:
        return self.known_tags.setdefault(name, 100 + len(self.known_tags))

    def tags(self) -> dict[str, int]:
        return dict(self.known_tags)

    def tag(self, openids: Sequence[str], tag_id: int) -> None:
        self.under_tag.setdefault(tag_id, set()).update(openids)

    def untag(self, openids: Sequence[str], tag_id: int) -> None:
        self.under_tag.setdefault(tag_id, set()).difference_update(openids)

    def tagged(self, tag_id: int) -> list[str]:
        return sorted(self.under_tag.get(tag_id, ()))

    def followers(self, after: str = "") -> FollowerPage:
        return FollowerPage(0, (), "")

    def details(self, openids: Sequence[str]) -> tuple[FollowerDetails, ...]:
        return ()

    def openid_of(self, code: str) -> str:
        if code not in self.codes:
            raise WeChatError(40029, "invalid code")
        return self.codes.pop(code)

    def check_token(self) -> None:
        return None

    def _mass(self, openids: Sequence[str], reply: Reply, client_msg_id: str, now: datetime) -> Outcome:
        with self._lock:
            if client_msg_id in self._accepted:
                self.asked += 1
                return Accepted(self._accepted[client_msg_id], is_known=True)
            job = Accepted(str(1000 + len(self._accepted)))
            outcome = self._answer(job)
            outcome = job if isinstance(outcome, Sent) else outcome
            if self.reaches(outcome):
                self._accepted[client_msg_id] = job.wechat_id
                self.sent += [Said(openid, text_of(reply), now, client_msg_id) for openid in openids]
            return outcome

    def _answer(self, well: Outcome) -> Outcome:
        self.asked += 1
        answer = self.answers.pop(0) if self.answers else well
        if isinstance(answer, Exception):
            raise answer
        return answer

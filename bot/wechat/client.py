"""Calls to WeChat's API, each ending as a named outcome. The one place that talks to the platform."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Protocol

import structlog

from bot.config import WeChat
from bot.values.notice import Notice, NoticeTemplate, TemplateMessage
from bot.values.outcome import Accepted, Never, Outcome, Sent, Unsure
from bot.values.reply import Reply, kind_of
from bot.wechat import forms
from bot.wechat.answers import (
    Answer,
    FollowerDetails,
    FollowerPage,
    details_in,
    items_in,
    number_in,
    part_of,
    says_well,
)
from bot.wechat.errors import WeChatError, is_ours, outcome_of, reason_of
from bot.wechat.library import Library, LibraryApi
from bot.wechat.limits import limits_of
from bot.wechat.operations import Operations
from bot.wechat.tokens import Keys
from bot.wechat.transport import Transport
from bot.wechat.wire import Wire

TAG_NAME_TAKEN = 45157
ALREADY_SENT = 45065
ONE_SPOILS_ALL = frozenset({40003, 45059})  # an openid that does not follow; too many tags on one

_log = structlog.get_logger(__name__)


class WeChatApi(Protocol):
    """`now` dates the retry in `Later`. Questions raise `WeChatError`; what sends answers with an outcome."""

    def send(self, openid: str, reply: Reply, now: datetime) -> Outcome:
        """custom/send: has no idempotency key, so a lost answer is `Unsure`."""
        ...

    def send_notice(self, openid: str, notice: Notice, client_msg_id: str, now: datetime) -> Outcome:
        """A subscription notice with its words filled in: `Accepted`, and an event tells the rest."""
        ...

    def send_template(
        self, openid: str, message: TemplateMessage, client_msg_id: str, now: datetime
    ) -> Outcome:
        """A template message, the same way; within ten minutes a repeat of the id sends nothing."""
        ...

    def notice_templates(self) -> tuple[NoticeTemplate, ...]: ...

    def message_templates(self) -> tuple[NoticeTemplate, ...]: ...

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

    def tagged(self, tag_id: int) -> list[str]:
        """Everybody who is under the tag."""
        ...

    def followers(self, after: str = "") -> FollowerPage: ...

    def details(self, openids: Sequence[str]) -> tuple[FollowerDetails, ...]:
        """At most 100 openids."""
        ...

    def openid_of(self, code: str) -> str:
        """Whose web authorization this is; raises `WeChatError` for a code that is used, old or none."""
        ...

    @property
    def library(self) -> LibraryApi:
        """What WeChat keeps of contents: files, drafts, published articles."""
        ...

    def check_token(self) -> None:
        """For `weilan doctor`: fetches a token if none is known; raises `WeChatError` with what to do."""
        ...


class WeChatClient:
    """`connections`: as many as threads send at once. `wire` stands in for the network."""

    def __init__(
        self, settings: WeChat, keys: Keys, *, connections: int = 16, wire: Wire | None = None
    ) -> None:
        self._transport = Transport(settings, keys, connections=connections, wire=wire)
        self._settings = settings
        self._limits = limits_of(settings)
        self.operations = Operations(self._transport)
        self.library: LibraryApi = Library(self._transport)

    def send(self, openid: str, reply: Reply, now: datetime) -> Outcome:
        form = forms.customer_service(openid, reply)
        if form is None:
            return Never(f"wechat cannot_send {kind_of(reply)}")
        try:
            answer = self._transport.post("message/custom/send", form)
        except WeChatError as error:
            return _ended(error, "message/custom/send", now, repeatable=False)
        return Sent() if says_well(answer) else Unsure("wechat no_errcode")

    def send_notice(self, openid: str, notice: Notice, client_msg_id: str, now: datetime) -> Outcome:
        return self.operations.send_notice(openid, notice, client_msg_id, now)

    def send_template(
        self, openid: str, message: TemplateMessage, client_msg_id: str, now: datetime
    ) -> Outcome:
        return self.operations.send_template(openid, message, client_msg_id, now)

    def message_templates(self) -> tuple[NoticeTemplate, ...]:
        return self.operations.message_templates()

    def notice_templates(self) -> tuple[NoticeTemplate, ...]:
        return self.operations.notice_templates()

    def mass_to_openids(
        self, openids: Sequence[str], reply: Reply, client_msg_id: str, now: datetime
    ) -> Outcome:
        if not self._limits["mass_openids_least"] <= len(openids) <= self._limits["mass_openids_most"]:
            return Never(f"wechat cannot_send to {len(openids)} openids at once")
        return self._mass("message/mass/send", {"touser": list(openids)}, reply, client_msg_id, now)

    def mass_to_tag(self, tag_id: int, reply: Reply, client_msg_id: str, now: datetime) -> Outcome:
        target = {"filter": {"is_to_all": False, "tag_id": tag_id}}
        return self._mass("message/mass/sendall", target, reply, client_msg_id, now)

    def mass_state(self, msg_id: str) -> str:
        return str(self._transport.post("message/mass/get", {"msg_id": msg_id}).get("msg_status", ""))

    def create_tag(self, name: str) -> int:
        """The tag of that name, made if there is none: a lost answer may be asked for again."""
        try:
            return number_in(
                part_of(self._transport.post("tags/create", {"tag": {"name": name}}), "tag").get("id")
            )
        except WeChatError as error:
            if error.code != TAG_NAME_TAKEN:
                raise
            return self.tags()[name]

    def tags(self) -> dict[str, int]:
        return {
            str(tag.get("name", "")): number_in(tag.get("id"))
            for tag in items_in(self._transport.get("tags/get"), "tags")
        }

    def tag(self, openids: Sequence[str], tag_id: int) -> None:
        self._change_tag("tags/members/batchtagging", openids, tag_id)

    def untag(self, openids: Sequence[str], tag_id: int) -> None:
        self._change_tag("tags/members/batchuntagging", openids, tag_id)

    def tagged(self, tag_id: int) -> list[str]:
        """By pages of 10,000; only the empty page behind it tells that one was the last."""
        found: list[str] = []
        while True:
            asked = {"tagid": tag_id, "next_openid": found[-1] if found else ""}
            page = part_of(self._transport.post("user/tag/get", asked), "data").get("openid")
            if not isinstance(page, list) or not page:
                return found
            found += [str(openid) for openid in page]

    def followers(self, after: str = "") -> FollowerPage:
        """The last page names a next openid, too; only the empty page behind it tells that it was the last."""
        answer = self._transport.get("user/get", **({"next_openid": after} if after else {}))
        found = part_of(answer, "data").get("openid")
        openids = tuple(str(openid) for openid in found) if isinstance(found, list) else ()
        return FollowerPage(
            number_in(answer.get("total")), openids, str(answer.get("next_openid", "")) if openids else ""
        )

    def details(self, openids: Sequence[str]) -> tuple[FollowerDetails, ...]:
        asked = {"user_list": [{"openid": openid, "lang": "zh_CN"} for openid in openids]}
        return tuple(
            details_in(found)
            for found in items_in(self._transport.post("user/info/batchget", asked), "user_info_list")
        )

    def openid_of(self, code: str) -> str:
        return self.operations.openid_of(self._settings, code)

    def check_token(self) -> None:
        self._transport.tokens.token()

    def _mass(
        self, path: str, target: dict[str, Any], reply: Reply, client_msg_id: str, now: datetime
    ) -> Outcome:
        """Repeated with the same id it sends nothing twice, so a lost answer is asked for again."""
        form = forms.mass(reply)
        if form is None:
            return Never(f"wechat cannot_send {kind_of(reply)} to many")
        if not 0 < len(client_msg_id.encode()) <= self._limits["mass_client_msg_id_bytes"]:
            raise ValueError(
                f"client_msg_id of 1 to {self._limits['mass_client_msg_id_bytes']} bytes expected"
            )
        try:
            return _accepted(self._transport.post(path, {**target, **form, "clientmsgid": client_msg_id}))
        except WeChatError as error:
            if error.code == ALREADY_SENT:
                return _accepted(error.answer, is_known=True)
            return _ended(error, path, now, repeatable=True)

    def _change_tag(self, path: str, openids: Sequence[str], tag_id: int) -> None:
        for some in _parts(openids, self._limits["openids_per_tagging"]):
            self._change_tag_of(path, some, tag_id)

    def _change_tag_of(self, path: str, some: Sequence[str], tag_id: int) -> None:
        """WeChat changes all of a call or nobody: who left meanwhile, or has 20 tags, is left out by halves."""
        try:
            self._transport.post(path, {"openid_list": list(some), "tagid": tag_id})
        except WeChatError as error:
            if error.code not in ONE_SPOILS_ALL:
                raise
            if len(some) > 1:
                middle = len(some) // 2
                self._change_tag_of(path, some[:middle], tag_id)
                self._change_tag_of(path, some[middle:], tag_id)


def _ended(error: WeChatError, path: str, now: datetime, *, repeatable: bool) -> Outcome:
    if is_ours(error):
        _log.error(
            "wechat_refused", path=path, reason=reason_of(error), message=error.message, advice=error.advice
        )
    return outcome_of(error, now, repeatable=repeatable)


def _accepted(answer: Answer, *, is_known: bool = False) -> Outcome:
    """Without its id the job's end cannot be told from another's."""
    if not answer.get("msg_id"):
        return Unsure("wechat no_msg_id")
    return Accepted(str(answer["msg_id"]), is_known)


def _parts(openids: Sequence[str], most: int) -> Iterator[Sequence[str]]:
    return (openids[start : start + most] for start in range(0, len(openids), most))

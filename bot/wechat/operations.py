"""Calls of the set-up, of an operator and of notices: templates, web sign-in, QR codes, previews, quotas.

What asks raises `WeChatError`; what sends answers with an outcome, as in `client`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.config import WeChat
from bot.values.notice import Notice, NoticeTemplate, TemplateMessage
from bot.values.outcome import Accepted, Outcome, Sent, Unsure
from bot.wechat.answers import items_in, says_well, template_in
from bot.wechat.errors import WeChatError, outcome_of
from bot.wechat.transport import Transport


@dataclass(frozen=True, slots=True)
class Quota:
    """Of one call, as WeChat counts it; wrong by about one in a hundred."""

    daily_limit: int
    used: int
    left: int


class Operations:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    # ---- to one customer

    def send_template(
        self, openid: str, message: TemplateMessage, client_msg_id: str, now: datetime
    ) -> Outcome:
        """A template message with its words filled in. Never marketing: the platform forbids it.

        For ten minutes `client_msg_id` makes a repeat harmless. When to repeat a lost answer, which is `Unsure`, is the
        caller's to know.
        """
        mini = {"miniprogram": {"appid": message.app_id, "pagepath": message.page}} if message.app_id else {}
        form = {
            "touser": openid,
            "template_id": message.template,
            "data": _values(message.data),
            "client_msg_id": client_msg_id,
            **({"url": message.url} if message.url else {}),
            **mini,
        }
        outcome = self._sent("message/template/send", form, now, repeatable=False)
        return Accepted(outcome.wechat_id) if isinstance(outcome, Sent) else outcome

    def send_notice(self, openid: str, notice: Notice, client_msg_id: str, now: datetime) -> Outcome:
        """A subscription notice: uses up one consent (43101: none is left). The event says whether it came.

        The id stands only in an example of WeChat's page, so nothing relies on it: a lost answer is `Unsure`.
        """
        form = {
            "touser": openid,
            "template_id": notice.template,
            "data": _values(notice.data),
            "client_msg_id": client_msg_id,
            **({"page": notice.page} if notice.page else {}),
        }
        outcome = self._sent("message/subscribe/bizsend", form, now, repeatable=False)
        return Accepted(outcome.wechat_id) if isinstance(outcome, Sent) else outcome

    def notice_templates(self) -> tuple[NoticeTemplate, ...]:
        """The account's own, as they were chosen on the platform."""
        answer = self._transport.get("/wxaapi/newtmpl/gettemplate")
        return tuple(template_in(one) for one in items_in(answer, "data"))

    def message_templates(self) -> tuple[NoticeTemplate, ...]:
        """The account's own for template messages."""
        answer = self._transport.get("template/get_all_private_template")
        return tuple(template_in(one) for one in items_in(answer, "template_list"))

    def openid_of(self, settings: WeChat, code: str) -> str:
        """Whose web authorization this is; a code is good once, for five minutes (40029, 40163)."""
        answer = self._transport.get_without_token(
            "/sns/oauth2/access_token",
            appid=settings.app_id,
            secret=settings.app_secret.get_secret_value(),
            code=code,
            grant_type="authorization_code",
        )
        openid = answer.get("openid")
        if not isinstance(openid, str) or not openid:
            raise WeChatError(None, "no openid in the answer")
        return openid

    # ---- of the account

    def create_qrcode(self, scene: str, lasts: timedelta | None = None) -> str:
        """The ticket of a QR code that brings `scene` along, for at most 30 days, or for ever (100,000 of those)."""
        action: dict[str, Any] = {"action_info": {"scene": {"scene_str": scene}}}
        if lasts is None:
            action["action_name"] = "QR_LIMIT_STR_SCENE"
        else:
            action |= {"action_name": "QR_STR_SCENE", "expire_seconds": int(lasts.total_seconds())}
        return str(self._transport.post("qrcode/create", action).get("ticket", ""))

    def preview(self, openid: str, form: Mapping[str, Any]) -> None:
        """Shows a mass send to one person first; 100 a day."""
        self._transport.post("message/mass/preview", {"touser": openid, **form})

    # ---- quotas

    def quota(self, path: str) -> Quota:
        """`path` as in the documentation: `/cgi-bin/message/custom/send`."""
        found = self._transport.post("openapi/quota/get", {"cgi_path": path}).get("quota")
        numbers = found if isinstance(found, dict) else {}
        return Quota(
            int(numbers.get("daily_limit", 0)), int(numbers.get("used", 0)), int(numbers.get("remain", 0))
        )

    def _sent(self, path: str, form: Mapping[str, Any], now: datetime, *, repeatable: bool) -> Outcome:
        try:
            answer = self._transport.post(path, form)
        except WeChatError as error:
            return outcome_of(error, now, repeatable=repeatable)
        return Sent(str(answer.get("msgid") or "")) if says_well(answer) else Unsure("wechat no_errcode")


def _values(data: Mapping[str, str]) -> dict[str, dict[str, str]]:
    return {name: {"value": value} for name, value in data.items()}

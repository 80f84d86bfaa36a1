"""What WeChat keeps of contents: files for three days or for good, drafts, published articles; and previews.

Each question raises `WeChatError`.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from bot.values.reply import Reply
from bot.wechat import forms
from bot.wechat.errors import WeChatError
from bot.wechat.transport import Transport

BEING_PUBLISHED = 1
STATUSES: Mapping[int, str] = {
    0: "published", BEING_PUBLISHED: "running", 2: "original_by_another", 3: "failed", 4: "audit_refused",
    5: "deleted", 6: "banned",
}  # fmt: skip


class LibraryApi(Protocol):
    def upload(self, form: str, filename: str, content: bytes, *, for_good: bool) -> str:
        """The media id; of an `inline` picture its address."""
        ...

    def add_draft(self, article: Mapping[str, Any]) -> str:
        """The draft's media id: good for one mass send, or for one publication."""
        ...

    def publish(self, draft: str) -> str:
        """The id to ask after."""
        ...

    def publication(self, publish_id: str) -> tuple[str, str]:
        """How it stands, in a word of `STATUSES`, and the article's id once it is published."""
        ...

    def preview(self, openid: str, reply: Reply) -> None:
        """Shows a mass send to one person first; 100 a day."""
        ...


class Library:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def upload(self, form: str, filename: str, content: bytes, *, for_good: bool) -> str:
        if form == "inline":
            return _said(self._transport.upload("media/uploadimg", filename, content), "url")
        if for_good:
            answer = self._transport.upload("material/add_material", filename, content, type=form)
            return _said(answer, "media_id")
        answer = self._transport.upload("media/upload", filename, content, type=form)
        return _said(answer, "thumb_media_id" if "thumb_media_id" in answer else "media_id")

    def add_draft(self, article: Mapping[str, Any]) -> str:
        return _said(self._transport.post("draft/add", {"articles": [dict(article)]}), "media_id")

    def publish(self, draft: str) -> str:
        return _said(self._transport.post("freepublish/submit", {"media_id": draft}), "publish_id")

    def publication(self, publish_id: str) -> tuple[str, str]:
        answer = self._transport.post("freepublish/get", {"publish_id": publish_id})
        status = answer.get("publish_status")
        return STATUSES.get(status if isinstance(status, int) else -1, "failed"), str(
            answer.get("article_id") or ""
        )

    def preview(self, openid: str, reply: Reply) -> None:
        form = forms.mass(reply)
        if form is None:
            raise WeChatError(None, "a mass send cannot carry this kind")
        self._transport.post("message/mass/preview", {"touser": openid, **form})


def _said(answer: Mapping[str, Any], name: str) -> str:
    found = answer.get(name)
    if found is None or not str(found):
        raise WeChatError(None, f"no {name} in the answer")
    return str(found)

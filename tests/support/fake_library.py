"""What WeChat keeps of contents, faked: it remembers what it was given, and forgets on demand."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.values.reply import Reply
from bot.wechat.errors import WeChatError


@dataclass(slots=True)
class FakeLibrary:
    """Answers well; `errors` are raised first. `during` runs in the middle of an upload."""

    errors: list[WeChatError] = field(default_factory=list)
    uploads: list[tuple[str, str, bytes, bool]] = field(default_factory=list)
    drafts: list[Mapping[str, Any]] = field(default_factory=list)
    published: list[str] = field(default_factory=list)
    states: list[str] = field(default_factory=list)  # of a publication, one for each time it is asked for
    previews: list[tuple[str, Reply]] = field(default_factory=list)
    during: Callable[[], object] = lambda: None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def upload(self, form: str, filename: str, content: bytes, *, for_good: bool) -> str:
        self._refuse()
        self.during()
        with self._lock:
            self.uploads.append((form, filename, content, for_good))
            number = len(self.uploads)
        return f"http://mmbiz.qpic.cn/{number}" if form == "inline" else f"{form}-{number}"

    def add_draft(self, article: Mapping[str, Any]) -> str:
        self._refuse()
        self.drafts.append(article)
        return f"draft-{len(self.drafts)}"

    def publish(self, draft: str) -> str:
        self._refuse()
        self.published.append(draft)
        return f"publish-{len(self.published)}"

    def publication(self, publish_id: str) -> tuple[str, str]:
        state = self.states.pop(0) if self.states else "published"
        return state, f"article-of-{publish_id}" if state == "published" else ""

    def preview(self, openid: str, reply: Reply) -> None:
        self._refuse()
        self.previews.append((openid, reply))

    def _refuse(self) -> None:
        if self.errors:
            raise self.errors.pop(0)

"""Any server that speaks OpenAI's chat completions: `POST <url>/chat/completions`, streamed. One try, within a time.

Source of the shapes: OpenAI's API reference, chat completions with tools and with `stream`, 2025. A server that
answers whole all the same is understood too. Never retried: a second try costs again, and the customer waits.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from typing import Any, Protocol, TypeAlias

from bot.config import LanguageModel
from bot.language import completions
from bot.language.server import Server
from bot.values.language import Completion, Message

MOST_READ = 4 * 1024 * 1024  # bytes of an answer: each word of a stream comes in some hundred of them

Hears: TypeAlias = Callable[[str], None]  # told each piece of the text as soon as it is said


def unheard(_words: str) -> None:
    pass


class Model(Protocol):
    def complete(
        self,
        messages: Sequence[Message],
        tools: Sequence[Mapping[str, Any]],
        seconds: float,
        hears: Hears = unheard,
    ) -> Completion:
        """Raises `ModelFailed`, also when it broke off after it had said something."""
        ...

    def close(self) -> None: ...


class HttpModel:
    def __init__(self, settings: LanguageModel) -> None:
        self._settings = settings
        self._server = Server(settings.url, settings.key)

    def complete(
        self,
        messages: Sequence[Message],
        tools: Sequence[Mapping[str, Any]],
        seconds: float,
        hears: Hears = unheard,
    ) -> Completion:
        body = {
            "model": self._settings.model,
            "messages": list(messages),
            "temperature": 0.2,
            "max_tokens": self._settings.answer_tokens,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        if tools:  # an empty list is refused by some servers
            body["tools"] = list(tools)
        with closing(self._server.lines("/chat/completions", body, seconds, MOST_READ)) as lines:
            return completions.read(lines, hears)

    def close(self) -> None:
        self._server.close()

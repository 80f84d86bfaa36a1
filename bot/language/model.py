"""Any server that speaks OpenAI's chat completions: `POST <url>/chat/completions`. One try, within a time.

Source of the shapes: OpenAI's API reference, chat completions with tools, 2025. Never retried: a second try costs again,
and the customer waits.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import requests

from bot.config import LanguageModel
from bot.values.language import Call, Completion, Message, ModelFailed

MOST_READ = 256 * 1024  # bytes of an answer


class Model(Protocol):
    def complete(
        self, messages: Sequence[Message], tools: Sequence[Mapping[str, Any]], seconds: float
    ) -> Completion:
        """Raises `ModelFailed`."""
        ...

    def close(self) -> None: ...


class HttpModel:
    def __init__(self, settings: LanguageModel) -> None:
        self._settings = settings
        self._http = requests.Session()
        self._http.trust_env = False
        key = settings.key.get_secret_value()
        if key:
            self._http.headers["Authorization"] = f"Bearer {key}"

    def complete(
        self, messages: Sequence[Message], tools: Sequence[Mapping[str, Any]], seconds: float
    ) -> Completion:
        body = {
            "model": self._settings.model,
            "messages": list(messages),
            "tools": list(tools),
            "temperature": 0.2,
            "max_tokens": self._settings.answer_tokens,
        }
        try:
            answer = self._http.post(
                f"{self._settings.url.rstrip('/')}/chat/completions",
                json=body,
                timeout=(min(seconds, 3.0), seconds),
                allow_redirects=False,
                stream=True,
            )
            with answer:
                raw = answer.raw.read(MOST_READ + 1, decode_content=True)
        except requests.RequestException as error:
            raise ModelFailed(type(error).__name__) from None
        except OSError as error:
            raise ModelFailed(type(error).__name__) from None
        if answer.status_code != 200:
            raise ModelFailed(f"HTTP {answer.status_code}")
        if len(raw) > MOST_READ:
            raise ModelFailed("an answer too long")
        return _read(raw)

    def close(self) -> None:
        self._http.close()


def _read(raw: bytes) -> Completion:
    try:
        found = json.loads(raw)
        message = found["choices"][0]["message"]
        calls = tuple(_call(one) for one in message.get("tool_calls") or ())
        text, tokens = message.get("content") or "", int((found.get("usage") or {}).get("total_tokens") or 0)
    except (ValueError, LookupError, TypeError, AttributeError):
        raise ModelFailed("an answer of another shape") from None
    if not isinstance(text, str):
        raise ModelFailed("an answer of another shape")
    return Completion(text=text, calls=calls, tokens=tokens)


def _call(raw: Mapping[str, Any]) -> Call:
    arguments = json.loads(raw["function"].get("arguments") or "{}")
    return Call(
        str(raw["id"]), str(raw["function"]["name"]), arguments if isinstance(arguments, dict) else {}
    )

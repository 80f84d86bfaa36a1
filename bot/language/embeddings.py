"""Any server that speaks OpenAI's embeddings: `POST <url>/embeddings`. One try, within a time.

Source of the shapes: OpenAI's API reference, embeddings, 2025.
"""

import json
from collections.abc import Sequence

from bot.config import Understanding
from bot.language.server import Server
from bot.values.language import ModelFailed

MOST_READ = 32 * 1024 * 1024  # bytes of an answer: a batch of long vectors, written as text


class HttpEmbeddings:
    def __init__(self, settings: Understanding) -> None:
        self._model = settings.encoder_model
        self._server = Server(settings.encoder_url, settings.encoder_key)

    @property
    def name(self) -> str:
        return self._model

    def vectors(self, texts: Sequence[str], seconds: float) -> list[list[float]]:
        """One for each text, in their order, all of one length. Raises `ModelFailed`."""
        body = {"model": self._model, "input": list(texts)}
        return _read(self._server.asked("/embeddings", body, seconds, MOST_READ), len(texts))

    def close(self) -> None:
        self._server.close()


def _read(raw: bytes, count: int) -> list[list[float]]:
    try:
        said = sorted(json.loads(raw)["data"], key=lambda one: int(one["index"]))
        found = [[float(number) for number in one["embedding"]] for one in said]
    except (ValueError, LookupError, TypeError, AttributeError):
        raise ModelFailed("an answer of another shape") from None
    if len(found) != count or len({len(one) for one in found}) != 1 or not found[0]:
        raise ModelFailed("an answer of another shape")
    return found

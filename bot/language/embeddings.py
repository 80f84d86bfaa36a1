"""Any server that speaks OpenAI's embeddings: `POST <url>/embeddings`. One try, within a time.

Source of the shapes: OpenAI's API reference, embeddings, 2025.
"""

import json
from collections.abc import Sequence

import requests

from bot.config import Understanding
from bot.values.language import ModelFailed

MOST_READ = 32 * 1024 * 1024  # bytes of an answer: a batch of long vectors, written as text


class HttpEmbeddings:
    def __init__(self, settings: Understanding) -> None:
        self._settings = settings
        self._http = requests.Session()
        self._http.trust_env = False
        key = settings.encoder_key.get_secret_value()
        if key:
            self._http.headers["Authorization"] = f"Bearer {key}"

    def vectors(self, texts: Sequence[str], seconds: float) -> list[list[float]]:
        """One for each text, in their order, all of one length. Raises `ModelFailed`."""
        body = {"model": self._settings.encoder_model, "input": list(texts)}
        try:
            answer = self._http.post(
                f"{self._settings.encoder_url.rstrip('/')}/embeddings",
                json=body,
                timeout=seconds,
                allow_redirects=False,
                stream=True,
            )
            with answer:
                raw = answer.raw.read(MOST_READ + 1, decode_content=True)
        except (requests.RequestException, OSError) as error:
            raise ModelFailed(type(error).__name__) from None
        if answer.status_code != 200:
            raise ModelFailed(f"HTTP {answer.status_code}")
        if len(raw) > MOST_READ:
            raise ModelFailed("an answer too long")
        return _read(raw, len(texts))

    def close(self) -> None:
        self._http.close()


def _read(raw: bytes, count: int) -> list[list[float]]:
    try:
        said = sorted(json.loads(raw)["data"], key=lambda one: int(one["index"]))
        found = [[float(number) for number in one["embedding"]] for one in said]
    except (ValueError, LookupError, TypeError, AttributeError):
        raise ModelFailed("an answer of another shape") from None
    if len(found) != count or len({len(one) for one in found}) != 1 or not found[0]:
        raise ModelFailed("an answer of another shape")
    return found

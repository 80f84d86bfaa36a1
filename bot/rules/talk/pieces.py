"""Cuts a message into the pieces that may want different things: lines, sentences, and long enough clauses. Pure."""

import re

MOST = 6
LEAST = 4  # characters of a clause: what is shorter belongs to its neighbour

_SENTENCE = re.compile(r"[^。！？!?；;\n\r]+[。！？!?；;\n\r]*")
_CLAUSE = re.compile(r"[^,，、~～…]+[,，、~～…]*")
_WORD = re.compile(r"[0-9A-Za-z\u3400-\u9fff]")
_AGAIN = re.compile(r"[,，]?(?:另外|还有|還有|对了|對了|顺便|順便|再问|再問|同时)")


def pieces(text: str) -> list[tuple[int, int]]:
    """Places of the pieces, in order; at most `MOST`, the last holds the rest. Empty for a text without words."""
    found: list[tuple[int, int]] = []
    for sentence in _SENTENCE.finditer(text):
        for clause in _CLAUSE.finditer(sentence[0]):
            start = sentence.start() + clause.start()
            found += _cut(text, start, start + len(clause[0]))
    long = _joined(text, found)
    if len(long) > MOST:
        long = [*long[: MOST - 1], (long[MOST - 1][0], long[-1][1])]
    return long


def _cut(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """At words that begin something new: 另外, 还有, 顺便."""
    cuts = [start + found.start() for found in _AGAIN.finditer(text[start:end]) if found.start() > 0]
    return list(zip([start, *cuts], [*cuts, end], strict=True))


def _joined(text: str, found: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Short ones with the one before, or the one behind where there is none before."""
    long: list[tuple[int, int]] = []
    for start, end in found:
        size = len(_WORD.findall(text[start:end]))
        if long and (size < LEAST or len(_WORD.findall(text[slice(*long[-1])])) < LEAST):
            long[-1] = (long[-1][0], end)
        elif size:
            long.append((start, end))
    return long

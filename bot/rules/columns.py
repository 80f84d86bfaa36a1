"""Tables for the terminal, in which a Chinese character is two places wide. Pure."""

import unicodedata
from collections.abc import Iterator, Sequence

LEFT = 2  # columns that begin at the left: names; the others are numbers


def wide(text: str) -> int:
    """Places it takes in a terminal."""
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)


def table(rows: Sequence[Sequence[str]], left: int = LEFT) -> Iterator[str]:
    """The first `left` columns begin at the left, the others end at the right, and so does the last if it is words."""
    widths = [max(map(wide, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [
            cell + " " * (width - wide(cell)) if place < left else " " * (width - wide(cell)) + cell
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()

"""What a language model has said so far, and how much of it may be given to the customer: whole sentences that were checked. Pure.

Everything is checked from the beginning to the end of what is given, so that nothing slips through where two parts meet.
The label stands once: behind an answer that is given whole, before the first part of one that is not.
"""

import re
from collections.abc import Callable

LABEL = "\n（以上内容由 AI 生成，仅供参考；想和真人说话请回复「人工」）"
LABEL_AHEAD = "（以下内容由 AI 生成，仅供参考；想和真人说话请回复「人工」）\n"
BROKEN_OFF = "抱歉，后面的话没能说完。您可以再问一次，或者回复「人工」，由同事接着为您解答。"
WITHHELD = "后面的内容我没有把握，就先不说了，免得误导您。想确认的话，请回复「人工」，由同事来回答。"
LEAST_PART = 10  # characters: a greeting alone is no answer

MayBeSaid = Callable[[str], bool]  # of all that was said from the beginning

_THOUGHT = re.compile(r"<think>.*?(?:</think>|\Z)", re.DOTALL)  # aloud, as some models do
_MARKS = re.compile(r"\*\*|__|^#+\s*|`+|^\s*[-*]\s+", re.MULTILINE)
_CLOSING = "”’」』）)》"
_END = re.compile(rf"(?:[。！？!?；…\n]+[{_CLOSING}\s]*)+")
_BEHIND = f"。！？!?；…{_CLOSING}"  # what may still come of a sentence that seemed to be over


def clean(text: str) -> str:
    """Without thoughts and Markdown."""
    return _MARKS.sub("", _THOUGHT.sub("", text)).strip()


def whole_until(text: str) -> int:
    """Where its last whole sentence ends. A point between digits is no end, and neither is a comma."""
    return max((found.end() for found in _END.finditer(text)), default=0)


class Speech:
    """Not for two threads at once."""

    def __init__(self) -> None:
        self.is_refused = False
        self._heard = ""
        self._given = 0  # characters of what was heard
        self._has_given = False

    def hear(self, words: str) -> None:
        self._heard += words

    def begin_anew(self) -> None:
        """It looks something up: what it said before and was not given is left out, as it will say it again."""
        self._heard, self._given = "", 0

    def part(self, may_be_said: MayBeSaid) -> str | None:
        """What is whole and was not given yet, and counts as given now; None when that is too little or may not be said."""
        said = _THOUGHT.sub("", self._heard)
        end = whole_until(said)
        piece = self._further(said[:end])
        if len(piece) < LEAST_PART or not may_be_said(clean(said[:end])):
            return None
        told = piece if self._has_given else LABEL_AHEAD + piece
        self._given, self._has_given = end, True
        return told

    def rest(self, may_be_said: MayBeSaid, *, is_whole: bool) -> str | None:
        """All that was not given yet, when no more comes; without the half sentence of one that broke off.

        Empty when all was given; None when nothing was given and nothing may be.
        """
        said = _THOUGHT.sub("", self._heard)
        end = len(said) if is_whole else whole_until(said)
        everything, piece = clean(said[:end]), self._further(said[:end])
        if everything and not may_be_said(everything):
            self.is_refused = True
            return WITHHELD if self._has_given else None
        told = "\n".join(filter(None, (piece, "" if is_whole else BROKEN_OFF)))
        if self._has_given:
            return told
        return told + LABEL if piece else None

    def _further(self, said: str) -> str:
        further = clean(said[self._given :])
        return further.lstrip(_BEHIND) if self._has_given else further

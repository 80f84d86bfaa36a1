"""From lines of purchases to what they teach, learnt by a process of its own."""

from bot.insight import apart, tastes
from bot.insight.tastes import Lines


class CannotLearn(Exception):
    """One line: the process that learns what goes together failed."""


def learned(lines: Lines, today: int) -> bytes:
    """`today` counted as the lines' days are; what `tastes.from_bytes` reads. Raises `CannotLearn`."""
    try:
        return apart.run("bot.insight.taste_training", str(today), given=tastes.lines_to_bytes(lines))
    except apart.NotFinished as fault:
        raise CannotLearn(f"the process that learns what goes together {fault}") from None

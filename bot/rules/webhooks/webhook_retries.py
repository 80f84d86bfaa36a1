"""When a call that was not taken is made again, when no more, and when its endpoint is left in peace."""

from datetime import datetime, timedelta

from bot.values.webhooks import Answer

TRIES = 10
FIRST_WAIT = timedelta(seconds=10)
WAITS = tuple(FIRST_WAIT * factor for factor in (1, 3, 9, 27, 81, 243, 729, 2187, 6561))  # 27 hours in all
SPREAD = 0.1  # of a wait, either way: what failed together does not come back together
LONGEST_ASKED = timedelta(days=1)
BUSY = frozenset({429, 503})  # answers whose Retry-After counts

TIRED_AFTER = 3  # failures in a row
LONGEST_REST = timedelta(minutes=10)
HOPELESS_AFTER = timedelta(days=3)


def wait_after(tries: int, luck: float) -> timedelta:
    """After so many tries, 1 to 9; `luck` is between 0 and 1."""
    return WAITS[tries - 1] * (1 - SPREAD + 2 * SPREAD * luck)


def again_at(answer: Answer, tries: int, now: datetime, luck: float) -> datetime | None:
    """When the call is made again after `tries`, this one included; None when it was taken or is given up."""
    if answer.is_taken:
        return None
    if answer.is_gone:
        return now  # its endpoint is paused; it goes on when that is resumed
    if tries >= TRIES:
        return None
    wait = wait_after(tries, luck)
    if answer.retry_after is not None and answer.status in BUSY:
        wait = max(wait, min(timedelta(seconds=answer.retry_after), LONGEST_ASKED))
    return now + wait


def rest(failures: int) -> timedelta:
    """How long an endpoint is left alone after so many failures in a row: it is down, and the rest can wait."""
    if failures < TIRED_AFTER:
        return timedelta(0)
    return min(WAITS[min(failures - TIRED_AFTER, len(WAITS) - 1)], LONGEST_REST)


def is_hopeless(failing_since: datetime | None, failures: int, now: datetime) -> bool:
    return failing_since is not None and failures >= TIRED_AFTER and failing_since <= now - HOPELESS_AFTER

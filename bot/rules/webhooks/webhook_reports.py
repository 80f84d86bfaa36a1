"""What the command tells about webhooks, line by line; pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime, tzinfo
from fnmatch import fnmatchcase

from bot.values.webhooks import KINDS, Added, Answer, DeadLetter, Known


def kinds_of(words: Sequence[str]) -> tuple[str, ...] | str:
    """The kinds that were named, `customer.*` for all that begin so; or the word that is none."""
    found: set[str] = set()
    for word in words:
        fitting = {kind for kind in KINDS if fnmatchcase(kind, word)}
        if not fitting:
            return word
        found |= fitting
    return tuple(kind for kind in KINDS if kind in found)


def of_added(added: Added) -> Iterator[str]:
    yield f"endpoint {added.id}: {added.url}"
    yield f"  is told of {', '.join(added.kinds)}"
    yield from of_secret(added.secret)


def of_secret(secret: str) -> Iterator[str]:
    yield f"  secret {secret}"
    yield "  (it is shown this once: enter it where the calls are received)"


def of_endpoints(endpoints: Sequence[Known], zone: tzinfo) -> Iterator[str]:
    if not endpoints:
        yield "nobody is told anything; see `weilan webhook add`"
    for one in endpoints:
        yield f"{one.id}  {one.url}  {one.state}{f': {one.reason}' if one.reason else ''}"
        yield f"   is told of {', '.join(one.kinds)}"
        waits = f", the oldest since {_at(one.oldest_waiting, zone)}" if one.oldest_waiting else ""
        yield f"   {one.waiting} waiting{waits}; {one.taken} taken in the last days; {one.dead} dead letters"
        if one.failing_since:
            yield f"   failing since {_at(one.failing_since, zone)}"


def of_dead_letters(letters: Sequence[DeadLetter], zone: tzinfo) -> Iterator[str]:
    for one in letters:
        yield (
            f"{one.sequence:>10}  {one.event_id}  {one.kind}  of {_at(one.at, zone)}  to endpoint {one.endpoint_id}: "
            f"{one.reason}, {one.tries} tries, given up {_at(one.died_at, zone)}"
        )
    if not letters:
        yield "no dead letters"


def of_answer(answer: Answer) -> Iterator[str]:
    yield f"taken: HTTP {answer.status}" if answer.is_taken else f"not taken: {answer.reason}"


def _at(instant: datetime | None, zone: tzinfo) -> str:
    return f"{instant.astimezone(zone):%Y-%m-%d %H:%M}" if instant else ""

"""What `merge`, `scene` and `sync followers` tell, line by line; pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, tzinfo
from decimal import Decimal
from typing import Protocol

from bot.values.following import Synced
from bot.values.merging import Merge, Undone, Why

WHY: Mapping[Why, str] = {
    "unknown": "there is no such merge, or no such customer any more",
    "same": "both names mean the same customer",
    "forgotten": "one of them is forgotten, or was merged into another already",
    "two_openids": "both have a chat (openid) of their own; a customer has one",
    "two_union_ids": "WeChat says that they are two people: their union_ids differ",
    "push_under_way": "a push to them is on its way at this moment; try again in two minutes",
    "undone_before": "it was undone before",
    "erased_since": "the customer was erased since, and what undoing needs with them",
    "merged_on": "the customer was merged into another since; undo that merge first",
}


class Source(Protocol):
    """A QR code as a source."""

    @property
    def scene(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def scans(self) -> int: ...
    @property
    def new(self) -> int: ...
    @property
    def back(self) -> int: ...
    @property
    def left(self) -> int: ...
    @property
    def still(self) -> int: ...
    @property
    def orders(self) -> int: ...
    @property
    def spent(self) -> Decimal: ...


def of_sync(read: Synced, zone: tzinfo) -> Iterator[str]:
    yield f"{read.followers} followers, {read.new} of them new; {read.gone} left"
    if read.goes_on_at:
        yield f"not done: {read.followers} of {read.total}; {read.why}"
        yield f"go on after {_at(read.goes_on_at, zone)} with the same command"


def of_merges(merges: Sequence[Merge], zone: tzinfo) -> Iterator[str]:
    if not merges:
        yield "nothing was merged"
    for one in merges:
        state = f"undone {_at(one.undone_at, zone)}" if one.undone_at else "stands"
        if state == "stands" and not one.can_be_undone:
            state = "stands; erased since, cannot be undone"
        yield f"{one.id:>6}  {_at(one.at, zone)}  id:{one.loser_id} into id:{one.survivor_id} by {_by(one)}  {state}"


def of_merge(one: Merge, zone: tzinfo) -> Iterator[str]:
    yield from of_merges([one], zone)
    yield f"  moved: {_counts(one.counts) or 'nothing'}"
    for name, value in one.changes.items():
        yield f"  {name} became {value}"
    if one.undone_at:
        yield f"  undone by {one.undone_by or 'the command'}"


def of_undone(undone: Undone) -> Iterator[str]:
    yield f"merge {undone.merge_id} is undone; went back: {_counts(undone.counts) or 'nothing'}"
    yield "what came after the merge stays with the customer who has the chat"
    if undone.names_lost:
        yield f"not given back, because another customer has it by now: {', '.join(undone.names_lost)}"


def of_scenes(scenes: Sequence[Source]) -> Iterator[str]:
    if not scenes:
        yield "no QR code has brought anybody yet"
        return
    yield f"{'scans':>7} {'new':>7} {'back':>6} {'left':>6} {'still':>7} {'orders':>7} {'spent':>12}  scene"
    for one in scenes:
        title = f"  {one.title}" if one.title else ""
        yield (
            f"{one.scans:>7} {one.new:>7} {one.back:>6} {one.left:>6} {one.still:>7} {one.orders:>7} {one.spent:>12.2f}"
            f"  {one.scene}{title}"
        )


def _by(one: Merge) -> str:
    return {
        "code": "a code in the chat",
        "order": "an order number in the chat",
        "union_id": "WeChat's union_id",
        "staff": one.staff or "the command",
    }[one.how]


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.items() if count)


def _at(at: datetime, zone: tzinfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"

"""What `segment` tells, line by line; pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime, tzinfo
from decimal import Decimal

from bot.values.segment import (
    Counted,
    Explained,
    History,
    Member,
    SegmentLine,
    SegmentsRefreshed,
    Tail,
)


def of_list(lines: Sequence[SegmentLine], zone: tzinfo) -> Iterator[str]:
    for line in lines:
        if line.refreshed_at is None:
            yield f"{line.id:<24} {'–':>9}  {line.name} (not refreshed yet)"
        else:
            by_time = "; days that pass are noticed at night" if line.moves_by_time else ""
            yield f"{line.id:<24} {line.members:>9,}  {line.name} (as of {_at(line.refreshed_at, zone)}{by_time})"


def of_count(counted: Counted) -> Iterator[str]:
    if counted.count is None:
        yield f"{counted.id}: not counted within {counted.within} s; {counted.members} at the last refresh"
    else:
        yield f"{counted.id}: {counted.count:,} of {counted.of:,} followers, in {counted.seconds:.2f} s"


def of_members(members: Sequence[Member], zone: tzinfo) -> Iterator[str]:
    for member in members:
        since = f"since {_at(member.since, zone)}" if member.since else ""
        yield f"{member.customer_id:>9}  {member.openid:<32} {member.name}  {since}".rstrip()


def of_explained(explained: Explained) -> Iterator[str]:
    yield f"{explained.id} {explained.name}"
    yield explained.sentence
    yield ""
    yield from explained.outline


def of_history(history: History, zone: tzinfo) -> Iterator[str]:
    for size in history.sizes:
        yield f"{_at(size.at, zone)}  {size.members:>9,}  +{size.entered} −{size.gone}  ({size.kind})"
    for move in history.moves:
        did = "entered" if move.entered else "left"
        yield f"{_at(move.at, zone)}  {did:<8} {move.openid or f'customer {move.customer_id}'}"


def of_refreshed(refreshed: SegmentsRefreshed | None) -> Iterator[str]:
    if refreshed is None:
        yield "segments: nothing changed"
        return
    of_whom = "everybody" if refreshed.looked_at is None else f"{refreshed.looked_at} customers"
    entered = sum(each.entered for each in refreshed.segments)
    gone = sum(each.gone for each in refreshed.segments)
    yield f"segments: {len(refreshed.segments)}, looked at {of_whom}; entered {entered}, left {gone}"


def of_tail(tail: Tail) -> Iterator[str]:
    yield f"long tail: {tail.customers:,} of {tail.buyers:,} buyers ({tail.share_of_buyers} %)"
    yield f"  spent     ￥{_yuan(tail.spent)}, {tail.share_of_spend} % of everything; ￥{_yuan(tail.average)} each"
    yield f"  reach     {tail.follow:,} follow; within 30 days {tail.reached:,} got a push, {tail.wrote:,} wrote"
    growth = "nothing was spent before" if tail.growth is None else f"{tail.growth:+} %"
    yield f"  90 days   ￥{_yuan(tail.spent_lately)}, before ￥{_yuan(tail.spent_before)}: {growth}"
    yield f"  came up   {tail.rose:,} into ABC's A within 90 days"


def _yuan(amount: Decimal) -> str:
    return f"{amount:,.2f}"


def _at(instant: datetime, zone: tzinfo) -> str:
    return f"{instant.astimezone(zone):%Y-%m-%d %H:%M}"

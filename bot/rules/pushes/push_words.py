"""What `weilan push status` says; pure."""

from collections.abc import Iterator
from datetime import tzinfo

from bot.rules.pushes.reasons import sentence
from bot.values.pushes import PushStatus


def of_status(status: PushStatus, zone: tzinfo) -> Iterator[str]:
    yield (
        "all pushes are STOPPED: `weilan push resume` lets them go on" if status.stopped else "pushes go out"
    )
    yield f"{status.due} due now, {status.under_way} under way, {status.unknown} of unknown outcome"
    for halted in status.halted:
        until = (
            f"until {halted.until.astimezone(zone):%m-%d %H:%M:%S}" if halted.until else "until it is lifted"
        )
        by = f" by {halted.by}" if halted.by else ""
        since = f"{halted.since.astimezone(zone):%m-%d %H:%M:%S}"
        yield f"{halted.channel}: halted since {since}{by}, {until}: {sentence(halted.reason, 'en')}"

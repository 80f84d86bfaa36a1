"""Channels that nothing goes out on: until somebody has looked, for a while, or, under the name `pushes`, no push at all.

Read with every claim (`moments.claiming`), so what is halted here is halted in all processes from the next claim on.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Row, delete, select, update

from bot.rules.pushes import breaker
from bot.rules.pushes.breaker import Count
from bot.store.database import Session
from bot.store.tables import channel_halts, spent_quotas
from bot.store.upserts import or_insert
from bot.values.outcome import Halt
from bot.values.pushes import Halted

PUSHES = "pushes"  # no channel: the stop switch for every push. Answers to customers go on

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Standing:
    """What the table says at an instant."""

    halted: frozenset[str]
    on_trial: frozenset[str]  # a breaker's pause is over: a few may try
    counted: frozenset[str]  # there was trouble a short while ago


NOTHING_HALTED = Standing(frozenset(), frozenset(), frozenset())


def standing(session: Session, now: datetime) -> Standing:
    rows = session.execute(select(channel_halts)).all()
    halted = frozenset(row.channel for row in rows if _stands(row, now))
    on_trial = frozenset(row.channel for row in rows if row.trips) - halted
    return Standing(
        halted, on_trial, frozenset(row.channel for row in rows if row.counted_since or row.trips)
    )


def every(session: Session, now: datetime) -> list[Halted]:
    """What is halted now or has used up its quota, the oldest first."""
    rows = session.execute(select(channel_halts))
    halted = [
        Halted(row.channel, row.reason, row.since, row.until, row.by or "")
        for row in rows
        if _stands(row, now)
    ]
    quotas = session.execute(select(spent_quotas))
    spent = [Halted(row.channel, row.reason, row.since, row.until) for row in quotas if _stands(row, now)]
    return sorted([*halted, *spent], key=lambda one: (one.since, one.channel))


def stands_in_the_way(halted: Collection[str], channel: str) -> bool:
    """Of a push that would go by this channel."""
    return channel in halted or PUSHES in halted


def halt(session: Session, channel: str, reason: str, now: datetime) -> bool:
    """Until a person lifts it. False when it is halted like that already: the first reason stays, it is the cause."""
    if not _halt(session, channel, reason, now, by=""):
        return False
    _log.warning("channel_halted", channel=channel, reason=reason)
    return True


def heed(session: Session, channel: str, refusal: Halt, now: datetime) -> None:
    """The channel, and every push where WeChat has banned the account: other channels are no way around that."""
    halt(session, channel, refusal.told, now)
    if refusal.lesson == "banned":
        halt(session, PUSHES, refusal.told, now)


def stop_pushes(session: Session, reason: str, now: datetime, *, by: str) -> bool:
    """Somebody throws the switch: they are told where they did it, and the audit log names them. False as of `halt`."""
    return _halt(session, PUSHES, reason, now, by=by)


def pause(session: Session, channel: str, reason: str, until: datetime, now: datetime) -> None:
    """For a while, such as a day's quota that is used up. Never shortens what stands."""
    row = _locked(session, channel, now)
    if row.until is None or (_stands(row, now) and row.until >= until):
        return
    _put(session, channel, reason=reason[:200], since=now, until=until, by=None)
    _log.warning("channel_paused", channel=channel, reason=reason, until=until.isoformat())


def lift(session: Session, channel: str) -> bool:
    """True when it stood in the way. Its quota counts as there again, too: WeChat may have granted more."""
    spent = session.execute(delete(spent_quotas).where(spent_quotas.c.channel == channel)).rowcount
    return _lift(session, channel) or spent > 0


def note(
    session: Session, channel: str, troubles: Sequence[str], well: int, known: Standing, now: datetime
) -> None:
    """What became of requests: why some met trouble of the platform, and how many were answered at all.

    While all goes well nothing is written. `known` is what stood when they were claimed.
    """
    if not troubles and channel not in known.counted:
        return
    row = _locked(session, channel, now)
    count = Count(row.counted_since, row.asked, row.troubled, row.trips)
    if _stands(row, now):
        return  # these were under way when it was halted
    if count.trips and not troubles:
        _lift(session, channel)
        _log.warning("channel_works_again", channel=channel, pauses=count.trips)
        return
    counted = breaker.after(count, len(troubles) + well, len(troubles), now)
    if count.trips or breaker.is_tripped(counted, channel):
        _trip(session, channel, troubles[-1] if troubles else "", count.trips, now)
    else:
        values = {"counted_since": counted.since, "asked": counted.asked, "troubled": counted.troubled}
        _put(session, channel, **values)


def _lift(session: Session, channel: str) -> bool:
    return session.execute(delete(channel_halts).where(channel_halts.c.channel == channel)).rowcount > 0


def _halt(session: Session, channel: str, reason: str, now: datetime, *, by: str) -> bool:
    if _locked(session, channel, now).until is None:
        return False
    _put(session, channel, reason=reason[:200], since=now, until=None, by=by[:100] or None)
    return True


def _trip(session: Session, channel: str, reason: str, trips: int, now: datetime) -> None:
    until = now + breaker.pause(trips)
    values = {
        "reason": f"breaker:{reason}"[:200],
        "since": now,
        "until": until,
        "by": None,
        "trips": trips + 1,
    }
    _put(session, channel, **values, counted_since=None, asked=0, troubled=0)
    _log.warning("channel_paused", channel=channel, reason=reason, until=until.isoformat(), pauses=trips + 1)


def _stands(row: Row[Any], now: datetime) -> bool:
    """What was halted at a later time, before the clock was set back, is not halted for a while any more."""
    return row.until is None or bool(row.since <= now < row.until)


def _locked(session: Session, channel: str, now: datetime) -> Row[Any]:
    """The channel's row, which is there from now on: two processes may meet trouble at once."""
    fresh = or_insert(session, channel_halts).values(channel=channel, reason="", since=now, until=now)
    session.execute(fresh.on_conflict_do_nothing())
    asked = select(channel_halts).where(channel_halts.c.channel == channel).with_for_update()
    return session.execute(asked).one()


def _put(session: Session, channel: str, **values: Any) -> None:
    session.execute(update(channel_halts).where(channel_halts.c.channel == channel).values(values))

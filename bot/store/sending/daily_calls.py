"""The calls of a channel that has so many a day (template messages): taken by the claim, in its own transaction.

WeChat's days are Shanghai's. A claim that certainly sent nothing gives its call back. What is planned and not sent yet
counts for the planner, so that it promises no more than can go out.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, func, select, update

from bot.store.among import among
from bot.store.database import Session
from bot.store.delivery_states import IS_PLANNED
from bot.store.tables import daily_calls, deliveries
from bot.store.upserts import or_insert

SHANGHAI = ZoneInfo("Asia/Shanghai")

_c = daily_calls.c


def used(session: Session, channel: str, now: datetime) -> int:
    asked = select(_c.used).where(_of(channel, day_of(now)))
    return session.execute(asked).scalar_one_or_none() or 0


def promised(session: Session, channel: str, now: datetime) -> int:
    """The day's calls that are used, and those that what is planned will want, one a delivery."""
    waiting = and_(IS_PLANNED, deliveries.c.channel == channel)
    planned = session.execute(select(func.count()).select_from(deliveries).where(waiting)).scalar_one()
    return used(session, channel, now) + int(planned)


def lock_used(session: Session, channel: str, now: datetime) -> int:
    """The same as `used`; from here to the end of the transaction nobody else takes any."""
    first = or_insert(session, daily_calls).values(channel=channel, day=day_of(now), used=0)
    session.execute(first.on_conflict_do_nothing())
    asked = select(_c.used).where(_of(channel, day_of(now)))
    return int(session.execute(asked.with_for_update()).scalar_one())


def take(session: Session, channel: str, now: datetime, calls: int) -> None:
    session.execute(update(daily_calls).where(_of(channel, day_of(now))).values(used=_c.used + calls))


def give_back(session: Session, delivery_ids: Iterable[int]) -> None:
    """Of deliveries that certainly sent nothing, once each."""
    asked = select(deliveries.c.channel, deliveries.c.claimed_at).where(
        among(session, deliveries.c.id, delivery_ids), deliveries.c.took == "template"
    )
    taken = Counter((row.channel, day_of(row.claimed_at)) for row in session.execute(asked))
    for (channel, day), calls in sorted(taken.items()):
        enough = and_(_of(channel, day), _c.used >= calls)
        session.execute(update(daily_calls).where(enough).values(used=_c.used - calls))


def day_of(now: datetime) -> date:
    return now.astimezone(SHANGHAI).date()


def _of(channel: str, day: date) -> ColumnElement[bool]:
    return and_(_c.channel == channel, _c.day == day)

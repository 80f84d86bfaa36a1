"""Template messages whose answer never came: WeChat knows a repeat by its key for ten minutes, so it is repeated.

They stay claimed meanwhile. What a repeat is told says nothing about the first request, unless it says "accepted":
everything else leaves them unknown, and they are never planned again.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, select, update

from bot.store.among import among
from bot.store.database import Session
from bot.store.planning.moments import Moment
from bot.store.programs import outbox
from bot.store.sending import halts
from bot.store.sending.claims import mark_left
from bot.store.sending.reported_endings import accepted
from bot.store.sending.signing import LEASE
from bot.store.tables import deliveries
from bot.values.channels import TEMPLATE
from bot.values.outcome import Accepted, Halt, Later, Never, Outcome, Sent, Unsure
from bot.values.push import Claimed

KEY_HOLDS = timedelta(minutes=9)  # of WeChat's ten: the request takes a moment, and clocks differ
AT_ONCE = 100


def may_repeat(now: datetime) -> ColumnElement[bool]:
    """Of claims whose worker is gone or got no answer: WeChat would know them still, and has not reported."""
    return and_(
        deliveries.c.channel == TEMPLATE,
        deliveries.c.claimed_at > now - KEY_HOLDS,
        deliveries.c.claimed_at <= now,
        deliveries.c.reported.is_(None),
    )


def unanswered(session: Session, now: datetime, real: datetime) -> list[int]:
    dead = and_(deliveries.c.state == "claimed", deliveries.c.lease_until < real)
    asked = select(deliveries.c.id).where(dead, deliveries.c.left_at.is_not(None), may_repeat(now))
    return list(session.execute(asked.order_by(deliveries.c.lease_until).limit(AT_ONCE)).scalars())


def take_again(
    session: Session, ids: Sequence[int], token: str, moment: Moment, *, real: datetime
) -> list[int]:
    """For one more request each; those who may not be sent to any more end unknown: the first may have reached them."""
    dead = and_(deliveries.c.state == "claimed", deliveries.c.lease_until < real)
    taken = (
        update(deliveries)
        .where(among(session, deliveries.c.id, ids), dead, may_repeat(moment.now))
        .values(claim_token=token, lease_until=real + LEASE)
        .returning(deliveries.c.id)
    )
    mine = sorted(session.execute(taken).scalars())
    again = mark_left(session, mine, token, moment, real=real)
    _lose(session, sorted(set(mine).difference(again)), token, moment.now)
    return again


def close(session: Session, delivery: Claimed, outcome: Outcome, moment: Moment) -> None:
    """What became of a repeat."""
    match outcome:
        case Accepted(wechat_id) | Sent(wechat_id):
            accepted(session, [(delivery, wechat_id)], moment.now)
        case Later(at, reason, is_for_all=True):  # it stays claimed, and may be repeated while its key holds
            halts.pause(session, delivery.channel, reason, at, moment.now)
        case Later() | Unsure():
            return
        case Never():
            _lose(session, [delivery.id], delivery.token, moment.now)
        case Halt():
            _lose(session, [delivery.id], delivery.token, moment.now)
            halts.heed(session, delivery.channel, outcome, moment.now)


def _lose(session: Session, ids: Sequence[int], token: str, now: datetime) -> None:
    ends = (
        update(deliveries)
        .where(among(session, deliveries.c.id, ids), deliveries.c.claim_token == token)
        .where(deliveries.c.state == "claimed")
        .values(state="unknown", reason="no_answer", finished_at=now)
    )
    outbox.ending(session, ends, "unknown")

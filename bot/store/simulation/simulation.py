"""What the modelled world does to the stage, in few statements for many: sends, answers, leaving, and the counting.

Never runs on the shop's own database. Planning and claiming are not here: those are the real ones.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    Row,
    and_,
    bindparam,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)

from bot.config import Push
from bot.rules.pushes.windows import PURPOSES, next_window, window_at
from bot.store.among import among, listed, those
from bot.store.campaigns import working_days
from bot.store.database import Instant, Session
from bot.store.delivery_states import IS_PLANNED, LIVE
from bot.store.people.customers import HAS_KEPT, SPEAKING, speaking
from bot.store.sending import lone
from bot.store.sending.deliveries import AFTER_THE_ANSWER
from bot.store.sending.handing import OUTWARD
from bot.store.tables import (
    campaign_contents,
    campaigns,
    contents,
    customer_statistics,
    customers,
    deliveries,
    messages,
)
from bot.values.channels import NEXT_CONTACT, REPLY_WINDOW
from bot.values.simulation import CampaignLine

_there = deliveries.alias("there")

# put together once: they are asked hundreds of times, and the asking takes the database less than that
_NOW: BindParameter[datetime] = bindparam("now", type_=Instant())
_OPEN = and_(IS_PLANNED, or_(deliveries.c.closes_at.is_(None), deliveries.c.closes_at > _NOW))
_NEXT_DUE = (
    select(deliveries.c.due_at, deliveries.c.handed_until, deliveries.c.closes_at)
    .where(_OPEN, deliveries.c.channel.in_(OUTWARD))
    .order_by(func.max(deliveries.c.due_at, func.coalesce(deliveries.c.handed_until, deliveries.c.due_at)))
    .limit(1)
)
_DUE = (
    select(
        deliveries.c.id,
        deliveries.c.customer_id,
        deliveries.c.campaign_id,
        deliveries.c.channel,
        deliveries.c.content_id,
        deliveries.c.purpose,
    )
    .where(_OPEN, deliveries.c.channel.in_(bindparam("channels", expanding=True)))
    .where(deliveries.c.due_at <= _NOW)
    .where(or_(deliveries.c.handed_until.is_(None), deliveries.c.handed_until <= _NOW))
    .order_by(deliveries.c.due_at, deliveries.c.id)
    .limit(bindparam("most", type_=Integer()))
)
_CLOSE = (
    update(deliveries)
    .where(deliveries.c.claim_token == bindparam("token"), deliveries.c.state == "claimed")
    .values(state="sent", reason="", left_at=_NOW, finished_at=_NOW)
    .returning(
        deliveries.c.id,
        deliveries.c.campaign_id,
        deliveries.c.customer_id,
        deliveries.c.channel,
        deliveries.c.content_id,
    )
)
_GOT_ONE_MORE = (
    update(customers)
    .where(those("sqlite", customers.c.id, "ids"))
    .values(silent_pushes=customers.c.silent_pushes + 1)
)


@dataclass(frozen=True, slots=True)
class Due:
    id: int
    customer_id: int
    campaign_id: str
    channel: str
    content_id: str
    purpose: str


def next_due(session: Session, now: datetime) -> tuple[datetime, datetime] | None:
    """When the next push that may still leave comes due, and when its window closes."""
    row = session.execute(_NEXT_DUE, {"now": now}).one_or_none()
    if row is None:
        return None
    due_at = max(row.due_at, row.handed_until or row.due_at)
    return due_at, row.closes_at or due_at + timedelta(days=1)


def due(session: Session, now: datetime, halted: Collection[str], *, most: int) -> list[Due]:
    """As `handing.hand_out` would hand them out, the earliest first."""
    channels = sorted(set(OUTWARD).difference(halted))
    found = session.execute(_DUE, {"now": now, "channels": channels, "most": most})
    return [Due(*row) for row in found]


def close_sent(session: Session, token: str, now: datetime) -> list[Row[Any]]:
    """What this claim holds was sent: gives id, campaign, customer, channel and content of each."""
    sent = session.execute(_CLOSE, {"token": token, "now": now}).all()
    session.execute(_GOT_ONE_MORE, {"ids": listed("sqlite", [row.customer_id for row in sent])})
    return list(sent)


def wait_a_while(session: Session, ids: Sequence[int], until: datetime) -> None:
    """What the claim would not take yet is not asked for again before."""
    session.execute(
        update(deliveries)
        .where(among(session, deliveries.c.id, ids), deliveries.c.state == "planned")
        .values(handed_until=until)
    )


def wrote(session: Session, ids: Sequence[int], now: datetime) -> None:
    """What a message changes in a customer's row, as everywhere; nothing is said in it."""
    session.execute(
        update(customers).where(among(session, customers.c.id, ids)).values(SPEAKING), speaking(now)
    )
    said = [{"customer_id": each, "direction": "in", "kind": "text", "created_at": now} for each in ids]
    if said:
        session.execute(insert(messages), said)


def stopped(session: Session, ids: Sequence[int], now: datetime) -> None:
    session.execute(
        update(customers)
        .where(among(session, customers.c.id, ids))
        .values(wants_pushes=False, stopped_pushes_at=now)
    )


def left(session: Session, ids: Sequence[int], now: datetime) -> None:
    session.execute(update(customers).where(among(session, customers.c.id, ids)).values(unfollowed_at=now))


def bought(session: Session, ids: Sequence[int], now: datetime) -> None:
    """One more purchase in their figures; what it cost is not modelled."""
    figures = customer_statistics.c
    session.execute(
        update(customer_statistics)
        .where(among(session, figures.customer_id, ids))
        .values(orders=figures.orders + 1, placed=figures.placed + 1, last_order_at=now)
    )


def holders(session: Session, ids: Sequence[int]) -> list[int]:
    """Who of these has something that waits for their contact."""
    found = select(customers.c.id).where(among(session, customers.c.id, ids), HAS_KEPT)
    return list(session.execute(found).scalars())


def release_kept(session: Session, ids: Sequence[int], now: datetime, push: Push) -> None:
    """They made contact: what `deliveries.release_kept` does for one of them, for all at once.

    Answers that wait are not on the stage; a test compares the two.
    """
    kept = and_(deliveries.c.state == "planned", deliveries.c.channel == NEXT_CONTACT)
    of_them = among(session, deliveries.c.customer_id, ids)
    lone.send_through_window(session, of_them, now + AFTER_THE_ANSWER)
    oldest = list(
        session.execute(
            select(func.min(deliveries.c.id)).where(kept, of_them).group_by(deliveries.c.customer_id)
        ).scalars()
    )
    calendar = working_days.around(session, now.astimezone(push.zone).date())
    for purpose in PURPOSES:
        window = window_at(purpose, now, push, calendar) or next_window(purpose, now, push, calendar)
        session.execute(
            update(deliveries)
            .where(
                among(session, deliveries.c.id, oldest),
                deliveries.c.purpose == purpose,
                ~_in_the_way(window.day),
            )
            .values(
                channel=REPLY_WINDOW,
                due_at=max(now + AFTER_THE_ANSWER, window.opens),
                closes_at=window.closes,
                day=window.day,
                handed_until=None,
            )
        )
    still = select(deliveries.c.customer_id).where(kept)
    session.execute(
        update(customers)
        .where(among(session, customers.c.id, ids))
        .values(has_kept=customers.c.id.in_(still))
    )


def _in_the_way(day: date) -> ColumnElement[bool]:
    """Another push that waits for them, or one of the same campaign on that day."""
    there = _there
    waits = and_(there.c.state.in_(LIVE), there.c.channel != NEXT_CONTACT)
    same = and_(
        there.c.campaign_id == deliveries.c.campaign_id, there.c.day == day, there.c.state != "skipped"
    )
    return (
        exists()
        .where(
            there.c.customer_id == deliveries.c.customer_id, there.c.id != deliveries.c.id, or_(waits, same)
        )
        .correlate(deliveries)
    )


def everybody(session: Session) -> list[int]:
    return list(session.execute(select(customers.c.id).order_by(customers.c.id)).scalars())


def campaigns_between(session: Session, first: date, last: date) -> tuple[CampaignLine, ...]:
    """Those that run on one of these days, the most important first."""
    runs = and_(campaigns.c.status == "running", campaigns.c.starts <= last, campaigns.c.ends >= first)
    found = session.execute(
        select(campaigns).where(runs).order_by(campaigns.c.priority.desc(), campaigns.c.id)
    ).all()
    pool = select(campaign_contents.c.campaign_id, contents.c.id, contents.c.approved_by).join(
        contents, contents.c.id == campaign_contents.c.content_id
    )
    of: dict[str, list[Any]] = {}
    for row in session.execute(pool.order_by(campaign_contents.c.position)):
        of.setdefault(row.campaign_id, []).append(row)
    return tuple(
        CampaignLine(
            id=row.id,
            name=row.name,
            priority=row.priority,
            regular=row.regular,
            starts=row.starts,
            ends=row.ends,
            contents=len(of.get(row.id, [])),
            unapproved=tuple(each.id for each in of.get(row.id, []) if each.approved_by is None),
            festival=(row.occasion or {}).get("festival", ""),
        )
        for row in found
    )


def alive(session: Session) -> set[int]:
    """Who follows: nobody else writes, stops or leaves."""
    follows = and_(customers.c.followed_at.is_not(None), customers.c.unfollowed_at.is_(None))
    return set(session.execute(select(customers.c.id).where(follows)).scalars())

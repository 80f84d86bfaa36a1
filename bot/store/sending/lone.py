"""Mass sends nobody else was in, as WeChat refuses a list of one.

Those who are alone get another content of theirs together; who is alone still waits for their next contact. It goes
through the reply window where that is open by now, or is opened meanwhile: it was planned before they wrote.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, update

from bot.store.database import Session
from bot.store.delivery_states import IS_PLANNED
from bot.store.programs import outbox
from bot.store.tables import campaign_contents, campaigns, contents, customers, deliveries
from bot.values.channels import MASS, NEXT_CONTACT, REPLY_WINDOW

TOGETHER = 2  # the fewest openids WeChat takes
_pool, _had, _kept = campaign_contents.alias("pool"), deliveries.alias("had"), deliveries.alias("kept")
AT_ONCE = 200  # looked at; each content leaves one at most


def wait(session: Session, ids: Sequence[int], now: datetime) -> None:
    """Of deliveries that were just found alone: out through the window that is open, or looked at when they write."""
    mine = deliveries.c.id.in_(ids)
    send_through_window(session, mine, now)
    whose = select(deliveries.c.customer_id).where(mine, IS_PLANNED, deliveries.c.channel == MASS)
    session.execute(update(customers).where(customers.c.id.in_(whose)).values(has_kept=True))


def send_through_window(session: Session, which: ColumnElement[bool], now: datetime) -> int:
    """Who is alone and has an open reply window gets it there, while the purpose's window is open. How many.

    The claim asks every policy again.
    """
    open_for_all = and_(customers.c.window_until > now, customers.c.window_left >= contents.c.messages)
    able = (
        select(deliveries.c.id)
        .join(customers, customers.c.id == deliveries.c.customer_id)
        .join(campaigns, campaigns.c.id == deliveries.c.campaign_id)
        .join(contents, contents.c.id == deliveries.c.content_id)
        .where(which, IS_PLANNED, deliveries.c.channel == MASS, deliveries.c.reason == "too_few")
        .where(deliveries.c.closes_at > now, open_for_all, _may_use_window())
        .where(campaigns.c.id.in_(_campaigns_by(session, REPLY_WINDOW)))
    )
    ids = session.execute(able).scalars().all()
    through = {"channel": REPLY_WINDOW, "reason": "", "due_at": now, "handed_until": None}
    asked = update(deliveries).where(deliveries.c.id.in_(ids), IS_PLANNED, deliveries.c.channel == MASS)
    return session.execute(asked.values(through)).rowcount if ids else 0


def group(session: Session, now: datetime) -> int:
    """Who wait alone, each with a content of their own, get one together that is new to all of them. How many.

    Not those of an occasion, whose content is for that day, nor of a campaign that keeps its order.
    """
    may_get = _new_to(session, _waiting(session, now), now)
    together = 0
    while found := _most_with_one(may_get):
        content_id, those = found
        asked = update(deliveries).where(deliveries.c.id.in_(those), IS_PLANNED)
        values = {"content_id": content_id, "reason": "", "due_at": now, "handed_until": None}
        together += session.execute(asked.values(values)).rowcount
        may_get = {one: new for one, new in may_get.items() if one not in those}
    return together


def _waiting(session: Session, now: datetime) -> list[int]:
    alone = (
        select(deliveries.c.id)
        .join(campaigns, campaigns.c.id == deliveries.c.campaign_id)
        .where(IS_PLANNED, deliveries.c.channel == MASS, deliveries.c.due_at > now)
        .where(deliveries.c.reason == "too_few", deliveries.c.occasion.is_(None), ~campaigns.c.in_order)
        .order_by(deliveries.c.due_at, deliveries.c.id)
        .limit(AT_ONCE)
        .with_for_update(of=deliveries)
    )
    return list(session.execute(alone).scalars())


def _new_to(session: Session, ids: list[int], now: datetime) -> dict[int, list[str]]:
    """Of their campaign's contents, as listed, what may go by mass and they never got."""
    if len(ids) < TOGETHER:
        return {}
    pool, had = _pool, _had
    has_had = exists().where(
        had.c.customer_id == deliveries.c.customer_id, had.c.content_id == pool.c.content_id,
        had.c.state != "skipped", had.c.id != deliveries.c.id,
    ).correlate(deliveries, pool)  # fmt: skip
    asked = (
        select(deliveries.c.id, pool.c.content_id)
        .join(pool, pool.c.campaign_id == deliveries.c.campaign_id)
        .join(contents, contents.c.id == pool.c.content_id)
        .where(deliveries.c.id.in_(ids), contents.c.purpose == deliveries.c.purpose)
        .where(contents.c.by_mass, contents.c.approved_by.is_not(None), ~has_had)
        .where(or_(contents.c.useful_until.is_(None), contents.c.useful_until > now))
        .where(or_(pool.c.variant == "", pool.c.variant == func.coalesce(deliveries.c.variant, "")))
        .order_by(deliveries.c.id, pool.c.position)
    )
    found: dict[int, list[str]] = {}
    for row in session.execute(asked):
        found.setdefault(row.id, []).append(row.content_id)
    return found


def _most_with_one(may_get: dict[int, list[str]]) -> tuple[str, set[int]] | None:
    """The content that is new to most of them, and to whom; None when it would be one alone."""
    counted = Counter(content for new in may_get.values() for content in new)
    if not counted or (best := counted.most_common(1)[0])[1] < TOGETHER:
        return None
    return best[0], {one for one, new in may_get.items() if best[0] in new}


def keep_the_lone(session: Session, closed: ColumnElement[bool], at: datetime) -> int:
    """Of deliveries whose window is over: who was alone with a content is planned no further by mass. How many.

    Kept where the campaign, the purpose and what is kept already allow it; else skipped, so that another campaign
    has its turn.
    """
    alone = and_(closed, deliveries.c.channel == MASS, deliveries.c.reason == "too_few")
    ids = set(session.execute(select(deliveries.c.id).where(alone)).scalars())
    if not ids:
        return 0
    may_be_kept = (
        select(deliveries.c.id)
        .join(customers, customers.c.id == deliveries.c.customer_id)
        .join(campaigns, campaigns.c.id == deliveries.c.campaign_id)
        .where(deliveries.c.id.in_(ids), campaigns.c.id.in_(_campaigns_by(session, NEXT_CONTACT)))
        .where(~_has_one_kept(), _may_use_window())
    )
    keeps = set(session.execute(may_be_kept).scalars())
    waits = {"channel": NEXT_CONTACT, "reason": "contact_awaited", "closes_at": None, "handed_until": None}
    whose = (
        update(deliveries).where(deliveries.c.id.in_(keeps), deliveries.c.state == "planned").values(waits)
    )
    kept = session.execute(whose.returning(deliveries.c.customer_id)).scalars().all()
    session.execute(update(customers).where(customers.c.id.in_(kept)).values(has_kept=True))
    rest = and_(deliveries.c.id.in_(ids - keeps), deliveries.c.state == "planned")
    ends = update(deliveries).where(rest).values(state="skipped", reason="too_few", finished_at=at)
    return len(kept) + outbox.ending(session, ends, "skipped")


def _may_use_window() -> ColumnElement[bool]:
    return or_(
        deliveries.c.purpose != "marketing",
        customers.c.asked_for_pushes_at.is_not(None),
        campaigns.c.marketing_in_window,
    )


def _campaigns_by(session: Session, channel: str) -> list[str]:
    found = session.execute(select(campaigns.c.id, campaigns.c.channels))
    return [row.id for row in found if not row.channels or channel in row.channels]


def _has_one_kept() -> ColumnElement[bool]:
    """One at a time: the next waits until it went out."""
    kept = _kept
    return (
        exists()
        .where(kept.c.customer_id == deliveries.c.customer_id, kept.c.state == "planned")
        .where(kept.c.channel == NEXT_CONTACT, kept.c.campaign_id.is_not(None))
        .correlate(deliveries)
    )

"""How what WeChat only accepts ends: notices and template messages, of which an event tells later whether they came.

The event may be faster than the answer to the request. So it is kept on the delivery while that is still claimed,
and whichever of the two is written second ends the delivery. An answer that was lost is found out the same way.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, select, text, update

from bot.rules.contents.notices import filled, told
from bot.store.database import Session
from bot.store.planning import engagement
from bot.store.programs import outbox
from bot.store.sending.taking_back import take_back
from bot.store.tables import customers, deliveries
from bot.store.tables.pushes import UNSETTLED
from bot.store.talk import messages
from bot.values.channels import NOTICE, TEMPLATE
from bot.values.notice import Notice, TemplateMessage
from bot.values.push import Claimed
from bot.values.reply import Text

REPORTED = (NOTICE, TEMPLATE)
REPORTED_WITHIN = timedelta(days=3)
USER_BLOCK, SYSTEM_FAILED = 1, 2  # of a template message, as it is kept in `reported`; 0: it came


def accepted(session: Session, attempts: Sequence[tuple[Claimed, str]], now: datetime) -> None:
    """WeChat took them, perhaps under an id: they wait for its report, or end by one that came before."""
    _lock_customers(session, [delivery.profile.id for delivery, _ in attempts])
    for delivery, wechat_id in attempts:
        mine = and_(
            deliveries.c.id == delivery.id,
            deliveries.c.claim_token == delivery.token,
            deliveries.c.state.in_(("claimed", "unknown")),
        )
        asked = select(deliveries.c.reported, deliveries.c.wechat_id).where(mine).with_for_update()
        found = session.execute(asked).one_or_none()
        if found is None:
            continue
        code: int | None = found.reported
        values: dict[str, Any] = {"state": "accepted", "reason": ""}
        if delivery.channel == TEMPLATE and wechat_id:
            if (
                found.wechat_id and found.wechat_id != wechat_id
            ):  # the report was of another program's message
                code, values = None, values | {"reported": None}
            values |= {"wechat_id": wechat_id[:40]}
        session.execute(update(deliveries).where(mine).values(values))
        _log(session, delivery, now)
        settle(session, deliveries.c.id == delivery.id, code, now)


def told_by_event(
    session: Session, delivery_id: int, state: str, code: int, msg_id: str, now: datetime
) -> None:
    """Writes the event's word into the delivery it is about, and ends that unless its answer is still to come."""
    mine = deliveries.c.id == delivery_id
    said: dict[str, Any] = {"reported": code}
    said |= {"wechat_id": msg_id[:40]} if msg_id else {}
    session.execute(update(deliveries).where(mine).values(said))
    if state != "claimed":
        settle(session, mine, code, now)


def settle_recovered(session: Session, now: datetime) -> int:
    """Claims whose worker died after WeChat had reported: recovery called them unknown, the report knows. How many."""
    known = and_(text(UNSETTLED), deliveries.c.state == "unknown")
    asked = select(deliveries.c.id, deliveries.c.reported).where(known, deliveries.c.reported.is_not(None))
    found = session.execute(asked).all()
    for row in found:
        settle(session, deliveries.c.id == row.id, row.reported, now)
    return len(found)


def give_up_unreported(session: Session, now: datetime) -> int:
    """WeChat took them and never told the rest: unknown, and said so."""
    old = and_(text(UNSETTLED), deliveries.c.state == "accepted")
    ends = update(deliveries).where(old, deliveries.c.claimed_at < now - REPORTED_WITHIN)
    values = {"state": "unknown", "reason": "not_reported", "finished_at": now}
    return outbox.ending(session, ends.values(values), "unknown")


def settle(session: Session, which: ColumnElement[bool], code: int | None, now: datetime) -> None:
    """By WeChat's word, if it is there."""
    if code is None:
        return
    ends = (
        update(deliveries)
        .where(which, deliveries.c.state.in_(("accepted", "unknown")))
        .values(state="failed" if code else "sent", finished_at=now)
        .returning(*(deliveries.c[name] for name in ("id", "customer_id", "day", "channel", "reason")))
    )
    for row in session.execute(ends).all():
        says = _why(row.channel, code) if code else ""
        if row.reason != says:
            session.execute(update(deliveries).where(deliveries.c.id == row.id).values(reason=says))
        outbox.deliveries_ended(session, [row.id])
        was_counted = row.reason != "no_answer"  # among those unanswered, when WeChat took it
        if code:
            take_back(session, [row.id], f"{row.day:%Y-%m}")
            if was_counted:
                engagement.one_unanswered_less(session, [row.id], now)
        elif not was_counted:
            engagement.one_more_unanswered(session, [row.customer_id], now)


def _why(channel: str, code: int) -> str:
    if channel == NOTICE:
        return f"notice_failed:{code}"
    return "template_blocked" if code == USER_BLOCK else "template_failed"


def _log(session: Session, delivery: Claimed, now: datetime) -> None:
    words = _filled(delivery)
    if words is not None:
        said = messages.Said(
            customer_id=delivery.profile.id, reply=Text(told(words)), delivery_id=delivery.id
        )
        messages.all_said(session, [said], now)
    engagement.one_more_unanswered(session, [delivery.profile.id], now)


def _filled(delivery: Claimed) -> Notice | TemplateMessage | None:
    content = delivery.content
    if content is None:
        return None
    if delivery.channel == TEMPLATE:
        return filled(content.template, delivery.profile) if content.template else None
    return filled(content.notice, delivery.profile) if content.notice else None


def _lock_customers(session: Session, ids: Sequence[int]) -> None:
    """First the customer, then the delivery, as the event does: so that the two never wait for each other."""
    if ids:
        theirs = select(customers.c.id).where(customers.c.id.in_(ids)).order_by(customers.c.id)
        session.execute(theirs.with_for_update(key_share=True))

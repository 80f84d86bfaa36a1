"""A person is done with a customer: bot and marketing are back, the customer is told, and asked how it was."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, func, select, update

from bot.rules.talk import person_texts
from bot.store.database import Session
from bot.store.sending import deliveries
from bot.store.tables import customers
from bot.store.tables import handovers as rows
from bot.store.talk import handovers
from bot.values.reply import Menu, Text

BY_WECHAT = "wechat"
_h = rows.c


@dataclass(frozen=True, slots=True)
class Satisfaction:
    """Of hand-overs that were closed since some day."""

    closed: int
    asked: int
    rated: int
    mean: float | None


def end(session: Session, customer_id: int, *, staff_id: int, now: datetime, day: date) -> bool:
    """False when nobody waited there. `day` is the shop's."""
    found = _open(session, customer_id)
    if not handovers.close(session, customer_id, staff_id=staff_id, now=now) or found is None:
        return False
    _tell(session, found, now, day)
    return True


def end_at_wechat(session: Session, customer_id: int, now: datetime, day: date) -> None:
    """WeChat's own customer service closed its talk. A complaint stays open until staff of ours have looked at it."""
    handovers.bot_is_back(session, customer_id)
    found = _open(session, customer_id)
    if found is None or found.reason == "complaint":
        return
    ended = update(rows).where(_h.id == found.id, _h.closed_at.is_(None))
    session.execute(ended.values(closed_at=now, closed_by=BY_WECHAT))
    _tell(session, found, now, day)


def satisfaction(session: Session, since: datetime) -> Satisfaction:
    counted = select(func.count(), func.count(_h.rating_asked_at), func.count(_h.rating), func.avg(_h.rating))
    closed, asked, rated, mean = session.execute(counted.where(_h.closed_at >= since)).one()
    return Satisfaction(closed, asked, rated, None if mean is None else round(float(mean), 2))


def _tell(session: Session, found: Row[Any, Any, Any], now: datetime, day: date) -> None:
    """Asked while WeChat lets us; later nobody remembers how it was. That a complaint is settled is told in any case."""
    complained = found.reason == "complaint"
    if _may_write(session, found.customer_id, now):
        reply: Menu | Text = person_texts.question(complained=complained)
        session.execute(update(rows).where(_h.id == found.id).values(rating_asked_at=now))
    elif complained:
        reply = Text(person_texts.SETTLED)
    else:
        return
    deliveries.owe_answer(
        session, customer_id=found.customer_id, answers_id=None, reply=reply, day=day, now=now
    )


def _may_write(session: Session, customer_id: int, now: datetime) -> bool:
    open_window = (customers.c.window_left > 0) & (customers.c.window_until > now)
    asked = select(customers.c.id).where(customers.c.id == customer_id, open_window)
    return session.execute(asked).first() is not None


def _open(session: Session, customer_id: int) -> Row[Any, Any, Any] | None:
    asked = select(_h.id, _h.customer_id, _h.reason).where(
        _h.customer_id == customer_id, _h.closed_at.is_(None)
    )
    return session.execute(asked).one_or_none()

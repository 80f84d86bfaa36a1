"""How many notices of a template a customer still allows. WeChat tells no balance, so this is counted here.

A yes in the prompt is one notice, a no ends all that was left. The claim of a delivery takes one, in its own
transaction; taking that claim back gives it back, unless they said no since.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, tuple_, update

from bot.store.among import among
from bot.store.database import Session
from bot.store.tables import contents, deliveries, notice_consents
from bot.store.upserts import or_insert
from bot.values.channels import NOTICE
from bot.values.reports import NoticeConsent

_c = notice_consents.c


def told(session: Session, customer_id: int, consents: Iterable[NoticeConsent], now: datetime) -> None:
    """What they answered the prompt with, or changed in their settings."""
    for consent in consents:
        if not consent.template_id:
            continue
        if consent.accepted:
            _put(session, customer_id, consent.template_id, 1, {"remaining": _c.remaining + 1}, now)
        else:
            refuse(session, customer_id, consent.template_id, now)


def refuse(session: Session, customer_id: int, template_id: str, now: datetime) -> None:
    """They said no, or WeChat says that nothing is left (43101)."""
    _put(session, customer_id, template_id, 0, {"remaining": 0, "refused_at": now}, now)


def spent_elsewhere(session: Session, customer_id: int, template_id: str, now: datetime) -> None:
    """A notice that none of our deliveries sent: another program of the account's used a consent."""
    theirs = and_(_c.customer_id == customer_id, _c.template_id == template_id, _c.remaining > 0)
    session.execute(update(notice_consents).where(theirs).values(remaining=_c.remaining - 1, updated_at=now))


def lock(session: Session, delivery_ids: Iterable[int]) -> None:
    """Of due notices: from here to the end of the transaction nobody else changes these consents."""
    wanted = (
        select(deliveries.c.customer_id, contents.c.notice_template)
        .join(contents, contents.c.id == deliveries.c.content_id)
        .where(among(session, deliveries.c.id, delivery_ids), deliveries.c.channel == NOTICE)
    )
    if session.dialect.name == "postgresql":  # SQLite has one writer
        theirs = tuple_(_c.customer_id, _c.template_id).in_(wanted)
        rows = select(_c.customer_id).where(theirs).order_by(_c.customer_id, _c.template_id)
        session.execute(rows.with_for_update())


def take(session: Session, delivery_ids: Sequence[int], now: datetime) -> None:
    """One each for the notices among these claimed deliveries; that one is left was asked by the claim."""
    claimed = and_(among(session, deliveries.c.id, delivery_ids), deliveries.c.took == "notice")
    session.execute(
        update(notice_consents).where(_of(claimed)).values(remaining=_c.remaining - 1, updated_at=now)
    )


def give_back(session: Session, delivery_ids: Sequence[int]) -> None:
    """Of deliveries that certainly sent nothing, once each."""
    took = and_(among(session, deliveries.c.id, delivery_ids), deliveries.c.took == "notice")
    not_since = or_(_c.refused_at.is_(None), _c.refused_at < deliveries.c.claimed_at)
    session.execute(
        update(notice_consents).where(_of(and_(took, not_since))).values(remaining=_c.remaining + 1)
    )


def left_of(session: Session, customer_id: int) -> dict[str, int]:
    """By template."""
    asked = select(_c.template_id, _c.remaining).where(_c.customer_id == customer_id)
    return {row.template_id: row.remaining for row in session.execute(asked.order_by(_c.template_id))}


def _of(which: ColumnElement[bool]) -> ColumnElement[bool]:
    """The consent a delivery took: a customer has one delivery of a day, so one consent each."""
    return (
        select(deliveries.c.id)
        .where(which, deliveries.c.customer_id == _c.customer_id)
        .where(deliveries.c.notice_template == _c.template_id)
        .correlate(notice_consents)
        .exists()
    )


def _put(
    session: Session, customer_id: int, template_id: str, first: int, then: dict[str, Any], now: datetime
) -> None:
    row = {"customer_id": customer_id, "template_id": template_id[:64], "remaining": first, "updated_at": now}
    row |= {"refused_at": then["refused_at"]} if "refused_at" in then else {}
    put = or_insert(session, notice_consents)
    session.execute(
        put.values(row).on_conflict_do_update(
            index_elements=[_c.customer_id, _c.template_id], set_={**then, "updated_at": now}
        )
    )

"""Who newly meets the condition of a care campaign: looked at once a day, each meeting noted once.

Who met it when the campaign began is noted and not cared for, unless the campaign says so. Who leaves the condition and
meets it again is met anew after the pause, and not before.
"""

import hashlib
import json
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, and_, case, false, literal, or_, select, true, update

from bot.rules.pushes import occasions
from bot.store.database import Session
from bot.store.segments.segments import audience, understood
from bot.store.tables import campaigns, care_looks, care_meetings
from bot.store.upserts import or_insert
from bot.values.occasion import Occasion

_m = care_meetings.c


def is_due(session: Session, today: date) -> bool:
    """Whether there is anyone to look at: asked before a writer is kept waiting."""
    looks = {row.campaign_id: (row.looked_on, row.rule) for row in session.execute(select(care_looks))}
    return any(looks.get(row.id) != (today, _rule_of(row)) for row in _running(session, today))


def look_at_all(session: Session, today: date, now: datetime) -> int:
    """Every care campaign that runs on the day; answers at how many it looked now."""
    return sum(look(session, row, today, now) for row in _running(session, today))


def _running(session: Session, today: date) -> list[Row[Any]]:
    cares = select(campaigns).where(
        campaigns.c.status == "running",
        campaigns.c.starts <= today,
        campaigns.c.ends >= today,
        campaigns.c.occasion.is_not(None),
    )
    return [row for row in session.execute(cares.order_by(campaigns.c.id)) if "care" in row.occasion]


def _rule_of(campaign: Row[Any]) -> str:
    rule = occasions.read(campaign.occasion).rule
    return hashlib.sha256(json.dumps(rule, sort_keys=True, default=str).encode()).hexdigest()


def look(session: Session, campaign: Row[Any], today: date, now: datetime) -> bool:
    """Notes who came to meet it and who left it since the last look. False when it was looked at today already."""
    occasion, rule = occasions.read(campaign.occasion), _rule_of(campaign)
    last = _last_look(session, campaign.id, today, rule)
    if last is not None and (last.looked_on, last.rule) == (today, rule):
        return False
    is_first = last is None or last.rule != rule
    members = audience(understood(session, dict(occasion.rule)), now)
    _leave(session, campaign.id, members, today)
    _meet_again(session, campaign.id, members, today, occasion, is_first=is_first)
    _meet(session, campaign.id, members, today, counts=occasion.existing or not is_first)
    mine = update(care_looks).where(care_looks.c.campaign_id == campaign.id)
    session.execute(mine.values(looked_on=today, rule=rule))
    return True


def _last_look(session: Session, campaign_id: str, today: date, rule: str) -> Row[Any] | None:
    """Locked, so that of two planners one looks. None at the very first look, which is noted by this."""
    first = or_insert(session, care_looks).values(campaign_id=campaign_id, looked_on=today, rule=rule)
    if session.execute(first.on_conflict_do_nothing().returning(care_looks.c.campaign_id)).first():
        return None
    return session.execute(
        select(care_looks).where(care_looks.c.campaign_id == campaign_id).with_for_update()
    ).one()


def _leave(session: Session, campaign_id: str, members: Select[Any], today: date) -> None:
    still = update(care_meetings).where(_m.campaign_id == campaign_id, _m.left_on.is_(None))
    session.execute(still.where(_m.customer_id.not_in(members)).values(left_on=today))


def _meet_again(
    session: Session,
    campaign_id: str,
    members: Select[Any],
    today: date,
    occasion: Occasion,
    *,
    is_first: bool,
) -> None:
    over = _m.met_on <= today - timedelta(days=occasion.pause)
    rested = false() if is_first else or_(over, ~_m.is_occasion)
    session.execute(
        update(care_meetings)
        .where(_m.campaign_id == campaign_id, _m.left_on.is_not(None), _m.customer_id.in_(members))
        .values(
            left_on=None,
            met_on=case((rested, literal(today)), else_=_m.met_on),
            is_occasion=case((rested, true()), else_=_m.is_occasion),
        )
    )


def _meet(session: Session, campaign_id: str, members: Select[Any], today: date, *, counts: bool) -> None:
    met = members.subquery()
    there = care_meetings.alias("there")
    known = and_(there.c.customer_id == met.c.customer_id, there.c.campaign_id == campaign_id)
    fresh = (
        select(met.c.customer_id, literal(campaign_id), literal(today), true() if counts else false())
        .select_from(met.outerjoin(there, known))
        .where(there.c.id.is_(None))
    )
    columns = ["customer_id", "campaign_id", "met_on", "is_occasion"]
    session.execute(or_insert(session, care_meetings).from_select(columns, fresh).on_conflict_do_nothing())

"""Who newly meets the condition of a care campaign: looked at once a day, each meeting noted once.

Who met it when the campaign began is noted and not cared for, unless the campaign says so. Who leaves the condition and
meets it again is met anew after the pause, and not before.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, case, false, literal, or_, select, true, update

from bot.rules.pushes import occasions
from bot.store.database import Database, Session
from bot.store.rows import among, parts
from bot.store.segments.segments import audience, understood
from bot.store.tables import campaigns, care_looks, care_meetings, customers
from bot.store.upserts import or_insert
from bot.values.occasion import Occasion

_m = care_meetings.c


def is_due(session: Session, today: date) -> bool:
    """Whether there is anyone to look at: asked before a writer is kept waiting."""
    looks = {row.campaign_id: (row.looked_on, row.rule) for row in session.execute(select(care_looks))}
    return any(looks.get(row.id) != (today, _rule_of(row)) for row in _running(session, today))


def look_at_all(database: Database, today: date, now: datetime) -> int:
    """Every care campaign that runs on the day; answers at how many it looked now."""
    with database.reading() as session:
        running = _running(session, today)
    return sum(look(database, row, today, now) for row in running)


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


def look(database: Database, campaign: Row[Any], today: date, now: datetime) -> bool:
    """Notes who came to meet it and who left it since the last look. False when it was looked at today already.

    Found aside, written a part at a time and ticked off last: whoever dies over it leaves the rest to the next look.
    """
    occasion, rule = occasions.read(campaign.occasion), _rule_of(campaign)
    with database.reading() as session:
        last = session.execute(
            select(care_looks).where(care_looks.c.campaign_id == campaign.id)
        ).one_or_none()
        if last is not None and (last.looked_on, last.rule) == (today, rule):
            return False
        moves = _moves(session, campaign.id, audience(understood(session, dict(occasion.rule)), now))
    is_first = last is None or last.rule != rule
    for ids in parts(moves.gone):
        with database.transaction() as session:
            _leave(session, campaign.id, ids, today)
    for ids in parts(moves.back):
        with database.transaction() as session:
            _meet_again(session, campaign.id, ids, today, occasion, is_first=is_first)
    for ids in parts(moves.new):
        with database.transaction() as session:
            _meet(session, campaign.id, ids, today, counts=occasion.existing or not is_first)
    with database.transaction() as session:
        _tick_off(session, campaign.id, today, rule)
    return True


@dataclass(frozen=True, slots=True)
class _Moves:
    """Customers who meet the condition no more, again, and for the first time."""

    gone: Sequence[int]
    back: Sequence[int]
    new: Sequence[int]


def _moves(session: Session, campaign_id: str, members: Select[Any]) -> _Moves:
    known = select(_m.customer_id).where(_m.campaign_id == campaign_id)
    met = members.subquery()
    found = (
        known.where(_m.left_on.is_(None), _m.customer_id.not_in(members)),
        known.where(_m.left_on.is_not(None), _m.customer_id.in_(members)),
        select(met.c.customer_id).where(met.c.customer_id.not_in(known)),
    )
    return _Moves(*(sorted(session.execute(each).scalars()) for each in found))


def _leave(session: Session, campaign_id: str, ids: Sequence[int], today: date) -> None:
    still = update(care_meetings).where(_m.campaign_id == campaign_id, _m.left_on.is_(None))
    session.execute(still.where(among(session, _m.customer_id, ids)).values(left_on=today))


def _meet_again(
    session: Session,
    campaign_id: str,
    ids: Sequence[int],
    today: date,
    occasion: Occasion,
    *,
    is_first: bool,
) -> None:
    over = _m.met_on <= today - timedelta(days=occasion.pause)
    rested = false() if is_first else or_(over, ~_m.is_occasion)
    session.execute(
        update(care_meetings)
        .where(_m.campaign_id == campaign_id, _m.left_on.is_not(None), among(session, _m.customer_id, ids))
        .values(
            left_on=None,
            met_on=case((rested, literal(today)), else_=_m.met_on),
            is_occasion=case((rested, true()), else_=_m.is_occasion),
        )
    )


def _meet(session: Session, campaign_id: str, ids: Sequence[int], today: date, *, counts: bool) -> None:
    """Who was forgotten since they were found is not noted."""
    fresh = select(customers.c.id, literal(campaign_id), literal(today), true() if counts else false()).where(
        among(session, customers.c.id, ids), customers.c.forgotten_at.is_(None)
    )
    columns = ["customer_id", "campaign_id", "met_on", "is_occasion"]
    session.execute(or_insert(session, care_meetings).from_select(columns, fresh).on_conflict_do_nothing())


def _tick_off(session: Session, campaign_id: str, today: date, rule: str) -> None:
    done = or_insert(session, care_looks).values(campaign_id=campaign_id, looked_on=today, rule=rule)
    session.execute(
        done.on_conflict_do_update(index_elements=["campaign_id"], set_={"looked_on": today, "rule": rule})
    )

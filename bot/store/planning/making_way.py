"""What is planned gives way to a more important campaign that was started, approved or edited since.

Only what nobody claimed. The pass that follows plans them anew, by priority as ever: whom it does not get after all
gets what they would have got.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, select, update

from bot.config import Config
from bot.rules.pushes.windows import Window
from bot.store.campaigns import campaigns_running
from bot.store.database import Database, Session
from bot.store.delivery_states import HAS_TURN
from bot.store.planning import awaited, plan_changes
from bot.store.planning.plan_entries import Agenda
from bot.store.programs import outbox
from bot.store.rows import among, parts
from bot.store.tables import customers, deliveries


@dataclass(frozen=True, slots=True)
class _Stronger:
    """`ids`: planned deliveries of less important campaigns, whose customers it would get."""

    campaign_id: str
    ids: Sequence[int]


def make_way(database: Database, agenda: Agenda, at: datetime, config: Config) -> int:
    """How many gave way to those of the agenda, and to those that are bound to a later hour of today."""
    with database.reading() as session:
        before = plan_changes.last(session)
        edited = plan_changes.edited(session, before) | _unknown(agenda, before.book) if before else set()
        found = _found(session, edited, agenda.windows, at, config) if edited else []
    gave_way = 0
    for one in found:
        for ids in parts(one.ids):
            with database.transaction() as session:
                gave_way += _skip(session, ids, f"lost_to:{one.campaign_id}", at)
    return gave_way


def _unknown(agenda: Agenda, before: Mapping[str, Any]) -> set[str]:
    """Campaigns that did not choose yet in a window others chose in, whatever the clock said when they were edited."""
    known = [(one["campaign"], one["purpose"]) for one in before["entries"]]
    now = agenda.book
    return {
        one["campaign"]
        for one in now["entries"]
        if (one["campaign"], one["purpose"]) not in known
        and before["windows"].get(one["purpose"]) == now["windows"][one["purpose"]]
    }


def _found(
    session: Session, edited: Collection[str], windows: Mapping[str, Window], at: datetime, config: Config
) -> Sequence[_Stronger]:
    running = campaigns_running.between(session, [window.day for window in windows.values()])
    planned = _planned(session)
    weaker = {one.id: _weaker(one, running, edited, planned) for one in running}
    those = [one for one in running if weaker[one.id]]
    gets: dict[str, list[ColumnElement[bool]]] = {}
    for name, condition in awaited.gets_today(session, those, windows, at, config):
        gets.setdefault(name, []).append(condition)
    return [
        _Stronger(one.id, _theirs(session, weaker[one.id], gets[one.id])) for one in those if one.id in gets
    ]


def _planned(session: Session) -> set[str]:
    """The campaigns that have anything planned."""
    return set(session.execute(select(deliveries.c.campaign_id).where(HAS_TURN).distinct()).scalars())


def _weaker(
    campaign: Row[Any], running: Sequence[Row[Any]], edited: Collection[str], planned: Collection[str]
) -> list[str]:
    """Less important ones that have something planned; the two chose between them already, unless one was edited since."""
    return [
        one.id
        for one in running
        if one.priority < campaign.priority
        and one.id in planned
        and (campaign.id in edited or one.id in edited)
    ]


def _theirs(session: Session, weaker: Sequence[str], gets: Sequence[ColumnElement[bool]]) -> list[int]:
    found: set[int] = set()
    for condition in gets:
        asked = (
            select(deliveries.c.id)
            .join(customers, customers.c.id == deliveries.c.customer_id)
            .where(HAS_TURN, deliveries.c.campaign_id.in_(weaker), condition)
        )
        found.update(session.execute(asked).scalars())
    return sorted(found)


def _skip(session: Session, ids: Sequence[int], reason: str, at: datetime) -> int:
    planned = and_(among(session, deliveries.c.id, ids), HAS_TURN)
    ends = update(deliveries).where(planned).values(state="skipped", reason=reason[:100], finished_at=at)
    return outbox.ending(session, ends, "skipped")

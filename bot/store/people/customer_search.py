"""Finds customers for the console: by name, openid or the shop's own number."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, or_, select

from bot.store.database import Session
from bot.store.newest import newest
from bot.store.segments import segments
from bot.store.tables import customer_tags, customers


@dataclass(frozen=True, slots=True)
class CustomerLine:
    id: int
    openid: str  # empty: never followed, or forgotten
    name: str
    city: str
    level: str
    engagement: str
    wants_pushes: bool
    is_following: bool
    spoke_at: datetime | None
    last_push_at: datetime | None


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about one customer, for the head of the timeline."""

    line: CustomerLine
    external_id: str
    province: str
    points: int
    source: str
    source_scene: str
    followed_at: datetime | None
    unfollowed_at: datetime | None
    forgotten_at: datetime | None
    stopped_pushes_at: datetime | None
    asked_for_pushes_at: datetime | None
    with_person_until: datetime | None
    complaint_open: bool
    window_until: datetime | None
    window_left: int
    tags: tuple[str, ...]


def is_meant(text: str) -> ColumnElement[bool]:
    """Part of a name, or exactly the openid or the shop's number. `text` is not empty."""
    return or_(
        customers.c.name.icontains(text, autoescape=True),
        customers.c.openid == text,
        customers.c.external_id == text,
    )


def find(
    session: Session, *, text: str = "", before: int | None = None, most: int = 50
) -> list[CustomerLine]:
    """The newest first; `before` is the id the last page ended with."""
    asked: Select[Any] = select(customers)
    if text:
        asked = asked.where(is_meant(text))
    return [_line(row) for row in newest(session, asked, customers.c.id, before=before, most=most)]


def facts_of(session: Session, customer_id: int) -> Facts | None:
    row = session.execute(select(customers).where(customers.c.id == customer_id)).one_or_none()
    if row is None:
        return None
    tags = (
        select(customer_tags.c.tag)
        .where(customer_tags.c.customer_id == customer_id)
        .order_by(customer_tags.c.tag)
    )
    return Facts(
        line=_line(row),
        external_id=row.external_id or "",
        province=row.province or "",
        points=row.points,
        source=row.source,
        source_scene=row.source_scene,
        followed_at=row.followed_at,
        unfollowed_at=row.unfollowed_at,
        forgotten_at=row.forgotten_at,
        stopped_pushes_at=row.stopped_pushes_at,
        asked_for_pushes_at=row.asked_for_pushes_at,
        with_person_until=row.with_person_until,
        complaint_open=row.complaint_open,
        window_until=row.window_until,
        window_left=row.window_left,
        tags=tuple(session.execute(tags).scalars()),
    )


def segments_of(session: Session, customer_id: int, now: datetime) -> list[tuple[str, str]]:
    """Id and name of each segment this customer belongs to now, everyone first."""
    every = segments.every(session)
    rules = [segments.understood(session, segment.rule, segment.id) for segment in every]
    met = segments.those_met(session, customer_id, rules, now) or []
    return [(segment.id, segment.name) for segment, is_met in zip(every, met, strict=False) if is_met]


def _line(row: Row[Any]) -> CustomerLine:
    return CustomerLine(
        id=row.id,
        openid=row.openid or "",
        name=row.name or "",
        city=row.city or "",
        level=row.level or "",
        engagement=row.engagement,
        wants_pushes=row.wants_pushes,
        is_following=row.followed_at is not None and row.unfollowed_at is None,
        spoke_at=row.spoke_at,
        last_push_at=row.last_push_at,
    )

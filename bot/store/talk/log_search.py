"""Searches the conversation log, without a limit in time, page by page from the newest."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, select

from bot.store.database import Session
from bot.store.newest import newest
from bot.store.people.customer_search import is_meant
from bot.store.tables import customers, messages, staff


@dataclass(frozen=True, slots=True)
class LogLine:
    id: int
    customer_id: int | None
    customer_name: str
    openid: str
    direction: str
    kind: str
    text: str
    handler: str
    source_id: str
    staff_name: str
    delivery_id: int | None
    state: str
    at: datetime
    media: Mapping[str, str]  # of what the customer sent: ids and addresses at WeChat


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFilter:
    """Empty fields filter nothing. `since` is included, `until` is not."""

    text: str = ""
    customer: str = ""
    direction: str = ""
    kind: str = ""
    since: datetime | None = None
    until: datetime | None = None


def find(session: Session, wanted: LogFilter, *, before: int | None = None, most: int = 50) -> list[LogLine]:
    """Newest first; `before` is the id the last page ended with."""
    asked = _lines().where(*_conditions(wanted))
    return [_line(row) for row in newest(session, asked, messages.c.id, before=before, most=most)]


def line_of(session: Session, message_id: int) -> LogLine | None:
    row = session.execute(_lines().where(messages.c.id == message_id)).one_or_none()
    return _line(row) if row else None


def lines_of(session: Session, message_ids: list[int]) -> dict[int, LogLine]:
    return {row.id: _line(row) for row in session.execute(_lines().where(messages.c.id.in_(message_ids)))}


def _lines() -> Select[Any]:
    return (
        select(
            messages,
            customers.c.name.label("customer_name"),
            customers.c.openid,
            staff.c.name.label("staff_name"),
        )
        .outerjoin(customers, customers.c.id == messages.c.customer_id)
        .outerjoin(staff, staff.c.id == messages.c.staff_id)
    )


def _conditions(wanted: LogFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.text:
        conditions.append(messages.c.text.icontains(wanted.text, autoescape=True))
    if wanted.customer:
        conditions.append(is_meant(wanted.customer))
    if wanted.direction:
        conditions.append(messages.c.direction == wanted.direction)
    if wanted.kind:
        conditions.append(messages.c.kind == wanted.kind)
    if wanted.since:
        conditions.append(messages.c.created_at >= wanted.since)
    if wanted.until:
        conditions.append(messages.c.created_at < wanted.until)
    return conditions


def _line(row: Row[Any]) -> LogLine:
    return LogLine(
        id=row.id,
        customer_id=row.customer_id,
        customer_name=row.customer_name or "",
        openid=row.openid or "",
        direction=row.direction,
        kind=row.kind,
        text=row.text,
        handler=row.handler or "",
        source_id=row.source_id or "",
        staff_name=row.staff_name or "",
        delivery_id=row.delivery_id,
        state=row.state,
        at=row.created_at,
        media=row.payload if row.direction == "in" and row.payload else {},
    )

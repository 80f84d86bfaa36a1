"""QR codes as sources: what each is called, how often it was scanned, whom it brought, who of them stayed and bought."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, select

from bot.store.database import Session
from bot.store.shop.purchases import BOUGHT
from bot.store.tables import customers, follow_history, orders, scenes
from bot.store.upserts import or_insert

_h = follow_history.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """`scans` are all, those that made somebody follow included; `orders` and `spent`, of whom it brought, since."""

    scene: str
    title: str = ""
    scans: int = 0
    new: int = 0
    back: int = 0
    left: int = 0
    still: int = 0
    orders: int = 0
    spent: Decimal = Decimal()
    ticket: str = ""
    expires_at: datetime | None = None


def listed(session: Session, since: datetime | None = None) -> list[Scene]:
    """Those that brought most first; named ones that brought nobody are there, too. `since`: what happened from then on."""
    recent = _h.at >= since if since else _h.at.is_not(None)
    counted = {row.scene: row for row in session.execute(_counts(recent))}
    bought = {row.scene: row for row in session.execute(_orders(recent))}
    named = {row.scene: row for row in session.execute(select(scenes))}
    found = [
        _read(scene, named.get(scene), counted.get(scene), bought.get(scene)) for scene in {*counted, *named}
    ]
    return sorted(found, key=lambda one: (-one.new, -one.scans, one.scene))


def name(
    session: Session,
    scene: str,
    title: str,
    now: datetime,
    *,
    ticket: str | None = None,
    expires_at: datetime | None = None,
) -> None:
    """With a ticket, that of the code WeChat made last."""
    values: dict[str, Any] = {"title": title, "named_at": now}
    if ticket is not None:
        values |= {"ticket": ticket, "expires_at": expires_at}
    put = or_insert(session, scenes)
    session.execute(
        put.values(scene=scene, **values).on_conflict_do_update(index_elements=["scene"], set_=values)
    )


def _counts(recent: ColumnElement[bool]) -> Any:
    follows = and_(
        customers.c.openid.is_not(None),
        customers.c.followed_at.is_not(None),
        customers.c.unfollowed_at.is_(None),
    )
    return (
        select(
            _h.scene,
            _sum(_h.kind != "unfollow").label("scans"),
            _sum(_h.kind == "follow").label("new"),
            _sum(_h.kind == "refollow").label("back"),
            _sum(_h.kind == "unfollow").label("left"),
            _sum(and_(_h.kind.in_(("follow", "refollow")), follows)).label("still"),
        )
        .select_from(follow_history.outerjoin(customers, customers.c.id == _h.customer_id))
        .where(_h.scene != "", recent)
        .group_by(_h.scene)
    )


def _orders(recent: ColumnElement[bool]) -> Any:
    """What a customer buys counts for the code that brought them first."""
    since = and_(orders.c.customer_id == _h.customer_id, orders.c.ordered_at >= _h.at)
    return (
        select(_h.scene, func.count().label("orders"), func.sum(orders.c.amount).label("spent"))
        .select_from(follow_history.join(orders, since))
        .where(_h.scene != "", _h.kind == "follow", orders.c.status.in_(BOUGHT), recent)
        .group_by(_h.scene)
    )


def _sum(which: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((which, 1), else_=0))


def _read(scene: str, named: Any, counted: Any, bought: Any) -> Scene:
    """Each of the three may be missing."""
    return Scene(
        scene=scene,
        title=named.title if named else "",
        ticket=(named.ticket or "") if named else "",
        expires_at=named.expires_at if named else None,
        scans=counted.scans if counted else 0,
        new=counted.new if counted else 0,
        back=counted.back if counted else 0,
        left=counted.left if counted else 0,
        still=counted.still if counted else 0,
        orders=bought.orders if bought else 0,
        spent=Decimal(bought.spent) if bought else Decimal(),
    )

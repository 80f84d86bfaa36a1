"""Every coming, going and scan of a customer, with the QR code that brought them. Of the forgotten only the count stays."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import exists, insert, literal, null, or_, select, update

from bot.store.database import Session
from bot.store.tables import customers, follow_history

Kind = Literal["follow", "refollow", "unfollow", "scan"]
CAME = ("follow", "refollow")

_h = follow_history.c


@dataclass(frozen=True, slots=True)
class Event:
    kind: Kind
    source: str
    scene: str
    at: datetime


def of(session: Session, customer_id: int) -> list[Event]:
    """The newest first."""
    rows = select(_h.kind, _h.source, _h.scene, _h.at).where(_h.customer_id == customer_id)
    return [Event(*row) for row in session.execute(rows.order_by(_h.at.desc(), _h.id.desc()))]


def came(session: Session, customer_id: int, *, source: str, scene: str, who: str, now: datetime) -> Kind:
    """They follow. `who` is the keyed hash of the openid: it tells who was forgotten a while ago and is back."""
    before = select(literal(1)).where(or_(_h.customer_id == customer_id, _h.who == who), _h.kind != "scan")
    kind: Kind = "refollow" if session.execute(before.limit(1)).first() else "follow"
    _write(session, customer_id, kind, source, scene, now)
    return kind


def came_first(session: Session, rows: Iterable[Mapping[str, Any]]) -> None:
    """Many who were never here: `customer_id`, `source`, `scene` and `at` of each."""
    if found := [{"kind": "follow", **row} for row in rows]:
        session.execute(insert(follow_history), found)


def left(session: Session, customer_id: int, now: datetime) -> None:
    """They do not follow any more; counted for the code that brought them last."""
    last = select(_h.source, _h.scene).where(_h.customer_id == customer_id, _h.kind.in_(CAME))
    found = session.execute(last.order_by(_h.at.desc(), _h.id.desc()).limit(1)).first()
    source, scene = (found.source, found.scene) if found else ("", "")
    _write(session, customer_id, "unfollow", source, scene, now)


def scanned(session: Session, customer_id: int, scene: str, now: datetime) -> None:
    """A follower scanned a code."""
    _write(session, customer_id, "scan", "", scene, now)


def forget(session: Session, customer_id: int, who: str | None) -> None:
    """The rows are nobody's; the keyed hash goes with the rest of what is kept for a month (`tidy`)."""
    theirs = update(follow_history).where(_h.customer_id == customer_id)
    session.execute(theirs.values(customer_id=None, who=who))


def tidy(session: Session, before: datetime) -> None:
    """Nobody is told by these any more. A row is as old as their leaving, which is its owner's newest."""
    newer = follow_history.alias("newer")
    is_recent = exists().where(newer.c.who == _h.who, newer.c.at > before)
    session.execute(update(follow_history).where(_h.who.is_not(None), ~is_recent).values(who=None))


def fill_in(session: Session) -> None:
    """A first row for followers who were put in without one, as their own row says."""
    c = customers.c
    lacking = select(c.id, null(), literal("follow"), c.source, c.source_scene, c.followed_at).where(
        c.openid.is_not(None), c.followed_at.is_not(None), ~exists().where(_h.customer_id == c.id)
    )
    columns = ["customer_id", "who", "kind", "source", "scene", "at"]
    session.execute(insert(follow_history).from_select(columns, lacking))


def _write(session: Session, customer_id: int, kind: Kind, source: str, scene: str, now: datetime) -> None:
    row = {"customer_id": customer_id, "kind": kind, "source": source, "scene": scene, "at": now}
    session.execute(insert(follow_history).values(row))

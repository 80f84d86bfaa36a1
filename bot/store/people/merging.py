"""Makes one customer of two rows, in one transaction, and two again.

The loser's row stays, blank as a forgotten one: its id is never given to somebody else, and undoing needs a place to
bring things back to. Both rows are locked first, in the order of their ids; a claim passes over a locked customer, and a
merge that meets a push already claimed is refused for the moment.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, exists, insert, select, update

from bot.rules.people import merging as rules
from bot.store.database import Session
from bot.store.loyalty import points
from bot.store.operators import audit
from bot.store.people import facts, pointers
from bot.store.people.forgetting import NOTHING
from bot.store.planning import standings
from bot.store.programs import outbox
from bot.store.tables import (
    customers,
    deliveries,
    follow_ups,
    former_names,
    handovers,
    merges,
    orders,
    reviews,
)
from bot.store.worth import statistics
from bot.values.merging import How, Refused, Undone

CALLED_OFF = "merged"  # the reason of the loser's planned pushes
BY_MERGE = "merge"

Row = Mapping[str, Any]


def merge(
    session: Session, one_id: int, other_id: int, *, how: How, staff_id: int | None, now: datetime
) -> int | Refused:
    """The id of the merge, or why the two cannot be one."""
    if one_id == other_id:
        return Refused("same")
    locked = _locked(session, (one_id, other_id))
    if len(locked) < 2:
        return Refused("unknown")
    survivor, loser = rules.in_order(locked[one_id], locked[other_id])
    if why := rules.objection(survivor, loser):
        return Refused(why)
    if _push_under_way(session, survivor, loser):
        return Refused("push_under_way")
    changes = rules.joined(survivor, loser)
    closed = _close(session, loser["id"], survivor["id"], now)
    facts.let_go(session, loser["id"])
    standings.forget(session, loser["id"])
    moved = pointers.move(session, loser["id"], survivor["id"])
    _write(session, loser["id"], NOTHING | {"forgotten_at": now, "unfollowed_at": now})
    _write(session, survivor["id"], changes)
    merge_id = _log(session, survivor, loser, changes, moved, closed, how=how, staff_id=staff_id, now=now)
    _keep_former_names(session, survivor, loser, merge_id)
    statistics.touch(session, [survivor["id"]], now)
    facts.settle(session, survivor["id"])
    points.put_right(session, survivor["id"])
    told = {"merge": merge_id, "loser": loser["id"], "how": how}
    audit.record(
        session, "customer.merged", "customer", survivor["id"], staff_id=staff_id, now=now, detail=told
    )
    outbox.record(session, "customer.merged", survivor["id"], told, now)
    return merge_id


def undo(session: Session, merge_id: int, *, staff_id: int | None, now: datetime) -> Undone | Refused:
    """Both rows are there again, and the loser has what was theirs; what came after stays with the survivor."""
    found = session.execute(select(merges).where(merges.c.id == merge_id)).one_or_none()
    if found is None:
        return Refused("unknown")
    locked = _locked(session, (found.survivor_id, found.loser_id))
    done = session.execute(select(merges).where(merges.c.id == merge_id).with_for_update()).one()
    if why := _against_undoing(session, done):
        return Refused(why)
    kept, survivor = done.kept, locked[done.survivor_id]
    before, loser = (pointers.typed_row(customers, kept[name]) for name in ("survivor", "loser"))
    changes = pointers.typed_row(customers, kept["changes"])
    session.execute(delete(former_names).where(former_names.c.merge_id == merge_id))
    _write(session, done.survivor_id, rules.given_back(before, changes, survivor))
    lost = _restore(session, loser)
    counts = pointers.bring_back(session, kept["moved"], done.survivor_id, done.loser_id)
    _open_again(session, kept["closed"])
    for customer_id in (done.survivor_id, done.loser_id):
        _complaint_as_it_is(session, customer_id)
        facts.settle(session, customer_id)
        points.put_right(session, customer_id)
    statistics.touch(session, [done.survivor_id, done.loser_id], now)
    ended = {"undone_at": now, "undone_by": staff_id}
    session.execute(update(merges).where(merges.c.id == merge_id).values(ended))
    told = {"merge": merge_id, "loser": done.loser_id}
    audit.record(
        session, "customer.unmerged", "customer", done.survivor_id, staff_id=staff_id, now=now, detail=told
    )
    outbox.record(session, "customer.unmerged", done.survivor_id, told, now)
    return Undone(merge_id=merge_id, counts=counts, names_lost=lost)


def gather(session: Session, now: datetime) -> int:
    """What was written for a loser by somebody who had looked before the merge goes to the survivor; how many rows."""
    count = 0
    standing = select(merges.c.survivor_id, merges.c.loser_id).where(merges.c.undone_at.is_(None))
    for survivor_id, loser_id in session.execute(standing.where(_has_stragglers())).all():
        _close(session, loser_id, survivor_id, now)
        facts.let_go(session, loser_id)
        count += sum(len(keys) for keys in pointers.move(session, loser_id, survivor_id).values())
        statistics.touch(session, [survivor_id], now)
        facts.settle(session, survivor_id)
    return count


def _has_stragglers() -> Any:
    """Orders and reviews are imported by batches that look customers up first."""
    of_orders = exists().where(orders.c.customer_id == merges.c.loser_id)
    return of_orders | exists().where(reviews.c.customer_id == merges.c.loser_id)


def _locked(session: Session, ids: Sequence[int]) -> dict[int, Row]:
    rows = select(customers).where(customers.c.id.in_(ids)).order_by(customers.c.id).with_for_update()
    return {row["id"]: dict(row) for row in session.execute(rows).mappings()}


def _push_under_way(session: Session, survivor: Row, loser: Row) -> bool:
    """A claim that is taken back restores the rhythm it found, which may be looser than the two together."""
    whose = [loser["id"]] + ([survivor["id"]] if loser["last_push_at"] or loser["mass_used"] else [])
    claimed = select(deliveries.c.id).where(
        deliveries.c.customer_id.in_(whose), deliveries.c.state == "claimed"
    )
    return session.execute(claimed.limit(1)).first() is not None


def _close(session: Session, loser_id: int, survivor_id: int, now: datetime) -> dict[str, list[int]]:
    """Before the rows move: of what may stand open only once, the loser's; their planned pushes."""
    pushes = and_(
        deliveries.c.customer_id == loser_id,
        deliveries.c.state == "planned",
        deliveries.c.campaign_id.is_not(None),
    )
    off = {"state": "skipped", "reason": CALLED_OFF, "finished_at": now}
    outbox.ending(session, update(deliveries).where(pushes).values(off), "skipped")
    closed = {"handovers": _close_handover(session, loser_id, survivor_id, now)}
    theirs, ours = follow_ups.alias("theirs"), follow_ups
    is_double = (
        exists()
        .where(theirs.c.customer_id == survivor_id, theirs.c.closed_at.is_(None))
        .where(theirs.c.service == ours.c.service)
    )
    double = (
        update(ours)
        .where(ours.c.customer_id == loser_id, ours.c.closed_at.is_(None), is_double)
        .values(closed_at=now, closed_by="move")
    )
    closed["follow_ups"] = list(session.execute(double.returning(ours.c.id)).scalars())
    return {name: ids for name, ids in closed.items() if ids}


def _close_handover(session: Session, loser_id: int, survivor_id: int, now: datetime) -> list[int]:
    """Who waits twice waits once; a complaint stays one."""
    is_open = handovers.c.closed_at.is_(None)
    mine = select(handovers.c.id).where(handovers.c.customer_id == survivor_id, is_open)
    if session.execute(mine).first() is None:
        return []
    theirs = update(handovers).where(handovers.c.customer_id == loser_id, is_open)
    closed = session.execute(
        theirs.values(closed_at=now, closed_by=BY_MERGE).returning(handovers.c.id, handovers.c.reason)
    ).all()
    if any(row.reason == "complaint" for row in closed):
        session.execute(
            update(handovers)
            .where(handovers.c.customer_id == survivor_id, is_open)
            .values(reason="complaint")
        )
    return [row.id for row in closed]


def _open_again(session: Session, closed: Mapping[str, list[int]]) -> None:
    """What merging closed; unless by now something else of the kind stands open."""
    for table, by in ((handovers, BY_MERGE), (follow_ups, "move")):
        other = table.alias("other")
        same = and_(other.c.customer_id == table.c.customer_id, other.c.closed_at.is_(None))
        if table is follow_ups:
            same = and_(same, other.c.service == follow_ups.c.service)
        session.execute(
            update(table)
            .where(table.c.id.in_(closed.get(table.name, [])), table.c.closed_by == by)
            .where(~exists().where(same))
            .values(closed_at=None, closed_by=None)
        )


def _write(session: Session, customer_id: int, values: Mapping[str, Any]) -> None:
    if values:
        session.execute(update(customers).where(customers.c.id == customer_id).values(dict(values)))


def _log(
    session: Session,
    survivor: Row,
    loser: Row,
    changes: Row,
    moved: Mapping[str, pointers.Keys],
    closed: Mapping[str, list[int]],
    *,
    how: How,
    staff_id: int | None,
    now: datetime,
) -> int:
    kept = {
        "survivor": pointers.plain_row(survivor), "loser": pointers.plain_row(loser), "changes": pointers.plain_row(changes),
        "moved": moved, "closed": closed,
    }  # fmt: skip
    values = {
        "survivor_id": survivor["id"], "loser_id": loser["id"], "how": how, "staff_id": staff_id, "at": now,
        "counts": {name: len(keys) for name, keys in moved.items()}, "kept": kept,
    }  # fmt: skip
    return int(session.execute(insert(merges).values(values).returning(merges.c.id)).scalar_one())


def _keep_former_names(session: Session, survivor: Row, loser: Row, merge_id: int) -> None:
    for name, value in rules.former_names(survivor, loser).items():
        known = (former_names.c.name == name) & (former_names.c.value == value)
        session.execute(delete(former_names).where(known))
        row = {"name": name, "value": value, "customer_id": survivor["id"], "merge_id": merge_id}
        session.execute(insert(former_names).values(row))


def _against_undoing(session: Session, done: Any) -> Any:
    if done.undone_at is not None:
        return "undone_before"
    if done.kept is None:
        return "erased_since"
    later = merges.c.loser_id == done.survivor_id
    is_loser = session.execute(select(merges.c.id).where(later, merges.c.undone_at.is_(None))).first()
    return "merged_on" if is_loser else None


def _restore(session: Session, loser: Row) -> tuple[str, ...]:
    """The loser's row as it was, but for names that are another's by now."""
    lost = []
    for name in ("openid", *rules.NAMES):
        taken = select(customers.c.id).where(customers.c[name] == loser[name], customers.c.id != loser["id"])
        if loser[name] is not None and session.execute(taken).first() is not None:
            lost.append(name)
    values = {name: value for name, value in loser.items() if name != "id"} | dict.fromkeys(lost)
    _write(session, loser["id"], values)
    return tuple(lost)


def _complaint_as_it_is(session: Session, customer_id: int) -> None:
    """Only a handover that stands open can be closed by a person, so nothing else may hold marketing back."""
    complains = exists().where(
        handovers.c.customer_id == customer_id,
        handovers.c.closed_at.is_(None),
        handovers.c.reason == "complaint",
    )
    session.execute(
        update(customers)
        .where(customers.c.id == customer_id)
        .values(complaint_open=select(complains).scalar_subquery())
    )

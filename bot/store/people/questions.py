"""The one question a customer is asked: which, when, and what became of it. All of it outlives a restart.

`customers.ask_after` and `question_until` are read with every message; only who is due costs a look in here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import String, bindparam, case, func, literal_column, or_, select, union, update

from bot.store.database import Session
from bot.store.prepared import Prepared
from bot.store.tables import customers, facts, questions
from bot.store.upserts import insert_of
from bot.values.facts import Attribute

OPEN_FOR = timedelta(hours=24)
AGAIN_AFTER = timedelta(days=30)  # a question that was passed over in silence, once more
MOST_TIMES = 2
REST_AFTER_SILENCE = timedelta(days=7)  # until another one
NOTHING_LEFT_FOR = timedelta(days=30)  # then it is looked whether there is something new to ask
NEVER = datetime(9999, 1, 1, tzinfo=UTC)

_q = questions.c
_THEIRS = _q.customer_id == bindparam("customer_id_", type_=_q.customer_id.type)
_OPEN = Prepared(
    select(_q.attribute, _q.asked_at)
    .where(
        _q.customer_id == bindparam("customer_id", type_=_q.customer_id.type),
        _q.state == "open",
        _q.asked_at > bindparam("since", type_=_q.asked_at.type),
    )
    .order_by(_q.id.desc())
    .limit(1)
)
_TOLD = select(facts.c.attribute).where(
    facts.c.customer_id == bindparam("customer_id_", type_=_q.customer_id.type),
    facts.c.ended_at.is_(None),
    facts.c.source != "inference",
)
_ASKED_ENOUGH = (
    select(_q.attribute)
    .where(_THEIRS)
    .group_by(_q.attribute)
    .having(
        or_(
            func.count() >= MOST_TIMES,
            func.max(_q.asked_at) > bindparam("since_", type_=_q.asked_at.type),
            func.sum(case((_q.state == "refused", 1), else_=0)) > 0,
        )
    )
)
_SETTLED = union(_TOLD, _ASKED_ENOUGH).subquery()
_BLANK = literal_column("' '", String())
_NOT_TO_ASK = {
    "sqlite": Prepared(select(func.group_concat(_SETTLED.c.attribute, _BLANK))),
    "postgresql": Prepared(select(func.string_agg(_SETTLED.c.attribute, _BLANK))),
}
_PASS_OVER = Prepared(update(questions).where(_THEIRS, _q.state == "open").values(state="passed"))
_ROW = {
    name: bindparam(name, type_=_q[name].type)
    for name in ("customer_id", "attribute", "day", "asked_at", "message_id")
}
_ASK = {
    dialect: Prepared(insert_of(dialect, questions).values(_ROW).on_conflict_do_nothing().returning(_q.id))
    for dialect in ("sqlite", "postgresql")
}  # fmt: skip
_REST = Prepared(
    update(customers)
    .where(customers.c.id == bindparam("customer_id_", type_=customers.c.id.type))
    .values(
        question_until=bindparam("until_", type_=customers.c.question_until.type),
        ask_after=bindparam("after_", type_=customers.c.ask_after.type),
    )
)


@dataclass(frozen=True, slots=True)
class Open:
    """A question that waits for its answer."""

    attribute: str
    asked_at: datetime


def next_to_ask(
    session: Session, customer_id: int, asked: Sequence[Attribute], now: datetime
) -> Attribute | None:
    """The first that nobody but an inference has answered, that was not refused, and not just passed over."""
    values = {"customer_id_": customer_id, "since_": now - AGAIN_AFTER}
    row = _NOT_TO_ASK[session.dialect.name].first(session, values)
    known = set((row[0] or "").split(" ")) if row else set()
    return next((one for one in asked if one.name not in known), None)


def ask(
    session: Session, customer_id: int, attribute: str, now: datetime, day: date, message_id: int
) -> bool:
    """False when one was asked that day already, by whichever process."""
    row = {
        "customer_id": customer_id, "attribute": attribute, "day": day, "asked_at": now, "message_id": message_id,
    }  # fmt: skip
    _PASS_OVER.run(session, {"customer_id_": customer_id})
    if _ASK[session.dialect.name].first(session, row) is None:
        return False
    _REST.run(
        session,
        {"customer_id_": customer_id, "until_": now + OPEN_FOR, "after_": now + REST_AFTER_SILENCE},
    )
    return True


def open_one(session: Session, customer_id: int, now: datetime) -> Open | None:
    """What they were asked within a day and have not answered. Looked for at nearly every message in words."""
    row = _OPEN.first(session, {"customer_id": customer_id, "since": now - OPEN_FOR})
    return None if row is None else Open(*row)


def just_answered(session: Session, customer_id: int, now: datetime) -> str | None:
    """The attribute they told within a day."""
    mine = select(_q.attribute).where(
        _q.customer_id == customer_id, _q.state == "answered", _q.settled_at > now - OPEN_FOR
    )
    return session.scalars(mine.order_by(_q.id.desc()).limit(1)).first()


def answered(session: Session, customer_id: int, now: datetime, again_from: datetime) -> None:
    """`again_from`: the next day of the shop, when another may be asked."""
    _settle(session, customer_id, "open", "answered", now)
    _note(session, customer_id, ask_after=again_from)


def refused(session: Session, customer_id: int, now: datetime, again_from: datetime) -> None:
    """This one is never asked again."""
    _settle(session, customer_id, "open", "refused", now)
    _note(session, customer_id, ask_after=again_from)


def taken_back(session: Session, customer_id: int, attribute: str, now: datetime) -> None:
    mine = update(questions).where(_q.customer_id == customer_id, _q.attribute == attribute)
    session.execute(mine.values(state="refused", settled_at=now))


def stop(session: Session, customer_id: int, now: datetime) -> None:
    """They want no questions at all."""
    _settle(session, customer_id, "open", "refused", now)
    _note(session, customer_id, ask_after=NEVER, question_until=None)


def resume(session: Session, customer_id: int) -> None:
    """They do not mind after all; what they refused stays refused."""
    _note(session, customer_id, ask_after=None)


def rest(session: Session, customer_id: int, now: datetime) -> None:
    """There is nothing left to ask: it is not looked again at each message."""
    _note(session, customer_id, ask_after=now + NOTHING_LEFT_FOR)


def _settle(session: Session, customer_id: int, was: str, becomes: str, now: datetime) -> None:
    mine = update(questions).where(_q.customer_id == customer_id, _q.state == was)
    session.execute(mine.values(state=becomes, settled_at=now))


def _note(session: Session, customer_id: int, **changes: Any) -> None:
    session.execute(update(customers).where(customers.c.id == customer_id).values(changes))

"""The conversation log: what was said in both directions, and whose answer is still owed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, exists, insert, literal_column, select, update

from bot.store.database import Session
from bot.store.prepared import Prepared
from bot.store.tables import customers, messages
from bot.values import reply as replies
from bot.values.reply import Reply, Silence

PENDING = "pending"
DONE = "done"

_m = messages.c
_out = messages.alias("answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a delivery brought to a customer."""

    customer_id: int
    reply: Reply
    delivery_id: int
    staff_id: int | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """A message that is in the log already, with the answer it was given."""

    message_id: int
    customer_id: int | None
    openid: str | None  # None: nobody's, or of somebody who was forgotten since
    is_pending: bool
    reply: Reply  # Silence while there is none


@dataclass(frozen=True, slots=True)
class Unanswered:
    message_id: int
    customer_id: int
    openid: str
    once_key: str
    raw: str
    received_at: datetime
    has_begun: bool  # a first part of the answer was given


_ANSWER = Prepared(
    insert(messages).values(
        {
            name: bindparam(name, "out" if name == "direction" else None, type_=messages.c[name].type)
            for name in (
                "customer_id",
                "direction",
                "kind",
                "text",
                "answers_id",
                "payload",
                "handler",
                "source_id",
                "created_at",
            )
        }
    )
)
_KNOWN = (
    select(_m.id, _m.customer_id, customers.c.openid, _m.state, _out.c.payload)
    .select_from(messages.outerjoin(_out, _out.c.answers_id == _m.id))
    .outerjoin(customers, customers.c.id == _m.customer_id)
    .where(_m.once_key == bindparam("key_"))
)
_HAS_ANSWER = exists().where(_out.c.answers_id == _m.id)
_PENDING = (
    select(
        _m.id,
        _m.customer_id,
        customers.c.openid,
        _m.once_key,
        _m.raw,
        _m.created_at,
        _HAS_ANSWER.label("has_begun"),
    )
    .join(customers, customers.c.id == _m.customer_id)
    .where(_m.state == PENDING, _m.direction == "in")
    .order_by(_m.id)
)
# by the small index of them: in the order of their ids SQLite would rather read all that was ever said
_waiting = messages.alias("waiting")
_IS_PENDING = _m.id.in_(select(_waiting.c.id).where(_waiting.c.state == literal_column("'pending'")))


def known(session: Session, once_key: str) -> Known | None:
    """The message of that key, if one was received before, whoever sent it."""
    found = session.execute(_KNOWN, {"key_": once_key}).first()
    if found is None:
        return None
    reply = replies.from_json(found.payload) if found.payload else Silence()
    return Known(found.id, found.customer_id, found.openid, found.state == PENDING, reply)


def given(session: Session, message_id: int) -> Reply | None:
    """The passive answer that is in the log already; None while there is none."""
    payload = session.execute(select(_m.payload).where(_m.answers_id == message_id)).scalar_one_or_none()
    return replies.from_json(payload) if payload else None


def answered(
    session: Session,
    message_id: int,
    customer_id: int | None,
    reply: Reply,
    now: datetime,
    *,
    handler: str,
    source_id: str = "",
) -> None:
    """The passive answer to a message, kept so that a repeat of the message gets the same."""
    _ANSWER.run(
        session,
        {
            "customer_id": customer_id,
            "kind": replies.kind_of(reply),
            "text": replies.text_of(reply),
            "answers_id": message_id,
            "payload": replies.to_json(reply),
            "handler": handler,
            "source_id": source_id or None,
            "created_at": now,
        },
    )


def said(
    session: Session,
    customer_id: int,
    kind: str,
    text: str,
    payload: dict[str, Any] | None,
    now: datetime,
    *,
    delivery_id: int | None = None,
    staff_id: int | None = None,
) -> int:
    """What went out by itself: a push, a late answer, a person's words."""
    row = {
        "customer_id": customer_id,
        "direction": "out",
        "kind": kind,
        "text": text,
        "payload": payload,
        "delivery_id": delivery_id,
        "staff_id": staff_id,
        "created_at": now,
    }
    message_id: int = session.execute(insert(messages).values(row).returning(_m.id)).scalar_one()
    return message_id


def all_said(session: Session, said: Sequence[Said], now: datetime) -> None:
    """The same for many at once."""
    rows = [
        {
            "customer_id": one.customer_id,
            "direction": "out",
            "kind": replies.kind_of(one.reply),
            "text": replies.text_of(one.reply),
            "payload": replies.to_json(one.reply),
            "delivery_id": one.delivery_id,
            "staff_id": one.staff_id,
            "created_at": now,
        }
        for one in said
    ]
    if rows:
        session.execute(insert(messages), rows)


def keep_reference(session: Session, message_id: int, media: dict[str, str]) -> None:
    """Of a picture or a voice of theirs: stays when `raw` has been tidied away."""
    session.execute(update(messages).where(_m.id == message_id).values(payload=media))


def owe(session: Session, message_id: int, customer_id: int) -> None:
    """The answer is not ready: until it is settled, later messages of the customer wait behind it."""
    session.execute(update(messages).where(_m.id == message_id).values(state=PENDING))
    session.execute(update(customers).where(customers.c.id == customer_id).values(has_pending=True))


def settle(session: Session, message_id: int, customer_id: int, handler: str) -> bool:
    """Whoever gets True writes the answer; it is given once, whichever processes have one."""
    expected = update(messages).where(_m.id == message_id, _m.state == PENDING)
    if session.execute(expected.values(state=DONE, handler=handler)).rowcount == 0:
        return False
    _look_for_more(session, customer_id)
    return True


def begin(session: Session, message_id: int, handler: str) -> bool:
    """A first part of its answer is given: it stays pending. False when it was answered, or another part was given."""
    expected = update(messages).where(_m.id == message_id, _m.state == PENDING, ~_HAS_ANSWER)
    return session.execute(expected.values(handler=handler)).rowcount > 0


def is_first_of_the_pending(session: Session, message_id: int, customer_id: int) -> bool:
    """True when the message is pending and none of the customer's is before it."""
    oldest = select(_m.id).where(_m.customer_id == customer_id, _m.state == PENDING).order_by(_m.id).limit(1)
    return session.execute(oldest).scalar() == message_id


def waits(session: Session, message_id: int, customer_id: int) -> bool:
    """For a customer marked with `has_pending`: leaves the message pending if an earlier one really is."""
    earlier = select(_m.id).where(_m.customer_id == customer_id, _m.state == PENDING, _m.id < message_id)
    if session.execute(earlier.limit(1)).first() is None:
        _look_for_more(session, customer_id)
        return False
    owe(session, message_id, customer_id)
    return True


def unanswered(session: Session, *, received_before: datetime, most: int = 200) -> list[Unanswered]:
    """Messages whose answer is owed, oldest first: each customer's in the order they came."""
    rows = session.execute(_PENDING.where(_IS_PENDING, _m.created_at < received_before).limit(most))
    return [_unanswered(row) for row in rows]


def next_unanswered(session: Session, customer_id: int) -> Unanswered | None:
    found = session.execute(_PENDING.where(_m.customer_id == customer_id).limit(1)).first()
    return _unanswered(found) if found else None


def take_back_answer(session: Session, message_id: int) -> None:
    """The passive answer never reached WeChat: it is not part of what was said."""
    session.execute(delete(messages).where(_m.answers_id == message_id))


def _look_for_more(session: Session, customer_id: int) -> None:
    still = exists().where(_m.customer_id == customer_id, _m.state == PENDING)
    session.execute(update(customers).where(customers.c.id == customer_id).values(has_pending=still))


def _unanswered(row: Row[*tuple[Any, ...]]) -> Unanswered:
    return Unanswered(
        row.id, row.customer_id, row.openid or "", row.once_key, row.raw or "", row.created_at, row.has_begun
    )

"""The hot path: a message arrives, once. Its row, its customer's row and its window in as few statements as can be.

The unique key on `messages.once_key` is the truth about "once"; everything a message changes is in the
transaction that inserted its row.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, exists, select, true, update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from bot.rules.talk.contacts import is_a_scene, is_speaking
from bot.store.database import Session
from bot.store.people import customers as people
from bot.store.people.customers import (
    AFTER_A_SCENE,
    AFTER_SPEAKING,
    COLUMNS,
    OPENING_A_SCENE,
    SPEAKING,
    Window,
    profile_from,
)
from bot.store.prepared import Prepared
from bot.store.tables import customers, messages
from bot.values.incoming import Incoming
from bot.values.profile import Profile

LONGEST_TEXT_KEPT = 20_000


class Overtaken(Exception):
    """Another process received the same message at this very moment: undo what was changed and look again."""


@dataclass(frozen=True, slots=True)
class Windows:
    """What a contact opens; an account may have numbers of its own."""

    speaking: Window = AFTER_SPEAKING
    scene: Window = AFTER_A_SCENE


@dataclass(frozen=True, slots=True)
class Arrived:
    message_id: int
    profile: Profile  # after what the contact changed
    may_have_to_wait: bool  # an earlier message of theirs was not answered when it was last looked


def arrive(session: Session, incoming: Incoming, raw: str, now: datetime, windows: Windows) -> Arrived | None:
    """Takes a known customer's new message in; None when the customer is unknown or the message was here before."""
    way, values = _asked(incoming, raw, now, windows)
    return (
        way.on_sqlite(session, values) if session.dialect.name == "sqlite" else way.at_once(session, values)
    )


def announce(session: Session, incoming: Incoming, raw: str, now: datetime, windows: Windows) -> None:
    """PostgreSQL is asked what `arrive` will ask in the same transaction: one round trip for all messages of a group."""
    way, values = _asked(incoming, raw, now, windows)
    way.ahead(session, values)


def _asked(incoming: Incoming, raw: str, now: datetime, windows: Windows) -> "tuple[_Way, dict[str, Any]]":
    changes: dict[str, Any]
    if is_speaking(incoming):
        way, changes = _SPEAKING, people.speaking(now, windows.speaking)
    elif is_a_scene(incoming):
        way, changes = _SCENE, people.opening_a_scene(now, windows.scene)
    else:
        way, changes = _NOTHING, {}
    return way, row_of(incoming, raw, now) | changes | {"openid_": incoming.openid, "key_": incoming.once_key}


def record(session: Session, row: dict[str, Any], customer_id: int | None) -> int | None:
    """Only the row of the message, for what changes no customer; None when it was here before."""
    insert = _INSERT_SQLITE if session.dialect.name == "sqlite" else _INSERT_POSTGRESQL
    found = insert.first(session, row | {"customer_id": customer_id})
    return found[0] if found else None


def row_of(incoming: Incoming, raw: str, now: datetime) -> dict[str, Any]:
    """The columns of the inbound row, but for whose it is. `raw` holds every field, so `payload` repeats none."""
    return {
        "kind": incoming.kind,
        "text": incoming.text[:LONGEST_TEXT_KEPT],
        "wechat_msg_id": incoming.msg_id,
        "once_key": incoming.once_key,
        "raw": raw,
        "created_at": now,
    }


_NAMES = ("direction", "kind", "text", "wechat_msg_id", "once_key", "raw", "created_at")
_VALUES = [
    bindparam(name, "in" if name == "direction" else None, type_=messages.c[name].type) for name in _NAMES
]
_ROW = dict(zip(_NAMES, _VALUES, strict=True)) | {
    "customer_id": bindparam("customer_id", type_=messages.c.customer_id.type)
}
_INSERT_SQLITE = Prepared(
    insert_sqlite(messages).values(_ROW).on_conflict_do_nothing().returning(messages.c.id)
)
_INSERT_POSTGRESQL = Prepared(
    insert_postgresql(messages).values(_ROW).on_conflict_do_nothing().returning(messages.c.id)
)

_IS_NEW = ~exists().where(messages.c.once_key == bindparam("key_"))
_THEM = customers.c.openid == bindparam("openid_")
_SEEN = (*COLUMNS, customers.c.has_pending)


class _Way:
    """The statements for one kind of contact: `changes` to the customer, and the message's row."""

    def __init__(self, changes: dict[Any, Any]) -> None:
        change: Any
        if changes:
            change = update(customers).where(_THEM, _IS_NEW).values(changes).returning(*_SEEN)
        else:
            change = select(*_SEEN).where(_THEM, _IS_NEW).with_for_update(of=customers, key_share=True)
        self._change = Prepared(change)
        self._all = Prepared(_with_the_message(change))

    def on_sqlite(self, session: Session, values: dict[str, Any]) -> Arrived | None:
        """Two statements; nobody else writes meanwhile."""
        them = self._change.first(session, values)
        if them is None:
            return None
        row = _INSERT_SQLITE.first(session, values | {"customer_id": them[0]})
        if row is None:
            raise Overtaken
        return Arrived(row[0], profile_from(them), may_have_to_wait=them[-1])

    def ahead(self, session: Session, values: dict[str, Any]) -> None:
        self._all.ahead(session, values, name=values["openid_"])

    def at_once(self, session: Session, values: dict[str, Any]) -> Arrived | None:
        """PostgreSQL: one round trip. The lock on the customer's row is what others wait for."""
        found = self._all.first(session, values, name=values["openid_"])
        if found is None:
            return None
        if found[-1] is None:
            raise Overtaken
        return Arrived(found[-1], profile_from(found), may_have_to_wait=found[-2])


def _with_the_message(change: Any) -> Any:
    them = change.cte("them")
    new = (
        insert_postgresql(messages)
        .from_select([*_NAMES, "customer_id"], select(*_VALUES, them.c.id))
        .on_conflict_do_nothing()
        .returning(messages.c.id)
        .cte("new")
    )
    return select(*them.c, new.c.id).select_from(them.outerjoin(new, true()))


_SPEAKING = _Way(SPEAKING)
_SCENE = _Way(OPENING_A_SCENE)
_NOTHING = _Way({})

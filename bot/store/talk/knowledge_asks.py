"""Other wordings of what a knowledge entry answers: written by the shop, or asked so by customers and put to it.

Each change is a change of the entry, too, so that whoever looks at its time reads it again.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select, update

from bot.store import rows
from bot.store.database import Session
from bot.store.tables import knowledge, knowledge_asks
from bot.values.knowledge import MOST_ASKS

_ask = knowledge_asks.c


@dataclass(frozen=True, slots=True)
class Changed:
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Ask:
    id: int
    text: str
    from_customers: bool


def of_entries(session: Session, entry_ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """In the order they were added in; nothing for an entry without any."""
    there = _there(session, entry_ids)
    return {entry_id: _texts(asks) for entry_id, asks in there.items()}


def of_enabled(session: Session) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    asked = select(_ask.entry_id, _ask.text).join(knowledge, knowledge.c.id == _ask.entry_id)
    for entry_id, text in session.execute(asked.where(knowledge.c.enabled).order_by(_ask.id)):
        found.setdefault(entry_id, []).append(text)
    return {entry_id: tuple(texts) for entry_id, texts in found.items()}


def write(session: Session, wanted: Mapping[str, Sequence[str]], now: datetime) -> dict[str, Changed]:
    """By entry, all that the shop itself writes; what customers asked stays. Answers the entries that changed."""
    there = _there(session, wanted)
    return _change(
        session,
        there,
        {entry_id: _with_customers(texts, there.get(entry_id, ())) for entry_id, texts in wanted.items()},
        now,
    )


def replace(session: Session, entry_id: str, texts: Sequence[str], now: datetime) -> Changed | None:
    """From now on exactly these; None when it was so."""
    return _change(session, _there(session, [entry_id]), {entry_id: texts}, now).get(entry_id)


def add_asked(session: Session, entry_id: str, texts: Sequence[str], now: datetime) -> Changed | None:
    """What customers really asked; what the entry has no room for is left out. None when nothing was added."""
    there = _there(session, [entry_id])
    before = _texts(there.get(entry_id, ()))
    wanted = list(dict.fromkeys([*before, *texts]))[: max(MOST_ASKS, len(before))]
    return _change(session, there, {entry_id: wanted}, now, from_customers=True).get(entry_id)


def _with_customers(texts: Sequence[str], there: Iterable[_Ask]) -> list[str]:
    return list(dict.fromkeys([*texts, *(ask.text for ask in there if ask.from_customers)]))


def _change(
    session: Session,
    there: Mapping[str, Sequence[_Ask]],
    wanted: Mapping[str, Sequence[str]],
    now: datetime,
    *,
    from_customers: bool = False,
) -> dict[str, Changed]:
    gone: list[int] = []
    fresh: list[rows.Row] = []
    changed: dict[str, Changed] = {}
    for entry_id, texts in wanted.items():
        before = _texts(there.get(entry_id, ()))
        if set(before) == set(texts):
            continue
        changed[entry_id] = Changed(before, (*(t for t in before if t in texts), *_new(texts, before)))
        gone += [ask.id for ask in there.get(entry_id, ()) if ask.text not in texts]
        said = {"entry_id": entry_id, "from_customers": from_customers, "added_at": now}
        fresh += [said | {"text": text} for text in _new(texts, before)]
    for some in rows.parts(gone):
        session.execute(delete(knowledge_asks).where(_ask.id.in_(some)))
    if fresh:
        session.execute(insert(knowledge_asks), fresh)
    for ids in rows.parts(list(changed)):
        session.execute(update(knowledge).where(knowledge.c.id.in_(ids)).values(updated_at=now))
    return changed


def _new(texts: Iterable[str], before: Collection[str]) -> list[str]:
    return [text for text in dict.fromkeys(texts) if text not in before]


def _texts(asks: Iterable[_Ask]) -> tuple[str, ...]:
    return tuple(ask.text for ask in asks)


def _there(session: Session, entry_ids: Iterable[str]) -> dict[str, list[_Ask]]:
    found: dict[str, list[_Ask]] = {}
    for some in rows.parts(sorted(set(entry_ids))):
        asked = select(_ask.entry_id, _ask.id, _ask.text, _ask.from_customers)
        for entry_id, *ask in session.execute(
            asked.where(rows.among(session, _ask.entry_id, some)).order_by(_ask.id)
        ):
            found.setdefault(entry_id, []).append(_Ask(*ask))
    return found

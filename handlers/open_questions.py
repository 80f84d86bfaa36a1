"""What customers asked and nothing could answer, in groups; and settling a group, with the entry that answers it if there is one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.insight.grouping import grouped
from bot.rules.people.masking import masked
from bot.store.database import Session
from bot.store.operators import audit
from bot.store.talk import knowledge_asks, knowledge_pages, open_questions
from bot.store.talk.open_questions import OpenQuestion

MOST_PUT = 10  # wordings of one group: more say the same once more


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that ask the same, the newest first."""

    questions: tuple[OpenQuestion, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """Each wording once, without telephone numbers and the like."""
        return tuple(dict.fromkeys(" ".join(masked(one.text).split()) for one in self.questions))

    @property
    def ids(self) -> list[int]:
        return [one.id for one in self.questions]

    @property
    def customers(self) -> int:
        return len({one.customer_id for one in self.questions})


class NoSuchEntry(LookupError):
    pass


def groups(session: Session) -> list[Group]:
    """The largest first."""
    found = open_questions.still_open(session)
    return [
        Group(tuple(found[number] for number in numbers)) for numbers in grouped([one.text for one in found])
    ]


def group_of(session: Session, question: int) -> Group | None:
    return next((group for group in groups(session) if question in group.ids), None)


def settle(session: Session, group: Group, now: datetime) -> int:
    """An answer was written, or none is wanted; how many were open and are no more."""
    return open_questions.settle(session, group.ids, now)


def settle_with(
    session: Session, group: Group, entry_id: str, now: datetime, *, staff_id: int | None = None
) -> Sequence[str]:
    """The questions become wordings of the entry, which answers them from now on. Answers those that are new to it."""
    entry = knowledge_pages.entry_of(session, entry_id)
    if entry is None:
        raise NoSuchEntry(entry_id)
    asks = [text for text in group.texts if text and text != entry.question][:MOST_PUT]
    changed = knowledge_asks.add_asked(session, entry_id, asks, now)
    open_questions.settle(session, group.ids, now)
    if changed is None:
        return ()
    detail = audit.changes({"asks": list(changed.before)}, {"asks": list(changed.after)})
    audit.record(
        session, "knowledge.changed", "knowledge", entry_id, staff_id=staff_id, now=now, detail=detail
    )
    return tuple(text for text in changed.after if text not in changed.before)

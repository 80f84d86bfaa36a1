"""Brings the members of the segments up to their rules: fully at night, and who was written about every few minutes.

Time alone takes somebody in or out where a rule counts days: those segments are complete only after a full refresh,
which is why planning never asks the members but the rule.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.rules.segments import segment_nesting
from bot.services import Services
from bot.store.database import Database, Session
from bot.store.segments import segment_changes, segment_memberships, segments
from bot.store.segments.segment_memberships import Moved, State
from bot.store.segments.segments import EVERYONE
from bot.values.rule import Rule
from bot.values.segment import SegmentRefreshed, SegmentsRefreshed


def refresh_all(services: Services) -> SegmentsRefreshed:
    """Everybody is looked at, for every segment."""
    work = _Work(services.database, services.now())
    with services.database.reading() as session:
        noted = segment_changes.last_note(session)
    found = work.look(whole=work.rules)
    with services.database.transaction() as session:
        segment_changes.done(session, noted)
    return found


def refresh_changed(services: Services) -> SegmentsRefreshed | None:
    """Only who was written about, and everybody for a segment that is new or has another rule. None: nothing to do."""
    database, now = services.database, services.now()
    with database.reading() as session:
        last = segment_changes.last_pass(session)
        changed = None if last is None else segment_changes.since(session, last)
    if changed is None or changed.are_too_many:
        return refresh_all(services)
    work = _Work(database, now)
    new = [name for name in work.rules if name != EVERYONE and not work.states[name].is_current]
    if not (new or changed.customer_ids):
        return None
    found = work.look(whole=new, of=changed.customer_ids)
    with database.transaction() as session:
        segment_changes.done(session, changed.noted_until)
    return found


@dataclass(slots=True)
class _Work:
    """One pass over the segments, each after those it names."""

    database: Database
    now: datetime
    states: dict[str, State]
    rules: dict[str, Rule]

    def __init__(self, database: Database, now: datetime) -> None:
        self.database, self.now = database, now
        with database.transaction() as session:
            self.states = segment_memberships.states(session)
            written = segments.rules(session)
        self.rules = {
            name: segment_nesting.written_out(written[name], written, name)
            for name in segment_nesting.in_order(written)
        }

    def look(self, *, whole: Sequence[str] | dict[str, Rule], of: Sequence[int] = ()) -> SegmentsRefreshed:
        kind = "full" if len(whole) == len(self.rules) else "changes"
        with self.database.transaction() as session:
            pass_id = segment_memberships.begin(session, kind, self.now)
        refreshed = tuple(
            self._everybody(self.states[name], pass_id)
            if name in whole
            else self._few(self.states[name], pass_id, of)
            for name in self.rules
            if name in whole or of
        )
        with self.database.transaction() as session:
            segment_memberships.finish(session, pass_id, self.now)
        return SegmentsRefreshed(
            at=self.now, kind=kind, looked_at=None if kind == "full" else len(of), segments=refreshed
        )

    def _everybody(self, state: State, pass_id: int) -> SegmentRefreshed:
        rule = self.rules[state.segment_id]
        if state.segment_id == EVERYONE:
            with self.database.reading() as session:
                members = segments.count(session, rule, self.now)
            with self.database.transaction() as session:
                segment_memberships.count_everyone(session, state, pass_id, members, self.now)
            return SegmentRefreshed(id=EVERYONE, members=members, entered=0, gone=0)
        enters = segment_memberships.entering(state, rule, self.now)
        with self.database.reading() as session:
            surplus = segment_memberships.surplus(session, state, rule, self.now)
            if self.database.is_sqlite:
                parts = segment_memberships.parts(session, enters)
                seen, entered = self._write(parts, segment_memberships.take_in, state, pass_id)
        if not self.database.is_sqlite:  # where nobody waits for a writer, all at once
            with self.database.transaction() as session:
                seen = entered = segment_memberships.take_in(session, state, pass_id, enters, self.now)
        gone = 0
        if seen != surplus:
            leaves = segment_memberships.leaving(state, rule, self.now)
            with self.database.reading() as session:
                parts = segment_memberships.parts(session, leaves)
                _, gone = self._write(parts, segment_memberships.let_go, state, pass_id)
        return self._close(state, pass_id, Moved(entered, gone), rule)

    def _few(self, state: State, pass_id: int, of: Sequence[int]) -> SegmentRefreshed:
        if state.segment_id == EVERYONE:
            return SegmentRefreshed(id=EVERYONE, members=state.members, entered=0, gone=0)
        with self.database.reading() as session:
            enters, leaves = segment_memberships.of_these(
                session, state, self.rules[state.segment_id], of, self.now
            )
        if not (enters or leaves):
            return SegmentRefreshed(id=state.segment_id, members=state.members, entered=0, gone=0)
        _, entered = self._write(iter([enters]), segment_memberships.take_in, state, pass_id)
        _, gone = self._write(iter([leaves]), segment_memberships.let_go, state, pass_id)
        return self._close(state, pass_id, Moved(entered, gone), None)

    def _write(
        self,
        parts: Iterator[Sequence[int]],
        write: Callable[[Session, State, int, Sequence[int], datetime], int],
        state: State,
        pass_id: int,
    ) -> tuple[int, int]:
        """How many were to be written, and how many nobody else had written yet."""
        seen = written = 0
        for part in parts:
            if part:
                seen += len(part)
                with self.database.transaction() as session:
                    written += write(session, state, pass_id, part, self.now)
        return seen, written

    def _close(self, state: State, pass_id: int, moved: Moved, whole: Rule | None) -> SegmentRefreshed:
        with self.database.transaction() as session:
            members = segment_memberships.close(session, state, pass_id, moved, self.now, whole)
        return SegmentRefreshed(id=state.segment_id, members=members, entered=moved.entered, gone=moved.gone)

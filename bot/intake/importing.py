"""`weilan import`: files become records, records go in by batches, and a report says what became of each row."""

import gc
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

from bot.intake.files import Cells, Line
from bot.intake.rejected import Rejected
from bot.intake.source import Source, look_through
from bot.rules.intake import records
from bot.rules.intake.cells import given
from bot.store.database import Database
from bot.store.shop import intake
from bot.values.imported import Imported
from bot.values.records import Fault, Kind, Record, Taken

ROWS_AT_ONCE = 8_000  # in one transaction
ON_SQLITE = 4_000  # there at most, and, from the second on, as many as …
NO_LONGER_THAN = 0.15  # … seconds of processor are enough for: so long others wait to write there
LEAST_AT_ONCE = 500

Progress = Callable[[int], None]  # rows done since the last call


Group: TypeAlias = Sequence[Line]  # the rows that make one record: one, or an order's
Outcomes: TypeAlias = Sequence[Taken | Fault]


@dataclass(slots=True)
class _Batch:
    groups: list[Group] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    rows: int = 0


def sources(kind: Kind, paths: Iterable[Path], map_path: Path | None) -> list[Source]:
    """Looks through all files before anything of any is written; raises `Unusable`."""
    return [look_through(path, kind, map_path) for path in paths]


def take_in(database: Database, source: Source, now: datetime, *, salt: str, progress: Progress) -> Imported:
    report = Imported(
        kind=source.kind,
        file=str(source.file.path),
        encoding=source.file.encoding.removesuffix("-sig"),
        unused_columns=source.unused,
    )
    with (
        Rejected(source.file) as rejected,
        source.fields() as fields,
        _little_to_collect(),
        ThreadPoolExecutor(1, "import") as beside,
    ):
        read = _reader(source, fields)
        taking = _Taking(database, source, now, salt, report, rejected, progress, beside)
        for group in _groups(source, report, rejected):
            taking.add(group, read(group))
        taking.hand_over()
        taking.hear()
        report.rejected_rows_in = rejected.path
    return report


@contextmanager
def _little_to_collect() -> Iterator[None]:
    """The collector need not look through the whole program each time some thousand records are made: a fifth of the time."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


@dataclass(slots=True)
class _Taking:
    """The next batch is read while PostgreSQL is at the longest of its work for the one before; sooner, the two threads would
    only take turns, and PostgreSQL would wait for both. SQLite writes by our own hands, so there is nothing to gain.
    """

    database: Database
    source: Source
    now: datetime
    salt: str
    report: Imported
    rejected: Rejected
    progress: Progress
    beside: Executor
    batch: _Batch = field(default_factory=_Batch)
    rows_at_once: int = 0
    being_written: tuple[_Batch, "Future[Outcomes]"] | None = None
    is_at_it: threading.Event = field(default_factory=threading.Event)  # PostgreSQL

    def __post_init__(self) -> None:
        self.rows_at_once = ON_SQLITE if self.database.is_sqlite else ROWS_AT_ONCE

    def add(self, group: Group, found: Record | list[Fault]) -> None:
        if isinstance(found, list):
            self.report.rejected += 1
            _reject(self.rejected, group, found)
        else:
            self.batch.groups.append(group)
            self.batch.records.append(found)
        self.batch.rows += len(group)
        if self.batch.rows >= self.rows_at_once:
            self.hand_over()

    def hand_over(self) -> None:
        """What was read so far is written, as soon as the batch before it is."""
        batch, self.batch = self.batch, _Batch()
        self.hear()
        if self.database.is_sqlite:
            self._note(batch, self._write(batch))
        else:
            self.is_at_it.clear()
            self.being_written = batch, self.beside.submit(self._write, batch)
            self.is_at_it.wait()

    def hear(self) -> None:
        """Waits for what is being written."""
        if self.being_written:
            (batch, outcomes), self.being_written = self.being_written, None
            self._note(batch, outcomes.result())

    def _write(self, batch: _Batch) -> Outcomes:
        try:
            return self._taken(batch) if batch.records else ()
        finally:
            self.is_at_it.set()

    def _taken(self, batch: _Batch) -> Outcomes:
        with self.database.transaction() as session:
            began = time.thread_time()  # a busy machine is no reason to make crumbs of it
            outcomes = intake.take(
                session,
                self.source.kind,
                batch.records,
                self.now,
                salt=self.salt,
                leave_it=self.is_at_it.set,
            )
        if self.database.is_sqlite:
            self._keep_pace(batch.rows, time.thread_time() - began)
        return outcomes

    def _note(self, batch: _Batch, outcomes: Outcomes) -> None:
        for group, outcome in zip(batch.groups, outcomes, strict=True):
            match outcome:
                case Fault():
                    self.report.rejected += 1
                    _reject(self.rejected, group, [outcome])
                case "created":
                    self.report.created += 1
                case "updated":
                    self.report.updated += 1
                case "unchanged":
                    self.report.unchanged += 1
        self.progress(batch.rows)

    def _keep_pace(self, rows: int, seconds: float) -> None:
        enough = int(rows * NO_LONGER_THAN / max(seconds, 0.001))
        self.rows_at_once = max(LEAST_AT_ONCE, min(enough, ON_SQLITE))


def _reader(source: Source, fields: Callable[[Line], Cells]) -> Callable[[Group], Record | list[Fault]]:
    at_a_stroke = source.order_rows()

    def read(group: Group) -> Record | list[Fault]:
        if faults := [line.fault for line in group if line.fault]:
            return faults
        if at_a_stroke and (found := at_a_stroke.read([line.row for line in group])):  # type: ignore[misc]
            return found
        rows = [fields(line) for line in group]
        if len(rows) == 1:
            return records.record(source.kind, rows[0])
        if any("lines" in row for row in rows):
            return [Fault("external_id", "each order once, when its lines are with it")]
        return records.order(rows)

    return read


def _reject(rejected: Rejected, group: Group, faults: Sequence[Fault]) -> None:
    """An order goes as a whole, so that the file of rejected rows can be mended and taken in again."""
    if len(group) == 1:
        rejected.write(group[0], faults)
        return
    for number, line in enumerate(group, start=1):
        own = f"lines[{number}]."
        mine = [
            replace(fault, field=fault.field.removeprefix(own))
            for fault in faults
            if fault.field.startswith(own)
        ]
        shared = [fault for fault in faults if not fault.field.startswith("lines[")]
        rejected.write(line, mine or shared or [Fault("", "every line of the order to be right")])


def _groups(source: Source, report: Imported, rejected: Rejected) -> Iterator[Sequence[Line]]:
    """Rows that belong together; rows that are passed over, or come again, end here."""
    if source.kind == "orders":
        yield from _orders(source, report)
        return
    first: dict[str, int] = {}
    key_of = source.key
    for line in _wanted(source, report):
        key = key_of(line)
        if key in source.again and (line_of_first := first.setdefault(key, line.number)) != line.number:
            if source.map.first_of_each:
                report.passed_over += 1
            else:
                report.rejected += 1
                fault = Fault(
                    records.SHAPES[source.kind].key,
                    f"each once; the first is on line {line_of_first}",
                    given(key),
                )
                rejected.write(line, [fault])
        else:
            yield [line]


def _orders(source: Source, report: Imported) -> Iterator[Sequence[Line]]:
    """Neighbours with one id; what stands in several places waits until the whole file was seen."""
    apart: dict[str, list[Line]] = {}
    together: list[Line] = []
    key, unread = "", list[Line]()
    key_of = source.key
    for line in _wanted(source, report):
        its_key = key_of(line)
        if line.fault and not its_key:
            if together and not (key and _is_flat(source, together[-1])):
                yield together
                together, key = [], ""
            together.append(line)  # it may be a line of the order before it, or of the one after
            unread = [line]
            continue
        if together and (its_key != key or not key):
            yield together
            together = [*unread] if _is_flat(source, line) else []
        key, unread = its_key, []
        if key in source.again:
            apart.setdefault(key, []).extend([*together, line])
            together = []
        else:
            together.append(line)
    if together:
        yield together
    yield from apart.values()


def _is_flat(source: Source, line: Line) -> bool:
    """The order may have more rows than this one."""
    return source.beside is None and "lines" not in (line.row if isinstance(line.row, dict) else line.columns)


def _wanted(source: Source, report: Imported) -> Iterator[Line]:
    takes_all = not source.map.only_with
    for line in source.file.lines():
        report.rows += 1
        if takes_all or line.fault or source.map.is_wanted(line.cells):
            yield line
        else:
            report.passed_over += 1

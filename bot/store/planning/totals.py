"""The totals of a pass, verdict by verdict: those who stand alike are counted together, once for all campaigns."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Insert,
    Select,
    and_,
    case,
    delete,
    func,
    insert,
    literal_column,
    null,
    select,
)

from bot.store.database import Session
from bot.store.planning.built import Built
from bot.store.planning.judging import is_of_audience
from bot.store.planning.plan_entries import Agenda, Entry
from bot.store.planning.plan_tables import Tables, code_of, codes, count_name
from bot.store.planning.standings import in_words, is_free, judged_beside, put_into_words
from bot.store.planning.verdicts import verdict
from bot.store.tables import plan_totals
from bot.store.upserts import or_insert


def count(session: Session, tables: Tables, built: Built, agenda: Agenda) -> list[dict[str, int]]:
    """Of each entry, by its number: verdict → customers."""
    built.run(session, "groups", lambda: _grouped(tables, agenda))
    for of in agenda.purposes.values():
        put_into_words(session, tables, built, of)
    found = [_alike(session, tables, built, entry) for entry in agenda.entries]
    own = (
        select(tables.own.c.entry, tables.own.c.reason, func.count().label("number"))
        .where(is_free(tables, tables.own))
        .group_by(tables.own.c.entry, tables.own.c.reason)
    )
    for row in built.run(session, "own", lambda: own):
        of = found[row.entry]
        of[row.reason] = of.get(row.reason, 0) + row.number
    told_apart = set(session.execute(select(tables.mine.c.campaign_number).distinct()).scalars())
    for entry in agenda.entries:
        if entry.campaign_number in told_apart:
            _correct(session, tables, built, entry, found[entry.number])
    return [
        {reason: number for reason, number in sorted(each.items()) if reason and number} for each in found
    ]


def _grouped(tables: Tables, agenda: Agenda) -> Insert:
    """Those who stand alike, with how many of them are of each audience."""
    judged, turns, keeps = tables.judged, tables.turns, tables.keeps
    counts: dict[str, ColumnElement[Any]] = {"everybody": func.count()}
    for entry in agenda.entries:
        if entry.bit is not None:
            (is_of,) = is_of_audience(judged, entry)
            counts[count_name(entry.purpose, entry.bit)] = func.sum(case((is_of, 1), else_=0))
    by_code = [column for purpose in agenda.purposes for column in codes(judged, purpose)]
    alike = [*by_code, turns.c.campaign_number, keeps.c.campaign_number]
    counted = (
        select(*alike, *counts.values())
        .select_from(
            judged.outerjoin(turns, turns.c.customer_id == judged.c.customer_id)
            .outerjoin(keeps, keeps.c.customer_id == judged.c.customer_id)
        )
        .group_by(*alike)
    )  # fmt: skip
    columns = [*(column.name for column in by_code), "turn", "kept", *counts]
    return insert(tables.groups).from_select(columns, counted)


def _alike(session: Session, tables: Tables, built: Built, entry: Entry) -> dict[str, int]:
    counted = built.run(session, ("alike", entry.number), lambda: _counted(tables, entry))
    return {reason: int(count) for reason, count in counted if reason is not None}


def _counted(tables: Tables, entry: Entry) -> Select[Any]:
    groups, turn, kept = tables.groups, tables.numbers.alias("turn_of"), tables.numbers.alias("kept_by")
    words = tables.words[entry.purpose]
    number = groups.c.everybody if entry.bit is None else groups.c[count_name(entry.purpose, entry.bit)]
    reason = words.c.reasons[entry.kind].as_string()
    said = verdict(reason, null(), turn.c.campaign_id, kept.c.campaign_id, entry.campaign.id).label("said")
    means = and_(*(column == groups.c[column.name] for column in codes(words, entry.purpose)))
    beside = (
        groups.join(words, means)
        .outerjoin(turn, turn.c.number == groups.c.turn)
        .outerjoin(kept, kept.c.number == groups.c.kept)
    )
    return select(said, func.sum(number)).select_from(beside).where(number > 0).group_by(said)


def _correct(session: Session, tables: Tables, built: Built, entry: Entry, found: dict[str, int]) -> None:
    """Where a campaign has something for a customer whose turn is another's: few."""
    for row in built.run(session, ("correct", entry.number), lambda: _with_and_without(tables, entry)):
        if row.without is not None:
            found[row.without] = found.get(row.without, 0) - row.number
        found[row.with_it] = found.get(row.with_it, 0) + row.number


def _with_and_without(tables: Tables, entry: Entry) -> Select[Any]:
    mine, judged = tables.mine, tables.judged
    beside = judged_beside(tables).join(mine, mine.c.customer_id == judged.c.customer_id)
    reason = in_words(code_of(judged, entry.purpose, entry.kind), entry.of, entry.kind)
    turn: ColumnElement[Any] = literal_column("turn_of.campaign_id")
    kept: ColumnElement[Any] = literal_column("kept_by.campaign_id")
    with_it = verdict(reason, mine.c.said, turn, kept, entry.campaign.id).label("with_it")
    without = verdict(reason, null(), turn, kept, entry.campaign.id).label("without")
    return (
        select(without, with_it, func.count().label("number"))
        .select_from(beside)
        .where(mine.c.campaign_number == entry.campaign_number, *is_of_audience(judged, entry))
        .group_by(without, with_it)
    )


def write(session: Session, agenda: Agenda, found: Sequence[dict[str, int]], at: datetime, kind: str) -> None:
    for entry in agenda.entries:
        of_it = and_(plan_totals.c.campaign_id == entry.campaign.id, plan_totals.c.pass_at == at)
        session.execute(delete(plan_totals).where(of_it, plan_totals.c.purpose.in_((entry.purpose, ""))))
        rows = [
            {
                "pass_at": at, "kind": kind, "campaign_id": entry.campaign.id, "purpose": entry.purpose, "reason": reason,
                "customers": number,
            }
            for reason, number in found[entry.number].items()
        ]  # fmt: skip
        if rows:
            put = or_insert(session, plan_totals).values(rows)
            counted = {"customers": put.excluded.customers, "kind": put.excluded.kind}
            session.execute(
                put.on_conflict_do_update(
                    index_elements=["campaign_id", "pass_at", "purpose", "reason"], set_=counted
                )
            )

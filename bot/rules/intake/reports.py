"""What the command tells about its work, line by line; pure."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, tzinfo
from typing import Any

from bot.rules.pushes import greatest_good
from bot.values.definitions import Change, FieldChange
from bot.values.finding import Finding
from bot.values.imported import Imported
from bot.values.push import PlanReport

LONGEST_VALUE = 60


def of_findings(findings: list[Finding]) -> Iterator[str]:
    for finding in findings:
        todo = f": {finding.todo}" if finding.todo else ""
        yield f"{'ok' if finding.is_fine else 'fault':<5}  {finding.about}: {finding.said}{todo}"


def of_changes(changes: list[Change]) -> Iterator[str]:
    for change in changes:
        yield f"{change.what:<9}  {change.kind} {change.id}"
        for field in change.fields:
            for name, old, new in _apart(field):
                yield f"           {name}: {_short(old)} → {_short(new)}"


def _apart(field: FieldChange) -> Iterator[tuple[str, Any, Any]]:
    """Of a table only what differs in it."""
    old, new = field.old, field.new
    if not (isinstance(old, Mapping) and isinstance(new, Mapping)):
        yield field.field, old, new
        return
    for key in sorted(old.keys() | new.keys()):
        if old.get(key) != new.get(key):
            yield f"{field.field}.{key}", old.get(key), new.get(key)


def of_imports(imports: list[Imported]) -> Iterator[str]:
    for found in imports:
        yield f"{found.file} ({found.encoding}): {found.rows} rows"
        yield f"  {found.kind}: {found.created} created, {found.updated} updated, {found.unchanged} unchanged, {found.rejected} rejected"
        if found.passed_over:
            yield f"  {found.passed_over} rows passed over, as the map says"
        if found.unused_columns:
            yield f"  columns not used: {', '.join(found.unused_columns)}"
        if found.rejected_rows_in:
            yield f"  the rejected rows, each with its reason: {found.rejected_rows_in}"


def of_plan(report: PlanReport, zone: tzinfo) -> Iterator[str]:
    yield f"planned {report.planned} at {_at(report.at, zone)}; moved {report.moved}, too late {report.too_late}"
    if report.gave_way:
        yield f"{report.gave_way} planned before gave way to more important campaigns that were edited since"
    if report.days_send is not None:
        yield from greatest_good.told(report.days_send)
    for campaign in report.campaigns:
        yield f"{campaign.campaign_id} ({campaign.purpose}): {campaign.planned} new"
        for verdict, customers in sorted(campaign.totals.items(), key=lambda total: -total[1]):
            yield f"  {customers:>7}  {verdict}"
    for one in report.starved:
        yield f"{one.campaign_id} is starved: for {one.days} days nearly everybody went to other campaigns, {one.lost} of {one.lost + one.won} today, most to {one.to}"
    if not report.calendar_known:
        yield "the holidays of a coming window's year are not known yet; weekdays count as working days"


def _at(instant: datetime | None, zone: tzinfo) -> str:
    return f"{instant.astimezone(zone):%Y-%m-%d %H:%M}" if instant else ""


def _short(value: Any) -> str:
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}…"


def as_json(found: Any) -> str:
    return json.dumps(found, default=_plain, ensure_ascii=False, indent=1)


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: getattr(value, one.name) for one in fields(value)}
    match value:
        case Mapping():
            return dict(value)
        case date():
            return value.isoformat()
    return str(value)

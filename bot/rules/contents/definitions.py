"""Reads a TOML file's dict into definitions. Each field has its check in `definition_fields.py`; what is wrong is one line with its place.

Knows only the file: whether a segment or a content it names exists, the store finds out when it applies.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from bot.rules.calendar import festivals
from bot.rules.contents import contents
from bot.rules.contents.definition_fields import (
    CAMPAIGN,
    CONTENT,
    FESTIVAL,
    KNOWLEDGE,
    OFFER,
    REQUIRED,
    SEGMENT,
    Field,
)
from bot.rules.pushes import variants
from bot.values import rule
from bot.values.content import Part
from bot.values.definitions import (
    BadDefinition,
    Campaign,
    Content,
    Definition,
    Definitions,
    Knowledge,
    Offer,
    OwnFestival,
    Segment,
)

TABLES = ("segment", "content", "campaign", "knowledge", "festival", "offer")
D = TypeVar("D", bound=Definition)


def read(origin: str, raw: Mapping[str, Any]) -> Definitions:
    """The definitions of one file. Raises `BadDefinition`."""
    for table in raw:
        if table not in TABLES:
            raise BadDefinition(f"{origin}: {table}: unknown table; expected {', '.join(TABLES)}")
    found = Definitions(
        segments=_table(origin, "segment", raw, Segment, SEGMENT),
        contents=_table(origin, "content", raw, _content, CONTENT),
        campaigns=_table(origin, "campaign", raw, _campaign, CAMPAIGN),
        knowledge=_table(origin, "knowledge", raw, Knowledge, KNOWLEDGE),
        festivals=_table(origin, "festival", raw, _festival, FESTIVAL),
        offers=_table(origin, "offer", raw, Offer, OFFER),
    )
    for campaign in found.campaigns:
        _variants_hold_together(campaign)
    for kind, several in (("campaign", found.campaigns), ("offer", found.offers)):
        for one in several:
            if one.ends < one.starts:
                raise BadDefinition(f"{origin}: {kind} {one.id}: ends: expected a day not before starts")
    return found


def together(files: Iterable[Definitions]) -> Definitions:
    """All files as one. Raises `BadDefinition` when two define the same thing."""
    files = list(files)
    return Definitions(
        segments=_once("segment", (one for file in files for one in file.segments)),
        contents=_once("content", (one for file in files for one in file.contents)),
        campaigns=_once("campaign", (one for file in files for one in file.campaigns)),
        knowledge=_once("knowledge", (one for file in files for one in file.knowledge)),
        festivals=_once("festival", (one for file in files for one in file.festivals)),
        offers=_once("offer", (one for file in files for one in file.offers)),
    )


def _once(table: str, definitions: Iterable[D]) -> tuple[D, ...]:
    first: dict[str, D] = {}
    for one in definitions:
        if one.id in first:
            raise BadDefinition(
                f"{one.origin}: {table} {one.id}: id: given twice, first in {first[one.id].origin}"
            )
        first[one.id] = one
    return tuple(first.values())


def _table(
    origin: str, table: str, raw: Mapping[str, Any], kind: Callable[..., D], fields: Mapping[str, Field]
) -> tuple[D, ...]:
    rows = raw.get(table, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise BadDefinition(f"{origin}: {table}: expected [[{table}]] tables")
    return _once(table, (kind(origin=origin, **_row(f"{origin}: {table}", row, fields)) for row in rows))


def _row(where: str, row: Mapping[str, Any], fields: Mapping[str, Field]) -> dict[str, Any]:
    named = f"{where} {row['id']}" if isinstance(row.get("id"), str) else where
    for key in row:
        if key not in fields:
            raise BadDefinition(f"{named}: {key}: unknown key; expected {', '.join(fields)}")
    return {
        key: _field(f"{named}: {key}", row.get(key, field.default), field) for key, field in fields.items()
    }


def _field(where: str, value: Any, field: Field) -> Any:
    if value is REQUIRED:
        raise BadDefinition(f"{where}: missing")
    try:
        return None if value is None and field.default is None else field.read(value)
    except ValueError as error:
        said = str(error)
        if isinstance(error, rule.BadRule):
            raise BadDefinition(f"{where.removesuffix(': rule')}: {said}") from None
        raise BadDefinition(f"{where}{said}" if said.startswith("[") else f"{where}: {said}") from None


def _content(*, origin: str, id: str, parts: tuple[Part, ...], **given: Any) -> Content:  # noqa: A002
    """Its parts are checked together: what each kind needs, and what marketing has to say."""
    try:
        return contents.definition(origin, id, parts, given)
    except ValueError as error:
        raise BadDefinition(f"{origin}: content {id}: {error}") from None


def _campaign(*, regular: bool | None, occasion: dict[str, Any] | None, **given: Any) -> Campaign:
    """What waits for a day is bound to it and may come sooner than the rhythm; what cares for a condition is not."""
    is_bound = occasion is not None and "care" not in occasion
    return Campaign(regular=not is_bound if regular is None else regular, occasion=occasion, **given)


def _festival(*, origin: str, id: str, name: str, english: str, **given: Any) -> OwnFestival:  # noqa: A002
    """Its day is said in exactly one way."""
    ways = {way: given.pop(way) for way in (*festivals.WAYS, "shift")}
    try:
        falls = festivals.falls(ways)
    except ValueError as error:
        raise BadDefinition(f"{origin}: festival {id}: {error}") from None
    return OwnFestival(id=id, origin=origin, name=name, english=english or name, falls=falls, **given)


def _variants_hold_together(campaign: Campaign) -> None:
    if said := variants.objection(campaign.variants, campaign.contents):
        raise BadDefinition(f"{campaign.origin}: campaign {campaign.id}: variants: {said}")
    if not campaign.contents and not campaign.variants:
        raise BadDefinition(
            f"{campaign.origin}: campaign {campaign.id}: contents: expected a list of at least one"
        )

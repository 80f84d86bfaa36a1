"""A content put together from what a file, a program or a form gave: checked as one, and named by its version. Pure."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from bot.rules.contents import parts as rules
from bot.rules.contents import templates
from bot.values.content import Part
from bot.values.definitions import Content

OF_THE_PARTS = frozenset({"kind", "text", "media_id", "details", "version", "messages", "by_mass"})
COLUMNS = frozenset(field.name for field in fields(Content)) - OF_THE_PARTS - {"id", "origin"}


def definition(origin: str, content_id: str, parts: tuple[Part, ...], given: Mapping[str, Any]) -> Content:
    """`given` holds the single part's fields, or none when `parts` says it all. Raises `ValueError`, the field first."""
    is_combination = bool(parts)
    kind = rules.COMBINATION if is_combination else given["kind"]
    if is_combination:
        _says_nothing_beside(given)
    elif kind == rules.COMBINATION:
        raise ValueError(f"parts: expected 2 to {rules.MOST_PARTS} parts")
    else:
        parts = (_single(kind, given),)
    if given["purpose"] == "marketing" and (said := rules.objection_to_marketing(parts)):
        raise ValueError(said)
    details = rules.details_of(parts, is_combination=is_combination)
    text, media_id = ("", None) if is_combination else (parts[0].text, parts[0].media_id or None)
    own = {name: value for name, value in given.items() if name in COLUMNS}
    return Content(
        **own,
        id=content_id,
        origin=origin,
        kind=kind,
        text=text,
        media_id=media_id,
        details=details,
        version=rules.version_of(given["purpose"], kind, text, media_id, details),
        messages=len(parts),
        by_mass=rules.by_mass(parts, given["purpose"]),
    )


def warnings(content: Content) -> list[str]:
    """What is allowed and may not be meant: places that say nothing when the customer's fact is not known."""
    parts = rules.parts_of(content.kind, content.text, content.media_id, content.details)
    return [
        f"content {content.id}: {{{name}}} says nothing when it is not known: give it words, as in {{{name}|{words}}}"
        for text in rules.texts_of(parts)
        for name, words in templates.without_fallback(text)
    ]


def _single(kind: str, given: Mapping[str, Any]) -> Part:
    raw = {name: given[name] for name in ("text", *rules.EXTRA_FIELDS, "options") if given.get(name)}
    raw |= {"media_id": given["media_id"]} if given.get("media_id") else {}
    raw |= {"title": given["title"]} if kind in rules.TITLED else {}
    return rules.read_one({"kind": kind, **raw})


def _says_nothing_beside(given: Mapping[str, Any]) -> None:
    if given["kind"] not in {"text", rules.COMBINATION}:
        raise ValueError(f"kind: expected {rules.COMBINATION} beside parts, found {given['kind']}")
    for name in ("text", "media_id", *rules.EXTRA_FIELDS, "options"):
        if given.get(name):
            raise ValueError(f"{name}: a content with parts says it in the parts")

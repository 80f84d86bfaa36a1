"""The forms a content can have: which fields each kind takes, WeChat's limits, and several parts as one. Pure.

What is wrong is a `ValueError` that begins with the field: `parts[1].url: expected …`. Limits: the platform's
documentation of customer-service messages and drafts, 2026.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from bot.rules.contents import articles, templates
from bot.values.content import Need, Option, Part

MOST_PARTS = 5  # as many messages as one word of the customer opens the reply window for
LONGEST_TEXT = 2000  # bytes of UTF-8; WeChat takes 2,048, and the label of marketing needs room
LONGEST_URL = 1024
MOST_OPTIONS = 10
COMBINATION = "parts"
LINKED = re.compile(r"<a\s[^>]*?href\s*=\s*[\"']?([^\"'\s>]*)", re.IGNORECASE)
LEADS_TO = ("https://", "http://", "weixin://")


@dataclass(frozen=True, slots=True)
class Shape:
    """A kind's fields, and what it can carry."""

    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()  # exactly one of them
    file: str = ""  # the form its file is uploaded as
    cover: str = ""  # the form its cover is uploaded as
    by_mass: bool = False
    mark: str = ""  # where 广告 stands
    way_out: str = ""  # where it says how to refuse


SHAPES: dict[str, Shape] = {
    "text": Shape(("text",), by_mass=True, mark="text", way_out="text"),
    "image": Shape(one_of=("file", "media_id"), file="image", by_mass=True),
    "voice": Shape(one_of=("file", "media_id"), file="voice", by_mass=True),
    "video": Shape(
        may=("text", "cover"), one_of=("file", "media_id"), file="video", cover="thumb", mark="text", way_out="text"
    ),
    "article": Shape(
        ("title", "body", "cover"), ("author", "digest", "url"), cover="image", by_mass=True, mark="title", way_out="body"
    ),
    "miniprogram": Shape(("title", "app_id", "page", "cover"), cover="image", mark="title"),
    "link": Shape(("title", "url"), ("text", "cover"), cover="inline", mark="title", way_out="text"),
    "msgmenu": Shape(("text", "options"), ("tail",), mark="text", way_out="tail"),
}  # fmt: skip
KINDS = (*SHAPES, COMBINATION)
TITLED = frozenset(kind for kind, shape in SHAPES.items() if "title" in shape.needs)
IN_COLUMNS = ("kind", "text", "media_id")  # of the table; the rest stands in its details
# may name the customer's facts; an article's may not
PERSONAL = frozenset({"text", "title", "tail", "options"})


def check_length(value: str) -> None:
    """Of a text that is sent as one message."""
    if len(value.encode()) > LONGEST_TEXT:
        raise ValueError(
            f"expected at most {LONGEST_TEXT} bytes, about {LONGEST_TEXT // 3} characters; found {len(value.encode())}"
        )


def _text(value: str) -> None:
    check_length(value)
    if astray := links_astray(value):
        raise ValueError(f"expected links to {', '.join(LEADS_TO)}…, found {astray[0]!r:.60}")


def links_astray(text: str) -> list[str]:
    """Where its links lead that no customer can open."""
    return [place for place in LINKED.findall(text) if not place.lower().startswith(LEADS_TO)]


def _at_most(most: int) -> Callable[[str], None]:
    def check(value: str) -> None:
        if len(value) > most:
            raise ValueError(f"expected at most {most} characters, found {len(value)}")

    return check


def _hash(value: str) -> None:
    if not re.fullmatch(r"[0-9a-f]{64}", value):
        raise ValueError(
            f"expected a file beside the TOML, or the hash that `weilan content upload` gave; found {value!r:.60}"
        )


def _address(value: str) -> None:
    if len(value) > LONGEST_URL or not re.fullmatch(r"https?://[^\s<>\"]+", value):
        raise ValueError(f"expected an address as https://…, found {value!r:.60}")


def _app_id(value: str) -> None:
    if not re.fullmatch(r"wx[0-9a-zA-Z]{16}", value):
        raise ValueError(f"expected a mini program's id as wx and 16 letters or digits, found {value!r:.60}")


LIMITS: dict[str, Callable[[str], None]] = {
    "text": _text, "tail": _text, "media_id": _at_most(128), "file": _hash, "cover": _hash, "title": _at_most(100),
    "url": _address, "app_id": _app_id, "page": _at_most(1024), "author": _at_most(articles.LONGEST_AUTHOR),
    "digest": _at_most(articles.LONGEST_DIGEST), "body": articles.check_body,
}  # fmt: skip
TEXT_FIELDS = tuple(name for name in LIMITS)
EXTRA_FIELDS = tuple(name for name in TEXT_FIELDS if name not in {*IN_COLUMNS, "title"})


def read_several(value: Any) -> tuple[Part, ...]:
    """The `parts` of a combination, each a table with its kind."""
    if not isinstance(value, list | tuple) or not all(isinstance(one, Mapping) for one in value):
        raise ValueError(f"expected a list of tables, found {value!r:.60}")
    found = []
    for place, raw in enumerate(value):
        try:
            found.append(read_one(raw))
        except ValueError as error:
            raise ValueError(f"[{place}].{error}") from None
    if found and not 2 <= len(found) <= MOST_PARTS:
        raise ValueError(f"expected 2 to {MOST_PARTS} parts, found {len(found)}")
    return tuple(found)


def read_one(raw: Mapping[str, Any]) -> Part:
    known = {"kind", "options", *TEXT_FIELDS}
    for name in raw:
        if name not in known:
            raise ValueError(f"{name}: unknown key; expected {', '.join(sorted(known))}")
    kind = raw.get("kind", "text")
    if kind not in SHAPES:
        raise ValueError(f"kind: expected one of {', '.join(SHAPES)}; found {kind!r:.60}")
    values = {name: _words(name, raw[name]) for name in TEXT_FIELDS if raw.get(name) is not None}
    part = Part(kind=kind, options=_options(raw.get("options") or ()), **values)
    check(part)
    return part


def check(part: Part) -> None:
    """Raises `ValueError`, the field first."""
    shape = SHAPES[part.kind]
    if shape.one_of and sum(bool(getattr(part, name)) for name in shape.one_of) != 1:
        raise ValueError(f"media_id: expected WeChat's id of the {part.kind}, or a file; one of the two")
    taken = {*shape.needs, *shape.may, *shape.one_of}
    for name in (*TEXT_FIELDS, "options"):
        value = getattr(part, name)
        if value and name not in taken:
            raise ValueError(f"{name}: kind {part.kind} has none; it has {', '.join(sorted(taken))}")
        if not value and name in shape.needs:
            raise ValueError(f"{name}: expected {WANTED.get(name, 'a text')}")
        if value and name in LIMITS:
            _named(name, LIMITS[name], value)
    if part.kind == "video" and part.file and not part.cover:
        raise ValueError("cover: expected a JPEG under 64 KB: WeChat shows a video by its cover")
    if part.kind == "article":
        _named("title", _at_most(articles.LONGEST_TITLE), part.title)
    _check_places(part)


def parts_of(kind: str, text: str, media_id: str | None, details: Mapping[str, Any]) -> tuple[Part, ...]:
    """Of a row of `contents`."""
    if kind == COMBINATION:
        return tuple(_part(one) for one in details.get("parts", ()))
    return (_part({"kind": kind, "text": text, "media_id": media_id or "", **details}),)


def details_of(parts: Iterable[Part], *, is_combination: bool) -> dict[str, Any]:
    """What the columns of `contents` do not hold, as JSON."""
    given = [_plain(part) for part in parts]
    if is_combination:
        return {"parts": given}
    return {name: value for name, value in given[0].items() if name not in IN_COLUMNS}


def version_of(purpose: str, kind: str, text: str, media_id: str | None, details: Mapping[str, Any]) -> str:
    """Names exactly what customers get to see: another word, another picture, another version."""
    seen = {
        "purpose": purpose,
        "kind": kind,
        "text": text,
        "media_id": media_id or "",
        "details": dict(details),
    }
    return hashlib.sha256(json.dumps(seen, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def article_key(part: Part) -> str:
    return hashlib.sha256(json.dumps(_plain(part), ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def by_mass(parts: tuple[Part, ...], purpose: str) -> bool:
    """A mass send is one message; a video of ours would go out without a word that it is advertising."""
    (first, *more) = parts
    if first.kind == "video":
        return not more and bool(first.media_id) and purpose != "marketing"
    return not more and SHAPES[first.kind].by_mass


def needs_of(part: Part, *, mass: bool) -> list[Need]:
    """What WeChat has to hold before the part is sent; for an article the pictures in it are asked for later."""
    shape = SHAPES[part.kind]
    if part.kind == "article":
        return [Need(article_key(part), "draft" if mass else "article")]
    found = [Need(part.file, shape.file)] if part.file else []
    return found + ([Need(part.cover, shape.cover)] if part.cover else [])


def files_of(parts: Iterable[Part]) -> list[Need]:
    """Every file, with the form it must be fit for."""
    found: list[Need] = []
    for part in parts:
        shape = SHAPES[part.kind]
        found += [Need(part.file, shape.file)] if part.file else []
        found += [Need(part.cover, shape.cover)] if part.cover else []
        found += [Need(name, "inline") for name in articles.files_in(part.body)]
    return found


def objection_to_marketing(parts: tuple[Part, ...]) -> str:
    """Marketing says what it is and how to refuse it; empty when there is room for both."""
    if not any(SHAPES[part.kind].mark for part in parts):
        return "purpose: marketing has to say 广告, and nothing here has words; add a text part"
    if not any(SHAPES[part.kind].way_out for part in parts):
        return "purpose: marketing has to say how to refuse it, and nothing here has room; add a text part"
    for part in parts:
        if part.kind == "article" and len(part.title) > articles.LONGEST_TITLE - len("【广告】"):
            return (
                f"title: expected at most {articles.LONGEST_TITLE - 4} characters: 【广告】 stands before it"
            )
    return ""


def texts_of(parts: Iterable[Part]) -> list[str]:
    """What may hold places for the customer's facts."""
    return [
        text
        for part in parts
        if part.kind != "article"
        for text in (part.text, part.title, part.tail, *(option.words for option in part.options))
        if text
    ]


WANTED = {
    "text": "what to say", "title": "a title", "body": "the article's text", "cover": "a picture", "url": "an address",
    "app_id": "the mini program's id", "page": "the mini program's page", "options": "a list of options",
}  # fmt: skip


def _named(name: str, limit: Callable[[str], None], value: str) -> None:
    try:
        limit(value)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None


def _check_places(part: Part) -> None:
    if part.kind == "article":
        for name in ("title", "author", "digest"):
            if templates.names_in(getattr(part, name)):
                raise ValueError(
                    f"{name}: an article is the same for everybody; take the place in braces out"
                )
        return
    for name in PERSONAL - {"options"}:
        _named(name, templates.check, getattr(part, name))
    for option in part.options:
        _named("options", templates.check, option.words)


def _words(name: str, value: Any) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise ValueError(f"{name}: expected text, found {value!r:.60}")
    return value.strip()


def _options(value: Any) -> tuple[Option, ...]:
    """Words, or tables with id and words."""
    if not isinstance(value, list | tuple) or len(value) > MOST_OPTIONS:
        raise ValueError(f"options: expected a list of at most {MOST_OPTIONS}")
    found = []
    for place, one in enumerate(value):
        raw = {"id": str(place + 1), "words": one} if isinstance(one, str) else one
        if not isinstance(raw, Mapping) or set(raw) != {"id", "words"}:
            raise ValueError(f"options[{place}]: expected a text, or id and words")
        option_id, words = (_words("options", raw[name]) for name in ("id", "words"))
        if not (0 < len(option_id) <= 64 and 0 < len(words) <= 60):
            raise ValueError(f"options[{place}]: expected 1 to 60 characters to tap on")
        found.append(Option(option_id, words))
    if len({option.id for option in found}) < len(found):
        raise ValueError("options: expected each id only once")
    return tuple(found)


def _plain(part: Part) -> dict[str, Any]:
    """As JSON has it: what is kept and what is read again are equal."""
    found = {name: value for name, value in asdict(part).items() if value}
    return found | ({"options": list(found["options"])} if part.options else {})


def _part(raw: Mapping[str, Any]) -> Part:
    """Trusts what was checked when it was kept."""
    known = {field.name for field in fields(Part)}
    values = {name: value for name, value in raw.items() if name in known and name != "options"}
    return Part(options=tuple(Option(one["id"], one["words"]) for one in raw.get("options", ())), **values)

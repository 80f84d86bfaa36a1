"""Files that contents as code name by their path: read, and named by what is in them from then on.

`file = "media/tea.jpg"` and `<img src="media/tea.jpg">` are looked for beside the TOML file, and nowhere above it.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.rules.contents import media
from bot.rules.contents.articles import PICTURE
from bot.values.definitions import BadDefinition

NAMES = ("file", "cover")
HASH = re.compile(r"[0-9a-f]{64}")
ELSEWHERE = ("http:", "https:", "file:", "data:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """A file beside the definitions."""

    hash: str
    filename: str
    content: bytes


def carried(path: Path, raw: Mapping[str, Any]) -> tuple[dict[str, Any], list[Carried]]:
    """The definitions of one TOML file with hashes for paths, and the files. Raises `BadDefinition`."""
    found: dict[str, Carried] = {}
    contents = raw.get("content")
    if not isinstance(contents, list):
        return dict(raw), []
    named = [_content(path, one, found) if isinstance(one, dict) else one for one in contents]
    return {**raw, "content": named}, list(found.values())


def _content(path: Path, raw: Mapping[str, Any], found: dict[str, Carried]) -> dict[str, Any]:
    where = f"{path}: content {raw.get('id')}"
    one = _part(path, where, raw, found)
    if isinstance(parts := raw.get("parts"), list):
        one["parts"] = [
            _part(path, f"{where}: parts[{number}]", part, found) if isinstance(part, dict) else part
            for number, part in enumerate(parts)
        ]
    return one


def _part(path: Path, where: str, raw: Mapping[str, Any], found: dict[str, Carried]) -> dict[str, Any]:
    part = dict(raw)
    for name in NAMES:
        given = part.get(name)
        if isinstance(given, str) and given and not HASH.fullmatch(given):
            part[name] = _read(path, f"{where}: {name}", given, found)
    if isinstance(body := part.get("body"), str):
        part["body"] = PICTURE.sub(lambda picture: _picture(path, where, picture, found), body)
    return part


def _picture(path: Path, where: str, picture: re.Match[str], found: dict[str, Carried]) -> str:
    source = picture[1]
    if not source or source.startswith(ELSEWHERE):
        return picture[0]
    return picture[0].replace(source, f"file:{_read(path, f'{where}: body', source, found)}")


def _read(path: Path, where: str, given: str, found: dict[str, Carried]) -> str:
    beside = path.parent.resolve()
    file = (beside / given).resolve()
    if not file.is_relative_to(beside):
        raise BadDefinition(f"{where}: expected a file beside {path.name}, {given} is elsewhere")
    try:
        if file.stat().st_size > media.LARGEST:
            raise BadDefinition(f"{where}: {given}: expected at most {media.LARGEST >> 20} MB")
        content = file.read_bytes()
    except OSError as error:
        raise BadDefinition(f"{where}: {given}: {error.strerror or error}") from None
    if not media.type_of(content):
        raise BadDefinition(f"{where}: {given}: expected a JPEG, PNG, GIF, BMP, MP3, AMR or MP4")
    name = hashlib.sha256(content).hexdigest()
    found[name] = Carried(hash=name, filename=file.name, content=content)
    return name

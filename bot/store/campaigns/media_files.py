"""Files that contents are made of, kept once by what is in them."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from bot.rules.contents import media, parts
from bot.store.database import Session
from bot.store.tables import media_files
from bot.store.upserts import or_insert
from bot.values.definitions import Content


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaFile:
    hash: str
    filename: str
    content_type: str
    content: bytes


def keep(session: Session, filename: str, content: bytes, now: datetime) -> str:
    """Its hash. Raises `ValueError` for what WeChat takes nowhere; the same file twice is one."""
    found = media.type_of(content)
    if not found:
        raise ValueError("expected a JPEG, PNG, GIF, BMP, MP3, AMR or MP4")
    if len(content) > media.LARGEST:
        raise ValueError(f"expected at most {media.LARGEST >> 20} MB, found {len(content):,} bytes")
    name = hash_of(content)
    row = {
        "hash": name, "filename": filename[-200:] or name, "content_type": found, "size": len(content),
        "bytes": content, "added_at": now,
    }  # fmt: skip
    session.execute(or_insert(session, media_files).values(row).on_conflict_do_nothing())
    return name


def hash_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def find(session: Session, name: str) -> MediaFile | None:
    row = session.execute(select(media_files).where(media_files.c.hash == name)).one_or_none()
    if row is None:
        return None
    return MediaFile(
        hash=row.hash, filename=row.filename, content_type=row.content_type, content=bytes(row.bytes)
    )


def objection(session: Session, content: Content) -> tuple[str, str] | None:
    """The field and what is wrong with a file the content names; None when all are there and fit."""
    needs = parts.files_of(parts.parts_of(content.kind, content.text, content.media_id, content.details))
    if not needs:
        return None
    asked = select(
        media_files.c.hash, media_files.c.filename, media_files.c.content_type, media_files.c.size
    ).where(media_files.c.hash.in_({need.key for need in needs}))
    known = {row.hash: row for row in session.execute(asked)}
    for need in needs:
        row = known.get(need.key)
        if row is None:
            return "file", f"no file {need.key[:12]}…: upload it first, with `weilan content upload`"
        if said := media.objection(need.form, row.content_type, row.size):
            return FIELDS[need.form], f"{row.filename}: {said}"
    return None


FIELDS = {"image": "file", "voice": "file", "video": "file", "thumb": "cover", "inline": "body"}

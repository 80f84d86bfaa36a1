"""Uploaded pictures, voices and videos: their limits, and their end after three days."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.rules.contents.media import type_of
from bot.sandbox.errors import Refused
from bot.sandbox.state import Media
from bot.sandbox.world import World

LASTS = timedelta(days=3)
MOST_BYTES = {"image": 10 << 20, "voice": 2 << 20, "video": 10 << 20, "thumb": 64 << 10}
TOO_BIG = {"image": 40009, "voice": 40010}
MOST_BYTES_IN_ARTICLE = 1 << 20
MOST_KEPT = 2000


@dataclass(frozen=True, slots=True)
class Upload:
    name: str
    content: bytes
    content_type: str


def upload(world: World, args: Mapping[str, str], file: Upload | None) -> dict[str, Any]:
    kept = keep(world, args.get("type", ""), *_checked(args.get("type", ""), file))
    field = "thumb_media_id" if kept.kind == "thumb" else "media_id"
    return {"type": kept.kind, field: kept.id, "created_at": int(kept.uploaded_at.timestamp())}


def add_material(world: World, args: Mapping[str, str], file: Upload | None) -> dict[str, Any]:
    kept = keep(world, args.get("type", ""), *_checked(args.get("type", ""), file), is_permanent=True)
    return {"media_id": kept.id, "url": f"http://mmbiz.qpic.cn/sandbox/{kept.id}"}


def upload_for_article(file: Upload | None) -> dict[str, Any]:
    if file is None or not file.content:
        raise Refused(41005)
    if len(file.content) >= MOST_BYTES_IN_ARTICLE:
        raise Refused(40009)
    return {"url": f"http://mmbiz.qpic.cn/sandbox/{hashlib.sha256(file.content).hexdigest()[:32]}/0"}


def keep(world: World, kind: str, content: bytes, content_type: str, *, is_permanent: bool = False) -> Media:
    kept = Media(
        id=secrets.token_urlsafe(48),
        kind=kind,
        content=content,
        content_type=content_type,
        uploaded_at=world.now(),
        is_permanent=is_permanent,
    )
    world.state.media[kept.id] = kept
    while len(world.state.media) > MOST_KEPT:
        world.state.media.pop(next(iter(world.state.media)))
    world.has_changed()
    return kept


def usable(world: World, media_id: object, kind: str) -> Media:
    """What may be sent now; raises 40007 for an id that is unknown, of another kind or over three days old."""
    found = world.state.media.get(media_id) if isinstance(media_id, str) else None
    if found is None or found.kind != kind:
        raise Refused(40007)
    if not found.is_permanent and world.now() - found.uploaded_at >= LASTS:
        raise Refused(40007)
    return found


def _checked(kind: str, file: Upload | None) -> tuple[bytes, str]:
    if kind not in MOST_BYTES:
        raise Refused(40004)
    if file is None or not file.content:
        raise Refused(41005)
    if len(file.content) > MOST_BYTES[kind]:
        raise Refused(TOO_BIG.get(kind, 45001))
    return file.content, type_of(file.content) or file.content_type

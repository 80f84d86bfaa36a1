"""Files for WeChat: what a file is by its first bytes, what it may be used as, and whether WeChat keeps it. Pure.

Limits: the platform's documentation of materials, 2026. A voice must not be longer than 60 s either: that is not checked.
"""

from dataclasses import dataclass
from datetime import timedelta

KB, MB = 1 << 10, 1 << 20
LASTS = timedelta(days=3)  # what is uploaded for the time being
REFRESHED = timedelta(hours=12)  # before that ends
MOST_FOR_GOOD = {
    "image": 90_000,
    "voice": 900,
    "thumb": 900,
}  # WeChat: 100,000 and 1,000; others make some too
LARGEST = 10 * MB


@dataclass(frozen=True, slots=True)
class Fit:
    types: tuple[str, ...]
    largest: int
    said: str


FITS: dict[str, Fit] = {
    "image": Fit(("image/jpeg", "image/png", "image/gif", "image/bmp"), 10 * MB, "a JPEG, PNG, GIF or BMP up to 10 MB"),
    "voice": Fit(("audio/mpeg", "audio/amr"), 2 * MB, "an MP3 or AMR up to 2 MB and 60 s"),
    "video": Fit(("video/mp4",), 10 * MB, "an MP4 up to 10 MB"),
    "thumb": Fit(("image/jpeg",), 64 * KB, "a JPEG up to 64 KB"),
    "inline": Fit(("image/jpeg", "image/png"), MB - 1, "a JPEG or PNG under 1 MB"),
}  # fmt: skip
ENDINGS = {
    "image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif", "image/bmp": ".bmp", "audio/mpeg": ".mp3",
    "audio/amr": ".amr", "video/mp4": ".mp4",
}  # fmt: skip


def type_of(content: bytes) -> str:
    """By what is in it, not by its name; empty for what WeChat takes nowhere."""
    begins = {
        b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png", b"GIF87a": "image/gif",
        b"GIF89a": "image/gif", b"BM": "image/bmp", b"ID3": "audio/mpeg", b"#!AMR": "audio/amr",
    }  # fmt: skip
    for start, found in begins.items():
        if content.startswith(start):
            return found
    if content[4:8] == b"ftyp":
        return "video/mp4"
    if len(content) > 2 and content[0] == 0xFF and content[1] & 0xE6 in {0xE2, 0xE4, 0xE6}:
        return "audio/mpeg"  # a frame of layer I to III without a tag before it
    return ""


def objection(form: str, content_type: str, size: int) -> str:
    """Why this file cannot be used as `form`; empty when it can."""
    fit = FITS[form]
    if content_type not in fit.types:
        return f"expected {fit.said}, found {content_type or 'no picture, sound or video'}"
    if size > fit.largest:
        return f"expected {fit.said}, found {size:,} bytes"
    return ""


def is_kept_for_good(form: str, kept: int) -> bool:
    """Pictures and sounds while there is room; videos only for three days: WeChat takes few, with a title each."""
    return form == "inline" or kept < MOST_FOR_GOOD.get(form, 0)

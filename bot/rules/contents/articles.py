"""Articles as WeChat's draft box takes them: their limits, plain text as HTML, and the pictures within. Pure."""

import html
import re
from collections.abc import Mapping
from typing import Any

LONGEST_TITLE = 32
LONGEST_AUTHOR = 16
LONGEST_DIGEST = 120
LONGEST_BODY = 20_000  # characters, and under 1 MB
LARGEST_BODY = 1_000_000  # bytes

FILE = re.compile(r'(<img\b[^>]*?\bsrc\s*=\s*["\'])file:([0-9a-f]{64})(["\'])', re.IGNORECASE)
PICTURE = re.compile(r'<img\b[^>]*?\bsrc\s*=\s*["\']([^"\']*)["\']', re.IGNORECASE)
FORBIDDEN = re.compile(r"<\s*(script|iframe|object|embed|form|link|meta)\b", re.IGNORECASE)
HANDLER = re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE)
TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
LINE_END = re.compile(r"<br\b[^<>]*>|</(p|div|h[1-6]|li|section|blockquote|tr)>", re.IGNORECASE)
KEPT_BY_WECHAT = ("http://mmbiz.qpic.cn/", "https://mmbiz.qpic.cn/")


def check_body(body: str) -> None:
    """Raises `ValueError` for what WeChat would refuse or silently take out."""
    if len(body) >= LONGEST_BODY or len(body.encode()) >= LARGEST_BODY:
        raise ValueError(f"expected fewer than {LONGEST_BODY} characters, found {len(body)}")
    if found := FORBIDDEN.search(body):
        raise ValueError(f"WeChat takes <{found[1].lower()}> out of articles; take it out here")
    if HANDLER.search(body):
        raise ValueError("WeChat takes scripts out of articles; take on…= out here")
    for source in PICTURE.findall(body):
        if not re.fullmatch(r"file:[0-9a-f]{64}", source) and not source.startswith(KEPT_BY_WECHAT):
            raise ValueError(
                f"WeChat shows no picture from elsewhere: expected a file beside the TOML, found {source!r:.60}"
            )


def files_in(body: str) -> list[str]:
    """The hashes of the pictures in it, each once."""
    return list(dict.fromkeys(found[2] for found in FILE.finditer(body)))


def as_html(body: str) -> str:
    """HTML as it is; plain text as paragraphs."""
    if TAG.search(body):
        return body
    paragraphs = (html.escape(words.strip(), quote=False) for words in re.split(r"\n\s*\n", body))
    return "".join(f"<p>{words.replace(chr(10), '<br>')}</p>" for words in paragraphs if words)


def as_words(body: str) -> str:
    """What is read in it, a line for each paragraph."""
    lines = TAG.sub("", LINE_END.sub("\n", as_html(body))).split("\n")
    return "\n".join(html.unescape(line.strip()) for line in lines if line.strip())


def with_pictures(body: str, addresses: Mapping[str, str]) -> str:
    """`addresses`: what WeChat made of each file. Raises `KeyError` for one that is missing."""
    return FILE.sub(lambda found: f"{found[1]}{html.escape(addresses[found[2]])}{found[3]}", body)


def form(*, title: str, author: str, digest: str, body: str, url: str, cover_media_id: str) -> dict[str, Any]:
    """One article for draft/add."""
    return {
        "article_type": "news",
        "title": title,
        "author": author,
        "digest": digest,
        "content": body,
        "content_source_url": url,
        "thumb_media_id": cover_media_id,
        "need_open_comment": 0,
        "only_fans_can_comment": 0,
    }

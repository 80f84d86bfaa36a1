"""What the law asks of marketing: it says that it is advertising, and how to refuse it. In one place."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.rules.contents.articles import as_html
from bot.rules.contents.parts import SHAPES
from bot.values.content import Part

MARK = "【广告】"
WAY_OUT = "回复 TD 退订"
WAY_OUT_OF_ARTICLES = "<p>不想再收到这样的消息？在公众号里回复 TD 退订。</p>"


def labelled(text: str, purpose: str) -> str:
    """Marketing texts with the mark and the way out, each once; others as they are."""
    return with_way_out(marked(text)) if purpose == "marketing" else text


def labelled_parts(parts: Sequence[Part], purpose: str) -> tuple[Part, ...]:
    """Of several parts the first that has words carries the mark, the last that has room the way out."""
    found = list(parts)
    if purpose != "marketing":
        return tuple(found)
    mark = next((n for n, part in enumerate(found) if SHAPES[part.kind].mark), None)
    way_out = next((n for n in reversed(range(len(found))) if SHAPES[found[n].kind].way_out), None)
    if mark is not None:
        field = SHAPES[found[mark].kind].mark
        found[mark] = _with(found[mark], field, marked(getattr(found[mark], field)))
    if way_out is not None:
        found[way_out] = _told(found[way_out])
    return tuple(found)


def marked(text: str) -> str:
    return text if text.startswith((MARK, "广告")) else MARK + text


def with_way_out(text: str) -> str:
    if "退订" in text:
        return text
    return f"{text}\n{WAY_OUT}" if text else WAY_OUT


def _told(part: Part) -> Part:
    field = SHAPES[part.kind].way_out
    if part.kind != "article":
        return _with(part, field, with_way_out(getattr(part, field)))
    return part if "退订" in part.body else replace(part, body=as_html(part.body) + WAY_OUT_OF_ARTICLES)


def _with(part: Part, field: str, words: str) -> Part:
    changed: dict[str, Any] = {field: words}
    return replace(part, **changed)

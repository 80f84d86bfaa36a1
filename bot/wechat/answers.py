"""What the platform answers, read without trusting its shape."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.values.notice import NoticeTemplate

_PLACE = re.compile(r"([^\n:：{}]*)[:：]?\s*\{\{\s*(\w+)\.DATA\s*\}\}")

Answer = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FollowerPage:
    total: int
    openids: tuple[str, ...]
    next_openid: str  # empty: this was the last page


@dataclass(frozen=True, slots=True)
class FollowerDetails:
    openid: str
    subscribed: bool
    followed_at: datetime | None = None
    source: str = ""  # ADD_SCENE_…
    scene: str = ""
    union_id: str = ""
    remark: str = ""
    tag_ids: tuple[int, ...] = ()


def details_in(found: dict[str, Any]) -> FollowerDetails:
    """A person who does not follow has an openid and nothing else."""
    since, tags = number_in(found.get("subscribe_time")), found.get("tagid_list")
    return FollowerDetails(
        openid=str(found.get("openid", "")),
        subscribed=found.get("subscribe") == 1,
        followed_at=datetime.fromtimestamp(since, UTC) if since else None,
        source=str(found.get("subscribe_scene") or ""),
        scene=str(found.get("qr_scene_str") or found.get("qr_scene") or ""),
        union_id=str(found.get("unionid") or "").strip(),
        remark=str(found.get("remark") or ""),
        tag_ids=tuple(number_in(tag) for tag in tags) if isinstance(tags, list) else (),
    )


def template_in(found: dict[str, Any]) -> NoticeTemplate:
    """The fields stand in its text, each with a label: `商品名称:{{thing1.DATA}}`."""
    places = _PLACE.finditer(str(found.get("content") or ""))
    return NoticeTemplate(
        id=str(found.get("priTmplId") or found.get("template_id") or ""),
        title=str(found.get("title") or ""),
        fields={place[2]: place[1].strip() for place in places},
        example=str(found.get("example") or ""),
    )


def says_well(answer: Answer) -> bool:
    """Of a send: WeChat says so each time. JSON without it is another program's, on the way there."""
    return "errcode" in answer


def part_of(answer: Answer, name: str) -> dict[str, Any]:
    found = answer.get(name)
    return found if isinstance(found, dict) else {}


def items_in(answer: Answer, name: str) -> Iterator[dict[str, Any]]:
    found = answer.get(name)
    return (item for item in found if isinstance(item, dict)) if isinstance(found, list) else iter(())


def number_in(value: object) -> int:
    return value if isinstance(value, int) else 0

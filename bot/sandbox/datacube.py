"""The platform's own statistics, of what the sandbox saw: by day in Shanghai, up to yesterday."""

from datetime import date, timedelta
from typing import Any

from bot.sandbox import quotas
from bot.sandbox.errors import Refused
from bot.sandbox.world import World

LONGEST = timedelta(days=7)
MSG_TYPES = {"text": 1, "image": 2, "voice": 3, "video": 4}


def user_summary(world: World, body: dict[str, Any]) -> dict[str, Any]:
    newly = _newly(world)
    return {
        "list": [
            _with_day(day, user_source=0, new_user=newly.count(str(day)), cancel_user=0)
            for day in _days(world, body)
        ]
    }


def user_cumulate(world: World, body: dict[str, Any]) -> dict[str, Any]:
    newly = _newly(world)
    return {
        "list": [
            _with_day(day, cumulate_user=sum(one <= str(day) for one in newly)) for day in _days(world, body)
        ]
    }


def messages_received(world: World, body: dict[str, Any]) -> dict[str, Any]:
    said = [
        (quotas.day_of(line.at), MSG_TYPES.get(line.kind, 1), openid)
        for openid, lines in world.state.chats.items()
        for line in lines
        if line.way == "said"
    ]
    rows = []
    for day in _days(world, body):
        for kind in sorted({kind for on, kind, _ in said if on == str(day)}):
            of_kind = [openid for on, one, openid in said if (on, one) == (str(day), kind)]
            rows.append(_with_day(day, msg_type=kind, msg_user=len(set(of_kind)), msg_count=len(of_kind)))
    return {"list": rows}


def _newly(world: World) -> list[str]:
    """The days on which those who follow now began to."""
    return [
        quotas.day_of(one.followed_at)
        for one in world.state.followers.values()
        if one.followed_at and one.following
    ]


def _with_day(day: date, **numbers: int) -> dict[str, Any]:
    return {"ref_date": str(day), **numbers}


def _days(world: World, body: dict[str, Any]) -> list[date]:
    try:
        first, last = (
            date.fromisoformat(str(body.get("begin_date"))),
            date.fromisoformat(str(body.get("end_date"))),
        )
    except ValueError as error:
        raise Refused(61500) from error
    if not timedelta() <= last - first < LONGEST or str(last) >= quotas.day_of(world.now()):
        raise Refused(61501)
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]

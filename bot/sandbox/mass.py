"""Mass sends: who may, how often, once per clientmsgid; and what becomes of a job when it runs.

§4.2 of the platform's rules. A call only makes a job; whom it reached is told by MASSSENDJOBFINISH.
"""

import hashlib
import json
from datetime import timedelta
from typing import Any

from bot.sandbox import contents, quotas
from bot.sandbox.errors import Refused
from bot.sandbox.state import ClientMessage, Errand, Follower, MassJob
from bot.sandbox.world import World

FEWEST, MOST = 2, 10_000
CLIENT_ID_BYTES = 32
CLIENT_ID_LASTS = timedelta(hours=24)
CLIENT_ID_APART = timedelta(minutes=1)
A_MINUTE = 60
A_DAY_FOR_SUBSCRIPTION = 1
A_MONTH_TO_ALL_FOR_SERVICE = 4
A_MONTH_FOR_A_FOLLOWER = 4
PREVIEWS_A_DAY = 100
REPORTER = "oR5Gjjl_eiZoUpGozMo7dbBJ362A"  # the platform's own sender of the report, no customer


def send(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """To a list of openids: verified service accounts only."""
    openids = body.get("touser")
    if not isinstance(openids, list) or not all(isinstance(openid, str) for openid in openids):
        raise Refused(40031)
    if len(openids) < FEWEST:
        raise Refused(40130)
    if len(openids) > MOST:
        raise Refused(40032)
    return _submitted(world, body, openids=list(dict.fromkeys(openids)), tag_id=None)


def send_to_all(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """To everybody or to one tag."""
    chosen = body.get("filter")
    if not isinstance(chosen, dict):
        raise Refused(40097)
    if chosen.get("is_to_all") is True:
        return _submitted(world, body, openids=None, tag_id=None)
    tag_id = chosen.get("tag_id")
    if not isinstance(tag_id, int) or tag_id not in world.state.tags:
        raise Refused(40152)
    return _submitted(world, body, openids=None, tag_id=tag_id)


def preview(world: World, body: dict[str, Any]) -> dict[str, Any]:
    named = [
        follower
        for follower in world.state.followers.values()
        if body.get("towxname") and follower.name == body["towxname"]
    ]
    follower = named[0] if named else world.follower(body.get("touser"))
    kind, text, details = contents.mass(world, body)
    if not follower.following:
        raise Refused(43004)
    quotas.spend(world.state, quotas.day_of(world.now()), "preview", PREVIEWS_A_DAY, 45028)
    world.show(follower.openid, "account", "preview", kind, text, **details)
    return {"errmsg": "preview success"}


def state_of(world: World, body: dict[str, Any]) -> dict[str, Any]:
    job = _job(world, body)
    return {"msg_id": job.msg_id, "msg_status": job.status}


def delete(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """Only articles and videos; the card in the chats stays, what is behind it goes."""
    job = _job(world, body)
    if job.kind not in {"mpnews", "mpvideo"}:
        raise Refused(40008)
    job.status = "DELETE"
    return {}


def speed(world: World, body: dict[str, Any]) -> dict[str, Any]:
    level = body.get("speed", world.state.mass_speed)
    if not isinstance(level, int) or not 0 <= level <= 4:
        raise Refused(45083)
    world.state.mass_speed = level
    return {"speed": level, "realspeed": (80, 60, 45, 30, 10)[level]}


def run(world: World, job: MassJob) -> None:
    """Delivers the job and owes its report. What the filters take out is told by no error."""
    chosen = _audience(world, job)
    reached = [follower for follower in chosen if _lets_through(world, follower)]
    month = quotas.month_of(world.now())
    for follower in reached:
        follower.mass_received[month] = follower.mass_received.get(month, 0) + 1
        world.show(follower.openid, "account", "mass", job.shown, job.text, **job.details)
    job.status, job.total = "SEND_SUCCESS", len(job.openids) if job.openids is not None else len(chosen)
    job.filtered = job.sent = len(reached)
    if job.openids is not None:
        job.openids = []
    world.state.drafts.pop(job.draft_id, None)  # a draft that was sent is gone
    world.owe(Errand(id=world.number(), openid=REPORTER, fields=_report(world, job)))


def _submitted(
    world: World, body: dict[str, Any], *, openids: list[str] | None, tag_id: int | None
) -> dict[str, Any]:
    now = world.now()
    quotas.spend(world.state, quotas.minute_of(now), "mass", A_MINUTE, 42010)
    client_msg_id = _once(world, body, openids, tag_id)
    shown, text, details = contents.mass(world, body)
    _spend_entitlement(world, is_to_all=openids is None and tag_id is None)
    msg_id = 1_000_000_000 + world.number()
    is_article = body["msgtype"] == "mpnews"
    job = MassJob(
        msg_id=msg_id, msg_data_id=2_247_000_000 + world.number() if is_article else None, client_msg_id=client_msg_id,
        submitted_at=now, kind=body["msgtype"], shown=shown, text=text, details=details,
        draft_id=str(body["mpnews"]["media_id"]) if is_article else "", openids=openids, tag_id=tag_id,
    )  # fmt: skip
    world.state.mass[msg_id] = job
    world.state.client_messages[client_msg_id] = ClientMessage(first_at=now, last_at=now, msg_id=msg_id)
    world.owe(Errand(id=world.number(), mass_id=msg_id))
    return {"errmsg": "send job submission success", **_ids(job)}


def _once(world: World, body: dict[str, Any], openids: list[str] | None, tag_id: int | None) -> str:
    """The id that makes the call idempotent; without one the platform makes it from target and content."""
    given = body.get("clientmsgid")
    if given is not None and len(str(given).encode()) > CLIENT_ID_BYTES:
        raise Refused(45067)
    content = {key: value for key, value in body.items() if key not in {"touser", "filter", "clientmsgid"}}
    target = json.dumps([openids, tag_id, content], sort_keys=True)
    client_msg_id = str(given) if given else hashlib.md5(target.encode(), usedforsecurity=False).hexdigest()
    known = world.state.client_messages.get(client_msg_id)
    now = world.now()
    if known is None or not timedelta() <= now - known.first_at < CLIENT_ID_LASTS:
        return client_msg_id
    too_fast = now - known.last_at < CLIENT_ID_APART
    known.last_at = now
    if too_fast:
        raise Refused(45066)
    raise Refused(45065, **_ids(world.state.mass[known.msg_id]))


def _spend_entitlement(world: World, *, is_to_all: bool) -> None:
    now = world.now()
    if world.account.kind == "subscription":
        quotas.spend(world.state, quotas.day_of(now), "mass", A_DAY_FOR_SUBSCRIPTION, 45028)
    elif is_to_all:
        quotas.spend(world.state, quotas.month_of(now), "mass to all", A_MONTH_TO_ALL_FOR_SERVICE, 45028)


def _audience(world: World, job: MassJob) -> list[Follower]:
    followers = world.state.followers
    if job.openids is not None:
        return [followers[openid] for openid in job.openids if openid in followers]
    return [
        one
        for one in followers.values()
        if one.following and (job.tag_id is None or job.tag_id in one.tag_ids)
    ]


def _lets_through(world: World, follower: Follower) -> bool:
    if not follower.following or follower.is_blocked or follower.refuses_mass:
        return False
    if world.account.kind == "subscription":
        return True
    return follower.mass_received.get(quotas.month_of(world.now()), 0) < A_MONTH_FOR_A_FOLLOWER


def _ids(job: MassJob) -> dict[str, Any]:
    return {"msg_id": job.msg_id} | ({"msg_data_id": job.msg_data_id} if job.msg_data_id else {})


def _job(world: World, body: dict[str, Any]) -> MassJob:
    try:
        return world.state.mass[int(body["msg_id"])]
    except (KeyError, ValueError, TypeError) as error:
        raise Refused(40059) from error


def _report(world: World, job: MassJob) -> dict[str, Any]:
    return {
        "ToUserName": world.account.id, "FromUserName": REPORTER, "CreateTime": int(world.now().timestamp()),
        "MsgType": "event", "Event": "MASSSENDJOBFINISH", "MsgID": job.msg_id, "Status": "send success",
        "TotalCount": job.total, "FilterCount": job.filtered, "SentCount": job.sent, "ErrorCount": job.errors,
        "CopyrightCheckResult": {"Count": 0, "ResultList": "", "CheckState": 0},
        "ArticleUrlResult": {"Count": 0, "ResultList": ""},
    }  # fmt: skip

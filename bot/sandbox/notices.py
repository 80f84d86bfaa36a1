"""Template messages and subscription notices: service notices to one customer, by template.

§4.3 and §4.4 of the platform's rules. A template message needs a follower, a subscription notice a consent.
"""

import re
from datetime import timedelta
from typing import Any

from bot.sandbox.errors import Refused
from bot.sandbox.state import Errand, Follower
from bot.sandbox.world import Template, World

FIELD_LETTERS = 20
LONGEST_ID = 64
DROPPED = frozenset({"first", "remark"})
EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f]")
SAME_ID_LASTS = timedelta(minutes=10)
LIMITS = {
    "thing": 20, "number": 32, "letter": 32, "symbol": 5, "character_string": 32, "phone_number": 17, "car_number": 8,
    "name": 20, "phrase": 5, "amount": 12, "date": 24, "time": 24,
}  # fmt: skip


def send_template(world: World, body: dict[str, Any]) -> dict[str, Any]:
    follower = world.follower(body.get("touser"))
    template = _template(world.templates, body)
    values = _values(template, body)
    if follower.is_blocked:
        raise Refused(43019)
    if not follower.following:
        raise Refused(43004)
    program = _mini_program(body)
    if len(str(body.get("client_msg_id", "")).encode()) > LONGEST_ID:
        raise Refused(45067)
    once = f"{follower.openid} {body['client_msg_id']}" if body.get("client_msg_id") else ""
    if once and _was_sent(world, once):
        return {"msgid": world.state.template_messages[once][1]}
    msg_id = 200_000_000 + world.number()
    if once:
        world.state.template_messages[once] = (world.now(), msg_id)
    if not follower.refuses_templates:
        labels = dict(zip(template.fields, template.labels or template.fields, strict=True))
        shown = [(labels[key], _as_shown(value)) for key, value in values.items() if key not in DROPPED]
        world.show(
            follower.openid, "account", "template", "template", template.title,
            values=shown, url=str(body.get("url", "")), **program,
        )  # fmt: skip
    status = "failed:user block" if follower.refuses_templates else "success"
    _owe(world, follower, "TEMPLATESENDJOBFINISH", {"MsgID": msg_id, "Status": status})
    return {"msgid": msg_id}


def _mini_program(body: dict[str, Any]) -> dict[str, str]:
    """Where a tap leads instead of the address, if it leads there."""
    given = body.get("miniprogram")
    if given is None:
        return {}
    if not isinstance(given, dict) or not str(given.get("appid", "")).startswith("wx"):
        raise Refused(40013)
    return {"app_id": str(given["appid"]), "page": str(given.get("pagepath", ""))}


def _as_shown(value: str) -> str:
    """Since May 2023: no emoji, one line, 20 characters."""
    value = EMOJI.sub("", " ".join(value.split()))
    return value if len(value) <= FIELD_LETTERS else f"{value[: FIELD_LETTERS - 1]}…"


def send_notice(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """Uses up one consent; 43101 when none is left, whether it was refused or spent."""
    follower = world.follower(body.get("touser"))
    if follower.is_blocked:
        raise Refused(43019)
    template = _template(world.notices, body)
    values = _values(template, body)
    for name, value in values.items():
        most = LIMITS.get(name.rstrip("0123456789"), FIELD_LETTERS)
        if not 0 < len(value) <= most:
            raise Refused(47003, f"argument invalid! data.{name}.value invalid")
    once = f"notice {follower.openid} {body['client_msg_id']}" if body.get("client_msg_id") else ""
    if once and _was_sent(world, once):
        return {}
    consents = world.state.consents.get(follower.openid, {})
    if consents.get(template.id, 0) < 1:
        raise Refused(43101)
    consents[template.id] -= 1
    if once:
        world.state.template_messages[once] = (world.now(), 0)
    labels = template.labels or template.fields
    world.show(
        follower.openid,
        "account",
        "notice",
        "template",
        template.title,
        values=[(label, values[name]) for name, label in zip(template.fields, labels, strict=True)],
        url=str(body.get("page", "")),
    )
    sent = {
        "TemplateId": template.id,
        "MsgID": str(1_700_000_000_000_000_000 + world.number()),
        "ErrorCode": "0",
        "ErrorStatus": "success",
    }
    _owe(world, follower, "subscribe_msg_sent_event", {"SubscribeMsgSentEvent": {"List": [sent]}})
    return {}


def _was_sent(world: World, once: str) -> bool:
    """Under the same client_msg_id, a short while ago."""
    known = world.state.template_messages.get(once)
    return known is not None and timedelta() <= world.now() - known[0] < SAME_ID_LASTS


def templates_of_account(world: World) -> dict[str, Any]:
    return {"template_list": [_described(template, "template_id") for template in world.templates]}


def notices_of_account(world: World) -> dict[str, Any]:
    return {"data": [_described(template, "priTmplId") | {"type": 2} for template in world.notices]}


def _described(template: Template, id_field: str) -> dict[str, Any]:
    labels = template.labels or template.fields
    content = "\n".join(
        f"{label}:{{{{{name}.DATA}}}}" for name, label in zip(template.fields, labels, strict=True)
    )
    return {id_field: template.id, "title": template.title, "content": content, "example": ""}


def _template(known: Any, body: dict[str, Any]) -> Template:
    found = [template for template in known if template.id == body.get("template_id")]
    if not found:
        raise Refused(40037)
    template: Template = found[0]
    return template


def _values(template: Template, body: dict[str, Any]) -> dict[str, str]:
    data = body.get("data")
    values = {}
    for name in template.fields:
        given = data.get(name) if isinstance(data, dict) else None
        if not isinstance(given, dict) or given.get("value") in {None, ""}:
            raise Refused(47003, f"argument invalid! data.{name}.value invalid")
        values[name] = str(given["value"])
    return values


def _owe(world: World, follower: Follower, event: str, fields: dict[str, Any]) -> None:
    envelope = {
        "ToUserName": world.account.id,
        "FromUserName": follower.openid,
        "CreateTime": int(world.now().timestamp()),
    }
    world.owe(
        Errand(
            id=world.number(),
            openid=follower.openid,
            fields={**envelope, "MsgType": "event", "Event": event, **fields},
        )
    )

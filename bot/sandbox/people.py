"""What customers do in the chat: each act opens its reply window, shows in the chat and owes the webhook a push."""

import secrets
from typing import Any

from bot.sandbox import media
from bot.sandbox.state import Errand, Follower
from bot.sandbox.windows import open_window
from bot.sandbox.world import World

OPENS_MENU_WINDOW = frozenset({"click", "scancode_push", "scancode_waitmsg"})
FIRST_MSG_ID = 24_000_000_000_000_000


class NotPossible(Exception):
    """The customer cannot do that; one sentence for the page."""


def newcomer(world: World, name: str) -> Follower:
    """Somebody who has not followed yet."""
    openid = f"o{secrets.token_urlsafe(24)[:27]}"
    follower = Follower(openid=openid, name=name, following=False, active_at=world.now())
    world.state.followers[openid] = follower
    world.has_changed()
    return follower


def says(world: World, openid: str, text: str) -> None:
    _sends(world, openid, "text", text, {"Content": text})


def taps_option(world: World, openid: str, option_id: str, text: str) -> None:
    """An option of a msgmenu arrives as a text, but opens the menu's window, not the message's."""
    _sends(world, openid, "text", text, {"Content": text, "bizmsgmenuid": option_id}, window="menu")


def sends_picture(world: World, openid: str, content: bytes, content_type: str, address: str) -> None:
    """`address` is where the page serves media: PicUrl points there."""
    picture = media.keep(world, "image", content, content_type)
    _sends(
        world,
        openid,
        "image",
        "",
        {"PicUrl": f"{address}{picture.id}", "MediaId": picture.id},
        media_id=picture.id,
    )


def sends_voice(world: World, openid: str, seconds: int) -> None:
    voice = media.keep(world, "voice", b"#!AMR\n", "audio/amr")
    fields = {"MediaId": voice.id, "Format": "amr", "MediaId16K": f"{voice.id}_16k"}
    _sends(world, openid, "voice", "", fields, seconds=seconds)


def sends_location(world: World, openid: str, latitude: float, longitude: float, label: str) -> None:
    fields = {"Location_X": latitude, "Location_Y": longitude, "Scale": 16, "Label": label}
    _sends(world, openid, "location", label, fields, latitude=latitude, longitude=longitude)


def follows(world: World, openid: str, scene: str = "", ticket: str = "") -> None:
    follower = _somebody(world, openid)
    if follower.following:
        raise NotPossible("这位客户已经关注了公众号")
    follower.following = True
    follower.followed_at = world.now()
    follower.source = "ADD_SCENE_QR_CODE" if scene else "ADD_SCENE_SEARCH"
    follower.scene = scene
    world.show(openid, "system", "event", "note", "你已关注公众号" + (f"（扫码：{scene}）" if scene else ""))
    open_window(follower, "follow", world.now())
    _event(
        world,
        openid,
        "subscribe",
        {"EventKey": f"qrscene_{scene}", "Ticket": ticket} if scene else {"EventKey": ""},
    )


def unfollows(world: World, openid: str) -> None:
    """The platform forgets tags and windows with the follower; the chat stays in the customer's phone."""
    follower = _follower(world, openid)
    follower.following = False
    follower.tag_ids.clear()
    follower.windows.clear()
    follower.remark = ""
    world.show(openid, "system", "event", "note", "你已取消关注")
    _event(world, openid, "unsubscribe", {"EventKey": ""})


def scans(world: World, openid: str, scene: str) -> None:
    """A parametric QR code; for a stranger the scan is the follow."""
    ticket = next(
        (known.ticket for known in world.state.scenes.values() if known.scene == scene),
        f"gQ{secrets.token_urlsafe(40)}",
    )
    follower = _somebody(world, openid)
    if not follower.following:
        follows(world, openid, scene, ticket)
        return
    world.show(openid, "system", "event", "note", f"扫描了二维码「{scene}」")
    open_window(follower, "scan", world.now())
    _event(world, openid, "SCAN", {"EventKey": scene, "Ticket": ticket})


def taps_menu(world: World, openid: str, position: tuple[int, ...]) -> dict[str, Any]:
    """`position` counts from zero: button, then sub-button. Answers the button, so that the page can open its url."""
    follower = _follower(world, openid)
    button = _button(world, position)
    kind = button.get("type", "")
    if kind in OPENS_MENU_WINDOW:
        open_window(follower, "menu", world.now())
    world.show(openid, "system", "event", "note", f"点击菜单「{button.get('name', '')}」")
    match kind:
        case "click":
            _event(world, openid, "CLICK", {"EventKey": button["key"]})
        case "view":
            _event(world, openid, "VIEW", {"EventKey": button["url"], "MenuId": "1"})
        case "miniprogram":
            _event(world, openid, "view_miniprogram", {"EventKey": button["pagepath"], "MenuId": "1"})
        case "scancode_push" | "scancode_waitmsg":
            _event(
                world,
                openid,
                kind,
                {"EventKey": button["key"], "ScanCodeInfo": {"ScanType": "qrcode", "ScanResult": "1"}},
            )
        case _:
            raise NotPossible("这个菜单在模拟器里点不了")
    return button


def answers_notice_prompt(world: World, openid: str, template_id: str, *, accepts: bool) -> None:
    """The prompt for subscription notices: a yes is worth one notice, a no ends what was left."""
    _somebody(world, openid)
    if template_id not in {notice.id for notice in world.notices}:
        raise NotPossible("没有这个订阅通知模板")
    consents = world.state.consents.setdefault(openid, {})
    consents[template_id] = consents.get(template_id, 0) + 1 if accepts else 0
    world.show(openid, "system", "event", "note", "允许了一次订阅通知" if accepts else "拒绝了订阅通知")
    given = {
        "TemplateId": template_id,
        "SubscribeStatusString": "accept" if accepts else "reject",
        "PopupScene": "2",
    }
    _event(world, openid, "subscribe_msg_popup_event", {"SubscribeMsgPopupEvent": {"List": [given]}})


def refuses_notices(world: World, openid: str, template_id: str) -> None:
    """On the management page: only refusals are pushed."""
    world.state.consents.setdefault(openid, {})[template_id] = 0
    given = {"TemplateId": template_id, "SubscribeStatusString": "reject"}
    _event(world, openid, "subscribe_msg_change_event", {"SubscribeMsgChangeEvent": {"List": [given]}})


def refuses_templates(world: World, openid: str, *, refuses: bool) -> None:
    """In WeChat's settings of the account. It hears of it only by the end of the next template message."""
    _somebody(world, openid).refuses_templates = refuses
    world.show(openid, "system", "event", "note", "拒收了模板消息" if refuses else "恢复接收模板消息")


def _sends(
    world: World,
    openid: str,
    kind: str,
    text: str,
    fields: dict[str, Any],
    window: str = "message",
    **details: Any,
) -> None:
    follower = _follower(world, openid)
    open_window(follower, window, world.now())
    follower.spoke_at = world.now()
    world.show(openid, "customer", "said", kind, text, **details)
    msg_id = FIRST_MSG_ID + world.number()
    _owe(world, openid, {"MsgType": kind, **fields, "MsgId": msg_id})


def _event(world: World, openid: str, event: str, fields: dict[str, Any]) -> None:
    _owe(world, openid, {"MsgType": "event", "Event": event, **fields})


def _owe(world: World, openid: str, fields: dict[str, Any]) -> None:
    envelope = {
        "ToUserName": world.account.id,
        "FromUserName": openid,
        "CreateTime": int(world.now().timestamp()),
    }
    world.owe(Errand(id=world.number(), openid=openid, fields={**envelope, **fields}))


def _somebody(world: World, openid: str) -> Follower:
    found = world.state.followers.get(openid)
    if found is None:
        raise NotPossible("没有这位客户")
    return found


def _follower(world: World, openid: str) -> Follower:
    found = _somebody(world, openid)
    if not found.following:
        raise NotPossible("这位客户没有关注公众号，请先关注")
    return found


def _button(world: World, position: tuple[int, ...]) -> dict[str, Any]:
    button: dict[str, Any] = world.state.menu or {}
    try:
        for depth, index in enumerate(position):
            button = button["sub_button" if depth else "button"][index]
    except (KeyError, IndexError) as error:
        raise NotPossible("没有这个菜单") from error
    return button

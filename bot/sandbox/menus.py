"""The menu below the chat: three buttons with five each, checked as the platform does."""

from typing import Any

from bot.sandbox.errors import Refused
from bot.sandbox.world import World

MOST_BUTTONS, MOST_SUB_BUTTONS = 3, 5
NAME_BYTES, SUB_NAME_BYTES = 16, 60
KEY_BYTES, URL_BYTES = 128, 1024
TOO_MANY_BELOW = 40023
NEEDS = {
    "click": "key", "view": "url", "scancode_push": "key", "scancode_waitmsg": "key", "pic_sysphoto": "key",
    "pic_photo_or_album": "key", "pic_weixin": "key", "location_select": "key", "miniprogram": "pagepath",
    "media_id": "media_id", "view_limited": "media_id", "article_id": "article_id",
}  # fmt: skip


def create(world: World, body: dict[str, Any]) -> dict[str, Any]:
    """Replaces the whole menu."""
    _check(body.get("button"), MOST_BUTTONS, NAME_BYTES, 40016)
    world.state.menu = {"button": body["button"]}
    world.has_changed()
    return {}


def shown(world: World) -> dict[str, Any]:
    if world.state.menu is None:
        raise Refused(46003)
    return {"menu": world.state.menu}


def delete(world: World) -> dict[str, Any]:
    world.state.menu = None
    world.has_changed()
    return {}


def as_set(world: World) -> dict[str, Any]:
    return {
        "is_menu_open": int(world.state.menu is not None),
        "selfmenu_info": world.state.menu or {"button": []},
    }


def _check(buttons: object, most: int, name_bytes: int, wrong_number: int) -> None:
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= most:
        raise Refused(wrong_number)
    for button in buttons:
        if not isinstance(button, dict) or not 0 < len(str(button.get("name", "")).encode()) <= name_bytes:
            raise Refused(40018)
        if button.get("sub_button"):
            if wrong_number == TOO_MANY_BELOW:  # the menu has two levels
                raise Refused(TOO_MANY_BELOW)
            _check(button["sub_button"], MOST_SUB_BUTTONS, SUB_NAME_BYTES, TOO_MANY_BELOW)
        else:
            _check_action(button)


def _check_action(button: dict[str, Any]) -> None:
    needed = NEEDS.get(str(button.get("type")))
    if needed is None:
        raise Refused(40097, "invalid button type")
    value = button.get(needed)
    if needed == "key" and (not isinstance(value, str) or not 0 < len(value.encode()) <= KEY_BYTES):
        raise Refused(40019)
    if needed == "url" and (not isinstance(value, str) or not 0 < len(value.encode()) <= URL_BYTES):
        raise Refused(40020)
    if not value:
        raise Refused(40097, f"{needed} missing")

"""The platform's events as typed values, by their names in lower case."""

from collections.abc import Callable

from bot.values.incoming import (
    AuthorizationCancelled,
    AuthorizationRevoked,
    Follow,
    Incoming,
    LocationReport,
    MenuClick,
    MenuLocation,
    MenuMiniProgram,
    MenuPictures,
    MenuScan,
    MenuView,
    PersonSession,
    Scan,
    Unfollow,
    UserInfoModified,
)
from bot.wechat.bodies import Common, Fields
from bot.wechat.reports import REPORTS

ABOUT_SOMEBODY = frozenset(
    {"user_info_modified", "user_authorization_revoke", "user_authorization_cancellation"}
)
LONGEST_SCENE = 64
SCENE_PREFIX = "qrscene_"


def about(fields: Fields) -> str:
    """What tells two events of one sender and second apart."""
    if key := fields.first("EventKey", "MsgID", "MsgId", "KfAccount", "ToKfAccount"):
        return key
    if publish := fields.inside("PublishEventInfo").text("publish_id"):
        return publish
    lists = (
        fields.inside(name)
        for name in ("SubscribeMsgPopupEvent", "SubscribeMsgChangeEvent", "SubscribeMsgSentEvent")
    )
    notices = (item for found in lists for item in found.every("List"))
    return ",".join(f"{item.text('TemplateId')}{item.text('MsgID')}" for item in notices)


def _follow(fields: Fields, common: Common) -> Incoming:
    key = fields.text("EventKey")
    scene = key.removeprefix(SCENE_PREFIX) if key.startswith(SCENE_PREFIX) else ""
    return Follow(**common, scene=scene[:LONGEST_SCENE], ticket=fields.text("Ticket"))


def _unfollow(_fields: Fields, common: Common) -> Incoming:
    return Unfollow(**common)


def _scan(fields: Fields, common: Common) -> Incoming:
    return Scan(**common, scene=fields.text("EventKey")[:LONGEST_SCENE], ticket=fields.text("Ticket"))


def _location_report(fields: Fields, common: Common) -> Incoming:
    return LocationReport(
        **common,
        latitude=fields.decimal("Latitude"),
        longitude=fields.decimal("Longitude"),
        precision=fields.decimal("Precision"),
    )


def _click(fields: Fields, common: Common) -> Incoming:
    return MenuClick(**common, key=fields.text("EventKey"))


def _view(fields: Fields, common: Common) -> Incoming:
    return MenuView(**common, url=fields.text("EventKey"), menu_id=fields.text("MenuId"))


def _view_mini_program(fields: Fields, common: Common) -> Incoming:
    return MenuMiniProgram(**common, page_path=fields.text("EventKey"), menu_id=fields.text("MenuId"))


def _menu_scan(fields: Fields, common: Common) -> Incoming:
    code = fields.inside("ScanCodeInfo")
    return MenuScan(
        **common,
        key=fields.text("EventKey"),
        scan_type=code.text("ScanType"),
        result=code.text("ScanResult"),
        waits=fields.text("Event").lower() == "scancode_waitmsg",
    )


def _menu_pictures(fields: Fields, common: Common) -> Incoming:
    pictures = fields.inside("SendPicsInfo").inside("PicList")
    return MenuPictures(
        **common,
        key=fields.text("EventKey"),
        taken_by=fields.text("Event").lower(),
        md5s=tuple(item.text("PicMd5Sum") for item in pictures.every("item")),
    )


def _menu_location(fields: Fields, common: Common) -> Incoming:
    place = fields.inside("SendLocationInfo")
    return MenuLocation(
        **common,
        key=fields.text("EventKey"),
        latitude=place.decimal("Location_X"),
        longitude=place.decimal("Location_Y"),
        scale=place.number("Scale"),
        label=place.text("Label"),
        poi_name=place.text("Poiname"),
    )


def _person_session(fields: Fields, common: Common) -> Incoming:
    return PersonSession(
        **common,
        change=fields.text("Event").lower().split("_")[1],
        account_of_person=fields.first("KfAccount", "ToKfAccount"),
        from_account=fields.text("FromKfAccount"),
    )


def _user_info_modified(fields: Fields, common: Common) -> Incoming:
    return UserInfoModified(**common, union_id=fields.text("UnionID"), revoked=fields.text("RevokeInfo"))


def _authorization_revoked(fields: Fields, common: Common) -> Incoming:
    return AuthorizationRevoked(**common, union_id=fields.text("UnionID"), revoked=fields.text("RevokeInfo"))


def _authorization_cancelled(fields: Fields, common: Common) -> Incoming:
    return AuthorizationCancelled(
        **common, union_id=fields.text("UnionID"), revoked=fields.text("RevokeInfo")
    )


EVENTS: dict[str, Callable[[Fields, Common], Incoming]] = {
    "subscribe": _follow,
    "unsubscribe": _unfollow,
    "scan": _scan,
    "location": _location_report,
    "click": _click,
    "view": _view,
    "view_miniprogram": _view_mini_program,
    "scancode_push": _menu_scan,
    "scancode_waitmsg": _menu_scan,
    "pic_sysphoto": _menu_pictures,
    "pic_photo_or_album": _menu_pictures,
    "pic_weixin": _menu_pictures,
    "location_select": _menu_location,
    "kf_create_session": _person_session,
    "kf_close_session": _person_session,
    "kf_switch_session": _person_session,
    "user_info_modified": _user_info_modified,
    "user_authorization_revoke": _authorization_revoked,
    "user_authorization_cancellation": _authorization_cancelled,
} | REPORTS

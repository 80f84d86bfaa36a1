"""Every path the sandbox answers: its method, who may call it, how often a day, and the function behind it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.sandbox import (
    customer_service,
    datacube,
    drafts,
    mass,
    media,
    menus,
    notices,
    publishing,
    qrcodes,
    quota_tools,
    tagging,
    users,
)
from bot.sandbox.account import Capability
from bot.sandbox.calls import Call
from bot.sandbox.world import World

Body = dict[str, Any]
Work = Callable[[World, Call, Body], dict[str, Any]]
PLENTY = 5_000_000


@dataclass(frozen=True, slots=True)
class Endpoint:
    method: str
    path: str
    needs: Capability
    a_day: int
    work: Work


def _said(function: Callable[[World, Body], dict[str, Any]]) -> Work:
    """For functions that need only the JSON body."""
    return lambda world, _call, body: function(world, body)


def _bare(function: Callable[[World], dict[str, Any]]) -> Work:
    """For functions that need nothing."""
    return lambda world, _call, _body: function(world)


def _always(answer: dict[str, Any]) -> Work:
    return lambda _world, _call, _body: dict(answer)


_ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint("GET", "/cgi-bin/getcallbackip", "anybody", PLENTY, _always({"ip_list": ["127.0.0.1"]})),
    Endpoint("GET", "/cgi-bin/get_api_domain_ip", "anybody", PLENTY, _always({"ip_list": ["127.0.0.1"]})),
    Endpoint("POST", "/cgi-bin/callback/check", "anybody", PLENTY, _always({"dns": [], "ping": []})),
    Endpoint("GET", "/cgi-bin/ticket/getticket", "anybody", 1_000_000, _always({"ticket": "sandbox-jsapi-ticket", "expires_in": 7200})),
    Endpoint("POST", "/cgi-bin/message/custom/send", "verified", 500_000, _said(customer_service.send)),
    Endpoint("POST", "/cgi-bin/message/custom/typing", "verified", 500_000, _said(customer_service.typing)),
    Endpoint("GET", "/cgi-bin/customservice/getkflist", "verified", PLENTY, _always({"kf_list": []})),
    Endpoint("GET", "/cgi-bin/customservice/getonlinekflist", "verified", PLENTY, _always({"kf_online_list": []})),
    Endpoint("POST", "/cgi-bin/message/mass/send", "service", 100, _said(mass.send)),
    Endpoint("POST", "/cgi-bin/message/mass/sendall", "verified", 100, _said(mass.send_to_all)),
    Endpoint("POST", "/cgi-bin/message/mass/preview", "verified", 100, _said(mass.preview)),
    Endpoint("POST", "/cgi-bin/message/mass/get", "verified", PLENTY, _said(mass.state_of)),
    Endpoint("POST", "/cgi-bin/message/mass/delete", "verified", 10, _said(mass.delete)),
    Endpoint("POST", "/cgi-bin/message/mass/speed/get", "verified", PLENTY, lambda world, _call, _body: mass.speed(world, {})),
    Endpoint("POST", "/cgi-bin/message/mass/speed/set", "verified", PLENTY, _said(mass.speed)),
    Endpoint("POST", "/cgi-bin/message/template/send", "service", 100_000, _said(notices.send_template)),
    Endpoint("GET", "/cgi-bin/template/get_all_private_template", "service", PLENTY, _bare(notices.templates_of_account)),
    Endpoint("POST", "/cgi-bin/message/subscribe/bizsend", "service", 100_000, _said(notices.send_notice)),
    Endpoint("GET", "/wxaapi/newtmpl/gettemplate", "service", PLENTY, _bare(notices.notices_of_account)),
    Endpoint("GET", "/cgi-bin/user/get", "verified", 500, lambda world, call, _body: users.page(world, call.args.get("next_openid", ""))),
    Endpoint("GET", "/cgi-bin/user/info", "verified", PLENTY, lambda world, call, _body: users.details(world, call.args.get("openid", ""))),
    Endpoint("POST", "/cgi-bin/user/info/batchget", "verified", PLENTY, _said(users.many_details)),
    Endpoint("POST", "/cgi-bin/user/info/updateremark", "verified", 10_000, _said(users.remark)),
    Endpoint("POST", "/cgi-bin/tags/create", "verified", 1000, _said(tagging.create)),
    Endpoint("GET", "/cgi-bin/tags/get", "verified", 1000, _bare(tagging.listed)),
    Endpoint("POST", "/cgi-bin/tags/update", "verified", 1000, _said(tagging.rename)),
    Endpoint("POST", "/cgi-bin/tags/delete", "verified", 1000, _said(tagging.delete)),
    Endpoint("POST", "/cgi-bin/tags/members/batchtagging", "verified", 100_000, _said(tagging.tag_many)),
    Endpoint("POST", "/cgi-bin/tags/members/batchuntagging", "verified", 100_000, _said(tagging.untag_many)),
    Endpoint("POST", "/cgi-bin/tags/getidlist", "verified", PLENTY, _said(tagging.tags_of)),
    Endpoint("POST", "/cgi-bin/user/tag/get", "verified", 500, _said(tagging.fans_of)),
    Endpoint("POST", "/cgi-bin/tags/members/getblacklist", "verified", PLENTY, _said(users.black_list)),
    Endpoint("POST", "/cgi-bin/tags/members/batchblacklist", "verified", PLENTY, _said(users.block)),
    Endpoint("POST", "/cgi-bin/tags/members/batchunblacklist", "verified", PLENTY, _said(users.unblock)),
    Endpoint("POST", "/cgi-bin/menu/create", "verified", 1000, _said(menus.create)),
    Endpoint("GET", "/cgi-bin/menu/get", "verified", 10_000, _bare(menus.shown)),
    Endpoint("GET", "/cgi-bin/menu/delete", "verified", 1000, _bare(menus.delete)),
    Endpoint("GET", "/cgi-bin/get_current_selfmenu_info", "anybody", 10_000, _bare(menus.as_set)),
    Endpoint("POST", "/cgi-bin/qrcode/create", "service", 100_000, _said(qrcodes.create)),
    Endpoint("POST", "/cgi-bin/media/upload", "verified", 100_000, lambda world, call, _body: media.upload(world, call.args, call.file)),
    Endpoint("POST", "/cgi-bin/media/uploadimg", "verified", 100_000, lambda _world, call, _body: media.upload_for_article(call.file)),
    Endpoint("POST", "/cgi-bin/material/add_material", "verified", 1000, lambda world, call, _body: media.add_material(world, call.args, call.file)),
    Endpoint("POST", "/cgi-bin/draft/add", "anybody", 1000, _said(drafts.add)),
    Endpoint("POST", "/cgi-bin/freepublish/submit", "verified", 100, _said(publishing.submit)),
    Endpoint("POST", "/cgi-bin/freepublish/get", "verified", 100, _said(publishing.state_of)),
    Endpoint("POST", "/cgi-bin/draft/get", "anybody", 500, _said(drafts.shown)),
    Endpoint("POST", "/cgi-bin/draft/delete", "anybody", 1000, _said(drafts.delete)),
    Endpoint("GET", "/cgi-bin/draft/count", "anybody", 1000, _bare(drafts.count)),
    Endpoint("POST", "/cgi-bin/draft/batchget", "anybody", 1000, _said(drafts.listed)),
    Endpoint("POST", "/cgi-bin/openapi/quota/get", "anybody", PLENTY, lambda world, _call, body: quota_tools.get(world, body, DAILY)),
    Endpoint("POST", "/cgi-bin/openapi/quota/clear", "anybody", PLENTY, lambda world, _call, body: quota_tools.clear_one(world, body, DAILY)),
    Endpoint("POST", "/cgi-bin/clear_quota", "anybody", PLENTY, _said(quota_tools.clear_all)),
    Endpoint("POST", "/datacube/getusersummary", "verified", PLENTY, _said(datacube.user_summary)),
    Endpoint("POST", "/datacube/getusercumulate", "verified", PLENTY, _said(datacube.user_cumulate)),
    Endpoint("POST", "/datacube/getupstreammsg", "verified", PLENTY, _said(datacube.messages_received)),
)  # fmt: skip

ENDPOINTS = {(endpoint.method, endpoint.path): endpoint for endpoint in _ENDPOINTS}
PATHS = frozenset(endpoint.path for endpoint in _ENDPOINTS)
DAILY: dict[str, int] = {endpoint.path: endpoint.a_day for endpoint in _ENDPOINTS}

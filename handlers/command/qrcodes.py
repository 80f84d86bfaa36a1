"""Has WeChat make a QR code that brings a scene along."""

from datetime import timedelta
from urllib.parse import quote

from bot.config import Config
from bot.services import Services
from bot.wechat.client import WeChatClient
from bot.wechat.limits import can
from handlers.command.common import Fault

SHOWN_AT = "https://mp.weixin.qq.com/cgi-bin/showqrcode?ticket="


def may_be_made(config: Config) -> None:
    """Raises `Fault` where the account is not entitled to them."""
    if not can(config.wechat.account_kind, config.wechat.verified, "qrcode"):
        raise Fault("WeChat makes QR codes for verified service accounts only")


def make(services: Services, scene: str, lasts: timedelta | None) -> tuple[str, str]:
    """The ticket, and the address of the picture. Raises `WeChatError`."""
    if not isinstance(services.wechat, WeChatClient):
        raise Fault("QR codes are made by WeChat itself: nothing else is asked")
    ticket = services.wechat.operations.create_qrcode(scene, lasts)
    return ticket, SHOWN_AT + quote(ticket, safe="")

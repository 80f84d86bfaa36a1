"""Where a follower's browser is sent so that a page of ours learns whose it is: web authorization, `snsapi_base`."""

from urllib.parse import urlencode

from bot.config import WeChat

API = "https://api.weixin.qq.com"
PAGES = "https://open.weixin.qq.com"


def authorize_address(settings: WeChat, back: str, state: str) -> str:
    """`back` must lie in the account's 网页授权域名. WeChat reads the parameters in this order and no other."""
    pages = PAGES if settings.api_base == API else settings.api_base  # a simulator has both in one place
    given = {
        "appid": settings.app_id,
        "redirect_uri": back,
        "response_type": "code",
        "scope": "snsapi_base",
        "state": state,
    }
    return f"{pages}/connect/oauth2/authorize?{urlencode(given)}#wechat_redirect"

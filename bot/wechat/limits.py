"""The platform's numbers and who is entitled to what, as of 2026-11-22; an account's own numbers win.

`config.wechat.limits` overrides by name: WeChat raises quotas with the number of followers, and its own page of
limits is the authority. Sources: the platform's documentation of limits, mass sends, customer-service messages
and tags, 2025–2026. Where two pages disagree the smaller number stands here.
"""

from collections.abc import Mapping
from typing import Literal

from bot.config import AccountKind, ConfigError, WeChat

PASSIVE_TEXT_BYTES = 2_000  # of UTF-8; no page gives a number, about 2,048 were counted

LIMITS: Mapping[str, int] = {
    # customer-service messages: what a contact opens
    "window_messages": 5,
    "window_hours": 48,
    "scene_messages": 3,  # after follow, scan and menu tap
    "scene_seconds": 60,
    # mass sends
    "mass_to_customer_per_month": 4,  # service accounts; more is filtered silently
    "mass_sends_per_day": 1,  # subscription accounts
    "mass_to_all_per_month": 4,  # service accounts
    "mass_calls_per_minute": 60,
    "mass_openids_least": 2,
    "mass_openids_most": 10_000,
    "mass_previews_per_day": 100,
    "mass_client_msg_id_bytes": 32,
    "mass_client_msg_id_hours": 24,
    # calls a second: no page names one, so these are ours; where they are too high 45011 rests the channel. 0: no bound
    "custom_per_second": 1_000,
    "notice_per_second": 200,
    "template_per_second": 200,
    # calls a day of a new account
    "custom_per_day": 500_000,
    "mass_per_day": 100,
    "template_per_day": 100_000,
    "qrcode_per_day": 100_000,
    "followers_per_day": 500,
    "details_per_day": 5_000_000,
    "media_uploads_per_day": 100_000,
    "menu_creates_per_day": 1_000,
    "tag_changes_per_day": 1_000,
    "token_per_day": 2_000,
    "stable_token_per_day": 500_000,
    "forced_token_per_day": 20,
    "forced_token_gap_seconds": 30,
    "clear_quota_per_month": 10,
    # sizes of one call
    "followers_per_page": 10_000,
    "details_per_call": 100,
    "openids_per_tagging": 50,
    "openids_per_blacklisting": 20,
    # what an account may hold
    "tags": 100,
    "tags_of_a_customer": 20,
    "tag_name_characters": 30,
    "templates": 25,
    "template_idempotent_minutes": 10,
    "permanent_qrcodes": 100_000,
    "temporary_media_days": 3,
    "permanent_images": 100_000,
}

Capability = Literal[
    "receive",
    "customer_service_message",
    "mass_to_tag",
    "mass_to_openids",
    "template_message",
    "subscription_notice",
    "draft",
    "publish",
    "tags",
    "followers",
    "blacklist",
    "qrcode",
    "oauth",
    "menu",
    "statistics",
]

_SUBSCRIPTION, _VERIFIED_SUBSCRIPTION = ("subscription", False), ("subscription", True)
_SERVICE, _VERIFIED_SERVICE = ("service", False), ("service", True)
_ANY = frozenset({_SUBSCRIPTION, _VERIFIED_SUBSCRIPTION, _SERVICE, _VERIFIED_SERVICE})
_VERIFIED = frozenset({_VERIFIED_SUBSCRIPTION, _VERIFIED_SERVICE})
_ONLY_VERIFIED_SERVICE = frozenset({_VERIFIED_SERVICE})

CAPABILITIES: Mapping[Capability, frozenset[tuple[str, bool]]] = {
    "receive": _ANY,
    "customer_service_message": _VERIFIED,
    "mass_to_tag": _VERIFIED,
    "mass_to_openids": _ONLY_VERIFIED_SERVICE,
    "template_message": _ONLY_VERIFIED_SERVICE,
    "subscription_notice": _ONLY_VERIFIED_SERVICE,  # the guide; the table of scopes names subscription accounts too
    "draft": _VERIFIED,  # never proved for unverified accounts
    "publish": _VERIFIED,  # withdrawn from individuals and unverified accounts in July 2025
    "tags": _VERIFIED,
    "followers": _VERIFIED,
    "blacklist": _VERIFIED,
    "qrcode": _ONLY_VERIFIED_SERVICE,
    "oauth": _ONLY_VERIFIED_SERVICE,
    "menu": _VERIFIED,
    "statistics": _VERIFIED,
}


def limits_of(settings: WeChat) -> Mapping[str, int]:
    """The table with the account's own numbers; raises `ConfigError` for a name it does not have."""
    for name, number in settings.limits.items():
        if name not in LIMITS:
            raise ConfigError(f"wechat.limits.{name}: unknown limit; expected one of {', '.join(LIMITS)}")
        if number < 0:
            raise ConfigError(f"wechat.limits.{name}: expected 0 or more")
    return {**LIMITS, **settings.limits}


def can(account_kind: AccountKind, verified: bool, capability: Capability) -> bool:
    """Whether the platform grants it to such an account; the account's own 48001 is the last word."""
    return (account_kind, verified) in CAPABILITIES[capability]

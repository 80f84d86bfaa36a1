"""What each error code of the platform means for what we do next: one table, and the outcome that follows from it.

Source of the codes: the platform's per-call lists and its global list, 2025–2026; the reaction is ours.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from types import MappingProxyType
from typing import Any

from bot.values.outcome import Halt, Later, Lesson, Never, Outcome, Unsure
from bot.wechat import waits
from bot.wechat.waits import Wait


class WeChatError(Exception):
    """The platform said no. `code` is None where it said nothing that can be understood.

    `answer` is all it said: with 45065 it names the message that was sent before.
    """

    def __init__(
        self, code: int | None, message: str, answer: Mapping[str, Any] = MappingProxyType({})
    ) -> None:
        super().__init__(
            f"wechat {code} {name_of(code)}: {message}" if code is not None else f"wechat {message}"
        )
        self.code = code
        self.message = message
        self.answer = answer

    @property
    def advice(self) -> str:
        """What a person has to do, where that is known; empty otherwise."""
        found = _meaning(self.code)
        return found.advice if found else ""


class Unreached(WeChatError):
    """The request certainly changed nothing: it did not leave, or was turned away before WeChat read it."""


class Lost(WeChatError):
    """The request left, and no answer came that tells what became of it."""


class Reaction(Enum):
    REFRESH = "T"  # a new token and one more try; met again, it is the credentials
    RETRY = "R"  # busy: later, with a growing pause
    WAIT = "W"  # at a known time
    DROP = "X"  # this recipient, now
    HALT = "C"  # the channel, until a person looks
    BUG = "B"  # ours: no retry, a person is told
    REPEATED = "I"  # already done under the same idempotency key


@dataclass(frozen=True, slots=True)
class Meaning:
    reaction: Reaction
    name: str
    wait: Wait = waits.a_minute
    advice: str = ""
    is_for_all: bool = False  # of a wait: not this recipient waits but the channel
    lesson: Lesson = ""  # what it says about the ledgers
    may_pass: bool = False  # of what halts: one late retry before


T, R, W, X, C, B, I = Reaction  # noqa: E741  the letters of the table

_CREDENTIALS = "check wechat.app_id and wechat.app_secret against the developer console"
_ALLOW_LIST = "put this machine's address on the IP allow-list of the developer console"
_CONFIRM = "an administrator of the account confirms the call on their phone"

REACTIONS: dict[int, Meaning] = {
    -1: Meaning(R, "busy"),
    40001: Meaning(T, "token_or_secret", advice=_CREDENTIALS),
    40014: Meaning(T, "bad_token"),
    42001: Meaning(T, "token_expired"),
    41001: Meaning(B, "token_missing"),
    40002: Meaning(C, "bad_grant_type", advice=_CREDENTIALS),
    40013: Meaning(C, "bad_app_id", advice=_CREDENTIALS),
    40125: Meaning(C, "bad_secret", advice=_CREDENTIALS),
    41002: Meaning(C, "app_id_missing", advice=_CREDENTIALS),
    41004: Meaning(C, "secret_missing", advice=_CREDENTIALS),
    40243: Meaning(
        C, "secret_frozen", advice="thaw the app secret in the developer console; it takes ten minutes"
    ),
    40164: Meaning(C, "address_not_allowed", advice=_ALLOW_LIST),
    61004: Meaning(C, "address_not_allowed", advice=_ALLOW_LIST),
    45035: Meaning(C, "address_not_allowed", advice=_ALLOW_LIST),
    89501: Meaning(W, "waits_for_admin", waits.ten_minutes, _CONFIRM, is_for_all=True),
    89503: Meaning(W, "waits_for_admin", waits.ten_minutes, _CONFIRM, is_for_all=True),
    89504: Meaning(W, "waits_for_admin", waits.ten_minutes, _CONFIRM, is_for_all=True),
    89505: Meaning(W, "waits_for_admin", waits.ten_minutes, _CONFIRM, is_for_all=True),
    89506: Meaning(W, "admin_refused_address", waits.a_day, _ALLOW_LIST, is_for_all=True),
    89507: Meaning(W, "admin_refused_address", waits.an_hour, _ALLOW_LIST, is_for_all=True),
    40003: Meaning(X, "bad_openid"),
    40031: Meaning(B, "bad_openid_list"),
    40032: Meaning(B, "openid_list_length"),
    40130: Meaning(B, "too_few_openids"),
    43004: Meaning(X, "not_following", lesson="not_following"),
    50005: Meaning(X, "not_following", lesson="not_following"),
    43019: Meaning(X, "blacklisted", lesson="refuses_channel"),
    48002: Meaning(X, "messages_turned_off", lesson="refuses_channel"),
    43101: Meaning(X, "no_consent_left", lesson="no_consent"),
    43106: Meaning(C, "template_banned"),
    43107: Meaning(C, "template_banned"),
    43108: Meaning(C, "template_banned"),
    43116: Meaning(C, "template_banned"),
    200011: Meaning(C, "template_account_banned"),
    200013: Meaning(C, "template_banned"),
    43117: Meaning(W, "too_frequent_to_customer", waits.three_hours),
    40037: Meaning(
        C, "bad_template_id", advice="compare the template's id with the account's own list", may_pass=True
    ),
    47003: Meaning(B, "template_fields"),
    41030: Meaning(B, "bad_page_path"),
    40165: Meaning(B, "bad_page_path"),
    45015: Meaning(X, "outside_window", lesson="window_closed"),
    45047: Meaning(X, "window_used_up", lesson="window_used_up"),
    45072: Meaning(X, "typing_command"),
    45080: Meaning(X, "typing_too_late"),
    45081: Meaning(X, "typing_already"),
    45002: Meaning(B, "text_too_long"),
    45003: Meaning(B, "title_too_long"),
    45004: Meaning(B, "description_too_long"),
    45005: Meaning(B, "url_too_long"),
    45006: Meaning(B, "picture_url_too_long"),
    45008: Meaning(B, "too_many_articles"),
    44003: Meaning(B, "no_articles"),
    44004: Meaning(B, "no_text"),
    40004: Meaning(B, "bad_media_type"),
    40007: Meaning(B, "bad_media_id"),
    40008: Meaning(B, "bad_message_type"),
    40009: Meaning(B, "image_too_large"),
    40010: Meaning(B, "voice_too_large"),
    40011: Meaning(B, "video_too_large"),
    40012: Meaning(B, "thumb_too_large"),
    45001: Meaning(B, "media_too_large"),
    46001: Meaning(B, "no_such_media"),
    45009: Meaning(
        W,
        "daily_quota",
        waits.until_midnight,
        "the quota returns at midnight in Shanghai; clear_quota works 10 times a month",
        is_for_all=True,
    ),
    45011: Meaning(W, "minute_quota", waits.until_next_minute, is_for_all=True),
    42010: Meaning(W, "too_fast", waits.two_minutes, is_for_all=True),
    45028: Meaning(
        C,
        "mass_quota_used_up",
        advice="mass sends return with the next period of the account's quota",
        lesson="quota_spent",
    ),
    45065: Meaning(I, "already_sent"),
    45066: Meaning(W, "repeated_too_soon", waits.two_minutes),
    45067: Meaning(B, "client_msg_id_too_long"),
    40059: Meaning(B, "bad_msg_id"),
    40152: Meaning(B, "bad_tag"),
    45062: Meaning(B, "article_bound_to_ads"),
    45083: Meaning(B, "bad_mass_speed"),
    45084: Meaning(B, "bad_mass_speed"),
    45113: Meaning(B, "card_not_allowed"),
    45162: Meaning(B, "bad_message_type"),
    48021: Meaning(B, "unsaved_draft"),
    48022: Meaning(B, "video_by_api"),
    45056: Meaning(B, "too_many_tags"),
    45057: Meaning(B, "tag_too_large_to_delete"),
    45058: Meaning(B, "reserved_tag"),
    45059: Meaning(X, "too_many_tags_on_customer"),
    45157: Meaning(B, "tag_name_taken"),
    45158: Meaning(B, "tag_name_too_long"),
    45159: Meaning(B, "bad_tag"),
    48001: Meaning(
        C,
        "not_entitled",
        advice="the account has no such capability; check wechat.account_kind and wechat.verified",
    ),
    48003: Meaning(C, "mass_agreement", advice="accept the mass-send agreement in the account's console"),
    48004: Meaning(
        C,
        "banned",
        advice="WeChat banned the account's API for violations: read its notice before anything goes out again",
        lesson="banned",
    ),
    48005: Meaning(B, "material_in_use"),
    48006: Meaning(C, "clear_quota_used_up"),
    48008: Meaning(B, "message_type_not_entitled"),
    50001: Meaning(X, "not_authorized"),
    50002: Meaning(X, "restricted", lesson="refuses_channel"),
    61007: Meaning(C, "third_party_not_entitled"),
    61500: Meaning(B, "bad_date"),
    61501: Meaning(B, "bad_date_span"),
    61503: Meaning(W, "statistics_not_ready", waits.until_eight),
    65400: Meaning(C, "customer_service_off", advice="enable customer service in the account's console"),
    65320: Meaning(B, "menu_rule"),
    40033: Meaning(B, "escaped_characters"),
    70000: Meaning(X, "minor_protected", lesson="refuses_channel"),
    76001: Meaning(B, "quota_tool"),
    76002: Meaning(B, "quota_tool"),
    76003: Meaning(B, "quota_tool"),
    76004: Meaning(B, "quota_tool"),
    76021: Meaning(B, "quota_tool"),
    76022: Meaning(B, "quota_tool"),
    87009: Meaning(B, "bad_signature"),
    87014: Meaning(B, "risky_content"),
    200012: Meaning(B, "too_many_templates"),
    268488001: Meaning(R, "back_end"),
    9500001: Meaning(R, "back_end"),
    9500002: Meaning(R, "back_end"),
}

RANGES: tuple[tuple[range, Meaning], ...] = (
    (range(88000, 88011), Meaning(B, "comments")),
    (range(9001001, 9001037), Meaning(R, "back_end")),
)


def outcome_of(error: WeChatError, now: datetime, *, repeatable: bool = False) -> Outcome:
    """What an attempt that ended in `error` comes to. `repeatable`: WeChat knows a repeat by its idempotency key."""
    reason, found = reason_of(error), _meaning(error.code)
    if isinstance(error, Lost) and not repeatable:
        return Unsure(reason)
    if error.code is None or (found and found.reaction is Reaction.RETRY):
        return Later(_soon(now), reason, is_trouble=True)
    if found and found.reaction is Reaction.WAIT:
        pending = found.advice is _CONFIRM
        return Later(found.wait(now), reason, is_for_all=found.is_for_all, is_pending=pending)
    if found and found.reaction in {Reaction.HALT, Reaction.REFRESH}:
        return Halt(reason, found.advice, found.lesson, found.may_pass)
    return Never(reason, found.lesson if found else "")


def reason_of(error: WeChatError) -> str:
    """Short, stable, without what the platform adds at random: `wechat 45015 outside_window`."""
    return (
        f"wechat {error.code} {name_of(error.code)}" if error.code is not None else f"wechat {error.message}"
    )


def name_of(code: int | None) -> str:
    found = _meaning(code)
    return found.name if found else "unknown_code"


def is_ours(error: WeChatError) -> bool:
    """A mistake of this program or its set-up: somebody has to be told."""
    found = _meaning(error.code)
    return error.code is not None and (
        found is None or found.reaction in {Reaction.BUG, Reaction.HALT, Reaction.REFRESH}
    )


def _meaning(code: int | None) -> Meaning | None:
    if code is None:
        return None
    return REACTIONS.get(code) or next((meaning for codes, meaning in RANGES if code in codes), None)


def _soon(now: datetime) -> datetime:
    """A minute or two: what failed together does not come back together."""
    return now + timedelta(seconds=60 + random.random() * 60)

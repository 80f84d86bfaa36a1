"""Which channel a customer is reached by, over every combination, beside the same rule in plain Python (design, T9)."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Row, case, insert, literal, select

from bot.config import Config
from bot.store.database import Session
from bot.store.planning import moments
from bot.store.planning.candidates import of_campaign, shapes_of
from bot.store.planning.next_contents import judged_rows
from bot.store.sending import daily_calls
from bot.store.tables import campaigns, customers, notice_consents
from bot.values.channels import TEMPLATE
from tests.support.build import Build

NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)
PURPOSES = ("marketing", "care", "service")
RESERVE, MOST = 1, 4
CHANNELS: tuple[tuple[str, ...], ...] = (
    (),
    ("reply_window",),
    ("subscription_notice",),
    ("template_message",),
    ("template_message", "mass"),
    ("mass",),
    ("next_contact",),
    ("reply_window", "mass"),
    ("subscription_notice", "next_contact"),
    ("reply_window", "subscription_notice", "mass"),
)


@dataclass(frozen=True)
class Account:
    kind: str
    verified: bool


@dataclass(frozen=True)
class Customer:
    window: bool
    scene: bool
    consent: bool
    mass_used: int
    asked: bool


@dataclass(frozen=True)
class Campaign:
    regular: bool
    purpose: str
    marketing_in_window: bool
    channels: tuple[str, ...]
    fills_template: bool


ACCOUNTS = [Account(*each) for each in itertools.product(("service", "subscription"), (True, False))]
CUSTOMERS = [
    Customer(*each)
    for each in itertools.product((True, False), (True, False), (True, False), (0, 2, 3, 4), (True, False))
]
CAMPAIGNS = [
    Campaign(*each)
    for each in itertools.product((True, False), PURPOSES, (True, False), CHANNELS, (True, False))
]


def choice(account: Account, who: Customer, what: Campaign, *, festival: bool, calls: bool = True) -> str:
    """In the order of what it costs. The minute after a scan is over before anything planned goes out."""
    if not account.verified:
        return "no_entitlement"
    wanted = what.channels or (
        "reply_window",
        "subscription_notice",
        "template_message",
        "mass",
        "next_contact",
    )
    may_use_window = what.purpose != "marketing" or who.asked or what.marketing_in_window
    counts = account.kind == "service"
    left = MOST - who.mass_used
    kept_back = RESERVE if festival and what.regular else 0
    has_template = what.purpose == "service" and what.fills_template
    is_open = {
        "reply_window": who.window and may_use_window,
        "subscription_notice": counts and who.consent and what.purpose != "marketing",
        "template_message": counts and has_template and calls,
        "mass": not counts or left > kept_back,
        "next_contact": may_use_window,
    }
    against = {
        "quota_reserved": "mass" in wanted and left > 0,
        "day_quota": "template_message" in wanted and counts and has_template,
    }
    taken = (channel for channel, may in is_open.items() if may and channel in wanted)
    return next(iter((*taken, *(reason for reason, holds in against.items() if holds), "no_entitlement")))


@pytest.fixture
def laid_out(session: Session) -> Session:
    build = Build(session)
    build.segment()
    for purpose in PURPOSES:
        filled = {"notice_template": "N1", "notice_data": {"thing1": "茶"}}
        build.content(purpose, purpose=purpose, **filled)
        message = {"template_id": "T1", "template_data": {"thing1": "茶"}}
        build.content(f"{purpose}-by-template", purpose=purpose, **filled, **message)
    for number, who in enumerate(CUSTOMERS):
        fields: dict[str, Any] = {"mass_month": "2026-11", "mass_used": who.mass_used}
        if who.window:
            fields |= {"window_until": NOON + timedelta(hours=9), "window_left": 1}
        if who.scene:
            fields |= {"scene_until": NOON + timedelta(seconds=50), "scene_left": 3}
        if who.asked:
            fields |= {"asked_for_pushes_at": NOON}
        customer_id = build.customer(openid=f"o-{number}", external_id=str(number), **fields)
        if who.consent:
            row = {"customer_id": customer_id, "template_id": "N1", "remaining": 1, "updated_at": NOON}
            session.execute(insert(notice_consents).values(row))
    for number, what in enumerate(CAMPAIGNS):
        build.campaign(
            f"k-{number}",
            [f"{what.purpose}-by-template" if what.fills_template else what.purpose],
            regular=what.regular,
            marketing_in_window=what.marketing_in_window,
            channels=list(what.channels),
            status="ended",  # so that none of them is a festival to come
        )
    return session


def chosen(session: Session, campaign: Row[Any], purpose: str, moment: moments.Moment) -> dict[int, str]:
    candidate = of_campaign(campaign, purpose, moment, shapes_of(session, campaign.id, purpose))
    said = case(
        (candidate.entitled, candidate.channel),
        (candidate.reserved, literal("quota_reserved")),
        (candidate.calls_spent, literal("day_quota")),
        else_=literal("no_entitlement"),
    )
    rows = select(customers.c.external_id, said).select_from(judged_rows(campaign, purpose, moment))
    return {int(number): channel for number, channel in session.execute(rows)}


def wrong(
    session: Session, account: Account, *, festival: bool, calls: bool = True
) -> Iterator[tuple[Any, ...]]:
    wechat = {"account_kind": account.kind, "verified": account.verified}
    if not calls:
        wechat |= {"limits": {"template_per_day": 1}}
        daily_calls.lock_used(session, TEMPLATE, NOON)
        daily_calls.take(session, TEMPLATE, NOON, 1)
    config = Config.model_validate({"wechat": wechat, "push": {"mass_reserve": 1}})
    moment = moments.claiming(session, NOON, config)
    rows = {row.id: row for row in session.execute(select(campaigns))}
    for number, what in enumerate(CAMPAIGNS):
        found = chosen(session, rows[f"k-{number}"], what.purpose, moment)
        for place, who in enumerate(CUSTOMERS):
            expected = choice(account, who, what, festival=festival, calls=calls)
            if found[place] != expected:
                yield account, who, what, found[place], expected


@pytest.mark.parametrize("festival", [True, False], ids=["a festival is coming", "no festival is coming"])
@pytest.mark.parametrize("account", ACCOUNTS, ids=str)
def test_the_channel_is_the_cheapest_that_is_left(
    laid_out: Session, account: Account, festival: bool
) -> None:
    if festival:
        Build(laid_out).campaign("solstice", regular=False, starts=date(2026, 11, 30), status="paused")
    assert list(wrong(laid_out, account, festival=festival)) == []


def test_a_day_without_calls_has_no_template_messages(laid_out: Session) -> None:
    """What it would have sent goes by what comes after it, or is told why it goes by nothing."""
    assert list(wrong(laid_out, Account("service", True), festival=False, calls=False)) == []


def test_every_channel_and_refusal_is_met() -> None:
    """A table that never comes to some answer holds nothing of it."""
    met = {
        choice(account, who, what, festival=festival, calls=calls)
        for account, who, what, festival, calls in itertools.product(
            ACCOUNTS, CUSTOMERS, CAMPAIGNS, (True, False), (True, False)
        )
    }
    assert met == {
        "reply_window", "subscription_notice", "template_message", "mass", "next_contact", "quota_reserved",
        "day_quota", "no_entitlement",
    }  # fmt: skip

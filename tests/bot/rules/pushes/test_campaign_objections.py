from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest

from bot.config import Push
from bot.rules.calendar import festivals
from bot.rules.calendar.workdays import WorkingCalendar
from bot.rules.pushes.campaign_objections import Grounds, Objection, to_keeping, to_running
from bot.values.campaign import CampaignDraft, PoolContent
from bot.values.channels import CHANNELS
from tests.conftest import NOON

TODAY = date(2026, 11, 24)
DRAFT = CampaignDraft(
    name="晚间茶话", segment_id="everyone", contents=("a",), priority=0, starts=TODAY, ends=TODAY, regular=True, repeat=False,
    channels=(), marketing_in_window=False,
)  # fmt: skip
FIT = PoolContent(
    id="a", title="水温", category="leisure", purpose="care", is_approved=True, useful_until=None
)
GROUNDS = Grounds(now=NOON, push=Push(), pool=(FIT,), festivals=festivals.known())


@pytest.mark.parametrize(
    ("draft", "pool", "expected"),
    [
        pytest.param(DRAFT, [FIT], [], id="an approved content and a last day of today may run"),
        pytest.param(replace(DRAFT, contents=()), [FIT], [Objection("contents", "no_contents")], id="nothing chosen"),
        pytest.param(DRAFT, [], [Objection("contents", "no_contents")], id="what was chosen is not there any more"),
        pytest.param(
            replace(DRAFT, starts=date(2026, 11, 1), ends=date(2026, 11, 23)), [FIT], [Objection("ends", "period_over")],
            id="over since yesterday",
        ),
        pytest.param(
            replace(DRAFT, starts=date(2026, 11, 25)), [FIT], [Objection("ends", "ends_before_start")], id="ends before it starts",
        ),
        pytest.param(
            replace(DRAFT, contents=("a", "b")), [FIT, replace(FIT, id="b", title="存茶", is_approved=False)],
            [Objection("contents", "not_approved", "存茶")], id="one of two is not approved",
        ),
        pytest.param(DRAFT, [replace(FIT, useful_until=NOON)], [Objection("contents", "outdated", "水温")], id="not useful any more"),
        pytest.param(DRAFT, [replace(FIT, useful_until=NOON + timedelta(hours=1))], [], id="useful for an hour still"),
    ],
)  # fmt: skip
def test_what_keeps_a_campaign_from_running(
    draft: CampaignDraft, pool: list[PoolContent], expected: list[Objection]
) -> None:
    assert to_running(draft, replace(GROUNDS, pool=tuple(pool))) == expected


BY_MASS = frozenset({"reply_window", "mass", "next_contact"})


@pytest.mark.parametrize(
    ("channels", "account", "kept", "running"),
    [
        pytest.param((), CHANNELS, [], [], id="chosen for each customer"),
        pytest.param(("subscription_notice",), CHANNELS, ["no_channel"], ["no_channel"], id="no channel of the campaign carries it"),
        pytest.param(("subscription_notice", "mass"), CHANNELS, [], [], id="one of them does"),
        pytest.param(("mass",), ("reply_window",), [], ["account_cannot"], id="the account has none of them"),
        pytest.param((), (), [], ["account_cannot"], id="the account has no channel at all"),
    ],
)  # fmt: skip
def test_each_content_needs_a_channel_that_carries_it(
    channels: tuple[str, ...], account: tuple[str, ...], kept: list[str], running: list[str]
) -> None:
    carried = replace(FIT, id="b", title="人人可得")
    grounds = replace(
        GROUNDS, pool=(replace(FIT, ways=BY_MASS), carried, replace(FIT, id="c", ways=frozenset())), channels=frozenset(account)
    )  # fmt: skip
    draft = replace(DRAFT, channels=channels)
    assert [one.reason for one in to_keeping(draft, grounds)] == kept
    assert [one.reason for one in to_running(draft, grounds)] == running


def test_a_draft_may_be_kept_before_it_is_fit_to_run() -> None:
    unfit = replace(GROUNDS, segment="empty_segment", pool=(replace(FIT, is_approved=False),))
    assert to_keeping(replace(DRAFT, contents=(), ends=date(2026, 12, 1)), unfit) == []
    assert to_keeping(DRAFT, unfit) == []


@pytest.mark.parametrize("reason", ["no_segment", "broken_segment", "empty_segment"])
def test_a_segment_that_is_missing_broken_or_empty_keeps_it_from_running(reason: str) -> None:
    found = to_running(DRAFT, replace(GROUNDS, segment=reason))
    assert [(one.field, one.reason) for one in found] == [("segment_id", reason)]


ALWAYS_QUIET_IN_THE_EVENING = Push(quiet_from=time(19), quiet_until=time(9))


@pytest.mark.parametrize(
    ("grounds", "draft", "refused"),
    [
        pytest.param(replace(GROUNDS, push=ALWAYS_QUIET_IN_THE_EVENING), DRAFT, True, id="the quiet hours eat the only window"),
        pytest.param(replace(GROUNDS, push=ALWAYS_QUIET_IN_THE_EVENING), replace(DRAFT, ends=date(2026, 11, 28)), False, id="but not on Saturday"),
        pytest.param(
            replace(GROUNDS, push=ALWAYS_QUIET_IN_THE_EVENING, calendar=WorkingCalendar({date(2026, 11, 28): True})),
            replace(DRAFT, ends=date(2026, 11, 28)), True, id="unless that is worked on",
        ),
        pytest.param(replace(GROUNDS, now=NOON.replace(hour=14)), DRAFT, True, id="today's window is over at ten in the evening"),
        pytest.param(replace(GROUNDS, now=NOON.replace(hour=13)), DRAFT, False, id="at nine it is still open"),
        pytest.param(replace(GROUNDS, now=NOON.replace(hour=14)), replace(DRAFT, contents=()), False, id="nothing is known of its purpose yet"),
    ],
)  # fmt: skip
def test_a_campaign_whose_windows_never_open_is_refused(
    grounds: Grounds, draft: CampaignDraft, refused: bool
) -> None:
    expected = [Objection("ends", "no_window", "care")] if refused else []
    assert to_keeping(draft, grounds) == expected


@pytest.mark.parametrize(
    ("occasion", "reason"),
    [
        pytest.param({"festival": "mid-autumn"}, None, id="a festival within the period"),
        pytest.param({"festival": "qixi"}, "never_happens", id="one that is not within it"),
        pytest.param(
            {"festival": "national-day", "days_before": 1, "lasts": 1}, None, id="its eve is the last day"
        ),
        pytest.param({"festival": "national-day"}, "never_happens", id="it begins the day after"),
        pytest.param({"festival": "easter"}, "no_festival", id="one that nobody knows"),
        pytest.param({"festival": "mid-autumn", "lasts": 0}, "bad_occasion", id="one that makes no sense"),
        pytest.param({"birthday": True}, None, id="a birthday is on any day"),
    ],
)
def test_an_occasion_has_to_be_known_and_to_happen_in_the_period(
    occasion: dict[str, Any], reason: str | None
) -> None:
    september = replace(DRAFT, starts=date(2027, 9, 1), ends=date(2027, 9, 30), occasion=occasion)
    found = to_keeping(september, GROUNDS)
    assert [(one.field, one.reason) for one in found] == ([("occasion", reason)] if reason else [])


def test_a_festival_of_this_year_that_is_over_does_not_happen_any_more() -> None:
    whole_year = replace(
        DRAFT, starts=date(2026, 1, 1), ends=date(2026, 12, 31), occasion={"festival": "mid-autumn"}
    )
    assert [one.reason for one in to_keeping(whole_year, GROUNDS)] == ["never_happens"]
    assert to_keeping(replace(whole_year, ends=date(2027, 12, 31)), GROUNDS) == []

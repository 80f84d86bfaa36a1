from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.rules.campaign_objections import Objection, to_keeping, to_running
from bot.values.campaign import CampaignDraft, PoolContent
from tests.conftest import NOON

TODAY = date(2026, 11, 24)
DRAFT = CampaignDraft(
    name="晚间茶话", segment_id="everyone", contents=("a",), priority=0, starts=TODAY, ends=TODAY, regular=True, repeat=False,
    channels=(), marketing_in_window=False,
)  # fmt: skip
FIT = PoolContent(
    id="a", title="水温", category="leisure", purpose="care", is_approved=True, useful_until=None
)


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
    assert to_running(draft, pool, NOON, TODAY) == expected


def test_a_draft_may_be_kept_before_it_is_fit_to_run() -> None:
    assert to_keeping(replace(DRAFT, contents=(), ends=date(2026, 12, 1))) == []

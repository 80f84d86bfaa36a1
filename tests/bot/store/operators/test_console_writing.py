"""What operators write: campaigns, contents, knowledge; each change knows what it was made upon."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.store.campaigns import campaign_pages, content_pages
from bot.store.database import Session
from bot.store.talk import knowledge_pages
from bot.store.talk.knowledge_pages import EntryLine
from bot.values.campaign import CampaignDraft, ContentDraft
from tests.conftest import NOON
from tests.support.build import Build

LATER = NOON + timedelta(minutes=1)
CAMPAIGN = CampaignDraft(
    name="晚间茶话", segment_id="everyone", contents=("b", "a"), priority=3, starts=date(2026, 11, 24), ends=date(2026, 12, 1),
    regular=False, repeat=True, channels=("mass",), marketing_in_window=True,
)  # fmt: skip
CONTENT = ContentDraft(
    title="水温",
    category="leisure",
    purpose="care",
    kind="text",
    text="您好",
    media_id="",
    useful_until=LATER,
)
ENTRY = EntryLine(
    id="k", question="问", keywords="词", answer="答", category="类", enabled=True, updated_at=NOON
)


@pytest.fixture
def campaign(session: Session, build: Build) -> str:
    build.segment()
    build.content("a")
    build.content("b")
    assert campaign_pages.add(session, "tea", CAMPAIGN, NOON)
    return "tea"


def test_a_campaign_comes_back_as_it_was_written_and_is_a_draft(session: Session, campaign: str) -> None:
    found = campaign_pages.find(session, campaign)
    assert found
    assert (found.draft, found.status, found.updated_at) == (CAMPAIGN, "draft", NOON)
    assert campaign_pages.find(session, "none") is None


def test_an_id_that_is_taken_changes_nothing(session: Session, campaign: str) -> None:
    assert not campaign_pages.add(session, campaign, replace(CAMPAIGN, name="x", contents=()), LATER)
    found = campaign_pages.find(session, campaign)
    assert found
    assert found.draft == CAMPAIGN


def test_a_change_counts_only_upon_what_was_seen(session: Session, campaign: str) -> None:
    changed = replace(CAMPAIGN, contents=("a",), name="新")
    assert not campaign_pages.change(session, campaign, changed, seen_at=LATER, now=LATER)
    assert campaign_pages.change(session, campaign, changed, seen_at=NOON, now=LATER)
    assert not campaign_pages.change(session, campaign, CAMPAIGN, seen_at=NOON, now=LATER)
    found = campaign_pages.find(session, campaign)
    assert found
    assert found.draft == changed


@pytest.mark.parametrize(
    ("before", "after", "allowed"),
    [
        ("draft", "running", True), ("paused", "running", True), ("running", "running", False), ("ended", "running", False),
        ("running", "paused", True), ("draft", "paused", False), ("draft", "ended", True), ("ended", "ended", False),
    ],
)  # fmt: skip
def test_a_status_is_reached_only_from_some(
    session: Session, build: Build, before: str, after: str, allowed: bool
) -> None:
    build.segment()
    build.campaign("tea", status=before)
    assert campaign_pages.become(session, "tea", after, NOON) is allowed


def test_an_ended_campaign_is_not_changed(session: Session, campaign: str) -> None:
    campaign_pages.become(session, campaign, "ended", NOON)
    assert not campaign_pages.change(session, campaign, CAMPAIGN, seen_at=NOON, now=LATER)


def test_campaigns_stand_running_first_then_by_priority(session: Session, build: Build) -> None:
    build.segment()
    for name, status, priority in (
        ("a", "ended", 9),
        ("b", "running", 1),
        ("c", "draft", 5),
        ("d", "running", 2),
    ):
        build.campaign(name, status=status, priority=priority)
    assert [line.id for line in campaign_pages.every(session)] == ["d", "b", "c", "a"]


def test_the_pool_keeps_the_order_asked_for(session: Session, campaign: str) -> None:
    assert [content.id for content in campaign_pages.pool(session, ["b", "none", "a"])] == ["b", "a"]
    assert [content.id for content in campaign_pages.pool(session)] == ["a", "b"]
    assert campaign_pages.pool(session, []) == []


def test_a_content_is_approved_as_it_was_read_by_one_person(session: Session, build: Build) -> None:
    who, other = build.staff(name="小林"), build.staff()
    assert content_pages.add(session, "water", CONTENT, NOON)
    assert not content_pages.approve(session, "water", staff_id=who, seen_at=LATER, now=LATER)
    assert content_pages.approve(session, "water", staff_id=who, seen_at=NOON, now=LATER)
    assert not content_pages.approve(session, "water", staff_id=other, seen_at=NOON, now=LATER)
    line = content_pages.line_of(session, "water")
    assert line
    assert (line.draft, line.approved_by, line.approved_at) == (CONTENT, "小林", LATER)


def test_a_changed_content_is_not_approved_any_more(session: Session, build: Build) -> None:
    content_pages.add(session, "water", CONTENT, NOON)
    content_pages.approve(session, "water", staff_id=build.staff(), seen_at=NOON, now=NOON)
    assert content_pages.change(session, "water", replace(CONTENT, text="新"), seen_at=NOON, now=LATER)
    assert not content_pages.change(session, "water", CONTENT, seen_at=NOON, now=LATER)
    line = content_pages.line_of(session, "water")
    assert line
    assert (line.draft.text, line.approved_by, line.approved_at) == ("新", "", None)


def test_contents_are_found_by_words_category_purpose_and_approval(session: Session, build: Build) -> None:
    build.content("a", title="满100%返", category="promotion", purpose="marketing")
    build.content("b", title="满100元", text="水温", approved_at=NOON)
    assert [line.id for line in content_pages.find(session, text="100%")] == ["a"]
    assert [line.id for line in content_pages.find(session, text="水")] == ["b"]
    assert [line.id for line in content_pages.find(session, category="promotion")] == ["a"]
    assert [line.id for line in content_pages.find(session, purpose="care")] == ["b"]
    assert [line.id for line in content_pages.find(session, unapproved=True)] == ["a"]


def test_knowledge_is_kept_and_changed_upon_what_was_seen(session: Session) -> None:
    assert knowledge_pages.add(session, ENTRY)
    assert not knowledge_pages.add(session, ENTRY)
    changed = replace(ENTRY, answer="新", enabled=False, updated_at=LATER)
    assert not knowledge_pages.change(session, changed, seen_at=LATER)
    assert knowledge_pages.change(session, changed, seen_at=NOON)
    assert knowledge_pages.entry_of(session, "k") == changed


def test_knowledge_goes_on_where_a_page_ended(session: Session) -> None:
    for number in range(5):
        knowledge_pages.add(session, replace(ENTRY, id=f"k-{number}"))
    first = knowledge_pages.find(session, most=2)
    rest = knowledge_pages.find(session, after=first[-1].id)
    assert [entry.id for entry in first + rest] == [f"k-{number}" for number in range(5)]
    assert knowledge_pages.find(session, text="没有这样的") == []

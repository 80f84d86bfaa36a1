"""Why a campaign cannot be kept or started as it is: a named reason for each field, and what it is about.

The same for the console, the API and `weilan apply`: whoever saves it is told the same, in their own words.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import islice

from bot.config import Push
from bot.rules.calendar.workdays import PUBLISHED, WorkingCalendar
from bot.rules.pushes import occasions
from bot.rules.pushes.windows import windows_of
from bot.values.campaign import CampaignDraft, PoolContent
from bot.values.channels import CHANNELS
from bot.values.festival import Festival

LOOKED_AHEAD = 400  # days in which a window has to open

SENTENCES = {
    "ends_before_start": "expected a day not before starts",
    "period_over": "its period is past",
    "no_contents": "expected at least one content",
    "not_approved": "not approved: approve it in the console, or apply with --approve",
    "outdated": "not useful any more:",
    "no_segment": "no such segment",
    "broken_segment": "its segment's rule cannot be understood:",
    "empty_segment": "nobody who follows is in it now; keep it as a draft until somebody is",
    "no_window": "no window opens in its period for",
    "no_channel": "none of these channels can ever carry:",
    "account_cannot": "this account (see account_kind and verified) has no channel it may use for:",
    "bad_occasion": "",
    "no_festival": "no such festival; see `weilan calendar`, or define one as [[festival]]:",
    "never_happens": "it does not happen within the period:",
}


@dataclass(frozen=True, slots=True)
class Objection:
    field: str
    reason: str
    about: str = ""  # titles of contents, where it is about some

    @property
    def sentence(self) -> str:
        """For whoever reads English: a file's line, an answer of the API."""
        return f"{SENTENCES[self.reason]} {self.about}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """What it is judged on beside its own words. `pool` holds the contents it names, as far as they exist."""

    now: datetime
    push: Push
    pool: tuple[PoolContent, ...] = ()
    segment: str = ""  # no_segment, broken_segment, empty_segment; empty: nothing against it
    segment_fault: str = ""
    calendar: WorkingCalendar = PUBLISHED
    festivals: Mapping[str, Festival] = field(default_factory=dict)
    channels: frozenset[str] = frozenset(CHANNELS)  # the account's

    @property
    def today(self) -> date:
        return self.now.astimezone(self.push.zone).date()


def to_keeping(draft: CampaignDraft, grounds: Grounds) -> list[Objection]:
    """What is wrong with it whatever its status: no later approval or customer would mend it."""
    found = []
    if draft.ends < draft.starts:
        found.append(Objection("ends", "ends_before_start"))
    elif draft.ends < grounds.today:
        found.append(Objection("ends", "period_over"))
    if grounds.segment in {"no_segment", "broken_segment"}:
        found.append(Objection("segment_id", grounds.segment, grounds.segment_fault))
    if uncarried := _uncarried(draft, grounds, frozenset(CHANNELS)):
        found.append(Objection("channels", "no_channel", "、".join(uncarried)))
    found += _against_occasion(draft, grounds)
    return found or list(_without_window(draft, grounds))


def to_running(draft: CampaignDraft, grounds: Grounds) -> list[Objection]:
    """What keeps it from running now."""
    known = {content.id: content for content in grounds.pool}
    chosen = [known[name] for name in draft.contents if name in known]
    unapproved = [content.title for content in chosen if not content.is_approved]
    outdated = [
        content.title for content in chosen if content.useful_until and content.useful_until <= grounds.now
    ]
    found = to_keeping(draft, grounds)
    beyond = _uncarried(draft, grounds, grounds.channels)
    if beyond and not _uncarried(draft, grounds, frozenset(CHANNELS)):
        found.append(Objection("channels", "account_cannot", "、".join(beyond)))
    if grounds.segment == "empty_segment":
        found.append(Objection("segment_id", "empty_segment"))
    if not chosen:
        found.append(Objection("contents", "no_contents"))
    if unapproved:
        found.append(Objection("contents", "not_approved", "、".join(unapproved)))
    if outdated:
        found.append(Objection("contents", "outdated", "、".join(outdated)))
    return found


def _uncarried(draft: CampaignDraft, grounds: Grounds, channels: frozenset[str]) -> list[str]:
    """Titles of its contents that none of its channels can carry, to nobody and on no day."""
    wanted = channels.intersection(draft.channels or CHANNELS)
    named = set(draft.contents)
    return [one.title for one in grounds.pool if one.id in named and not one.ways & wanted]


def _against_occasion(draft: CampaignDraft, grounds: Grounds) -> Iterator[Objection]:
    if draft.occasion is None:
        return
    try:
        occasion = occasions.read(draft.occasion)
    except occasions.BadOccasion as error:
        yield Objection("occasion", "bad_occasion", str(error))
        return
    if occasion.kind != "festival":
        return
    if occasion.name not in grounds.festivals:
        yield Objection("occasion", "no_festival", occasion.name)
    elif draft.starts <= draft.ends and not any(_days(draft, grounds)):
        yield Objection("occasion", "never_happens", grounds.festivals[occasion.name].name)


def _without_window(draft: CampaignDraft, grounds: Grounds) -> Iterator[Objection]:
    """Purposes whose windows are all over, or fall into the quiet hours, on every day it may send."""
    named = set(draft.contents)
    for purpose in sorted({content.purpose for content in grounds.pool if content.id in named}):
        days = islice(_days(draft, grounds), LOOKED_AHEAD)
        windows = (w for day in days for w in windows_of(purpose, day, grounds.push, grounds.calendar))
        if not any(window.closes > grounds.now for window in windows):
            yield Objection("ends", "no_window", purpose)


def _days(draft: CampaignDraft, grounds: Grounds) -> Iterator[date]:
    """The days from now on, on which it may send."""
    first = max(draft.starts, grounds.today)
    if draft.occasion is not None:
        occasion = occasions.read(draft.occasion)
        return occasions.days_sent(occasion, first, draft.ends, grounds.push.zone, grounds.festivals)
    return (first + timedelta(days=ahead) for ahead in range((draft.ends - first).days + 1))

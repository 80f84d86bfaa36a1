"""Why a campaign cannot be kept or started as it is: a named reason for each field, and what it is about."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from bot.values.campaign import CampaignDraft, PoolContent


@dataclass(frozen=True, slots=True)
class Objection:
    field: str
    reason: str
    about: str = ""  # titles of contents, where it is about some


def to_keeping(draft: CampaignDraft) -> list[Objection]:
    """What is wrong with it whatever its status."""
    return [Objection("ends", "ends_before_start")] if draft.ends < draft.starts else []


def to_running(
    draft: CampaignDraft, pool: Iterable[PoolContent], now: datetime, today: date
) -> list[Objection]:
    """What keeps it from running now; `pool` holds the contents it names, as far as they exist."""
    known = {content.id: content for content in pool}
    chosen = [known[name] for name in draft.contents if name in known]
    unapproved = [content.title for content in chosen if not content.is_approved]
    outdated = [content.title for content in chosen if content.useful_until and content.useful_until <= now]
    found = to_keeping(draft)
    if draft.ends < today:
        found.append(Objection("ends", "period_over"))
    if not chosen:
        found.append(Objection("contents", "no_contents"))
    if unapproved:
        found.append(Objection("contents", "not_approved", "、".join(unapproved)))
    if outdated:
        found.append(Objection("contents", "outdated", "、".join(outdated)))
    return found

"""Which contents a campaign sends, in which order, and to which of its variants."""

from collections.abc import Sequence

from sqlalchemy import delete, insert, select

from bot.store.database import Session
from bot.store.tables import campaign_contents
from bot.values.definitions import Campaign

Pool = list[tuple[str, str]]  # content and variant; no variant: for every one


def wanted(campaign: Campaign) -> Pool:
    """The contents of every variant first, then each variant's own."""
    own = [
        (content, name) for name in sorted(campaign.variants) for content in campaign.variants[name].contents
    ]
    return [(content, "") for content in campaign.contents] + own


def weights(campaign: Campaign) -> dict[str, int]:
    return {name: variant.weight for name, variant in campaign.variants.items()}


def of_campaign(session: Session, campaign_id: str) -> Pool:
    asked = (
        select(campaign_contents.c.content_id, campaign_contents.c.variant)
        .where(campaign_contents.c.campaign_id == campaign_id)
        .order_by(campaign_contents.c.position)
    )
    return [(row.content_id, row.variant) for row in session.execute(asked)]


def replace(session: Session, campaign_id: str, pool: Sequence[tuple[str, str]]) -> None:
    session.execute(delete(campaign_contents).where(campaign_contents.c.campaign_id == campaign_id))
    rows = [
        {"campaign_id": campaign_id, "content_id": content, "variant": variant, "position": place}
        for place, (content, variant) in enumerate(pool)
    ]
    if rows:
        session.execute(insert(campaign_contents), rows)


def told(pool: Pool) -> list[str]:
    """For the audit and what `apply` prints: `one`, or `B: two` for a variant's own."""
    return [f"{variant}: {content}" if variant else content for content, variant in pool]

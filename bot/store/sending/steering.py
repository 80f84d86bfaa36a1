"""What WeChat's answers teach about a channel: refused for one customer, or its quota of the period used up.

`docs/channels.md` has the table of codes. Nothing here sends; the ledgers of windows and consents are corrected
where they stand (`corrections.py`).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete, select, update

from bot.store.database import Session
from bot.store.segments import segment_changes
from bot.store.tables import channel_suppressions, customers, follow_doubts, spent_quotas
from bot.store.upserts import or_insert


def suppressed_channels(session: Session) -> frozenset[str]:
    """Channels that are refused for anybody: so that nobody is looked up where nobody is refused."""
    return frozenset(session.execute(select(channel_suppressions.c.channel).distinct()).scalars())


def suppress(session: Session, customer_id: int, channel: str, reason: str, now: datetime) -> None:
    """This channel is of no use for this customer until they speak again."""
    row = {"customer_id": customer_id, "channel": channel, "reason": reason[:100], "since": now}
    put = or_insert(session, channel_suppressions).values(row)
    keys = [channel_suppressions.c.customer_id, channel_suppressions.c.channel]
    session.execute(
        put.on_conflict_do_update(index_elements=keys, set_={"reason": row["reason"], "since": now})
    )


def drop_suppressions_they_lifted(session: Session) -> int:
    """Daily: of those who have spoken since."""
    spoke = select(customers.c.spoke_at).where(customers.c.id == channel_suppressions.c.customer_id)
    lifted = channel_suppressions.c.since < spoke.scalar_subquery()
    return session.execute(delete(channel_suppressions).where(lifted)).rowcount


def spend(session: Session, channel: str, reason: str, until: datetime, now: datetime) -> None:
    """Nothing more goes out on it before `until`: what was planned there is planned anew on another channel."""
    row = {"channel": channel, "reason": reason[:100], "since": now, "until": until}
    put = or_insert(session, spent_quotas).values(row)
    session.execute(put.on_conflict_do_update(index_elements=[spent_quotas.c.channel], set_=row))


def spent(session: Session, now: datetime) -> dict[str, datetime]:
    """The channels whose quota is used up, and until when."""
    asked = select(spent_quotas.c.channel, spent_quotas.c.until).where(
        spent_quotas.c.since <= now, spent_quotas.c.until > now
    )
    return {row.channel: row.until for row in session.execute(asked)}


def doubt(session: Session, customer_id: int, now: datetime) -> None:
    """WeChat says they do not follow: no push reaches them until it was asked about."""
    session.execute(
        update(customers)
        .where(customers.c.id == customer_id, customers.c.unfollowed_at.is_(None))
        .where(customers.c.forgotten_at.is_(None))
        .values(unfollowed_at=now)
    )
    segment_changes.note(session, [customer_id])
    put = or_insert(session, follow_doubts).values(customer_id=customer_id, since=now)
    session.execute(put.on_conflict_do_nothing())


def doubted(session: Session, most: int) -> dict[str, int]:
    """Whom to ask WeChat about: openid → customer."""
    asked = (
        select(customers.c.openid, customers.c.id)
        .join(follow_doubts, follow_doubts.c.customer_id == customers.c.id)
        .where(customers.c.openid.is_not(None))
        .order_by(follow_doubts.c.since, customers.c.id)
        .limit(most)
    )
    return {str(row.openid): row.id for row in session.execute(asked)}


def follow_after_all(session: Session, customer_ids: Sequence[int]) -> None:
    session.execute(update(customers).where(customers.c.id.in_(customer_ids)).values(unfollowed_at=None))
    segment_changes.note(session, customer_ids)


def settle_doubts(session: Session, customer_ids: Iterable[int]) -> None:
    """They were asked about."""
    asked = follow_doubts.c.customer_id.in_(list(customer_ids))
    session.execute(delete(follow_doubts).where(asked))

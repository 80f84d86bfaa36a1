"""Between two parts of one delivery: the next leaves only after what went before is on record.

Written before each request, so that after a crash the row tells how many may have been sent. None is ever sent again.
"""

from datetime import datetime

from sqlalchemy import update

from bot.store.database import Session
from bot.store.planning.moments import Moment
from bot.store.sending import claims, signing
from bot.store.tables import deliveries
from bot.store.talk import messages
from bot.values import reply as replies
from bot.values.push import Claimed
from bot.values.reply import Reply


def next_leaves(
    session: Session, delivery: Claimed, before: Reply, number: int, moment: Moment, *, real: datetime
) -> bool:
    """Puts what was just said into the conversation; False when the next, the `number`th, may not follow."""
    messages.said(
        session, delivery.profile.id, replies.kind_of(before), replies.text_of(before), replies.to_json(before),
        moment.now, delivery_id=delivery.id,
    )  # fmt: skip
    if not claims.mark_left(session, [delivery.id], delivery.token, moment, real=real):
        return False
    session.execute(
        update(deliveries)
        .where(deliveries.c.id == delivery.id, deliveries.c.claim_token == delivery.token)
        .values(parts_left=number, lease_until=real + signing.LEASE)
    )
    return True


def cut_short(session: Session, delivery: Claimed, reason: str) -> None:
    """Some of it was sent and the rest was not: it counts as sent, and says what is missing."""
    session.execute(
        update(deliveries)
        .where(deliveries.c.id == delivery.id, deliveries.c.claim_token == delivery.token)
        .values(reason=f"cut_short:{reason}"[:100])
    )

"""The states of a delivery, those that mean the same to several rooms, and the few that a small index holds.

What is asked of an index names its values as literals: only so do both databases see that it holds all that is wanted.
"""

from typing import Final

from sqlalchemy import ColumnElement, and_, literal_column, or_

from bot.store.tables import deliveries

STATES: Final = ("planned", "claimed", "accepted", "sent", "failed", "unknown", "skipped")
LIVE = ("planned", "claimed")
GOT = ("accepted", "sent", "unknown")  # as far as anybody knows: it counts as a push the customer got

_NEXT_CONTACT: ColumnElement[str] = literal_column("'next_contact'")

IS_PLANNED = deliveries.c.state == literal_column("'planned'")
IS_CLAIMED = deliveries.c.state == literal_column("'claimed'")
_ENDED = ("accepted", "sent", "failed", "unknown")  # in the index's order: SQLite compares word for word
IS_ENDED = or_(*(deliveries.c.state == literal_column(f"'{state}'") for state in _ENDED))
IS_KEPT = and_(IS_PLANNED, deliveries.c.channel == _NEXT_CONTACT)
# The index begins with the channel. PostgreSQL does not look in it for what it holds anyway, but for a pattern it does;
# without that it reads all the customer ever had, or all that is kept for anybody.
IS_KEPT_OF_A_CUSTOMER = and_(
    IS_KEPT, deliveries.c.channel.like(literal_column("'next!_contact'"), escape="!")
)
IS_NOT_SKIPPED = deliveries.c.state != literal_column("'skipped'")
IS_WITHDRAWN = and_(
    deliveries.c.state == literal_column("'skipped'"), deliveries.c.reason == literal_column("'withdrawn'")
)
HAS_TURN = and_(IS_PLANNED, deliveries.c.campaign_id.is_not(None), deliveries.c.channel != _NEXT_CONTACT)

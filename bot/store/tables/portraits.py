"""What the best customers have in common, as it was last found, and how much everybody else is like them."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table

from bot.store.database import Instant
from bot.store.tables.columns import BigId, Json, metadata

portraits = Table(  # the newest row is the one in use
    "portraits",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("version", String(16), nullable=False),  # of the weights: equal weights, equal version
    Column("definition", Json, nullable=False),  # whose portrait it is
    Column("models", Json, nullable=False),  # the weights, and how good they are
)

lookalikes = Table(  # everybody who is not among the best; written only by the refresh of the portrait
    "lookalikes",
    metadata,
    Column(
        "customer_id",
        ForeignKey("customers.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("score", Integer, nullable=False),  # 0..100: so many of a hundred like this are among the best
    Column("reasons", Json, nullable=False),  # at most three, the weightiest first: "+city=杭州"
    Column("version", String(16), nullable=False),
    Column("at", Instant, nullable=False),
    Index("ix_lookalikes_score_customer_id", "score", "customer_id"),
)

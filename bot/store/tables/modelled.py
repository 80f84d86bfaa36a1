"""What a language model was asked and what it cost; none of the words."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, String, Table

from bot.store.database import Instant
from bot.store.tables.columns import BigId, metadata

model_calls = Table(
    "model_calls",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("customer_id", ForeignKey("customers.id", ondelete="SET NULL"), index=True),
    Column("at", Instant, nullable=False),
    Column("tokens", Integer, nullable=False),
    Column("milliseconds", Integer, nullable=False),
    Column("ended", String(10), nullable=False),  # said, refused, failed
    Column("why", String(100), nullable=False, server_default=""),
    CheckConstraint("ended IN ('said', 'refused', 'failed')", name="ended"),
    Index("ix_model_calls_at", "at"),
)

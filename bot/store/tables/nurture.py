"""The nurturing plan each customer of a class is on: since when, and how far."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, String, Table

from bot.store.database import Instant
from bot.store.tables.columns import BigId, metadata, only_where

nurturing_plans = Table(
    "nurturing_plans",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("customer_id", ForeignKey("customers.id", ondelete="CASCADE"), nullable=False),
    Column("service_class", String(1), nullable=False),  # whose steps these are
    Column("opened_at", Instant, nullable=False),  # when the customer came into the class
    Column("step", Integer, nullable=False, server_default="0"),  # how many have come due
    Column("closed_at", Instant),  # when they left it
    CheckConstraint("step >= 0", name="step"),
    Index("ix_nurturing_plans_customer_id", "customer_id"),
    Index(
        "uq_nurturing_plans_one_open",
        "customer_id",
        unique=True,
        **only_where("closed_at IS NULL"),
    ),
)

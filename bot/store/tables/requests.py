"""Forms filled in the chat: those under way, and what was sent in."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, String, Table, Text

from bot.store.database import Instant
from bot.store.tables.columns import BigId, Json, metadata, only_where

form_talks = Table(  # one a customer: a new form takes the place of one that was left
    "form_talks",
    metadata,
    Column(
        "customer_id", ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    ),
    Column("form", String(20), nullable=False),
    Column("answers", Json, nullable=False),
    Column("at", Instant, nullable=False),
    Column("left_at", Instant),
)

form_requests = Table(
    "form_requests",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("number", String(20), nullable=False, unique=True),
    Column("customer_id", ForeignKey("customers.id"), nullable=False, index=True),
    Column("form", String(20), nullable=False),
    Column("order_id", ForeignKey("orders.id", ondelete="SET NULL"), index=True),
    Column("answers", Json, nullable=False),
    Column("state", String(10), nullable=False, server_default="open"),
    Column("note", Text, nullable=False, server_default=""),  # what the customer is told
    Column("sent_at", Instant, nullable=False),
    Column("closed_at", Instant),
    Column("staff_id", ForeignKey("staff.id")),
    CheckConstraint("state IN ('open', 'done', 'declined')", name="state"),
    Index(
        "ix_form_requests_open",
        "id",
        **only_where("state = 'open'"),
    ),
)

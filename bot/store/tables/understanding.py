"""What the account learns to understand from, words to be careful with, and what nobody could answer."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, String, Table

from bot.store.database import Instant
from bot.store.tables.columns import BigId, metadata, only_where

intent_examples = Table(  # sentences operators added to those of the files
    "intent_examples",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("intent", String(40), nullable=False),
    Column("text", String(200), nullable=False, unique=True),
    Column("staff_id", ForeignKey("staff.id")),
    Column("added_at", Instant, nullable=False),
)

watched_words = Table(  # what customers say that goes to a person, and what the bot never says
    "watched_words",
    metadata,
    Column("word", String(40), primary_key=True),
    Column("action", String(10), nullable=False),
    Column("added_at", Instant, nullable=False),
    CheckConstraint("action IN ('escalate', 'forbid')", name="action"),
)

open_questions = Table(  # asked, and no answer was found: for the operator, until settled
    "open_questions",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("customer_id", ForeignKey("customers.id", ondelete="CASCADE"), nullable=False),
    Column("text", String(200), nullable=False),
    Column("intent", String(40), nullable=False, server_default=""),
    Column("asked_at", Instant, nullable=False),
    Column("settled_at", Instant),
    Index("ix_open_questions_customer_id", "customer_id"),
    Index(
        "ix_open_questions_open",
        "asked_at",
        **only_where("settled_at IS NULL"),
    ),
)

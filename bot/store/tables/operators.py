"""Who works here, and what they did."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    String,
    Table,
)

from bot.store.database import Instant
from bot.store.tables.columns import BigId, Json, metadata

staff = Table(
    "staff",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("name", String(64), nullable=False, unique=True),
    Column("role", String(10), nullable=False),
    Column("password_hash", String(200), nullable=False),
    Column("disabled_at", Instant),
    Column("away_since", Instant),  # empty: present, and hand-overs may go to them
    Column("created_at", Instant, nullable=False),
    CheckConstraint("role IN ('operator', 'admin')", name="role"),
)

staff_sessions = Table(
    "staff_sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("staff_id", ForeignKey("staff.id", ondelete="CASCADE"), nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("staff_id", ForeignKey("staff.id")),  # empty: the system, or the command
    Column("action", String(40), nullable=False),
    Column("subject_kind", String(20), nullable=False),
    Column("subject_id", String(64), nullable=False),
    Column("detail", Json),
    Column("at", Instant, nullable=False),
    Index("ix_audit_subject_kind_subject_id_id", "subject_kind", "subject_id", "id"),
)

"""Who is in a segment since when, who came and went, and how large it was."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    false,
)

from bot.store.database import Instant
from bot.store.tables.columns import BigId, metadata

segment_states = Table(  # what the last refresh of a segment's members was
    "segment_states",
    metadata,
    # a short number for the many rows below; ids are long
    Column("number", Integer, primary_key=True),
    Column("segment_id", ForeignKey("segments.id", ondelete="CASCADE"), nullable=False, unique=True),
    Column("members", Integer, nullable=False, server_default="0"),
    Column("is_whole", Boolean, nullable=False, server_default=false()),  # everybody was looked at once
    Column("refreshed_at", Instant),  # the last time everybody was looked at, by the rule that stands
    Column("rule_at", Instant),  # `updated_at` of the rule by which they were
    Column(
        "moves_by_time", Boolean, nullable=False, server_default=false()
    ),  # only a full refresh finds them all
)

segment_passes = Table(  # each refresh that wrote anything: the date of all it wrote
    "segment_passes",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("kind", String(10), nullable=False),
    Column("at", Instant, nullable=False),
    Column("finished_at", Instant),
    CheckConstraint("kind IN ('full', 'changes')", name="kind"),
)

# narrow, because there are as many as customers times segments: numbers only, and on SQLite the key is the table.
# No foreign keys: checking them takes PostgreSQL longer than the rows; who is gone is out at the next full refresh
segment_members = Table(
    "segment_members",
    metadata,
    Column("segment_number", Integer, primary_key=True, autoincrement=False),
    Column("customer_id", BigId, primary_key=True, autoincrement=False),
    Column("since_pass", BigId, nullable=False),  # the pass that took them in
    sqlite_with_rowid=False,
)

segment_moves = Table(  # not of the first full refresh: then the segment began, and nobody moved
    "segment_moves",
    metadata,
    Column("segment_number", Integer, primary_key=True, autoincrement=False),
    Column("pass_id", BigId, primary_key=True, autoincrement=False),
    Column("customer_id", BigId, primary_key=True, autoincrement=False),
    Column("entered", Boolean, nullable=False),  # else they left
    Index("ix_segment_moves_customer_id", "customer_id"),
    sqlite_with_rowid=False,
)

segment_sizes = Table(  # after each pass that changed it, and each full one
    "segment_sizes",
    metadata,
    Column(
        "segment_number",
        ForeignKey("segment_states.number", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("pass_id", BigId, primary_key=True, autoincrement=False),
    Column("members", Integer, nullable=False),
    Column("entered", Integer, nullable=False),
    Column("gone", Integer, nullable=False),
    sqlite_with_rowid=False,
)

segment_changes = Table(  # customers somebody wrote about since the last refresh
    "segment_changes",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("customer_id", BigId, nullable=False),
)

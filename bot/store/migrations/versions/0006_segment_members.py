"""Who is in a segment, since when

Revision 0006, after 0005.
"""

import sqlalchemy as sa
from alembic import op

import bot.store.database

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PLACES = ["tier", "lifecycle", "service_class", "cell", "abc", "r", "f", "m", "score"]
FOLLOWS = "followed_at IS NOT NULL AND unfollowed_at IS NULL AND forgotten_at IS NULL"


def upgrade() -> None:
    op.create_table(
        "segment_states",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("segment_id", sa.String(length=64), nullable=False),
        sa.Column("members", sa.Integer(), server_default="0", nullable=False),
        sa.Column("is_whole", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("refreshed_at", bot.store.database.Instant(timezone=True), nullable=True),
        sa.Column("rule_at", bot.store.database.Instant(timezone=True), nullable=True),
        sa.Column("moves_by_time", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["segment_id"], ["segments.id"], name=op.f("fk_segment_states_segment_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_segment_states")),
        sa.UniqueConstraint("segment_id", name=op.f("uq_segment_states_segment_id")),
    )
    op.create_table(
        "segment_passes",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("at", bot.store.database.Instant(timezone=True), nullable=False),
        sa.Column("finished_at", bot.store.database.Instant(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('full', 'changes')", name=op.f("ck_segment_passes_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segment_passes")),
    )
    op.create_table(
        "segment_members",
        sa.Column("segment_number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("customer_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("since_pass", BIG_ID, nullable=False),
        sa.PrimaryKeyConstraint("segment_number", "customer_id", name=op.f("pk_segment_members")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "segment_moves",
        sa.Column("segment_number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("pass_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("customer_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("entered", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("segment_number", "pass_id", "customer_id", name=op.f("pk_segment_moves")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_segment_moves_customer_id", "segment_moves", ["customer_id"], unique=False)
    op.create_table(
        "segment_sizes",
        sa.Column("segment_number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("pass_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.Column("entered", sa.Integer(), nullable=False),
        sa.Column("gone", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["segment_number"],
            ["segment_states.number"],
            name=op.f("fk_segment_sizes_segment_number"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("segment_number", "pass_id", name=op.f("pk_segment_sizes")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "segment_changes",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segment_changes")),
    )
    op.drop_index("ix_customer_statistics_places", "customer_statistics")
    op.create_index("ix_customer_statistics_places", "customer_statistics", [*PLACES, "follows"], unique=False)
    op.create_index(
        "ix_customers_followers",
        "customers",
        ["city", "province"],
        unique=False,
        sqlite_where=sa.text(FOLLOWS),
        postgresql_where=sa.text(FOLLOWS),
    )

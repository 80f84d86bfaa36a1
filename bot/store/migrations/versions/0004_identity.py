"""Binding, merging and the history of following

Revision 0004, after 0003.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

import bot.store.database

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "binding_tries",
        sa.Column("who", sa.String(length=72), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("since", bot.store.database.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("who", name=op.f("pk_binding_tries")),
    )
    op.create_index("ix_binding_tries_since", "binding_tries", ["since"], unique=False)
    op.create_table(
        "follower_syncs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("started_at", bot.store.database.Instant(timezone=True), nullable=False),
        sa.Column("page_after", sa.String(length=64), server_default="", nullable=False),
        sa.Column("after", sa.String(length=64), server_default="", nullable=False),
        sa.Column("has_all_names", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("total", sa.Integer(), server_default="0", nullable=False),
        sa.Column("named", sa.Integer(), server_default="0", nullable=False),
        sa.Column("new", sa.Integer(), server_default="0", nullable=False),
        sa.Column("gone", sa.Integer(), server_default="0", nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("page_calls", sa.Integer(), server_default="0", nullable=False),
        sa.Column("detail_calls", sa.Integer(), server_default="0", nullable=False),
        sa.Column("finished_at", bot.store.database.Instant(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follower_syncs")),
    )
    op.create_table(
        "followers_named",
        sa.Column("openid", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("openid", name=op.f("pk_followers_named")),
    )
    op.create_table(
        "scenes",
        sa.Column("scene", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("ticket", sa.String(length=200), nullable=True),
        sa.Column("expires_at", bot.store.database.Instant(timezone=True), nullable=True),
        sa.Column("named_at", bot.store.database.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("scene", name=op.f("pk_scenes")),
    )
    op.create_table(
        "bind_codes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", bot.store.database.Instant(timezone=True), nullable=False),
        sa.Column("expires_at", bot.store.database.Instant(timezone=True), nullable=False),
        sa.Column("ended_at", bot.store.database.Instant(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=10), nullable=True),
        sa.CheckConstraint("ended_by IN ('used', 'replaced')", name=op.f("ck_bind_codes_ended_by")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_bind_codes_customer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bind_codes")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_bind_codes_code_hash")),
    )
    op.create_index(
        "ix_bind_codes_customer_id_made_at", "bind_codes", ["customer_id", "made_at"], unique=False
    )
    op.create_table(
        "binding_talks",
        sa.Column(
            "customer_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("expires_at", bot.store.database.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_binding_talks_customer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_binding_talks")),
    )
    op.create_table(
        "follow_history",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("who", sa.String(length=64), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("source", sa.String(length=40), server_default="", nullable=False),
        sa.Column("scene", sa.String(length=64), server_default="", nullable=False),
        sa.Column("at", bot.store.database.Instant(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('follow', 'refollow', 'unfollow', 'scan')", name=op.f("ck_follow_history_kind")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_follow_history_customer_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_history")),
    )
    op.create_index("ix_follow_history_customer_id_at", "follow_history", ["customer_id", "at"], unique=False)
    op.create_index(
        "ix_follow_history_scene",
        "follow_history",
        ["scene", "kind", "customer_id", "at"],
        unique=False,
        sqlite_where=sa.text("scene <> ''"),
        postgresql_where=sa.text("scene <> ''"),
    )
    op.create_index(
        "ix_follow_history_who",
        "follow_history",
        ["who"],
        unique=False,
        sqlite_where=sa.text("who IS NOT NULL"),
        postgresql_where=sa.text("who IS NOT NULL"),
    )
    op.create_table(
        "merges",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("survivor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("loser_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("how", sa.String(length=10), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("at", bot.store.database.Instant(timezone=True), nullable=False),
        sa.Column(
            "counts",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "kept",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=True,
        ),
        sa.Column("undone_at", bot.store.database.Instant(timezone=True), nullable=True),
        sa.Column("undone_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint("how IN ('code', 'order', 'staff', 'union_id')", name=op.f("ck_merges_how")),
        sa.CheckConstraint("survivor_id <> loser_id", name=op.f("ck_merges_two")),
        sa.ForeignKeyConstraint(["loser_id"], ["customers.id"], name=op.f("fk_merges_loser_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_merges_staff_id")),
        sa.ForeignKeyConstraint(["survivor_id"], ["customers.id"], name=op.f("fk_merges_survivor_id")),
        sa.ForeignKeyConstraint(["undone_by"], ["staff.id"], name=op.f("fk_merges_undone_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merges")),
    )
    op.create_index(op.f("ix_merges_survivor_id"), "merges", ["survivor_id"], unique=False)
    op.create_index(
        "uq_merges_one_standing",
        "merges",
        ["loser_id"],
        unique=True,
        sqlite_where=sa.text("undone_at IS NULL"),
        postgresql_where=sa.text("undone_at IS NULL"),
    )
    op.create_table(
        "former_names",
        sa.Column("name", sa.String(length=12), nullable=False),
        sa.Column("value", sa.String(length=64), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("merge_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("name IN ('external_id', 'phone')", name=op.f("ck_former_names_name")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_former_names_customer_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["merge_id"], ["merges.id"], name=op.f("fk_former_names_merge_id")),
        sa.PrimaryKeyConstraint("name", "value", name=op.f("pk_former_names")),
    )
    op.create_index(op.f("ix_former_names_customer_id"), "former_names", ["customer_id"], unique=False)
    op.create_index(op.f("ix_former_names_merge_id"), "former_names", ["merge_id"], unique=False)
    # whoever follows already was brought by what their row says
    op.execute(
        "INSERT INTO follow_history (customer_id, kind, source, scene, at) "
        "SELECT id, 'follow', source, source_scene, followed_at FROM customers "
        "WHERE openid IS NOT NULL AND followed_at IS NOT NULL"
    )

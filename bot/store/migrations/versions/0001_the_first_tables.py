"""The first tables

Revision 0001, the first.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

import bot.store.database

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "channel_halts",
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("since", bot.store.database.Instant(timezone=True), nullable=False),
        sa.Column("until", bot.store.database.Instant(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_channel_halts")),
    )
    op.create_table(
        "customers",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("openid", sa.String(length=64), nullable=True),
        sa.Column("external_id", sa.String(length=64), nullable=True),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("union_id", sa.String(length=64), nullable=True),
        sa.Column("name", sa.String(length=100), nullable=True),
        sa.Column("gender", sa.String(length=10), nullable=True),
        sa.Column("birthday", sa.Date(), nullable=True),
        sa.Column("province", sa.String(length=40), nullable=True),
        sa.Column("city", sa.String(length=40), nullable=True),
        sa.Column("level", sa.String(length=40), nullable=True),
        sa.Column("points", sa.Integer(), server_default="0", nullable=False),
        sa.Column("source", sa.String(length=40), server_default="", nullable=False),
        sa.Column("source_scene", sa.String(length=64), server_default="", nullable=False),
        sa.Column("followed_at", bot.store.database.Instant(timezone=True), nullable=True),
        sa.Column("unfollowed_at", bot.store.database.Instant(timezone=True), nullable=True),
        sa.Column("forgotten_at", bot.store.database.Instant(timezone=True), nullable=True),
        sa.Column("spoke_at", bot.store.database.Instant(timezone=True), nullable=True),
        sa.Column("wants_pushes", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("asked_for_pushes_at", bot.store.database.Instant(timezone=True), nullable=True),
        sa.Column("stopped_pushes_at", bot.store.database.Instant(timezone=True), nullable=True),
        sa.Column("engagement", sa.String(length=10), server_default="ordinary", nullable=False),
        sa.Column("silent_pushes", sa.Integer(), server_default="0", nullable=False),
        sa.Column("bucket", sa.Integer(), nullable=False),
        sa.Column("with_person_until", bot.store.database.Instant(timezone=True), nullable=True),
        sa.Column("complaint_open", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("window_until", bot.store.database.Instant(timezone=True), nullable=True),
        sa.Column("window_left", sa.Integer(), server_default="0", nullable=False),
        sa.Column("scene_until", bot.store.database.Instant(timezone=True), nullable=True),
        sa.Column("scene_left", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_push_at", bot.store.database.Instant(timezone=True), nullable=True),
        sa.Column("last_push_day", sa.Date(), nullable=True),
        sa.Column("last_push_id", sa.BigInteger(), nullable=True),
        sa.Column("mass_month", sa.String(length=7), nullable=True),
        sa.Column("mass_used", sa.Integer(), server_default="0", nullable=False),
        sa.Column("has_kept", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("has_pending", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_at", bot.store.database.Instant(timezone=True), nullable=False),
        sa.CheckConstraint("scene_left >= 0", name=op.f("ck_customers_scene_left")),
        sa.CheckConstraint("window_left >= 0", name=op.f("ck_customers_window_left")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers")),
        sa.UniqueConstraint("external_id", name=op.f("uq_customers_external_id")),
        sa.UniqueConstraint("openid", name=op.f("uq_customers_openid")),
        sa.UniqueConstraint("phone", name=op.f("uq_customers_phone")),
        sa.UniqueConstraint("union_id", name=op.f("uq_customers_union_id")),
    )
    op.create_table(
        "kept_secrets",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_kept_secrets")),
    )
    op.create_table(
        "knowledge",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("keywords", sa.Text(), server_default="", nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("category", sa.String(length=20), server_default="", nullable=False),
        sa.Column("enabled", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("updated_at", bot.store.database.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge")),
    )
    op.create_table(
        "leases",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("holder", sa.String(length=64), nullable=False),
        sa.Column("until", bot.store.database.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
    )
    op.create_table(
        "products",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("external_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("category", sa.String(length=40), server_default="", nullable=False),
        sa.Column("brand", sa.String(length=100), server_default="", nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("price", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("stock", sa.Integer(), server_default="0", nullable=False),
        sa.Column("is_on_sale", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("qr_scene", sa.String(length=64), nullable=True),
        sa.Column(
            "attributes",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            server_default="{}",
            nullable=False,
        ),
        sa.Column("updated_at", bot.store.database.Instant(timezone=True), nullable=True),
        sa.CheckConstraint("stock >= 0", name=op.f("ck_products_stock")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_products")),
        sa.UniqueConstraint("external_id", name=op.f("uq_products_external_id")),
        sa.UniqueConstraint("qr_scene", name=op.f("uq_products_qr_scene")),
    )
    op.create_table(
        "refreshes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", bot.store.database.Instant(timezone=True), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column(
            "cuts",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refreshes")),
    )
    op.create_table(
        "region_statistics",
        sa.Column("province", sa.String(length=40), nullable=False),
        sa.Column("city", sa.String(length=40), nullable=False),
        sa.Column("customers", sa.Integer(), nullable=False),
        sa.Column("buyers", sa.Integer(), nullable=False),
        sa.Column("spent", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("counted_at", bot.store.database.Instant(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('key', 'ordinary')", name=op.f("ck_region_statistics_kind")),
        sa.PrimaryKeyConstraint("province", "city", name=op.f("pk_region_statistics")),
    )
    op.create_table(
        "segments",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column(
            "rule",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("updated_at", bot.store.database.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segments")),
    )
    op.create_table(
        "staff",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("disabled_at", bot.store.database.Instant(timezone=True), nullable=True),
        sa.Column("created_at", bot.store.database.Instant(timezone=True), nullable=False),
        sa.CheckConstraint("role IN ('operator', 'admin')", name=op.f("ck_staff_role")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("name", name=op.f("uq_staff_name")),
    )
    op.create_table(
        "suppressions",
        sa.Column("openid_hash", sa.String(length=64), nullable=False),
        sa.Column("opted_out", sa.Boolean(), nullable=False),
        sa.Column("last_push_at", bot.store.database.Instant(timezone=True), nullable=True),
        sa.Column("last_push_day", sa.Date(), nullable=True),
        sa.Column("mass_month", sa.String(length=7), nullable=True),
        sa.Column("mass_used", sa.Integer(), server_default="0", nullable=False),
        sa.Column("forgotten_at", bot.store.database.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("openid_hash", name=op.f("pk_suppressions")),
    )
    op.create_table(
        "volatile",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("expires_at", bot.store.database.Instant(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_volatile")),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("subject_kind", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.Column(
            "detail",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=True,
        ),
        sa.Column("at", bot.store.database.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_audit_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.create_index(
            "ix_audit_subject_kind_subject_id_id", ["subject_kind", "subject_id", "id"], unique=False
        )

    op.create_table(
        "campaigns",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("segment_id", sa.String(length=64), nullable=False),
        sa.Column("priority", sa.Integer(), server_default="0", nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.Column("status", sa.String(length=10), server_default="draft", nullable=False),
        sa.Column("regular", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("repeat", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column(
            "channels",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("marketing_in_window", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("updated_at", bot.store.database.Instant(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status IN ('draft', 'running', 'paused', 'ended')", name=op.f("ck_campaigns_status")
        ),
        sa.ForeignKeyConstraint(["segment_id"], ["segments.id"], name=op.f("fk_campaigns_segment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaigns")),
    )
    op.create_table(
        "contents",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("category", sa.String(length=20), nullable=False),
        sa.Column("purpose", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("media_id", sa.String(length=128), nullable=True),
        sa.Column("useful_until", bot.store.database.Instant(timezone=True), nullable=True),
        sa.Column("approved_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("approved_at", bot.store.database.Instant(timezone=True), nullable=True),
        sa.Column("updated_at", bot.store.database.Instant(timezone=True), nullable=False),
        sa.CheckConstraint("purpose IN ('marketing', 'care', 'service')", name=op.f("ck_contents_purpose")),
        sa.ForeignKeyConstraint(["approved_by"], ["staff.id"], name=op.f("fk_contents_approved_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contents")),
    )
    op.create_table(
        "customer_moves",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("partition", sa.String(length=10), nullable=False),
        sa.Column("was", sa.String(length=20), nullable=False),
        sa.Column("became", sa.String(length=20), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("at", bot.store.database.Instant(timezone=True), nullable=False),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.Column("spent", sa.BigInteger(), nullable=False),
        sa.Column("last_order_at", bot.store.database.Instant(timezone=True), nullable=True),
        sa.Column("satisfaction", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_customer_moves_customer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_moves")),
    )
    with op.batch_alter_table("customer_moves", schema=None) as batch_op:
        batch_op.create_index("ix_customer_moves_customer_id_id", ["customer_id", "id"], unique=False)

    op.create_table(
        "customer_statistics",
        sa.Column(
            "customer_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("placed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("orders", sa.Integer(), server_default="0", nullable=False),
        sa.Column("refunds", sa.Integer(), server_default="0", nullable=False),
        sa.Column("spent", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("first_order_at", bot.store.database.Instant(timezone=True), nullable=True),
        sa.Column("last_order_at", bot.store.database.Instant(timezone=True), nullable=True),
        sa.Column("coupon_orders", sa.Integer(), server_default="0", nullable=False),
        sa.Column("coupon_spent", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("returns", sa.Integer(), server_default="0", nullable=False),
        sa.Column("returned", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("reviews", sa.Integer(), server_default="0", nullable=False),
        sa.Column("rating_sum", sa.Integer(), server_default="0", nullable=False),
        sa.Column("follows", sa.Integer(), server_default="0", nullable=False),
        sa.Column("spoke_at", bot.store.database.Instant(timezone=True), nullable=True),
        sa.Column("known_at", bot.store.database.Instant(timezone=True), nullable=False),
        sa.Column("updated_at", bot.store.database.Instant(timezone=True), nullable=False),
        sa.Column("is_stale", sa.Integer(), server_default="1", nullable=False),
        sa.Column("r", sa.Integer(), nullable=True),
        sa.Column("f", sa.Integer(), nullable=True),
        sa.Column("m", sa.Integer(), nullable=True),
        sa.Column("satisfaction", sa.Integer(), nullable=True),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("abc", sa.String(length=1), nullable=True),
        sa.Column("tier", sa.String(length=10), nullable=True),
        sa.Column("cell", sa.String(length=20), nullable=True),
        sa.Column("service_class", sa.String(length=1), nullable=True),
        sa.Column("lifecycle", sa.String(length=10), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.id"],
            name=op.f("fk_customer_statistics_customer_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_customer_statistics")),
    )
    with op.batch_alter_table("customer_statistics", schema=None) as batch_op:
        batch_op.create_index(
            "ix_customer_statistics_last_order_at",
            ["last_order_at", "orders"],
            unique=False,
            sqlite_where=sa.text("orders > 0"),
            postgresql_where=sa.text("orders > 0"),
        )
        batch_op.create_index(
            "ix_customer_statistics_orders",
            ["orders"],
            unique=False,
            sqlite_where=sa.text("orders > 0"),
            postgresql_where=sa.text("orders > 0"),
        )
        batch_op.create_index(
            "ix_customer_statistics_places",
            ["tier", "lifecycle", "service_class", "cell", "abc", "r", "f", "m", "score"],
            unique=False,
        )
        batch_op.create_index(
            "ix_customer_statistics_spent",
            ["spent", "orders"],
            unique=False,
            sqlite_where=sa.text("orders > 0"),
            postgresql_where=sa.text("orders > 0"),
        )
        batch_op.create_index(
            "ix_customer_statistics_stale",
            ["customer_id"],
            unique=False,
            sqlite_where=sa.text("is_stale = 1"),
            postgresql_where=sa.text("is_stale = 1"),
        )

    op.create_table(
        "customer_tags",
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tag", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_customer_tags_customer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("customer_id", "tag", name=op.f("pk_customer_tags")),
    )
    with op.batch_alter_table("customer_tags", schema=None) as batch_op:
        batch_op.create_index("ix_customer_tags_tag_customer_id", ["tag", "customer_id"], unique=False)

    op.create_table(
        "follow_ups",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("service", sa.String(length=20), nullable=False),
        sa.Column("opened_at", bot.store.database.Instant(timezone=True), nullable=False),
        sa.Column("due_at", bot.store.database.Instant(timezone=True), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("closed_at", bot.store.database.Instant(timezone=True), nullable=True),
        sa.Column("closed_by", sa.String(length=10), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("closed_by IN ('staff', 'move')", name=op.f("ck_follow_ups_closed_by")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_follow_ups_customer_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_follow_ups_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_ups")),
    )
    with op.batch_alter_table("follow_ups", schema=None) as batch_op:
        batch_op.create_index(
            "ix_follow_ups_due",
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )
        batch_op.create_index(
            "uq_follow_ups_one_open",
            ["customer_id", "service"],
            unique=True,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )

    op.create_table(
        "handovers",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reason", sa.String(length=10), nullable=False),
        sa.Column("opened_at", bot.store.database.Instant(timezone=True), nullable=False),
        sa.Column("asked_again_at", bot.store.database.Instant(timezone=True), nullable=True),
        sa.Column("closed_at", bot.store.database.Instant(timezone=True), nullable=True),
        sa.Column("closed_by", sa.String(length=10), nullable=True),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint("reason IN ('asked', 'complaint')", name=op.f("ck_handovers_reason")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_handovers_customer_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_handovers_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handovers")),
    )
    with op.batch_alter_table("handovers", schema=None) as batch_op:
        batch_op.create_index("ix_handovers_customer_id", ["customer_id"], unique=False)
        batch_op.create_index(
            "uq_handovers_one_open",
            ["customer_id"],
            unique=True,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )

    op.create_table(
        "messages",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("direction", sa.String(length=3), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("wechat_msg_id", sa.String(length=32), nullable=True),
        sa.Column("once_key", sa.String(length=100), nullable=True),
        sa.Column("state", sa.String(length=10), server_default="done", nullable=False),
        sa.Column("answers_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "payload",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=True,
        ),
        sa.Column("handler", sa.String(length=40), nullable=True),
        sa.Column("source_id", sa.String(length=64), nullable=True),
        sa.Column("delivery_id", sa.BigInteger(), nullable=True),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("raw", sa.Text(), nullable=True),
        sa.Column("created_at", bot.store.database.Instant(timezone=True), nullable=False),
        sa.CheckConstraint("direction IN ('in', 'out')", name=op.f("ck_messages_direction")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_messages_customer_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_messages_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
    )
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.create_index("ix_messages_created_at", ["created_at"], unique=False)
        batch_op.create_index("ix_messages_customer_id_id", ["customer_id", "id"], unique=False)
        batch_op.create_index(
            "ix_messages_pending",
            ["customer_id", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'pending'"),
            postgresql_where=sa.text("state = 'pending'"),
        )
        batch_op.create_index(
            "uq_messages_answers_id",
            ["answers_id"],
            unique=True,
            sqlite_where=sa.text("answers_id IS NOT NULL"),
            postgresql_where=sa.text("answers_id IS NOT NULL"),
        )
        batch_op.create_index(
            "uq_messages_once_key",
            ["once_key"],
            unique=True,
            sqlite_where=sa.text("once_key IS NOT NULL"),
            postgresql_where=sa.text("once_key IS NOT NULL"),
        )

    op.create_table(
        "orders",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("external_id", sa.String(length=64), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("amount", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("discount", sa.Numeric(precision=12, scale=2), server_default="0", nullable=False),
        sa.Column("coupon_amount", sa.Numeric(precision=12, scale=2), server_default="0", nullable=False),
        sa.Column("ordered_at", bot.store.database.Instant(timezone=True), nullable=False),
        sa.Column("paid_at", bot.store.database.Instant(timezone=True), nullable=True),
        sa.Column("updated_at", bot.store.database.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_orders_customer_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
        sa.UniqueConstraint("external_id", name=op.f("uq_orders_external_id")),
    )
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.create_index(
            "ix_orders_customer_id_ordered_at",
            ["customer_id", "ordered_at", "status", "amount", "coupon_amount"],
            unique=False,
        )
        batch_op.create_index("ix_orders_ordered_at", ["ordered_at"], unique=False)

    op.create_table(
        "product_statistics",
        sa.Column(
            "product_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("sold", sa.BigInteger(), nullable=False),
        sa.Column("last_sold_at", bot.store.database.Instant(timezone=True), nullable=True),
        sa.Column("pace", sa.String(length=10), nullable=False),
        sa.Column("counted_at", bot.store.database.Instant(timezone=True), nullable=False),
        sa.CheckConstraint("pace IN ('best', 'steady', 'slow')", name=op.f("ck_product_statistics_pace")),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_product_statistics_product_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("product_id", name=op.f("pk_product_statistics")),
    )
    op.create_table(
        "staff_sessions",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("started_at", bot.store.database.Instant(timezone=True), nullable=False),
        sa.Column("seen_at", bot.store.database.Instant(timezone=True), nullable=False),
        sa.Column("ends_at", bot.store.database.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_staff_sessions_staff_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_staff_sessions")),
    )
    op.create_table(
        "campaign_contents",
        sa.Column("campaign_id", sa.String(length=64), nullable=False),
        sa.Column("content_id", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaigns.id"],
            name=op.f("fk_campaign_contents_campaign_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["content_id"], ["contents.id"], name=op.f("fk_campaign_contents_content_id")
        ),
        sa.PrimaryKeyConstraint("campaign_id", "content_id", name=op.f("pk_campaign_contents")),
    )
    op.create_table(
        "mass_sends",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("client_msg_id", sa.String(length=32), nullable=False),
        sa.Column("content_id", sa.String(length=64), nullable=False),
        sa.Column("target", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=100), server_default="", nullable=False),
        sa.Column("wechat_id", sa.String(length=40), nullable=True),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("filtered", sa.Integer(), nullable=True),
        sa.Column("sent", sa.Integer(), nullable=True),
        sa.Column("errors", sa.Integer(), nullable=True),
        sa.Column("created_at", bot.store.database.Instant(timezone=True), nullable=False),
        sa.Column("finished_at", bot.store.database.Instant(timezone=True), nullable=True),
        sa.Column("untagged_at", bot.store.database.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["content_id"], ["contents.id"], name=op.f("fk_mass_sends_content_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mass_sends")),
        sa.UniqueConstraint("client_msg_id", name=op.f("uq_mass_sends_client_msg_id")),
    )
    with op.batch_alter_table("mass_sends", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mass_sends_wechat_id"), ["wechat_id"], unique=False)

    op.create_table(
        "order_lines",
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("product_name", sa.String(length=200), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("price", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_order_lines_order_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_order_lines_product_id")),
        sa.PrimaryKeyConstraint("order_id", "position", name=op.f("pk_order_lines")),
    )
    op.create_table(
        "payments",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("external_id", sa.String(length=64), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("amount", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("method", sa.String(length=20), server_default="", nullable=False),
        sa.Column("paid_at", bot.store.database.Instant(timezone=True), nullable=False),
        sa.Column("updated_at", bot.store.database.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_payments_order_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
        sa.UniqueConstraint("external_id", name=op.f("uq_payments_external_id")),
    )
    with op.batch_alter_table("payments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payments_order_id"), ["order_id"], unique=False)

    op.create_table(
        "plan_totals",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("pass_at", bot.store.database.Instant(timezone=True), nullable=False),
        sa.Column("campaign_id", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=100), nullable=False),
        sa.Column("customers", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_plan_totals_campaign_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_totals")),
    )
    with op.batch_alter_table("plan_totals", schema=None) as batch_op:
        batch_op.create_index("ix_plan_totals_campaign_id_pass_at", ["campaign_id", "pass_at"], unique=False)

    op.create_table(
        "returns",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("external_id", sa.String(length=64), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("product_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("quantity", sa.Integer(), server_default="1", nullable=False),
        sa.Column("kind", sa.String(length=10), server_default="return", nullable=False),
        sa.Column("reason", sa.String(length=200), server_default="", nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("amount", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("requested_at", bot.store.database.Instant(timezone=True), nullable=False),
        sa.Column("closed_at", bot.store.database.Instant(timezone=True), nullable=True),
        sa.Column("updated_at", bot.store.database.Instant(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('return', 'exchange', 'repair')", name=op.f("ck_returns_kind")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_returns_order_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_returns_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_returns")),
        sa.UniqueConstraint("external_id", name=op.f("uq_returns_external_id")),
    )
    with op.batch_alter_table("returns", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_returns_order_id"), ["order_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_returns_product_id"), ["product_id"], unique=False)

    op.create_table(
        "reviews",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("external_id", sa.String(length=64), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("product_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("rating", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("reviewed_at", bot.store.database.Instant(timezone=True), nullable=False),
        sa.Column("updated_at", bot.store.database.Instant(timezone=True), nullable=True),
        sa.CheckConstraint("rating BETWEEN 1 AND 5", name=op.f("ck_reviews_rating")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_reviews_customer_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_reviews_order_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_reviews_product_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
        sa.UniqueConstraint("external_id", name=op.f("uq_reviews_external_id")),
    )
    with op.batch_alter_table("reviews", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reviews_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_reviews_order_id"), ["order_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_reviews_product_id"), ["product_id"], unique=False)

    op.create_table(
        "shipments",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("external_id", sa.String(length=64), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("carrier", sa.String(length=40), server_default="", nullable=False),
        sa.Column("tracking_no", sa.String(length=64), server_default="", nullable=False),
        sa.Column("status", sa.String(length=20), server_default="shipped", nullable=False),
        sa.Column("shipped_at", bot.store.database.Instant(timezone=True), nullable=True),
        sa.Column("delivered_at", bot.store.database.Instant(timezone=True), nullable=True),
        sa.Column("updated_at", bot.store.database.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_shipments_order_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipments")),
        sa.UniqueConstraint("external_id", name=op.f("uq_shipments_external_id")),
    )
    with op.batch_alter_table("shipments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shipments_order_id"), ["order_id"], unique=False)

    op.create_table(
        "verdicts",
        sa.Column("campaign_id", sa.String(length=64), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reason", sa.String(length=100), nullable=False),
        sa.Column("decided_at", bot.store.database.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_verdicts_campaign_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_verdicts_customer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("campaign_id", "customer_id", name=op.f("pk_verdicts")),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("campaign_id", sa.String(length=64), nullable=True),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("content_id", sa.String(length=64), nullable=True),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("purpose", sa.String(length=10), nullable=False),
        sa.Column("regular", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("state", sa.String(length=10), server_default="planned", nullable=False),
        sa.Column("reason", sa.String(length=100), server_default="", nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("planned_at", bot.store.database.Instant(timezone=True), nullable=False),
        sa.Column("due_at", bot.store.database.Instant(timezone=True), nullable=False),
        sa.Column("closes_at", bot.store.database.Instant(timezone=True), nullable=True),
        sa.Column("claimed_at", bot.store.database.Instant(timezone=True), nullable=True),
        sa.Column("left_at", bot.store.database.Instant(timezone=True), nullable=True),
        sa.Column("finished_at", bot.store.database.Instant(timezone=True), nullable=True),
        sa.Column("claim_token", sa.String(length=32), nullable=True),
        sa.Column("lease_until", bot.store.database.Instant(timezone=True), nullable=True),
        sa.Column("handed_until", bot.store.database.Instant(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("before_push_at", bot.store.database.Instant(timezone=True), nullable=True),
        sa.Column("before_push_day", sa.Date(), nullable=True),
        sa.Column("before_push_id", sa.BigInteger(), nullable=True),
        sa.Column("took", sa.String(length=10), nullable=True),
        sa.Column("mass_send_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("wechat_id", sa.String(length=40), nullable=True),
        sa.Column(
            "payload",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=True,
        ),
        sa.Column("answers_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint(
            "state IN ('planned', 'claimed', 'accepted', 'sent', 'failed', 'unknown', 'skipped')",
            name=op.f("ck_deliveries_state"),
        ),
        sa.ForeignKeyConstraint(
            ["answers_id"], ["messages.id"], name=op.f("fk_deliveries_answers_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_deliveries_campaign_id")),
        sa.ForeignKeyConstraint(["content_id"], ["contents.id"], name=op.f("fk_deliveries_content_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_deliveries_customer_id")),
        sa.ForeignKeyConstraint(["mass_send_id"], ["mass_sends.id"], name=op.f("fk_deliveries_mass_send_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_deliveries_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
    )
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.create_index("ix_deliveries_campaign_id_state", ["campaign_id", "state"], unique=False)
        batch_op.create_index(
            "ix_deliveries_claimed",
            ["lease_until"],
            unique=False,
            sqlite_where=sa.text("state = 'claimed'"),
            postgresql_where=sa.text("state = 'claimed'"),
        )
        batch_op.create_index(
            "ix_deliveries_customer_id_content_id", ["customer_id", "content_id"], unique=False
        )
        batch_op.create_index(
            "ix_deliveries_due",
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("state = 'planned'"),
            postgresql_where=sa.text("state = 'planned'"),
        )
        batch_op.create_index("ix_deliveries_mass_send_id", ["mass_send_id"], unique=False)
        batch_op.create_index(
            "uq_deliveries_one_a_day",
            ["customer_id", "campaign_id", "day"],
            unique=True,
            sqlite_where=sa.text("state <> 'skipped'"),
            postgresql_where=sa.text("state <> 'skipped'"),
        )
        batch_op.create_index(
            "uq_deliveries_one_planned",
            ["customer_id"],
            unique=True,
            sqlite_where=sa.text(
                "state = 'planned' AND campaign_id IS NOT NULL AND channel <> 'next_contact'"
            ),
            postgresql_where=sa.text(
                "state = 'planned' AND campaign_id IS NOT NULL AND channel <> 'next_contact'"
            ),
        )


def downgrade() -> None:
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_deliveries_one_planned",
            sqlite_where=sa.text(
                "state = 'planned' AND campaign_id IS NOT NULL AND channel <> 'next_contact'"
            ),
            postgresql_where=sa.text(
                "state = 'planned' AND campaign_id IS NOT NULL AND channel <> 'next_contact'"
            ),
        )
        batch_op.drop_index(
            "uq_deliveries_one_a_day",
            sqlite_where=sa.text("state <> 'skipped'"),
            postgresql_where=sa.text("state <> 'skipped'"),
        )
        batch_op.drop_index("ix_deliveries_mass_send_id")
        batch_op.drop_index(
            "ix_deliveries_due",
            sqlite_where=sa.text("state = 'planned'"),
            postgresql_where=sa.text("state = 'planned'"),
        )
        batch_op.drop_index("ix_deliveries_customer_id_content_id")
        batch_op.drop_index(
            "ix_deliveries_claimed",
            sqlite_where=sa.text("state = 'claimed'"),
            postgresql_where=sa.text("state = 'claimed'"),
        )
        batch_op.drop_index("ix_deliveries_campaign_id_state")

    op.drop_table("deliveries")
    op.drop_table("verdicts")
    with op.batch_alter_table("shipments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shipments_order_id"))

    op.drop_table("shipments")
    with op.batch_alter_table("reviews", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reviews_product_id"))
        batch_op.drop_index(batch_op.f("ix_reviews_order_id"))
        batch_op.drop_index(batch_op.f("ix_reviews_customer_id"))

    op.drop_table("reviews")
    with op.batch_alter_table("returns", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_returns_product_id"))
        batch_op.drop_index(batch_op.f("ix_returns_order_id"))

    op.drop_table("returns")
    with op.batch_alter_table("plan_totals", schema=None) as batch_op:
        batch_op.drop_index("ix_plan_totals_campaign_id_pass_at")

    op.drop_table("plan_totals")
    with op.batch_alter_table("payments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_payments_order_id"))

    op.drop_table("payments")
    op.drop_table("order_lines")
    with op.batch_alter_table("mass_sends", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mass_sends_wechat_id"))

    op.drop_table("mass_sends")
    op.drop_table("campaign_contents")
    op.drop_table("staff_sessions")
    op.drop_table("product_statistics")
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.drop_index("ix_orders_ordered_at")
        batch_op.drop_index("ix_orders_customer_id_ordered_at")

    op.drop_table("orders")
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_messages_once_key",
            sqlite_where=sa.text("once_key IS NOT NULL"),
            postgresql_where=sa.text("once_key IS NOT NULL"),
        )
        batch_op.drop_index(
            "uq_messages_answers_id",
            sqlite_where=sa.text("answers_id IS NOT NULL"),
            postgresql_where=sa.text("answers_id IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_messages_pending",
            sqlite_where=sa.text("state = 'pending'"),
            postgresql_where=sa.text("state = 'pending'"),
        )
        batch_op.drop_index("ix_messages_customer_id_id")
        batch_op.drop_index("ix_messages_created_at")

    op.drop_table("messages")
    with op.batch_alter_table("handovers", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_handovers_one_open",
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )
        batch_op.drop_index("ix_handovers_customer_id")

    op.drop_table("handovers")
    with op.batch_alter_table("follow_ups", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_follow_ups_one_open",
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )
        batch_op.drop_index(
            "ix_follow_ups_due",
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )

    op.drop_table("follow_ups")
    with op.batch_alter_table("customer_tags", schema=None) as batch_op:
        batch_op.drop_index("ix_customer_tags_tag_customer_id")

    op.drop_table("customer_tags")
    with op.batch_alter_table("customer_statistics", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_customer_statistics_stale",
            sqlite_where=sa.text("is_stale = 1"),
            postgresql_where=sa.text("is_stale = 1"),
        )
        batch_op.drop_index(
            "ix_customer_statistics_spent",
            sqlite_where=sa.text("orders > 0"),
            postgresql_where=sa.text("orders > 0"),
        )
        batch_op.drop_index("ix_customer_statistics_places")
        batch_op.drop_index(
            "ix_customer_statistics_orders",
            sqlite_where=sa.text("orders > 0"),
            postgresql_where=sa.text("orders > 0"),
        )
        batch_op.drop_index(
            "ix_customer_statistics_last_order_at",
            sqlite_where=sa.text("orders > 0"),
            postgresql_where=sa.text("orders > 0"),
        )

    op.drop_table("customer_statistics")
    with op.batch_alter_table("customer_moves", schema=None) as batch_op:
        batch_op.drop_index("ix_customer_moves_customer_id_id")

    op.drop_table("customer_moves")
    op.drop_table("contents")
    op.drop_table("campaigns")
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_subject_kind_subject_id_id")

    op.drop_table("audit")
    op.drop_table("volatile")
    op.drop_table("suppressions")
    op.drop_table("staff")
    op.drop_table("segments")
    op.drop_table("region_statistics")
    op.drop_table("refreshes")
    op.drop_table("products")
    op.drop_table("leases")
    op.drop_table("knowledge")
    op.drop_table("kept_secrets")
    op.drop_table("customers")
    op.drop_table("channel_halts")

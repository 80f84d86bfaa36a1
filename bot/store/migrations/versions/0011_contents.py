"""Contents in many forms, their media and approvals

Revision 0011, after 0010.
"""

import hashlib
import json

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

import bot.store.database

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
INSTANT = bot.store.database.Instant(timezone=True)


def upgrade() -> None:
    _widen_tables()
    _make_tables()
    _name_versions()


def _widen_tables() -> None:
    op.add_column("contents", sa.Column("details", JSON, server_default="{}", nullable=False))
    op.add_column("contents", sa.Column("version", sa.String(length=64), server_default="", nullable=False))
    op.add_column("contents", sa.Column("messages", sa.Integer(), server_default="1", nullable=False))
    op.add_column("contents", sa.Column("by_mass", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.add_column("campaigns", sa.Column("variants", JSON, server_default="{}", nullable=False))
    op.add_column(
        "campaigns", sa.Column("hold_out_percent", sa.Integer(), server_default="0", nullable=False)
    )
    op.add_column("campaigns", sa.Column("in_order", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column(
        "campaign_contents", sa.Column("variant", sa.String(length=8), server_default="", nullable=False)
    )
    op.add_column("deliveries", sa.Column("variant", sa.String(length=8), nullable=True))
    op.add_column("deliveries", sa.Column("messages", sa.Integer(), server_default="1", nullable=False))
    op.add_column("deliveries", sa.Column("parts_left", sa.Integer(), server_default="0", nullable=False))


def _make_tables() -> None:
    op.create_table(
        "media_files",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("content_type", sa.String(length=40), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_media_files")),
    )
    op.create_table(
        "uploads",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("form", sa.String(length=10), nullable=False),
        sa.Column("value", sa.String(length=500), nullable=True),
        sa.Column("is_lasting", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("expires_at", INSTANT, nullable=True),
        sa.Column("job", sa.String(length=64), nullable=True),
        sa.Column("uploaded_at", INSTANT, nullable=True),
        sa.Column("claim_token", sa.String(length=32), nullable=True),
        sa.Column("lease_until", INSTANT, nullable=True),
        sa.Column("retry_at", INSTANT, nullable=True),
        sa.Column("error", sa.String(length=200), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("key", "form", name=op.f("pk_uploads")),
    )
    op.create_table(
        "approvals",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("content_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("staff_id", BIG_ID, nullable=False),
        sa.Column("approved_at", INSTANT, nullable=False),
        sa.Column("seen", JSON, nullable=False),
        sa.Column("withdrawn_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["content_id"], ["contents.id"], name=op.f("fk_approvals_content_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_approvals_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approvals")),
    )
    op.create_index(op.f("ix_approvals_content_id"), "approvals", ["content_id"])
    _make_tables_of_responses()


def _make_tables_of_responses() -> None:
    op.create_table(
        "customer_categories",
        sa.Column("customer_id", BIG_ID, nullable=False),
        sa.Column("category", sa.String(length=20), nullable=False),
        sa.Column("shown", sa.Integer(), server_default="0", nullable=False),
        sa.Column("answered", sa.Integer(), server_default="0", nullable=False),
        sa.Column("stopped", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.id"],
            name=op.f("fk_customer_categories_customer_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("customer_id", "category", name=op.f("pk_customer_categories")),
    )
    op.create_index("ix_customer_categories_category", "customer_categories", ["category"])
    op.create_table(
        "category_rates",
        sa.Column("category", sa.String(length=20), nullable=False),
        sa.Column("shown", sa.Integer(), server_default="0", nullable=False),
        sa.Column("answered", sa.Integer(), server_default="0", nullable=False),
        sa.Column("stopped", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("category", name=op.f("pk_category_rates")),
    )
    op.create_table(
        "counted_until",
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("until", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("what", name=op.f("pk_counted_until")),
    )


def _name_versions() -> None:
    """What was approved before there were versions stays approved, and is on record."""
    contents = sa.table(
        "contents",
        *(sa.column(name) for name in ("id", "title", "purpose", "kind", "text", "media_id", "version")),
        sa.column("approved_by"),
        sa.column("approved_at", INSTANT),
        sa.column("details", JSON),
    )
    approvals = sa.table(
        "approvals", sa.column("content_id"), sa.column("version"), sa.column("staff_id"),
        sa.column("approved_at", INSTANT), sa.column("seen", JSON),
    )  # fmt: skip
    connection = op.get_bind()
    for row in connection.execute(sa.select(contents)).all():
        seen = {
            "purpose": row.purpose, "kind": row.kind, "text": row.text, "media_id": row.media_id or "", "details": {},
        }  # fmt: skip
        version = hashlib.sha256(json.dumps(seen, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
        connection.execute(sa.update(contents).where(contents.c.id == row.id).values(version=version))
        if row.approved_by is not None and row.approved_at is not None:
            made = {
                "content_id": row.id, "version": version, "staff_id": row.approved_by, "approved_at": row.approved_at,
                "seen": seen,
            }  # fmt: skip
            connection.execute(sa.insert(approvals).values(made))

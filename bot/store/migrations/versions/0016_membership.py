"""Levels, points and lots

Revision 0016, after 0015.
"""

import sqlalchemy as sa
from alembic import op

import bot.store.database

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    big_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    instant = bot.store.database.Instant(timezone=True)
    op.create_table(
        "point_journals",
        sa.Column("id", big_id, nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("customer_id", big_id, nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("order_id", big_id, nullable=True),
        sa.Column("staff_id", big_id, nullable=True),
        sa.Column("note", sa.String(length=200), server_default="", nullable=False),
        sa.Column("at", instant, nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_point_journals_customer_id")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_point_journals_order_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_point_journals_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_point_journals")),
        sa.UniqueConstraint("key", name=op.f("uq_point_journals_key")),
    )
    op.create_index(op.f("ix_point_journals_customer_id"), "point_journals", ["customer_id"])
    op.create_index(op.f("ix_point_journals_order_id"), "point_journals", ["order_id"])
    op.create_table(
        "point_postings",
        sa.Column("journal_id", big_id, nullable=False),
        sa.Column("account", sa.String(length=10), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "account IN ('member', 'issued', 'spent', 'expired')", name=op.f("ck_point_postings_account")
        ),
        sa.ForeignKeyConstraint(
            ["journal_id"], ["point_journals.id"], name=op.f("fk_point_postings_journal_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("journal_id", "account", name=op.f("pk_point_postings")),
    )
    op.create_table(
        "point_lots",
        sa.Column("id", big_id, nullable=False),
        sa.Column("customer_id", big_id, nullable=False),
        sa.Column("journal_id", big_id, nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("remaining", sa.Integer(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.CheckConstraint("remaining >= 0 AND remaining <= points", name=op.f("ck_point_lots_remaining")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_point_lots_customer_id")),
        sa.ForeignKeyConstraint(["journal_id"], ["point_journals.id"], name=op.f("fk_point_lots_journal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_point_lots")),
    )
    op.create_index("ix_point_lots_customer_id_expires_on", "point_lots", ["customer_id", "expires_on"])
    op.create_index(
        "ix_point_lots_expiring",
        "point_lots",
        ["expires_on"],
        sqlite_where=sa.text("remaining > 0"),
        postgresql_where=sa.text("remaining > 0"),
    )
    op.create_index(op.f("ix_point_lots_journal_id"), "point_lots", ["journal_id"])
    op.create_table(
        "vouchers",
        sa.Column("id", big_id, nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("customer_id", big_id, nullable=False),
        sa.Column("origin", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("least", sa.Numeric(precision=12, scale=2), server_default="0", nullable=False),
        sa.Column("given_at", instant, nullable=False),
        sa.Column("valid_until", instant, nullable=False),
        sa.Column("redeemed_at", instant, nullable=True),
        sa.Column("redeemed_by", big_id, nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_vouchers_customer_id")),
        sa.ForeignKeyConstraint(["redeemed_by"], ["staff.id"], name=op.f("fk_vouchers_redeemed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vouchers")),
        sa.UniqueConstraint("code", name=op.f("uq_vouchers_code")),
    )
    op.create_index(op.f("ix_vouchers_customer_id"), "vouchers", ["customer_id"])

"""Offers to choose

Revision 0017, after 0016.
"""

import sqlalchemy as sa
from alembic import op

import bot.store.database

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    big_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    instant = bot.store.database.Instant(timezone=True)
    op.create_table(
        "offers",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("intro", sa.Text(), server_default="", nullable=False),
        sa.Column("segment_id", sa.String(length=64), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.Column("status", sa.String(length=10), server_default="draft", nullable=False),
        sa.Column("updated_at", instant, nullable=False),
        sa.CheckConstraint("status IN ('draft', 'running', 'paused', 'ended')", name=op.f("ck_offers_status")),
        sa.ForeignKeyConstraint(["segment_id"], ["segments.id"], name=op.f("fk_offers_segment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offers")),
    )
    op.create_table(
        "offer_options",
        sa.Column("offer_id", sa.String(length=64), nullable=False),
        sa.Column("letter", sa.String(length=1), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("least", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("stock", sa.Integer(), nullable=True),
        sa.Column("taken", sa.Integer(), server_default="0", nullable=False),
        sa.Column("valid_days", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('voucher', 'cash', 'gift')", name=op.f("ck_offer_options_kind")),
        sa.CheckConstraint(
            "taken >= 0 AND (stock IS NULL OR taken <= stock)", name=op.f("ck_offer_options_taken")
        ),
        sa.ForeignKeyConstraint(
            ["offer_id"], ["offers.id"], name=op.f("fk_offer_options_offer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("offer_id", "letter", name=op.f("pk_offer_options")),
    )
    op.create_table(
        "offer_choices",
        sa.Column("id", big_id, nullable=False),
        sa.Column("offer_id", sa.String(length=64), nullable=False),
        sa.Column("customer_id", big_id, nullable=False),
        sa.Column("letter", sa.String(length=1), nullable=False),
        sa.Column("voucher_id", big_id, nullable=False),
        sa.Column("chosen_at", instant, nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_offer_choices_customer_id")),
        sa.ForeignKeyConstraint(
            ["offer_id"], ["offers.id"], name=op.f("fk_offer_choices_offer_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["voucher_id"], ["vouchers.id"], name=op.f("fk_offer_choices_voucher_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer_choices")),
        sa.UniqueConstraint("offer_id", "customer_id", name=op.f("uq_offer_choices_offer_id_customer_id")),
    )
    op.create_index(op.f("ix_offer_choices_customer_id"), "offer_choices", ["customer_id"])

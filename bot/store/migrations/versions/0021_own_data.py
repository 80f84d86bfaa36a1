"""Wishes about their own data, with receipts

Revision 0021, after 0020.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

import bot.store.database

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    big_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.add_column(
        "customers", sa.Column("wants_personal", sa.Boolean(), server_default=sa.true(), nullable=False)
    )
    op.create_table(
        "own_data_wishes",
        sa.Column("id", big_id, nullable=False),
        sa.Column("customer_id", big_id, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("asked_at", bot.store.database.Instant(timezone=True), nullable=False),
        sa.Column("done_at", bot.store.database.Instant(timezone=True), nullable=True),
        sa.Column("receipt", sa.String(length=24), nullable=True),
        sa.Column(
            "detail",
            sa.JSON().with_variant(postgresql.JSONB(), "postgresql"),
            server_default="{}",
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_own_data_wishes_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_data_wishes")),
        sa.UniqueConstraint("receipt", name=op.f("uq_own_data_wishes_receipt")),
    )
    op.create_index(op.f("ix_own_data_wishes_customer_id"), "own_data_wishes", ["customer_id"])

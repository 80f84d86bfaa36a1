"""What a language model was asked and what it cost

Revision 0022, after 0021.
"""

import sqlalchemy as sa
from alembic import op

import bot.store.database

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    big_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "model_calls",
        sa.Column("id", big_id, nullable=False),
        sa.Column("customer_id", big_id, nullable=True),
        sa.Column("at", bot.store.database.Instant(timezone=True), nullable=False),
        sa.Column("tokens", sa.Integer(), nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column("ended", sa.String(length=10), nullable=False),
        sa.Column("why", sa.String(length=100), server_default="", nullable=False),
        sa.CheckConstraint("ended IN ('said', 'refused', 'failed')", name=op.f("ck_model_calls_ended")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_model_calls_customer_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_calls")),
    )
    op.create_index("ix_model_calls_at", "model_calls", ["at"])
    op.create_index(op.f("ix_model_calls_customer_id"), "model_calls", ["customer_id"])

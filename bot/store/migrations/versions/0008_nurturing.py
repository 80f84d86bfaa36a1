"""The nurturing plans of customers

Revision 0008, after 0007.
"""

import sqlalchemy as sa
from alembic import op

import bot.store.database

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    big_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "nurturing_plans",
        sa.Column("id", big_id, nullable=False),
        sa.Column("customer_id", big_id, nullable=False),
        sa.Column("service_class", sa.String(length=1), nullable=False),
        sa.Column("opened_at", bot.store.database.Instant(timezone=True), nullable=False),
        sa.Column("step", sa.Integer(), server_default="0", nullable=False),
        sa.Column("closed_at", bot.store.database.Instant(timezone=True), nullable=True),
        sa.CheckConstraint("step >= 0", name=op.f("ck_nurturing_plans_step")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_nurturing_plans_customer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nurturing_plans")),
    )
    op.create_index("ix_nurturing_plans_customer_id", "nurturing_plans", ["customer_id"])
    op.create_index(
        "uq_nurturing_plans_one_open",
        "nurturing_plans",
        ["customer_id"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )

"""Rhythm and the best hour of each customer

Revision 0014, after 0013.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    big_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "counted_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_counted_days")),
    )
    op.create_table(
        "spoken_hours",
        sa.Column("customer_id", big_id, nullable=False),
        sa.Column("works", sa.Boolean(), nullable=False),
        sa.Column("half", sa.SmallInteger(), nullable=False),
        sa.Column("messages", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint("half BETWEEN 0 AND 47", name=op.f("ck_spoken_hours_half")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_spoken_hours_customer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("customer_id", "works", "half", name=op.f("pk_spoken_hours")),
    )
    op.create_table(
        "best_hours",
        sa.Column("works", sa.Boolean(), nullable=False),
        sa.Column("opens", sa.SmallInteger(), nullable=False),
        sa.Column("closes", sa.SmallInteger(), nullable=False),
        sa.Column("customer_id", big_id, nullable=False),
        sa.Column("half", sa.SmallInteger(), nullable=False),
        sa.Column("messages", sa.SmallInteger(), nullable=False),
        sa.Column("permille", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_best_hours_customer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("works", "opens", "closes", "customer_id", name=op.f("pk_best_hours")),
    )
    op.create_index("ix_best_hours_customer_id", "best_hours", ["customer_id"])

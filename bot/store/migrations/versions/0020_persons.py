"""Who serves whom: the queue of hand-overs

Revision 0020, after 0019.
"""

import sqlalchemy as sa
from alembic import op

import bot.store.database

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    big_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    instant = bot.store.database.Instant(timezone=True)
    op.add_column("staff", sa.Column("away_since", instant, nullable=True))
    number = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    # in one statement with its constraint: SQLite knows no other way to add one
    op.execute(
        f"ALTER TABLE handovers ADD COLUMN assigned_to {number}"
        " CONSTRAINT fk_handovers_assigned_to REFERENCES staff (id)"
    )
    op.add_column("handovers", sa.Column("taken_at", instant, nullable=True))
    op.add_column("handovers", sa.Column("asked", sa.Integer(), server_default="1", nullable=False))
    op.add_column("handovers", sa.Column("rating_asked_at", instant, nullable=True))
    op.execute(
        "ALTER TABLE handovers ADD COLUMN rating INTEGER"
        " CONSTRAINT ck_handovers_rating CHECK (rating BETWEEN 1 AND 5)"
    )
    op.create_table(
        "account_managers",
        sa.Column("customer_id", big_id, autoincrement=False, nullable=False),
        sa.Column("staff_id", big_id, nullable=False),
        sa.Column("since", instant, nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.id"],
            name=op.f("fk_account_managers_customer_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_account_managers_staff_id")),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_account_managers")),
    )
    op.create_index(op.f("ix_account_managers_staff_id"), "account_managers", ["staff_id"])

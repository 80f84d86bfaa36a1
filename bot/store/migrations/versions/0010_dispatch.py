"""Dispatch: rates, halts, the stop switch

Revision 0010, after 0009.
"""

import sqlalchemy as sa
from alembic import op

import bot.store.database

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("channel_halts", sa.Column("by", sa.String(length=100), nullable=True))
    op.add_column(
        "channel_halts", sa.Column("counted_since", bot.store.database.Instant(timezone=True), nullable=True)
    )
    planned = sa.text("state = 'planned'")
    op.drop_index("ix_deliveries_due", "deliveries")
    op.create_index(
        "ix_deliveries_due",
        "deliveries",
        ["channel", "due_at"],
        sqlite_where=planned,
        postgresql_where=planned,
    )
    for counter in ("trips", "asked", "troubled"):
        op.add_column("channel_halts", sa.Column(counter, sa.Integer(), server_default="0", nullable=False))

"""Forgetting somebody reads no table from end to end

For each message that goes the databases looked through all deliveries for one that answers it, and closed follow-ups
and merges that were undone had no index by customer.

Revision 0045, after 0039.
"""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    answers = sa.text("answers_id IS NOT NULL")
    op.create_index(
        "ix_deliveries_answers_id",
        "deliveries",
        ["answers_id"],
        sqlite_where=answers,
        postgresql_where=answers,
    )
    op.create_index("ix_follow_ups_customer_id", "follow_ups", ["customer_id"])
    op.create_index("ix_merges_loser_id", "merges", ["loser_id"])

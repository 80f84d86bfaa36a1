"""Nothing that is done while somebody waits reads a table from end to end

For each message that goes the databases looked through all deliveries for one that answers it, and closed follow-ups
and merges that were undone had no index by customer. What WeChat has yet to tell of was looked for among all deliveries
twice a minute, by the one who writes.

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
    unsettled = sa.text(
        "(channel = 'subscription_notice' OR channel = 'template_message') AND (state = 'accepted' OR state = 'unknown')"
    )
    op.create_index(
        "ix_deliveries_unsettled",
        "deliveries",
        ["state", "claimed_at"],
        sqlite_where=unsettled,
        postgresql_where=unsettled,
    )
    op.create_index("ix_follow_ups_customer_id", "follow_ups", ["customer_id"])
    op.create_index("ix_merges_loser_id", "merges", ["loser_id"])

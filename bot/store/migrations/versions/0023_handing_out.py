"""What is due is found in the order in which it is handed out

Revision 0023, after 0022.
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    planned = sa.text("state = 'planned'")
    op.drop_index("ix_deliveries_due", "deliveries")
    op.create_index(
        "ix_deliveries_due",
        "deliveries",
        ["channel", "due_at", "id"],
        sqlite_where=planned,
        postgresql_where=planned,
    )
    withdrawn = sa.text("state = 'skipped' AND reason = 'withdrawn'")
    op.create_index(
        "ix_deliveries_withdrawn",
        "deliveries",
        ["day", "customer_id", "campaign_id"],
        sqlite_where=withdrawn,
        postgresql_where=withdrawn,
    )
    # each is written three times within minutes: with room beside it the first time touches no index
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE deliveries SET (fillfactor = 50)")
        op.execute("ALTER TABLE customers SET (fillfactor = 70)")

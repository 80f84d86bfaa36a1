"""What waits for a contact is found among a stretch of customers, too

Revision 0031, after 0030.
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

_KEPT = sa.text("state = 'planned' AND channel = 'next_contact'")


def upgrade() -> None:
    op.drop_index("ix_deliveries_kept", table_name="deliveries")
    op.create_index(
        "ix_deliveries_kept", "deliveries", ["channel", "customer_id", "id", "campaign_id", "day"],
        sqlite_where=_KEPT, postgresql_where=_KEPT,
    )  # fmt: skip

"""What planning writes lies close together, and what has closed is found at once

Revision 0026, after 0025.
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_IS_LIVE = sa.text("state <> 'skipped'")
_CLOSES = sa.text("state = 'planned' AND closes_at IS NOT NULL")


def upgrade() -> None:
    op.drop_index("uq_deliveries_one_a_day", table_name="deliveries")
    op.create_index(
        "uq_deliveries_one_a_day", "deliveries", ["day", "customer_id", "campaign_id"],
        unique=True, sqlite_where=_IS_LIVE, postgresql_where=_IS_LIVE,
    )  # fmt: skip
    op.create_index(
        "ix_deliveries_closing", "deliveries", ["closes_at"], sqlite_where=_CLOSES, postgresql_where=_CLOSES
    )

"""A campaign's contents stand in their order

Revision 0033, after 0032.
"""

from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # who gets the first takes one look at it: without, all are looked at and sorted for everybody
    op.create_index(
        "ix_campaign_contents_in_order", "campaign_contents", ["campaign_id", "position", "content_id"]
    )

"""Each row of figures has room beside it for its places

Revision 0032, after 0031.
"""

from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # written twice when everybody is put in their place for the first time: half the time when it stays on its page
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE customer_statistics SET (fillfactor = 50)")

"""Who is in a segment, since when

Revision 0006, after 0005.
"""

import sqlalchemy as sa  # noqa: F401
from alembic import op  # noqa: F401

import bot.store.database  # noqa: F401

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass

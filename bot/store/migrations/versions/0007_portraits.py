"""Portraits and look-alikes

Revision 0007, after 0006.
"""

import sqlalchemy as sa  # noqa: F401
from alembic import op  # noqa: F401

import bot.store.database  # noqa: F401

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass

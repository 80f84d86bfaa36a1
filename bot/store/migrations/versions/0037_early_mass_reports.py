"""What WeChat tells of a mass send before its own answer to the request was written down

Revision 0037, after 0034.
"""

import sqlalchemy as sa
from alembic import op

from bot.store.database import Instant

revision = "0037"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "early_mass_reports",
        sa.Column("wechat_id", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=100), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("total", "filtered", "sent", "errors")),
        sa.Column("told_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("wechat_id", name=op.f("pk_early_mass_reports")),
    )
    op.create_index(op.f("ix_early_mass_reports_told_at"), "early_mass_reports", ["told_at"])

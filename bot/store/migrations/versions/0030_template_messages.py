"""Template messages: how a content fills one, the account's templates of both channels, the calls of a day

Revision 0030, after 0026.
"""

import sqlalchemy as sa
from alembic import op

from bot.store.tables.columns import Json

revision = "0030"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("contents", sa.Column("template_id", sa.String(length=64), nullable=True))
    op.add_column("contents", sa.Column("template_data", Json, nullable=True))
    for name, length in (("template_url", 1024), ("template_app_id", 32), ("template_page", 1024)):
        op.add_column(
            "contents", sa.Column(name, sa.String(length=length), server_default="", nullable=False)
        )
    op.add_column(
        "notice_templates",
        sa.Column("channel", sa.String(length=20), server_default="subscription_notice", nullable=False),
    )
    op.create_table(
        "daily_calls",
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.CheckConstraint("used >= 0", name=op.f("ck_daily_calls_used")),
        sa.PrimaryKeyConstraint("channel", "day", name=op.f("pk_daily_calls")),
    )

"""Other wordings in which customers ask what a knowledge entry answers

Revision 0025, after 0024.
"""

import sqlalchemy as sa
from alembic import op

import bot.store.database

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "knowledge_asks",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("entry_id", sa.String(length=64), nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("from_customers", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("added_at", bot.store.database.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["knowledge.id"], name=op.f("fk_knowledge_asks_entry_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_asks")),
        sa.UniqueConstraint("entry_id", "text", name=op.f("uq_knowledge_asks_entry_id_text")),
    )

"""Examples, words and questions nobody answered

Revision 0015, after 0014.
"""

import sqlalchemy as sa
from alembic import op

import bot.store.database

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "intent_examples",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("intent", sa.String(length=40), nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("added_at", bot.store.database.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_intent_examples_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intent_examples")),
        sa.UniqueConstraint("text", name=op.f("uq_intent_examples_text")),
    )
    op.create_table(
        "watched_words",
        sa.Column("word", sa.String(length=40), nullable=False),
        sa.Column("action", sa.String(length=10), nullable=False),
        sa.Column("added_at", bot.store.database.Instant(timezone=True), nullable=False),
        sa.CheckConstraint("action IN ('escalate', 'forbid')", name=op.f("ck_watched_words_action")),
        sa.PrimaryKeyConstraint("word", name=op.f("pk_watched_words")),
    )
    op.create_table(
        "open_questions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("intent", sa.String(length=40), server_default="", nullable=False),
        sa.Column("asked_at", bot.store.database.Instant(timezone=True), nullable=False),
        sa.Column("settled_at", bot.store.database.Instant(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_open_questions_customer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_open_questions")),
    )
    op.create_index("ix_open_questions_customer_id", "open_questions", ["customer_id"])
    op.create_index(
        "ix_open_questions_open",
        "open_questions",
        ["asked_at"],
        sqlite_where=sa.text("settled_at IS NULL"),
        postgresql_where=sa.text("settled_at IS NULL"),
    )

"""Facts with their provenance

Revision 0005, after 0004.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

import bot.store.database

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

OF_THE_ROW = ("name", "gender", "birthday", "province", "city")


def upgrade() -> None:
    op.create_table(
        "inferences",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", bot.store.database.Instant(timezone=True), nullable=False),
        sa.Column("rules", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inferences")),
    )
    op.create_table(
        "facts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("attribute", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("value", sa.String(length=100), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column(
            "evidence",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            server_default="{}",
            nullable=False,
        ),
        sa.Column("staff_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("at", bot.store.database.Instant(timezone=True), nullable=False),
        sa.Column("ended_at", bot.store.database.Instant(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=10), nullable=True),
        sa.Column("holds", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.CheckConstraint("NOT holds OR (ended_at IS NULL AND value <> '')", name=op.f("ck_facts_holds")),
        sa.CheckConstraint("ended_by IN ('superseded', 'retracted')", name=op.f("ck_facts_ended_by")),
        sa.CheckConstraint(
            "source IN ('own_word', 'staff', 'order', 'import', 'inference')", name=op.f("ck_facts_source")
        ),
        sa.CheckConstraint("confidence BETWEEN 0 AND 1", name=op.f("ck_facts_confidence")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_facts_customer_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_facts_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_facts")),
    )
    op.create_index("ix_facts_customer_id_attribute", "facts", ["customer_id", "attribute"], unique=False)
    op.create_index(
        "ix_facts_value",
        "facts",
        ["attribute", "value", "customer_id"],
        unique=False,
        sqlite_where=sa.text("holds = 1"),
        postgresql_where=sa.text("holds"),
    )
    op.create_index(
        "uq_facts_one_a_source",
        "facts",
        ["customer_id", "attribute", "source"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "uq_facts_one_holds",
        "facts",
        ["customer_id", "attribute"],
        unique=True,
        sqlite_where=sa.text("holds = 1"),
        postgresql_where=sa.text("holds"),
    )
    op.create_table(
        "product_firsts",
        sa.Column(
            "product_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("sold_at", bot.store.database.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_product_firsts_product_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("product_id", name=op.f("pk_product_firsts")),
    )
    op.create_table(
        "questions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("attribute", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("asked_at", bot.store.database.Instant(timezone=True), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(length=10), server_default="open", nullable=False),
        sa.Column("settled_at", bot.store.database.Instant(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'answered', 'refused', 'passed')", name=op.f("ck_questions_state")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_questions_customer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questions")),
    )
    op.create_index("uq_questions_one_a_day", "questions", ["customer_id", "day"], unique=True)
    op.add_column(
        "customers", sa.Column("question_until", bot.store.database.Instant(timezone=True), nullable=True)
    )
    op.add_column(
        "customers", sa.Column("ask_after", bot.store.database.Instant(timezone=True), nullable=True)
    )
    for name in OF_THE_ROW:
        op.execute(
            "INSERT INTO facts (customer_id, attribute, source, value, confidence, at, holds) "  # noqa: S608
            f"SELECT id, '{name}', 'import', CAST({name} AS VARCHAR(100)), 0.8, created_at, true FROM customers "
            f"WHERE {name} IS NOT NULL AND CAST({name} AS VARCHAR(100)) <> '' AND forgotten_at IS NULL"
        )

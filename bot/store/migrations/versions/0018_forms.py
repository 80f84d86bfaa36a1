"""Forms filled step by step

Revision 0018, after 0017.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

import bot.store.database

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    big_id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    instant = bot.store.database.Instant(timezone=True)
    op.add_column("customers", sa.Column("form_until", instant, nullable=True))
    op.create_table(
        "form_talks",
        sa.Column("customer_id", big_id, autoincrement=False, nullable=False),
        sa.Column("form", sa.String(length=20), nullable=False),
        sa.Column("answers", json, nullable=False),
        sa.Column("at", instant, nullable=False),
        sa.Column("left_at", instant, nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_form_talks_customer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_form_talks")),
    )
    op.create_table(
        "form_requests",
        sa.Column("id", big_id, nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("customer_id", big_id, nullable=False),
        sa.Column("form", sa.String(length=20), nullable=False),
        sa.Column("order_id", big_id, nullable=True),
        sa.Column("answers", json, nullable=False),
        sa.Column("state", sa.String(length=10), server_default="open", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("sent_at", instant, nullable=False),
        sa.Column("closed_at", instant, nullable=True),
        sa.Column("staff_id", big_id, nullable=True),
        sa.CheckConstraint("state IN ('open', 'done', 'declined')", name=op.f("ck_form_requests_state")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_form_requests_customer_id")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_form_requests_order_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_form_requests_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_requests")),
        sa.UniqueConstraint("number", name=op.f("uq_form_requests_number")),
    )
    op.create_index(op.f("ix_form_requests_customer_id"), "form_requests", ["customer_id"])
    op.create_index(op.f("ix_form_requests_order_id"), "form_requests", ["order_id"])
    op.create_index(
        "ix_form_requests_open",
        "form_requests",
        ["id"],
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )

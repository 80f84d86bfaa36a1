"""Subscription notices, their templates and consents; what WeChat's answers say about the ledgers

Revision 0013, after 0012.
"""

import sqlalchemy as sa
from alembic import op

import bot.store.database
from bot.store.tables.columns import Json

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _notices()
    _what_answers_taught()
    op.add_column("contents", sa.Column("notice_template", sa.String(length=64), nullable=True))
    op.add_column(
        "contents", sa.Column("notice_page", sa.String(length=1024), server_default="", nullable=False)
    )
    op.add_column("contents", sa.Column("notice_data", Json, nullable=True))
    op.add_column("deliveries", sa.Column("notice_template", sa.String(length=64), nullable=True))
    op.add_column("deliveries", sa.Column("reported", sa.Integer(), nullable=True))
    op.drop_column("mass_sends", "untagged_at")  # WeChat is asked who is under the tag
    accepted = sa.text("channel = 'subscription_notice' AND state IN ('claimed', 'accepted', 'unknown')")
    op.create_index(
        "ix_deliveries_notices",
        "deliveries",
        ["customer_id", "notice_template"],
        sqlite_where=accepted,
        postgresql_where=accepted,
    )


def _notices() -> None:
    op.create_table(
        "notice_templates",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("fields", Json, nullable=False),
        sa.Column("example", sa.Text(), server_default="", nullable=False),
        _instant("synced_at"),
        _instant("gone_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_templates")),
    )
    op.create_table(
        "notice_consents",
        sa.Column("customer_id", _big_id(), nullable=False),
        sa.Column("template_id", sa.String(length=64), nullable=False),
        sa.Column("remaining", sa.Integer(), nullable=False),
        _instant("refused_at", nullable=True),
        _instant("updated_at"),
        sa.CheckConstraint("remaining >= 0", name=op.f("ck_notice_consents_remaining")),
        _of_customer("notice_consents"),
        sa.PrimaryKeyConstraint("customer_id", "template_id", name=op.f("pk_notice_consents")),
    )
    op.create_index(
        "ix_notice_consents_template_id_remaining", "notice_consents", ["template_id", "remaining"]
    )


def _what_answers_taught() -> None:
    op.create_table(
        "channel_suppressions",
        sa.Column("customer_id", _big_id(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=100), nullable=False),
        _instant("since"),
        _of_customer("channel_suppressions"),
        sa.PrimaryKeyConstraint("customer_id", "channel", name=op.f("pk_channel_suppressions")),
    )
    op.create_table(
        "spent_quotas",
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=100), nullable=False),
        _instant("since"),
        _instant("until"),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_spent_quotas")),
    )
    op.create_table(
        "follow_doubts",
        sa.Column("customer_id", _big_id(), nullable=False),
        _instant("since"),
        _of_customer("follow_doubts"),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_follow_doubts")),
    )


def _big_id() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _instant(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, bot.store.database.Instant(timezone=True), nullable=nullable)


def _of_customer(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["customer_id"], ["customers.id"], name=op.f(f"fk_{table}_customer_id"), ondelete="CASCADE"
    )

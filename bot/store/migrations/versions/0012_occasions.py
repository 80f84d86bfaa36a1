"""Festivals, birthdays, return visits and the working calendar's overrides

Revision 0012, after 0011.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

import bot.store.database

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
INSTANT = bot.store.database.Instant(timezone=True)
HAPPENS_ONCE = "occasion IS NOT NULL AND state <> 'skipped'"


def upgrade() -> None:
    _widen_tables()
    _make_calendar()
    _make_care()
    op.create_index("ix_customers_followed_at", "customers", ["followed_at"])
    op.create_index("ix_shipments_shipped_at", "shipments", ["shipped_at"])
    op.create_index("ix_shipments_delivered_at", "shipments", ["delivered_at"])
    op.create_index("ix_returns_closed_at", "returns", ["closed_at"])


def _widen_tables() -> None:
    op.add_column("campaigns", sa.Column("occasion", JSON, nullable=True))
    op.add_column(
        "contents", sa.Column("occasion_until", sa.String(length=4), server_default="", nullable=False)
    )
    op.add_column("deliveries", sa.Column("occasion", sa.String(length=60), nullable=True))
    op.add_column("deliveries", sa.Column("useful_until", INSTANT, nullable=True))
    op.create_index(
        "uq_deliveries_one_an_occasion",
        "deliveries",
        ["customer_id", "campaign_id", "occasion"],
        unique=True,
        sqlite_where=sa.text(HAPPENS_ONCE),
        postgresql_where=sa.text(HAPPENS_ONCE),
    )


def _make_calendar() -> None:
    op.create_table(
        "festivals",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("english", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("falls", JSON, nullable=False),
        sa.Column("lasts", sa.Integer(), server_default="1", nullable=False),
        sa.Column("since", sa.Integer(), nullable=True),
        sa.Column("enabled", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_festivals")),
    )
    op.create_table(
        "day_overrides",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("works", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(length=100), server_default="", nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_day_overrides")),
    )
    op.create_table(
        "calendar_years",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_calendar_years")),
    )


def _make_care() -> None:
    op.create_table(
        "care_meetings",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("campaign_id", sa.String(length=64), nullable=False),
        sa.Column("customer_id", BIG_ID, nullable=False),
        sa.Column("met_on", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("is_occasion", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_care_meetings_campaign_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_care_meetings_customer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_care_meetings")),
    )
    op.create_index("uq_care_meetings_one", "care_meetings", ["customer_id", "campaign_id"], unique=True)
    op.create_index("ix_care_meetings_campaign_id_met_on", "care_meetings", ["campaign_id", "met_on"])
    op.create_table(
        "care_looks",
        sa.Column("campaign_id", sa.String(length=64), nullable=False),
        sa.Column("looked_on", sa.Date(), nullable=False),
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_care_looks_campaign_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("campaign_id", name=op.f("pk_care_looks")),
    )

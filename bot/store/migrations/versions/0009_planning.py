"""What planning keeps of a pass

Revision 0009, after 0008.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

import bot.store.database

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
INSTANT = bot.store.database.Instant(timezone=True)
KEPT = "state = 'planned' AND channel = 'next_contact'"
ENDED = "state IN ('accepted', 'sent', 'failed', 'unknown')"
OF_A_MASS_SEND = "mass_send_id IS NOT NULL"


def upgrade() -> None:
    _make_tables()
    op.drop_table("verdicts")  # the next pass decides anew
    op.add_column(
        "plan_totals", sa.Column("kind", sa.String(length=10), server_default="full", nullable=False)
    )
    op.add_column(
        "plan_totals", sa.Column("purpose", sa.String(length=10), server_default="", nullable=False)
    )
    op.drop_index("ix_plan_totals_campaign_id_pass_at", "plan_totals")
    op.execute("DELETE FROM plan_totals")
    op.create_index(
        "uq_plan_totals_one", "plan_totals", ["campaign_id", "pass_at", "purpose", "reason"], unique=True
    )
    _index("ix_deliveries_kept", ["customer_id", "id", "campaign_id"], KEPT)
    _index("ix_deliveries_ended", ["day", "customer_id", "campaign_id", "state"], ENDED)
    op.drop_index("ix_deliveries_mass_send_id", "deliveries")
    _index("ix_deliveries_mass_send_id", ["mass_send_id"], OF_A_MASS_SEND)


def _make_tables() -> None:
    op.create_table(
        "plan_passes",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("full_id", sa.BigInteger(), nullable=True),
        sa.Column("book", JSON, nullable=True),
        sa.Column("looked_at", sa.Integer(), server_default="0", nullable=False),
        sa.Column("finished_at", INSTANT, nullable=True),
        sa.CheckConstraint("kind IN ('full', 'changes')", name=op.f("ck_plan_passes_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_passes")),
    )
    op.create_index("ix_plan_passes_at", "plan_passes", ["at"])
    op.create_table(
        "standings",
        sa.Column("purpose", sa.String(length=10), nullable=False),
        sa.Column("customer_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("pass_id", BIG_ID, nullable=False),
        *_standing(),
        sa.PrimaryKeyConstraint("purpose", "customer_id", name=op.f("pk_standings")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "former_standings",
        sa.Column("customer_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("purpose", sa.String(length=10), nullable=False),
        sa.Column("pass_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("until_pass", BIG_ID, nullable=False),
        *_standing(),
        sa.PrimaryKeyConstraint("customer_id", "purpose", "pass_id", name=op.f("pk_former_standings")),
        sqlite_with_rowid=False,
    )


def _standing() -> list[sa.Column[object]]:
    return [
        sa.Column("reasons", JSON, nullable=False),
        sa.Column("turn", sa.String(length=64), nullable=True),
        sa.Column("kept", sa.String(length=64), nullable=True),
        sa.Column("own", JSON, nullable=True),
        sa.Column("audiences", JSON, nullable=False),
        sa.Column("last_push_at", INSTANT, nullable=True),
        sa.Column("engagement", sa.String(length=10), nullable=False),
        sa.Column("silent_pushes", sa.Integer(), nullable=False),
        sa.Column("window_until", INSTANT, nullable=True),
        sa.Column("window_left", sa.Integer(), nullable=False),
        sa.Column("mass_month", sa.String(length=7), nullable=True),
        sa.Column("mass_used", sa.Integer(), nullable=False),
    ]


def _index(name: str, columns: list[str], where: str) -> None:
    op.create_index(name, "deliveries", columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))

"""What planning keeps: its passes, where each customer stands for each purpose, and where they stood before."""

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, Integer, String, Table

from bot.store.database import Instant
from bot.store.tables.columns import BigId, Json, PerhapsJson, metadata

plan_passes = Table(
    "plan_passes",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("kind", String(10), nullable=False),  # full: everybody was looked at; changes: who had changed
    Column("full_id", BigInteger),  # of changes: the pass whose book counts
    Column("book", PerhapsJson),  # of a full one: campaigns and windows, and which number means which
    Column("looked_at", Integer, nullable=False, server_default="0"),
    Column("finished_at", Instant),  # empty: under way, or it died
    CheckConstraint("kind IN ('full', 'changes')", name="kind"),
    Index("ix_plan_passes_at", "at"),
)


def _standing() -> list[Column[object]]:
    """What was decided, and the customer's own figures it was decided on."""
    return [
        Column("reasons", Json, nullable=False),  # by kind of campaign; null: nothing stands against it
        Column("turn", String(64)),  # the campaign that has the customer's turn
        Column("kept", String(64)),  # the campaign whose content waits for the next contact
        Column("own", PerhapsJson),  # what single campaigns say besides: campaign → reason
        Column("audiences", Json, nullable=False),  # bits: of which campaigns' audiences they were
        Column("last_push_at", Instant),
        Column("engagement", String(10), nullable=False),
        Column("silent_pushes", Integer, nullable=False),
        Column("window_until", Instant),
        Column("window_left", Integer, nullable=False),
        Column("mass_month", String(7)),
        Column("mass_used", Integer, nullable=False),
    ]


# a row for everybody in the audience of a campaign of the purpose; written only when what was decided changes.
# No foreign keys: PostgreSQL would look up each of a million rows; forgetting and merging know both tables.
standings = Table(
    "standings",
    metadata,
    Column("purpose", String(10), primary_key=True),
    Column("customer_id", BigId, primary_key=True, autoincrement=False),
    Column("pass_id", BigId, nullable=False),  # that decided it; every later full one found the same
    *_standing(),
    sqlite_with_rowid=False,
)

former_standings = Table(  # what stood until another pass decided otherwise
    "former_standings",
    metadata,
    Column("customer_id", BigId, primary_key=True, autoincrement=False),
    Column("purpose", String(10), primary_key=True),
    Column("pass_id", BigId, primary_key=True, autoincrement=False),
    Column("until_pass", BigId, nullable=False),
    *_standing(),
    sqlite_with_rowid=False,
)

plan_totals = Table(  # how many candidates of a pass got which verdict
    "plan_totals",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("pass_at", Instant, nullable=False),
    Column("kind", String(10), nullable=False, server_default="full"),  # of the pass
    Column("campaign_id", ForeignKey("campaigns.id", ondelete="CASCADE"), nullable=False),
    Column("purpose", String(10), nullable=False, server_default=""),
    Column("reason", String(100), nullable=False),
    Column("customers", Integer, nullable=False),
    # two planners at one instant count once
    Index("uq_plan_totals_one", "campaign_id", "pass_at", "purpose", "reason", unique=True),
)

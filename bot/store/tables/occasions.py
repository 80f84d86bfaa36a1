"""Days and what happens on them: festivals, the working calendar's overrides, and who met a condition when."""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    true,
)

from bot.store.database import Instant
from bot.store.tables.columns import BigId, Json, metadata

festivals = Table(  # the shop's own, and those it keeps otherwise than the product's list
    "festivals",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("name", String(40), nullable=False),
    Column("english", String(60), nullable=False),
    Column("kind", String(12), nullable=False),
    Column("falls", Json, nullable=False),  # on which days, as in the file
    Column("lasts", Integer, nullable=False, server_default="1"),  # days
    Column("since", Integer),  # the first year
    Column("enabled", Boolean, nullable=False, server_default=true()),
    Column("updated_at", Instant, nullable=False),
)

day_overrides = Table(  # what the operator knows better than the published calendar at hand
    "day_overrides",
    metadata,
    Column("day", Date, primary_key=True),
    Column("works", Boolean, nullable=False),
    Column("note", String(100), nullable=False, server_default=""),
    Column("updated_at", Instant, nullable=False),
)

calendar_years = Table(  # years whose whole schedule the operator has entered: the rest goes by its weekday
    "calendar_years",
    metadata,
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("updated_at", Instant, nullable=False),
)

care_meetings = Table(  # a customer came to meet a campaign's condition, and may have left it since
    "care_meetings",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("campaign_id", ForeignKey("campaigns.id", ondelete="CASCADE"), nullable=False),
    Column("customer_id", ForeignKey("customers.id", ondelete="CASCADE"), nullable=False),
    Column("met_on", Date, nullable=False),
    Column("left_on", Date),
    Column("is_occasion", Boolean, nullable=False),  # no: they met it before, or again within the pause
    Index("uq_care_meetings_one", "customer_id", "campaign_id", unique=True),
    Index("ix_care_meetings_campaign_id_met_on", "campaign_id", "met_on"),
)

care_looks = Table(  # when it was last looked who meets a campaign's condition, and by which rule
    "care_looks",
    metadata,
    Column("campaign_id", ForeignKey("campaigns.id", ondelete="CASCADE"), primary_key=True),
    Column("looked_on", Date, nullable=False),
    Column("rule", String(64), nullable=False),  # a fingerprint: under another rule everything begins anew
)

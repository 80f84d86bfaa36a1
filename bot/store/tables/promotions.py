"""Offers from which a customer chooses one thing, what there is of each, and who chose what."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from bot.store.database import Instant
from bot.store.tables.columns import BigId, Money, metadata

offers = Table(
    "offers",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("title", String(100), nullable=False),
    Column("intro", Text, nullable=False, server_default=""),
    Column("segment_id", ForeignKey("segments.id"), nullable=False),
    Column("starts", Date, nullable=False),
    Column("ends", Date, nullable=False),  # included
    Column("status", String(10), nullable=False, server_default="draft"),
    Column("updated_at", Instant, nullable=False),
    CheckConstraint("status IN ('draft', 'running', 'paused', 'ended')", name="status"),
)

offer_options = Table(
    "offer_options",
    metadata,
    Column("offer_id", ForeignKey("offers.id", ondelete="CASCADE"), primary_key=True),
    Column("letter", String(1), primary_key=True),
    Column("kind", String(10), nullable=False),
    Column("name", String(40), nullable=False),
    Column("value", Money, nullable=False),
    Column("least", Money, nullable=False),
    Column("stock", Integer),  # empty: as many as want it
    Column("taken", Integer, nullable=False, server_default="0"),
    Column("valid_days", Integer, nullable=False),
    CheckConstraint("kind IN ('voucher', 'cash', 'gift')", name="kind"),
    CheckConstraint("taken >= 0 AND (stock IS NULL OR taken <= stock)", name="taken"),
)

offer_choices = Table(  # one a customer and offer
    "offer_choices",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("offer_id", ForeignKey("offers.id", ondelete="CASCADE"), nullable=False),
    Column("customer_id", ForeignKey("customers.id"), nullable=False, index=True),
    Column("letter", String(1), nullable=False),
    Column("voucher_id", ForeignKey("vouchers.id"), nullable=False),
    Column("chosen_at", Instant, nullable=False),
    UniqueConstraint("offer_id", "customer_id"),
)

"""Points: a ledger of double entry, the lots they expire in, and the vouchers they buy."""

from sqlalchemy import CheckConstraint, Column, Date, ForeignKey, Index, Integer, String, Table

from bot.store.database import Instant
from bot.store.tables.columns import BigId, Money, metadata, only_where

point_journals = Table(  # one thing that happened to a member's points
    "point_journals",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("key", String(80), nullable=False, unique=True),  # what it is about: written once, whoever tries
    Column(
        "customer_id", ForeignKey("customers.id"), index=True
    ),  # empty: of the shop, the ledger's beginning
    Column(
        "kind", String(20), nullable=False
    ),  # begin, opening, order, return, refund, exchange, expiry, grant
    Column("order_id", ForeignKey("orders.id", ondelete="SET NULL"), index=True),
    Column("staff_id", ForeignKey("staff.id")),
    Column("note", String(200), nullable=False, server_default=""),
    Column("at", Instant, nullable=False),
)

point_postings = Table(  # of each journal at least two, and their sum is nothing
    "point_postings",
    metadata,
    Column("journal_id", ForeignKey("point_journals.id", ondelete="CASCADE"), primary_key=True),
    Column("account", String(10), primary_key=True),  # member, issued, spent, expired
    Column("points", Integer, nullable=False),
    CheckConstraint("account IN ('member', 'issued', 'spent', 'expired')", name="account"),
)

point_lots = Table(  # what a member has, by when it expires; spent from the one that expires first
    "point_lots",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("customer_id", ForeignKey("customers.id"), nullable=False),
    Column("journal_id", ForeignKey("point_journals.id"), nullable=False, index=True),
    Column("points", Integer, nullable=False),
    Column("remaining", Integer, nullable=False),
    Column("expires_on", Date, nullable=False),  # the last day they can be spent
    CheckConstraint("remaining >= 0 AND remaining <= points", name="remaining"),
    Index("ix_point_lots_customer_id_expires_on", "customer_id", "expires_on"),
    Index(
        "ix_point_lots_expiring",
        "expires_on",
        **only_where("remaining > 0"),
    ),
)

vouchers = Table(
    "vouchers",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("code", String(20), nullable=False, unique=True),
    Column("customer_id", ForeignKey("customers.id"), nullable=False, index=True),
    Column("origin", String(80), nullable=False),  # reward:coupon-10, or the offer that gave it
    Column("name", String(40), nullable=False),
    Column("value", Money, nullable=False),
    Column("least", Money, nullable=False, server_default="0"),  # of an order
    Column("given_at", Instant, nullable=False),
    Column("valid_until", Instant, nullable=False),
    Column("redeemed_at", Instant),
    Column("redeemed_by", ForeignKey("staff.id")),
)

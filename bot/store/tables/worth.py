"""What the customers, products and regions are worth: figures, places and moves."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
)

from bot.store.database import Instant
from bot.store.tables.columns import BigId, Json, metadata, only_where

customer_statistics = Table(  # one row a customer: what they did, and what is made of it
    "customer_statistics",
    metadata,
    Column(
        "customer_id",
        ForeignKey("customers.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    # what they did: written in the transaction that changes an order; money in fen
    Column("placed", Integer, nullable=False, server_default="0"),  # orders of any kind
    Column("orders", Integer, nullable=False, server_default="0"),  # purchases that stand
    Column("refunds", Integer, nullable=False, server_default="0"),
    Column("spent", BigInteger, nullable=False, server_default="0"),
    Column("first_order_at", Instant),
    Column("last_order_at", Instant),
    Column("coupon_orders", Integer, nullable=False, server_default="0"),
    Column("coupon_spent", BigInteger, nullable=False, server_default="0"),
    Column("returns", Integer, nullable=False, server_default="0"),
    Column("returned", BigInteger, nullable=False, server_default="0"),
    Column("reviews", Integer, nullable=False, server_default="0"),
    Column("rating_sum", Integer, nullable=False, server_default="0"),
    # how near they are: as the customer's row said at the last refresh or change
    Column("follows", Integer, nullable=False, server_default="0"),
    Column("spoke_at", Instant),
    Column("known_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("is_stale", Integer, nullable=False, server_default="1"),  # 1: changed since it was last scored
    # what is made of it: written by the refresh, empty before the first one
    Column("r", Integer),
    Column("f", Integer),
    Column("m", Integer),
    Column("satisfaction", Integer),
    Column("score", Integer),
    Column("abc", String(1)),
    Column("tier", String(10)),
    Column("cell", String(20)),
    Column("service_class", String(1)),
    Column("lifecycle", String(10)),
    # the cut points are read off these: buyers only, with the column that says so, because SQLite looks at it again
    Index(
        "ix_customer_statistics_orders",
        "orders",
        **only_where("orders > 0"),
    ),
    Index(
        "ix_customer_statistics_spent",
        "spent",
        "orders",
        **only_where("orders > 0"),
    ),
    Index(
        "ix_customer_statistics_last_order_at",
        "last_order_at",
        "orders",
        **only_where("orders > 0"),
    ),
    Index(
        "ix_customer_statistics_stale",
        "customer_id",
        **only_where("is_stale = 1"),
    ),
    # nearly everything a segment asks of it, in one narrow place
    Index(
        "ix_customer_statistics_places",
        "tier",
        "lifecycle",
        "service_class",
        "cell",
        "abc",
        "r",
        "f",
        "m",
        "score",
        "follows",  # whom a segment counts: the followers
    ),
)

customer_moves = Table(  # from one place in a partition to another, and the figures that moved them
    "customer_moves",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("customer_id", ForeignKey("customers.id", ondelete="CASCADE"), nullable=False),
    Column("partition", String(10), nullable=False),  # tier, cell, class, abc, lifecycle
    Column("was", String(20), nullable=False),
    Column("became", String(20), nullable=False),
    Column("version", String(40), nullable=False),  # of the rules
    Column("at", Instant, nullable=False),
    Column("orders", Integer, nullable=False),
    Column("spent", BigInteger, nullable=False),
    Column("last_order_at", Instant),
    Column("satisfaction", Integer, nullable=False),
    Index("ix_customer_moves_customer_id_id", "customer_id", "id"),
)

follow_ups = Table(  # what a customer's class asks of a person
    "follow_ups",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("customer_id", ForeignKey("customers.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("service", String(20), nullable=False),  # account_manager, follow_up
    Column("opened_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("staff_id", ForeignKey("staff.id")),  # the account manager, or who takes care of it
    Column("closed_at", Instant),
    Column("closed_by", String(10)),  # staff, move
    Column("note", Text, nullable=False, server_default=""),
    CheckConstraint("closed_by IN ('staff', 'move')", name="closed_by"),
    Index(
        "uq_follow_ups_one_open",
        "customer_id",
        "service",
        unique=True,
        **only_where("closed_at IS NULL"),
    ),
    Index(
        "ix_follow_ups_due",
        "due_at",
        **only_where("closed_at IS NULL"),
    ),
)

product_statistics = Table(  # how a product sold lately
    "product_statistics",
    metadata,
    Column(
        "product_id", ForeignKey("products.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    ),
    Column("quantity", BigInteger, nullable=False),
    Column("sold", BigInteger, nullable=False),  # fen
    Column("last_sold_at", Instant),
    Column("pace", String(10), nullable=False),  # best, steady, slow
    Column("counted_at", Instant, nullable=False),
    CheckConstraint("pace IN ('best', 'steady', 'slow')", name="pace"),
)

region_statistics = Table(
    "region_statistics",
    metadata,
    Column("province", String(40), primary_key=True),  # empty: not known
    Column("city", String(40), primary_key=True),
    Column("customers", Integer, nullable=False),
    Column("buyers", Integer, nullable=False),
    Column("spent", BigInteger, nullable=False),  # fen
    Column("kind", String(10), nullable=False),  # key, ordinary
    Column("counted_at", Instant, nullable=False),
    CheckConstraint("kind IN ('key', 'ordinary')", name="kind"),
)

refreshes = Table(  # each time the customers were put in their places: by which rules, at which cut points
    "refreshes",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("version", String(40), nullable=False),
    Column("cuts", Json, nullable=False),
)

"""What comes from the shop: products, orders and what became of them."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    true,
)

from bot.store.database import Instant
from bot.store.tables.columns import BigId, Json, Money, metadata

products = Table(
    "products",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("external_id", String(64), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("category", String(40), nullable=False, server_default=""),
    Column("brand", String(100), nullable=False, server_default=""),
    Column("description", Text, nullable=False, server_default=""),
    Column("price", Money, nullable=False),
    Column("stock", Integer, nullable=False, server_default="0"),
    Column("is_on_sale", Boolean, nullable=False, server_default=true()),
    Column("qr_scene", String(64), unique=True),  # the QR code on the product itself
    Column("attributes", Json, nullable=False, server_default="{}"),
    Column("updated_at", Instant),
    CheckConstraint("stock >= 0", name="stock"),
)

orders = Table(
    "orders",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("external_id", String(64), nullable=False, unique=True),
    Column("customer_id", ForeignKey("customers.id", ondelete="SET NULL")),
    Column("status", String(20), nullable=False),  # placed, paid, shipped, delivered, closed, refunded
    Column("amount", Money, nullable=False),  # what the customer pays, after everything below
    Column("discount", Money, nullable=False, server_default="0"),
    Column("coupon_amount", Money, nullable=False, server_default="0"),
    Column("ordered_at", Instant, nullable=False),
    Column("paid_at", Instant),
    Column("updated_at", Instant),
    # all that a customer's figures are made of: they are added up without a look at the orders themselves
    Index(
        "ix_orders_customer_id_ordered_at", "customer_id", "ordered_at", "status", "amount", "coupon_amount"
    ),
    Index("ix_orders_ordered_at", "ordered_at"),
)

order_lines = Table(
    "order_lines",
    metadata,
    Column("order_id", ForeignKey("orders.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("product_id", ForeignKey("products.id")),
    Column("product_name", String(200), nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("price", Money, nullable=False),
)

shipments = Table(  # an order may leave in several parcels
    "shipments",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("external_id", String(64), nullable=False, unique=True),
    Column("order_id", ForeignKey("orders.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("carrier", String(40), nullable=False, server_default=""),
    Column("tracking_no", String(64), nullable=False, server_default=""),
    Column(
        "status", String(20), nullable=False, server_default="shipped"
    ),  # waiting, shipped, delivered, returned
    Column("shipped_at", Instant, index=True),
    Column("delivered_at", Instant, index=True),
    Column("updated_at", Instant),
)

payments = Table(
    "payments",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("external_id", String(64), nullable=False, unique=True),
    Column("order_id", ForeignKey("orders.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("amount", Money, nullable=False),
    Column("method", String(20), nullable=False, server_default=""),
    Column("paid_at", Instant, nullable=False),
    Column("updated_at", Instant),
)

returns = Table(
    "returns",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("external_id", String(64), nullable=False, unique=True),
    Column("order_id", ForeignKey("orders.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("product_id", ForeignKey("products.id"), index=True),
    Column("quantity", Integer, nullable=False, server_default="1"),
    Column("kind", String(10), nullable=False, server_default="return"),
    Column("reason", String(200), nullable=False, server_default=""),
    Column("status", String(10), nullable=False),  # requested, accepted, closed, refused
    Column("amount", Money),
    Column("requested_at", Instant, nullable=False),
    Column("closed_at", Instant, index=True),
    Column("updated_at", Instant),
    CheckConstraint("kind IN ('return', 'exchange', 'repair')", name="kind"),
)

reviews = Table(
    "reviews",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("external_id", String(64), nullable=False, unique=True),
    Column("customer_id", ForeignKey("customers.id", ondelete="SET NULL"), index=True),
    Column("product_id", ForeignKey("products.id"), index=True),
    Column("order_id", ForeignKey("orders.id", ondelete="SET NULL"), index=True),
    Column("rating", Integer, nullable=False),
    Column("text", Text, nullable=False, server_default=""),
    Column("reviewed_at", Instant, nullable=False),
    Column("updated_at", Instant),
    CheckConstraint("rating BETWEEN 1 AND 5", name="rating"),
)

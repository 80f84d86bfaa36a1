"""What is known of a customer beyond their orders, from whom, since when; and what they were asked."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    String,
    Table,
    false,
    text,
)

from bot.store.database import Instant
from bot.store.tables.columns import BigId, Json, metadata, only_where

facts = Table(  # what each source says of an attribute; `holds` marks the one that is believed
    "facts",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("customer_id", ForeignKey("customers.id", ondelete="CASCADE"), nullable=False),
    Column("attribute", String(40), nullable=False),
    Column("source", String(10), nullable=False),
    Column("value", String(100), nullable=False),  # empty: by this source's word it is not to be known
    Column("confidence", Float, nullable=False),
    Column(
        "evidence", Json, nullable=False, server_default="{}"
    ),  # numbers it was inferred from, or where it comes from; never a message
    Column("staff_id", ForeignKey("staff.id")),
    Column("at", Instant, nullable=False),
    Column("ended_at", Instant),  # since then it is history
    Column("ended_by", String(10)),
    Column("holds", Boolean, nullable=False, server_default=false()),
    CheckConstraint("source IN ('own_word', 'staff', 'order', 'import', 'inference')", name="source"),
    CheckConstraint("confidence BETWEEN 0 AND 1", name="confidence"),
    CheckConstraint("ended_by IN ('superseded', 'retracted')", name="ended_by"),
    CheckConstraint("NOT holds OR (ended_at IS NULL AND value <> '')", name="holds"),
    Index("ix_facts_customer_id_attribute", "customer_id", "attribute"),
    Index(
        "uq_facts_one_a_source",
        "customer_id",
        "attribute",
        "source",
        unique=True,
        **only_where("ended_at IS NULL"),
    ),
    Index(
        "uq_facts_one_holds",
        "customer_id",
        "attribute",
        unique=True,
        sqlite_where=text("holds = 1"),
        postgresql_where=text("holds"),
    ),
    Index(  # for segments: who has this value
        "ix_facts_value",
        "attribute",
        "value",
        "customer_id",
        sqlite_where=text("holds = 1"),
        postgresql_where=text("holds"),
    ),
)

questions = Table(  # one a day and customer, whoever asks
    "questions",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("customer_id", ForeignKey("customers.id", ondelete="CASCADE"), nullable=False),
    Column("attribute", String(40), nullable=False),
    Column("day", Date, nullable=False),  # in the shop's time zone
    Column("asked_at", Instant, nullable=False),
    Column("message_id", BigInteger),  # the message whose answer it was put behind
    Column("state", String(10), nullable=False, server_default="open"),
    Column("settled_at", Instant),
    CheckConstraint("state IN ('open', 'answered', 'refused', 'passed')", name="state"),
    Index("uq_questions_one_a_day", "customer_id", "day", unique=True),
)

inferences = Table(  # each time the customers were looked at: until when what they did is accounted for
    "inferences",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("rules", String(64), nullable=False),  # a fingerprint: by other rules everybody is looked at
)

product_firsts = Table(  # when a product was first sold, which makes it new for a while
    "product_firsts",
    metadata,
    Column(
        "product_id", ForeignKey("products.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    ),
    Column("sold_at", Instant, nullable=False),
)

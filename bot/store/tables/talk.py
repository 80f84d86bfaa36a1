"""What was said, what answers it, and who waits for a person."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    true,
)

from bot.store.database import Instant
from bot.store.tables.columns import BigId, Json, metadata, only_where

messages = Table(  # the conversation log
    "messages",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("customer_id", ForeignKey("customers.id", ondelete="CASCADE")),  # empty: the platform's own report
    Column("direction", String(3), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("text", Text, nullable=False, server_default=""),
    Column("wechat_msg_id", String(32)),
    Column("once_key", String(100)),  # exactly once in: WeChat's repeats collide here
    Column(
        "state", String(10), nullable=False, server_default="done"
    ),  # in: done, pending (answer still owed)
    # out: passive answer to; no foreign key: both rows are of one customer and go with them, and checking it cost a third of the insert
    Column("answers_id", BigInteger),
    Column("payload", Json),  # out: the reply; in: fields beyond the text
    Column("handler", String(40)),  # which intention answered
    Column("source_id", String(64)),  # the knowledge entry it came from
    Column("delivery_id", BigInteger),
    Column("staff_id", ForeignKey("staff.id")),
    Column("raw", Text),  # in: the opened body, for inspection; tidied away after a while
    Column("created_at", Instant, nullable=False),
    CheckConstraint("direction IN ('in', 'out')", name="direction"),
    # half of the rows have no such key, and need no place in the index
    Index(
        "uq_messages_once_key",
        "once_key",
        unique=True,
        **only_where("once_key IS NOT NULL"),
    ),
    Index(
        "uq_messages_answers_id",
        "answers_id",
        unique=True,
        **only_where("answers_id IS NOT NULL"),
    ),
    Index("ix_messages_customer_id_id", "customer_id", "id"),
    Index("ix_messages_created_at", "created_at"),
    Index(
        "ix_messages_pending",
        "customer_id",
        "id",
        **only_where("state = 'pending'"),
    ),
)

knowledge = Table(
    "knowledge",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("question", Text, nullable=False),
    Column("keywords", Text, nullable=False, server_default=""),
    Column("answer", Text, nullable=False),
    Column("category", String(20), nullable=False, server_default=""),
    Column("enabled", Boolean, nullable=False, server_default=true()),
    Column("updated_at", Instant, nullable=False),
)

knowledge_asks = Table(  # other wordings of what an entry answers
    "knowledge_asks",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("entry_id", ForeignKey("knowledge.id", ondelete="CASCADE"), nullable=False),
    Column("text", String(200), nullable=False),
    Column("from_customers", Boolean, nullable=False, server_default=false()),  # they really asked so
    Column("added_at", Instant, nullable=False),
    UniqueConstraint("entry_id", "text"),
)

mentions = Table(  # the products they were shown last
    "mentions",
    metadata,
    Column(
        "customer_id", ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    ),
    Column("ids", Json, nullable=False),  # of products, their external ids, in the order they were shown in
    Column("at", Instant, nullable=False),
)

handovers = Table(  # a customer who wants a person, until somebody has looked
    "handovers",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("customer_id", ForeignKey("customers.id", ondelete="CASCADE"), nullable=False),
    Column("reason", String(10), nullable=False),  # asked, complaint
    Column("opened_at", Instant, nullable=False),
    Column("asked_again_at", Instant),
    Column("closed_at", Instant),
    Column("closed_by", String(10)),  # customer, staff, merge, wechat
    Column("staff_id", ForeignKey("staff.id")),  # who closed it
    Column("assigned_to", ForeignKey("staff.id")),  # whose it is; empty: anybody's, the pool
    Column("taken_at", Instant),  # when they said that they serve; empty: it waits
    Column("asked", Integer, nullable=False, server_default="1"),  # how often the customer asked
    Column("rating_asked_at", Instant),
    Column("rating", Integer),  # from 1 to 5
    CheckConstraint("reason IN ('asked', 'complaint')", name="reason"),
    CheckConstraint("rating BETWEEN 1 AND 5", name="rating"),
    Index("ix_handovers_customer_id", "customer_id"),
    Index(
        "uq_handovers_one_open",
        "customer_id",
        unique=True,
        **only_where("closed_at IS NULL"),
    ),
)

account_managers = Table(  # who serves a customer, whenever they are present
    "account_managers",
    metadata,
    Column(
        "customer_id", ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    ),
    Column("staff_id", ForeignKey("staff.id"), nullable=False, index=True),
    Column("since", Instant, nullable=False),
)

"""What other programs are told: who wants to hear of what, what happened, and each call that is owed for it.

Instants here are real time, not the sandbox's, but for `outbox.at`: the programs that are called live in real time.
"""

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
    text,
)

from bot.store.database import Instant
from bot.store.tables.columns import BigId, Json, metadata, only_where

webhook_endpoints = Table(
    "webhook_endpoints",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("url", Text, nullable=False),
    Column("secret", Text, nullable=False),  # sealed with server.secret_key
    Column("previous_secret", Text),  # signs beside the other while the secret is being changed
    Column("previous_until", Instant),
    Column("state", String(10), nullable=False, server_default="active"),
    Column("reason", String(200), nullable=False, server_default=""),  # why it is paused
    Column("paused_at", Instant),
    Column("failures", Integer, nullable=False, server_default="0"),  # in a row
    Column("failing_since", Instant),  # empty: the last call was taken
    Column("rests_until", Instant),  # it failed several times in a row: nothing is sent before
    Column("created_at", Instant, nullable=False),
    CheckConstraint("state IN ('active', 'paused')", name="state"),
)

webhook_wants = Table(
    "webhook_wants",
    metadata,
    Column("kind", String(40), primary_key=True),
    Column("endpoint_id", ForeignKey("webhook_endpoints.id", ondelete="CASCADE"), primary_key=True),
    Index("ix_webhook_wants_endpoint_id", "endpoint_id"),
)

outbox = (
    Table(  # what happened, written in the transaction in which it did, and only what somebody wants to hear
        "outbox",
        metadata,
        Column("id", BigId, primary_key=True),  # the event's sequence
        Column("event_id", String(32), nullable=False, unique=True),
        Column("kind", String(40), nullable=False),
        Column("customer_id", BigInteger, index=True),  # no key: the event outlives a merge
        Column("openid", String(64)),  # as they were then
        Column("external_id", String(64)),
        Column("data", Json, nullable=False),
        Column("at", Instant, nullable=False),  # the product's time
        Column("is_spread", Boolean, nullable=False, server_default=false()),
        Index(
            "ix_outbox_to_spread",
            "id",
            sqlite_where=text("is_spread = 0"),
            postgresql_where=text("NOT is_spread"),
        ),
    )
)

webhook_calls = Table(  # one event for one endpoint
    "webhook_calls",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("outbox_id", ForeignKey("outbox.id", ondelete="CASCADE"), nullable=False),
    Column("endpoint_id", ForeignKey("webhook_endpoints.id", ondelete="CASCADE"), nullable=False),
    Column("state", String(10), nullable=False, server_default="waiting"),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("next_at", Instant, nullable=False),  # a claim moves it on: that is the claim's lease
    Column("claim_token", String(32)),
    Column("status", Integer),  # HTTP, of the last answer
    Column("reason", String(200), nullable=False, server_default=""),  # why the last try failed
    Column("since", Instant, nullable=False),  # owed since
    Column("ended_at", Instant),
    CheckConstraint("state IN ('waiting', 'taken', 'dead')", name="state"),
    UniqueConstraint("outbox_id", "endpoint_id"),
    Index(
        "ix_webhook_calls_waiting",
        "endpoint_id",
        "next_at",
        "id",
        **only_where("state = 'waiting'"),
    ),
    Index(
        "ix_webhook_calls_ended",
        "endpoint_id",
        "state",
        "ended_at",
        **only_where("state <> 'waiting'"),
    ),
)

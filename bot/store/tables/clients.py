"""The programs that call the API, and what they were answered lately."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
)

from bot.store.database import Instant
from bot.store.tables.columns import BigId, Json, metadata, only_where

api_clients = Table(
    "api_clients",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("name", String(64), nullable=False),
    Column("token_hash", String(64), nullable=False, unique=True),  # the token itself is kept nowhere
    Column("scopes", Json, nullable=False),
    Column("a_minute", Integer, nullable=False),  # requests
    Column("created_at", Instant, nullable=False),
    Column("used_at", Instant),  # to within some minutes
    Column("revoked_at", Instant),
    CheckConstraint("a_minute > 0", name="a_minute"),
    # a name may come again after its client was revoked
    Index(
        "uq_api_clients_one_of_a_name",
        "name",
        unique=True,
        **only_where("revoked_at IS NULL"),
    ),
)

api_answers = Table(  # written in the transaction of what was answered; kept for a day
    "api_answers",
    metadata,
    Column("client_id", ForeignKey("api_clients.id", ondelete="CASCADE"), primary_key=True),
    Column("key", String(200), primary_key=True),  # as the client chose it
    Column("request_hash", String(64), nullable=False),
    Column("status", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),  # JSON, packed by zlib
    Column("at", Instant, nullable=False, index=True),
)

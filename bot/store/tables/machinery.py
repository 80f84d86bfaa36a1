"""What the processes keep for themselves."""

from sqlalchemy import (
    Column,
    LargeBinary,
    String,
    Table,
    Text,
)

from bot.store.database import Instant
from bot.store.tables.columns import metadata

leases = Table(  # SQLite's twin of PostgreSQL's advisory lock: who is the one scheduler
    "leases",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("holder", String(64), nullable=False),
    Column("until", Instant, nullable=False),
)

volatile = Table(  # the embedded twin of Redis: may be lost at any time
    "volatile",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("value", Text, nullable=False),
    Column("expires_at", Instant),
)

kept_secrets = Table(  # made once by the product itself, when the settings give none
    "kept_secrets",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", String(200), nullable=False),
)

learnt = Table(  # what an insight has learnt, as one piece; read whole by every process
    "learnt",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("version", String(40), nullable=False),
    Column("data", LargeBinary, nullable=False),
    Column("learnt_at", Instant, nullable=False),
)

"""What contents are made of besides their words: files, what WeChat keeps of them, approvals, and what is answered."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, false

from bot.store.database import Instant
from bot.store.tables.columns import BigId, Json, metadata

media_files = Table(  # once for each file, whoever uses it: the name is the hash of what is in it
    "media_files",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("filename", String(200), nullable=False),
    Column("content_type", String(40), nullable=False),
    Column("size", Integer, nullable=False),
    Column("bytes", LargeBinary, nullable=False),
    Column("added_at", Instant, nullable=False),
)

uploads = Table(  # what WeChat keeps for us, by what it was made of and what it is for
    "uploads",
    metadata,
    Column("key", String(64), primary_key=True),  # a file's hash, or a content's version
    Column("form", String(10), primary_key=True),  # image, voice, video, thumb, inline, draft, article
    Column("value", String(500)),  # media id, address or article id; empty: not yet
    Column("is_lasting", Boolean, nullable=False, server_default=false()),
    Column("expires_at", Instant),  # of temporary ones
    Column("job", String(64)),  # of an article that WeChat is publishing
    Column("uploaded_at", Instant),
    Column("claim_token", String(32)),
    Column("lease_until", Instant),  # real time: who holds it uploads, the others wait
    Column("retry_at", Instant),  # after a refusal, not before
    Column("error", String(200), nullable=False, server_default=""),
)

approvals = Table(  # who approved which version of a content, and until when that stood; nothing is removed
    "approvals",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("content_id", ForeignKey("contents.id"), nullable=False, index=True),
    Column("version", String(64), nullable=False),
    Column("staff_id", ForeignKey("staff.id"), nullable=False),
    Column("approved_at", Instant, nullable=False),
    Column("seen", Json, nullable=False),  # what was approved
    Column("withdrawn_at", Instant),  # the content was changed
)

customer_categories = Table(  # how often a customer was shown a category, and wrote within two days
    "customer_categories",
    metadata,
    Column("customer_id", ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True),
    Column("category", String(20), primary_key=True),
    Column("shown", Integer, nullable=False, server_default="0"),
    Column("answered", Integer, nullable=False, server_default="0"),
    Column("stopped", Integer, nullable=False, server_default="0"),  # asked for no more pushes after one
    Index("ix_customer_categories_category", "category"),
)

category_rates = Table(  # the same of everybody together
    "category_rates",
    metadata,
    Column("category", String(20), primary_key=True),
    Column("shown", Integer, nullable=False, server_default="0"),
    Column("answered", Integer, nullable=False, server_default="0"),
    Column("stopped", Integer, nullable=False, server_default="0"),
)

counted_until = Table(  # how far the responses are counted: each push once
    "counted_until",
    metadata,
    Column("what", String(20), primary_key=True),
    Column("until", Instant, nullable=False),
)

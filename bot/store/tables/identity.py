"""Who a customer is: binding to what the shop knows, customers that became one, following, and the codes that bring people."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    false,
)

from bot.store.database import Instant
from bot.store.tables.columns import BigId, Json, metadata, only_where

bind_codes = Table(  # given out by the shop, used once; the code itself is nowhere
    "bind_codes",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("customer_id", ForeignKey("customers.id", ondelete="CASCADE"), nullable=False),
    Column("code_hash", String(64), nullable=False, unique=True),  # keyed
    Column("made_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("ended_by", String(10)),
    CheckConstraint("ended_by IN ('used', 'replaced')", name="ended_by"),
    Index("ix_bind_codes_customer_id_made_at", "customer_id", "made_at"),
)

binding_talks = Table(  # what a customer who wants to be bound was asked last
    "binding_talks",
    metadata,
    Column(
        "customer_id",
        ForeignKey("customers.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("phone", String(20)),  # what they said; empty: asked for it
    Column("expires_at", Instant, nullable=False),
)

binding_tries = (
    Table(  # tries that did not fit: by who tried, and by whom they tried to be. No names, only keyed hashes
        "binding_tries",
        metadata,
        Column("who", String(72), primary_key=True),
        Column("tries", Integer, nullable=False),
        Column("since", Instant, nullable=False),
        Index("ix_binding_tries_since", "since"),
    )
)

merges = Table(  # two rows that became one, with all that undoing it needs
    "merges",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("survivor_id", ForeignKey("customers.id"), nullable=False, index=True),
    Column("loser_id", ForeignKey("customers.id"), nullable=False, index=True),
    Column("how", String(10), nullable=False),
    Column("staff_id", ForeignKey("staff.id")),
    Column("at", Instant, nullable=False),
    Column("counts", Json, nullable=False),  # rows moved, by table
    Column("kept", Json),  # both rows before, the survivor after, the keys of what moved; empty: forgotten
    Column("undone_at", Instant),
    Column("undone_by", ForeignKey("staff.id")),
    CheckConstraint("how IN ('code', 'order', 'staff', 'union_id')", name="how"),
    CheckConstraint("survivor_id <> loser_id", name="two"),
    Index(
        "uq_merges_one_standing",
        "loser_id",
        unique=True,
        **only_where("undone_at IS NULL"),
    ),
)

former_names = (
    Table(  # by which the shop may still mean a customer whose row bears another name since a merge
        "former_names",
        metadata,
        Column("name", String(12), primary_key=True),
        Column("value", String(64), primary_key=True),
        Column("customer_id", ForeignKey("customers.id", ondelete="CASCADE"), nullable=False, index=True),
        Column("merge_id", ForeignKey("merges.id"), nullable=False, index=True),
        CheckConstraint("name IN ('external_id', 'phone')", name="name"),
    )
)

follow_history = Table(  # every coming, going and scan; after forgetting nobody's, so that counts stay
    "follow_history",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("customer_id", ForeignKey("customers.id", ondelete="SET NULL")),
    Column("who", String(64)),  # only of the forgotten, for a while: a keyed hash that tells who comes back
    Column("kind", String(10), nullable=False),
    Column("source", String(40), nullable=False, server_default=""),
    Column("scene", String(64), nullable=False, server_default=""),
    Column("at", Instant, nullable=False),
    CheckConstraint("kind IN ('follow', 'refollow', 'unfollow', 'scan')", name="kind"),
    Index("ix_follow_history_customer_id_at", "customer_id", "at"),
    Index(
        "ix_follow_history_scene",
        "scene",
        "kind",
        "customer_id",
        "at",
        **only_where("scene <> ''"),
    ),
    Index(
        "ix_follow_history_who",
        "who",
        **only_where("who IS NOT NULL"),
    ),
)

scenes = Table(  # the QR codes that bring people, by name
    "scenes",
    metadata,
    Column("scene", String(64), primary_key=True),
    Column("title", String(100), nullable=False),
    Column("ticket", String(200)),  # of the code WeChat made
    Column("expires_at", Instant),  # of that code; empty: never
    Column("named_at", Instant, nullable=False),
)

follower_syncs = Table(  # how far a reading of WeChat's followers is, so that another process goes on there
    "follower_syncs",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("started_at", Instant, nullable=False),
    Column("page_after", String(64), nullable=False, server_default=""),  # where the page at work begins
    Column("after", String(64), nullable=False, server_default=""),  # the last openid that is stored
    Column("has_all_names", Boolean, nullable=False, server_default=false()),  # what is left: who is gone
    Column("total", Integer, nullable=False, server_default="0"),
    Column("named", Integer, nullable=False, server_default="0"),
    Column("new", Integer, nullable=False, server_default="0"),
    Column("gone", Integer, nullable=False, server_default="0"),
    Column("day", Date),  # WeChat's day the calls are counted for
    Column("page_calls", Integer, nullable=False, server_default="0"),
    Column("detail_calls", Integer, nullable=False, server_default="0"),
    Column("finished_at", Instant),
)

followers_named = Table(  # by the reading that is under way; empty between two
    "followers_named",
    metadata,
    Column("openid", String(64), primary_key=True),
)

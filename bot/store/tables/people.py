"""The customers themselves, and what outlives forgetting one."""

from sqlalchemy import (
    BigInteger,
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
    true,
)

from bot.store.database import Instant
from bot.store.tables.columns import BigId, Json, metadata, only_where

FOLLOWS = "followed_at IS NOT NULL AND unfollowed_at IS NULL AND forgotten_at IS NULL"

customers = Table(
    "customers",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("openid", String(64), unique=True),  # empty: known before following, or forgotten
    Column("external_id", String(64), unique=True),
    Column("phone", String(20), unique=True),  # bare digits, or + and digits outside the mainland
    Column("union_id", String(64), unique=True),
    Column("name", String(100)),
    Column("gender", String(10)),  # female, male
    Column("birthday", Date),
    Column("province", String(40)),
    Column("city", String(40)),
    Column("level", String(40)),
    Column("points", Integer, nullable=False, server_default="0"),
    Column("source", String(40), nullable=False, server_default=""),
    Column("source_scene", String(64), nullable=False, server_default=""),
    Column("followed_at", Instant),
    Column("unfollowed_at", Instant),
    Column("forgotten_at", Instant),
    Column("spoke_at", Instant),
    Column("wants_pushes", Boolean, nullable=False, server_default=true()),
    Column("asked_for_pushes_at", Instant),  # START is on record: marketing may use the reply window
    Column("stopped_pushes_at", Instant),
    Column(
        "wants_personal", Boolean, nullable=False, server_default=true()
    ),  # who they are may decide what they get
    Column("engagement", String(10), nullable=False, server_default="ordinary"),  # engaged, ordinary, tired
    Column("silent_pushes", Integer, nullable=False, server_default="0"),  # pushes since they last spoke
    Column("bucket", Integer, nullable=False),  # 0..9999, by hash of the openid: hold-out and variants
    Column("with_person_until", Instant),
    Column("complaint_open", Boolean, nullable=False, server_default=false()),
    # the ledger of WeChat's reply window: 5 in 48 h after a message, 3 in a minute after follow, scan, menu tap
    Column("window_until", Instant),
    Column("window_left", Integer, nullable=False, server_default="0"),
    Column("scene_until", Instant),
    Column("scene_left", Integer, nullable=False, server_default="0"),
    # the rhythm: written only by the claim, and by taking back a claim that certainly sent nothing
    Column("last_push_at", Instant),
    Column("last_push_day", Date),
    Column("last_push_id", BigInteger),
    Column("mass_month", String(7)),  # "2026-11": the month mass_used counts
    Column("mass_used", Integer, nullable=False, server_default="0"),
    Column(
        "has_kept", Boolean, nullable=False, server_default=false()
    ),  # something waits for the next contact
    Column(
        "has_pending", Boolean, nullable=False, server_default=false()
    ),  # a message of theirs is not answered yet
    Column("question_until", Instant),  # what they say until then may answer the question they were asked
    Column("form_until", Instant),  # what they say until then is meant for the form they fill
    Column("ask_after", Instant),  # before that no question is put to them; empty: one may be
    Column("created_at", Instant, nullable=False),
    CheckConstraint("window_left >= 0", name="window_left"),
    CheckConstraint("scene_left >= 0", name="scene_left"),
    Index("ix_customers_followed_at", "followed_at"),  # whose anniversary it is
    # followers, and where they live, without a look at these wide rows; none of it changes when somebody writes
    Index(
        "ix_customers_followers",
        "city",
        "province",
        **only_where(FOLLOWS),
    ),
)

customer_tags = Table(
    "customer_tags",
    metadata,
    Column("customer_id", ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True),
    Column("tag", String(40), primary_key=True),
    Index("ix_customer_tags_tag_customer_id", "tag", "customer_id"),
)

suppressions = Table(  # what outlives forgetting: no openid, only a salted hash of it
    "suppressions",
    metadata,
    Column("openid_hash", String(64), primary_key=True),
    Column("opted_out", Boolean, nullable=False),
    Column("last_push_at", Instant),  # so that leaving and coming back does not bring two pushes a day
    Column("last_push_day", Date),
    Column("mass_month", String(7)),
    Column("mass_used", Integer, nullable=False, server_default="0"),
    Column("forgotten_at", Instant, nullable=False),
)

own_data_wishes = Table(  # what they wished about their own data; a receipt outlives everything else of them
    "own_data_wishes",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("customer_id", ForeignKey("customers.id"), nullable=False, index=True),
    # export, erase, personal_off, personal_on, pushes_off, pushes_on
    Column("kind", String(20), nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("done_at", Instant),
    Column("receipt", String(24), unique=True),
    Column("detail", Json, nullable=False, server_default="{}"),  # counts, never words
)

"""The tables: columns, keys and indexes, nothing else. Questions live in the file of their noun.

Times are UTC (`Instant`); days are calendar days in the shop's time zone. Every change here needs a migration.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
    Text,
    false,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB

from bot.store.database import Instant

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

BigId = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts up only an INTEGER PRIMARY KEY
Json = JSON().with_variant(JSONB(), "postgresql")
Money = Numeric(12, 2)

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
    Column("created_at", Instant, nullable=False),
    CheckConstraint("window_left >= 0", name="window_left"),
    CheckConstraint("scene_left >= 0", name="scene_left"),
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
        sqlite_where=text("once_key IS NOT NULL"),
        postgresql_where=text("once_key IS NOT NULL"),
    ),
    Index(
        "uq_messages_answers_id",
        "answers_id",
        unique=True,
        sqlite_where=text("answers_id IS NOT NULL"),
        postgresql_where=text("answers_id IS NOT NULL"),
    ),
    Index("ix_messages_customer_id_id", "customer_id", "id"),
    Index("ix_messages_created_at", "created_at"),
    Index(
        "ix_messages_pending",
        "customer_id",
        "id",
        sqlite_where=text("state = 'pending'"),
        postgresql_where=text("state = 'pending'"),
    ),
)

segments = Table(
    "segments",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("name", String(100), nullable=False),
    Column("rule", Json, nullable=False),
    Column("updated_at", Instant, nullable=False),
)

contents = Table(
    "contents",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("title", String(100), nullable=False),
    Column("category", String(20), nullable=False),
    Column("purpose", String(10), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("text", Text, nullable=False, server_default=""),
    Column("media_id", String(128)),
    Column("useful_until", Instant),  # after this it is skipped, too_late
    Column("approved_by", ForeignKey("staff.id")),
    Column("approved_at", Instant),
    Column("updated_at", Instant, nullable=False),
    CheckConstraint("purpose IN ('marketing', 'care', 'service')", name="purpose"),
)

campaigns = Table(
    "campaigns",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("name", String(100), nullable=False),
    Column("segment_id", ForeignKey("segments.id"), nullable=False),
    Column("priority", Integer, nullable=False, server_default="0"),
    Column("starts", Date, nullable=False),
    Column("ends", Date, nullable=False),
    Column("status", String(10), nullable=False, server_default="draft"),
    Column("regular", Boolean, nullable=False, server_default=true()),
    Column("repeat", Boolean, nullable=False, server_default=false()),
    Column("channels", Json, nullable=False),
    Column(
        "marketing_in_window", Boolean, nullable=False, server_default=false()
    ),  # the operator's switch (T9)
    Column("updated_at", Instant, nullable=False),
    CheckConstraint("status IN ('draft', 'running', 'paused', 'ended')", name="status"),
)

campaign_contents = Table(
    "campaign_contents",
    metadata,
    Column("campaign_id", ForeignKey("campaigns.id", ondelete="CASCADE"), primary_key=True),
    Column("content_id", ForeignKey("contents.id"), primary_key=True),
    Column("position", Integer, nullable=False),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", BigId, primary_key=True),
    Column(
        "campaign_id", ForeignKey("campaigns.id")
    ),  # empty: an answer that was not ready in time, not a push
    Column("customer_id", ForeignKey("customers.id"), nullable=False),
    Column("content_id", ForeignKey("contents.id")),
    Column("channel", String(20), nullable=False),
    Column("purpose", String(10), nullable=False),
    Column("regular", Boolean, nullable=False, server_default=true()),
    Column("state", String(10), nullable=False, server_default="planned"),
    Column("reason", String(100), nullable=False, server_default=""),
    Column("day", Date, nullable=False),  # the calendar day it is meant for
    Column("planned_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("closes_at", Instant),  # end of the purpose's window it was planned into
    Column("claimed_at", Instant),
    Column(
        "left_at", Instant
    ),  # written before the request leaves: after a crash it tells unknown from planned
    Column("finished_at", Instant),
    Column("claim_token", String(32)),
    Column("lease_until", Instant),  # real time, not the sandbox's
    Column("handed_until", Instant),  # real time: handed to a worker, not to be handed again before
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("before_push_at", Instant),  # the customer's rhythm before this claim, to take it back
    Column("before_push_day", Date),
    Column("before_push_id", BigInteger),
    Column("took", String(10)),  # which ledger the claim took from: window, scene, mass
    Column("mass_send_id", ForeignKey("mass_sends.id")),
    Column("wechat_id", String(40)),
    Column("payload", Json),  # of an answer: the reply itself
    Column("answers_id", ForeignKey("messages.id", ondelete="SET NULL")),
    Column("staff_id", ForeignKey("staff.id")),  # who wrote it, when it is a person's words
    CheckConstraint(
        "state IN ('planned', 'claimed', 'accepted', 'sent', 'failed', 'unknown', 'skipped')", name="state"
    ),
    Index("ix_deliveries_campaign_id_state", "campaign_id", "state"),
    Index("ix_deliveries_customer_id_content_id", "customer_id", "content_id"),
    Index("ix_deliveries_mass_send_id", "mass_send_id"),
    Index(
        "ix_deliveries_due",
        "due_at",
        sqlite_where=text("state = 'planned'"),
        postgresql_where=text("state = 'planned'"),
    ),
    Index(
        "ix_deliveries_claimed",
        "lease_until",
        sqlite_where=text("state = 'claimed'"),
        postgresql_where=text("state = 'claimed'"),
    ),
    # at most one push is planned for a customer at any time, whatever the campaigns (kept ones wait aside)
    Index(
        "uq_deliveries_one_planned",
        "customer_id",
        unique=True,
        sqlite_where=text("state = 'planned' AND campaign_id IS NOT NULL AND channel <> 'next_contact'"),
        postgresql_where=text("state = 'planned' AND campaign_id IS NOT NULL AND channel <> 'next_contact'"),
    ),
    # one attempt for a customer and campaign a day
    Index(
        "uq_deliveries_one_a_day",
        "customer_id",
        "campaign_id",
        "day",
        unique=True,
        sqlite_where=text("state <> 'skipped'"),
        postgresql_where=text("state <> 'skipped'"),
    ),
)

mass_sends = Table(
    "mass_sends",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("client_msg_id", String(32), nullable=False, unique=True),  # WeChat's own idempotency key
    Column("content_id", ForeignKey("contents.id"), nullable=False),
    Column("target", String(10), nullable=False),  # openids, tag
    Column("state", String(10), nullable=False),  # claimed, accepted, done, failed, unknown
    Column("reason", String(100), nullable=False, server_default=""),
    Column("wechat_id", String(40), index=True),
    Column("total", Integer),
    Column("filtered", Integer),
    Column("sent", Integer),
    Column("errors", Integer),
    Column("created_at", Instant, nullable=False),
    Column("finished_at", Instant),
    Column("untagged_at", Instant),  # of a tag: its people were taken out of it again
)

verdicts = Table(  # the last word on each candidate of each campaign
    "verdicts",
    metadata,
    Column("campaign_id", ForeignKey("campaigns.id", ondelete="CASCADE"), primary_key=True),
    Column("customer_id", ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True),
    Column("reason", String(100), nullable=False),  # "planned", or why not
    Column("decided_at", Instant, nullable=False),
)

plan_totals = Table(  # how many candidates of a pass got which verdict
    "plan_totals",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("pass_at", Instant, nullable=False),
    Column("campaign_id", ForeignKey("campaigns.id", ondelete="CASCADE"), nullable=False),
    Column("reason", String(100), nullable=False),
    Column("customers", Integer, nullable=False),
    Index("ix_plan_totals_campaign_id_pass_at", "campaign_id", "pass_at"),
)

channel_halts = Table(  # a channel somebody has to look at before it is used again
    "channel_halts",
    metadata,
    Column("channel", String(20), primary_key=True),
    Column("reason", String(200), nullable=False),
    Column("since", Instant, nullable=False),
    Column("until", Instant),  # empty: until a person lifts it
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
    Column("shipped_at", Instant),
    Column("delivered_at", Instant),
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
    Column("closed_at", Instant),
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
        sqlite_where=text("orders > 0"),
        postgresql_where=text("orders > 0"),
    ),
    Index(
        "ix_customer_statistics_spent",
        "spent",
        "orders",
        sqlite_where=text("orders > 0"),
        postgresql_where=text("orders > 0"),
    ),
    Index(
        "ix_customer_statistics_last_order_at",
        "last_order_at",
        "orders",
        sqlite_where=text("orders > 0"),
        postgresql_where=text("orders > 0"),
    ),
    Index(
        "ix_customer_statistics_stale",
        "customer_id",
        sqlite_where=text("is_stale = 1"),
        postgresql_where=text("is_stale = 1"),
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
    Column("customer_id", ForeignKey("customers.id", ondelete="CASCADE"), nullable=False),
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
        sqlite_where=text("closed_at IS NULL"),
        postgresql_where=text("closed_at IS NULL"),
    ),
    Index(
        "ix_follow_ups_due",
        "due_at",
        sqlite_where=text("closed_at IS NULL"),
        postgresql_where=text("closed_at IS NULL"),
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

staff = Table(
    "staff",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("name", String(64), nullable=False, unique=True),
    Column("role", String(10), nullable=False),
    Column("password_hash", String(200), nullable=False),
    Column("disabled_at", Instant),
    Column("created_at", Instant, nullable=False),
    CheckConstraint("role IN ('operator', 'admin')", name="role"),
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
    Column("closed_by", String(10)),  # customer, staff
    Column("staff_id", ForeignKey("staff.id")),
    CheckConstraint("reason IN ('asked', 'complaint')", name="reason"),
    Index("ix_handovers_customer_id", "customer_id"),
    Index(
        "uq_handovers_one_open",
        "customer_id",
        unique=True,
        sqlite_where=text("closed_at IS NULL"),
        postgresql_where=text("closed_at IS NULL"),
    ),
)

staff_sessions = Table(
    "staff_sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("staff_id", ForeignKey("staff.id", ondelete="CASCADE"), nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("staff_id", ForeignKey("staff.id")),  # empty: the system, or the command
    Column("action", String(40), nullable=False),
    Column("subject_kind", String(20), nullable=False),
    Column("subject_id", String(64), nullable=False),
    Column("detail", Json),
    Column("at", Instant, nullable=False),
    Index("ix_audit_subject_kind_subject_id_id", "subject_kind", "subject_id", "id"),
)

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

"""What is pushed to whom: segments, contents, campaigns, deliveries."""

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
    Text,
    false,
    true,
)

from bot.store.database import Instant
from bot.store.tables.columns import BigId, Json, PerhapsJson, metadata, one_of, only_where

UNREPORTED = f"channel = 'subscription_notice' AND {one_of('state', 'claimed', 'accepted', 'unknown')}"
UNSETTLED = f"{one_of('channel', 'subscription_notice', 'template_message')} AND {one_of('state', 'accepted', 'unknown')}"
HAPPENS_ONCE = "occasion IS NOT NULL AND state <> 'skipped'"

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
    Column(
        "occasion_until", String(4), nullable=False, server_default=""
    ),  # of its campaign's occasion: eve, day; empty: as long as the campaign sends
    Column(
        "details", Json, nullable=False, server_default="{}"
    ),  # what its kind has besides: see rules/contents/parts.py
    Column(
        "version", String(64), nullable=False, server_default=""
    ),  # hash of all that a customer gets to see
    Column("messages", Integer, nullable=False, server_default="1"),  # of a reply window it takes
    Column("by_mass", Boolean, nullable=False, server_default=true()),  # a mass send can carry it
    Column("approved_by", ForeignKey("staff.id")),
    Column("approved_at", Instant),
    Column("updated_at", Instant, nullable=False),
    Column("notice_template", String(64)),  # it may go as a subscription notice of this template
    Column("notice_page", String(1024), nullable=False, server_default=""),
    Column(
        "notice_data", Json
    ),  # the template's fields → words, with the places of `rules/contents/templates.py`
    Column("template_id", String(64)),  # it may go as a template message of this template
    Column("template_data", Json),
    Column("template_url", String(1024), nullable=False, server_default=""),
    Column("template_app_id", String(32), nullable=False, server_default=""),
    Column("template_page", String(1024), nullable=False, server_default=""),
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
    Column("variants", Json, nullable=False, server_default="{}"),  # name → weight; empty: no test
    Column("hold_out_percent", Integer, nullable=False, server_default="0"),
    Column("in_order", Boolean, nullable=False, server_default=false()),  # contents as they are listed
    Column("occasion", PerhapsJson),  # empty: on any day of its period
    Column("updated_at", Instant, nullable=False),
    CheckConstraint("status IN ('draft', 'running', 'paused', 'ended')", name="status"),
)

campaign_contents = Table(
    "campaign_contents",
    metadata,
    Column("campaign_id", ForeignKey("campaigns.id", ondelete="CASCADE"), primary_key=True),
    Column("content_id", ForeignKey("contents.id"), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("variant", String(8), nullable=False, server_default=""),  # empty: of every variant
    # whoever gets the first costs one look; without it all are looked at and sorted for everybody
    Index("ix_campaign_contents_in_order", "campaign_id", "position", "content_id"),
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
    Column("took", String(10)),  # which ledger the claim took from: window, scene, mass, notice, template
    Column("mass_send_id", ForeignKey("mass_sends.id")),
    Column("wechat_id", String(40)),
    Column("payload", Json),  # of an answer: the reply itself
    Column("answers_id", ForeignKey("messages.id", ondelete="SET NULL")),
    Column("staff_id", ForeignKey("staff.id")),  # who wrote it, when it is a person's words
    Column("notice_template", String(64)),  # whose consent the claim took
    Column(
        "reported", Integer
    ),  # of a notice, 0 or why not: WeChat's report, which may come before the answer
    Column("variant", String(8)),  # of the campaign, as it was when planned
    Column("messages", Integer, nullable=False, server_default="1"),  # the claim took from the ledger
    Column("parts_left", Integer, nullable=False, server_default="0"),  # requests of its parts that have left
    Column("occasion", String(60)),  # which one of its campaign: birthday:2027, order:42
    Column("useful_until", Instant),  # the occasion is over then
    CheckConstraint(
        one_of("state", "planned", "claimed", "accepted", "sent", "failed", "unknown", "skipped"),
        name="state",
    ),
    Index("ix_deliveries_campaign_id_state", "campaign_id", "state"),
    Index("ix_deliveries_customer_id_content_id", "customer_id", "content_id"),
    Index(
        "ix_deliveries_mass_send_id",
        "mass_send_id",
        **only_where("mass_send_id IS NOT NULL"),
    ),
    # of a message that goes: looked up for each one when somebody is forgotten
    Index(
        "ix_deliveries_answers_id",
        "answers_id",
        **only_where("answers_id IS NOT NULL"),
    ),
    # whose turn was today's, and what waits for whose next contact: planning reads them all at once
    Index(
        "ix_deliveries_ended",
        "day",
        "customer_id",
        "campaign_id",
        "state",
        **only_where(one_of("state", "accepted", "sent", "failed", "unknown")),
    ),
    # what a person took back today: planning gives them nothing else of the campaign
    Index(
        "ix_deliveries_withdrawn",
        "day",
        "customer_id",
        "campaign_id",
        **only_where("state = 'skipped' AND reason = 'withdrawn'"),
    ),
    Index(
        "ix_deliveries_kept",
        "channel",  # one value, named: SQLite would rather take the index of what is due by it
        "customer_id",
        "id",
        "campaign_id",
        "day",
        **only_where("state = 'planned' AND channel = 'next_contact'"),
    ),
    # which notice a report of WeChat is about
    Index(
        "ix_deliveries_notices",
        "customer_id",
        "notice_template",
        **only_where(UNREPORTED),
    ),
    # what WeChat took and has yet to tell of, and what was told of the lost: asked for twice a minute
    Index(
        "ix_deliveries_unsettled",
        "state",
        "claimed_at",
        **only_where(UNSETTLED),
    ),
    # lists of the API, page by page: by campaign, and by the time they are due
    Index("ix_deliveries_campaign_id_id", "campaign_id", "id"),
    Index("ix_deliveries_due_at_id", "due_at", "id"),
    Index(
        "ix_deliveries_due",  # a tick looks at one channel: not at what is kept, nor at a mass send of a million
        "channel",
        "due_at",
        "id",  # the whole order of a tick: PostgreSQL would rather walk the list of all that was ever due
        **only_where("state = 'planned'"),
    ),
    # what did not go out while its window was open
    Index(
        "ix_deliveries_closing",
        "closes_at",
        **only_where("state = 'planned' AND closes_at IS NOT NULL"),
    ),
    Index(
        "ix_deliveries_claimed",
        "lease_until",
        **only_where("state = 'claimed'"),
    ),
    # at most one push is planned for a customer at any time, whatever the campaigns (kept ones wait aside)
    Index(
        "uq_deliveries_one_planned",
        "customer_id",
        unique=True,
        **only_where("state = 'planned' AND campaign_id IS NOT NULL AND channel <> 'next_contact'"),
    ),
    # each occasion of a campaign happens once for a customer, however often it is planned
    Index(
        "uq_deliveries_one_an_occasion",
        "customer_id",
        "campaign_id",
        "occasion",
        unique=True,
        **only_where(HAPPENS_ONCE),
    ),
    # one attempt for a customer and campaign a day
    Index(
        "uq_deliveries_one_a_day",
        "day",  # first, so that what a pass writes lies close together
        "customer_id",
        "campaign_id",
        unique=True,
        **only_where("state <> 'skipped'"),
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
)

early_mass_reports = Table(  # how a mass send ended, told before its request was answered
    "early_mass_reports",
    metadata,
    Column("wechat_id", String(40), primary_key=True),
    Column("status", String(100), nullable=False),
    Column("total", Integer, nullable=False),
    Column("filtered", Integer, nullable=False),
    Column("sent", Integer, nullable=False),
    Column("errors", Integer, nullable=False),
    Column("told_at", Instant, nullable=False, index=True),
)

channel_halts = Table(  # a channel somebody has to look at before it is used again
    "channel_halts",
    metadata,
    Column("channel", String(20), primary_key=True),
    Column("reason", String(200), nullable=False),
    Column("since", Instant, nullable=False),
    Column("until", Instant),  # empty: until a person lifts it; past: it is tried again, or used as ever
    Column("by", String(100)),  # who stopped it; empty: what WeChat answered
    Column("trips", Integer, nullable=False, server_default="0"),  # pauses one after the other
    # what the breaker counts while there is trouble: since when, how many requests, how many of them in vain
    Column("counted_since", Instant),
    Column("asked", Integer, nullable=False, server_default="0"),
    Column("troubled", Integer, nullable=False, server_default="0"),
)

"""Notices by template: the account's templates, what customers consented to, the day's calls. What answers taught us."""

from sqlalchemy import CheckConstraint, Column, Date, ForeignKey, Index, Integer, String, Table, Text

from bot.store.database import Instant
from bot.store.tables.columns import Json, metadata

notice_templates = Table(  # as WeChat lists them: `weilan notice sync`
    "notice_templates",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("channel", String(20), nullable=False, server_default="subscription_notice"),
    Column("title", String(100), nullable=False),
    Column("fields", Json, nullable=False),  # [["thing1", "商品名称"], …] in the template's order
    Column("example", Text, nullable=False, server_default=""),
    Column("synced_at", Instant, nullable=False),
    Column("gone_at", Instant),  # WeChat does not list it any more
)

notice_consents = Table(  # how many notices of a template a customer still allows; WeChat tells no balance
    "notice_consents",
    metadata,
    Column("customer_id", ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True),
    Column("template_id", String(64), primary_key=True),
    Column("remaining", Integer, nullable=False),
    Column("refused_at", Instant),  # the last time it fell to nothing by their word or WeChat's
    Column("updated_at", Instant, nullable=False),
    CheckConstraint("remaining >= 0", name="remaining"),
    Index("ix_notice_consents_template_id_remaining", "template_id", "remaining"),
)

daily_calls = Table(  # calls of a channel that has so many a day: taken by the claim, in its transaction
    "daily_calls",
    metadata,
    Column("channel", String(20), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("used", Integer, nullable=False),
    CheckConstraint("used >= 0", name="used"),
)

channel_suppressions = Table(  # a channel WeChat refuses for one customer, until they speak again
    "channel_suppressions",
    metadata,
    Column("customer_id", ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True),
    Column("channel", String(20), primary_key=True),
    Column("reason", String(100), nullable=False),
    Column("since", Instant, nullable=False),
)

spent_quotas = Table(  # a channel's quota of the day or month that WeChat says is used up
    "spent_quotas",
    metadata,
    Column("channel", String(20), primary_key=True),
    Column("reason", String(100), nullable=False),
    Column("since", Instant, nullable=False),
    Column("until", Instant, nullable=False),
)

follow_doubts = Table(  # WeChat refused a push as to somebody who does not follow: to be asked about
    "follow_doubts",
    metadata,
    Column("customer_id", ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True),
    Column("since", Instant, nullable=False),
)

"""The tables: columns, keys and indexes, nothing else. Questions live in the file of their noun.

Times are UTC (`Instant`); days are calendar days in the shop's time zone. Every change here needs a migration.
"""

from bot.store.tables.clients import api_answers, api_clients
from bot.store.tables.columns import BigId, Json, Money, metadata
from bot.store.tables.facts import facts, inferences, product_firsts, questions
from bot.store.tables.hours import best_hours, counted_days, spoken_hours
from bot.store.tables.identity import (
    bind_codes,
    binding_talks,
    binding_tries,
    follow_history,
    follower_syncs,
    followers_named,
    former_names,
    merges,
    scenes,
)
from bot.store.tables.library import (
    approvals,
    category_rates,
    counted_until,
    customer_categories,
    media_files,
    uploads,
)
from bot.store.tables.loyalty import point_journals, point_lots, point_postings, vouchers
from bot.store.tables.machinery import kept_secrets, learnt, leases, volatile
from bot.store.tables.membership import (
    segment_changes,
    segment_members,
    segment_moves,
    segment_passes,
    segment_sizes,
    segment_states,
)
from bot.store.tables.modelled import model_calls
from bot.store.tables.notices import (
    channel_suppressions,
    daily_calls,
    follow_doubts,
    notice_consents,
    notice_templates,
    spent_quotas,
)
from bot.store.tables.nurture import nurturing_plans
from bot.store.tables.occasions import (
    calendar_years,
    care_looks,
    care_meetings,
    day_overrides,
    festivals,
)
from bot.store.tables.operators import audit, staff, staff_sessions
from bot.store.tables.people import customer_tags, customers, own_data_wishes, suppressions
from bot.store.tables.planning import former_standings, plan_passes, plan_totals, standings
from bot.store.tables.portraits import lookalikes, portraits
from bot.store.tables.promotions import offer_choices, offer_options, offers
from bot.store.tables.pushes import (
    campaign_contents,
    campaigns,
    channel_halts,
    contents,
    deliveries,
    early_mass_reports,
    mass_sends,
    segments,
)
from bot.store.tables.requests import form_requests, form_talks
from bot.store.tables.talk import (
    account_managers,
    handovers,
    knowledge,
    knowledge_asks,
    mentions,
    messages,
)
from bot.store.tables.trade import order_lines, orders, payments, products, returns, reviews, shipments
from bot.store.tables.understanding import intent_examples, open_questions, watched_words
from bot.store.tables.webhooks import outbox, webhook_calls, webhook_endpoints, webhook_wants
from bot.store.tables.worth import (
    customer_moves,
    customer_statistics,
    follow_ups,
    product_statistics,
    refreshes,
    region_statistics,
)

__all__ = [
    "BigId",
    "Json",
    "Money",
    "account_managers",
    "api_answers",
    "api_clients",
    "approvals",
    "audit",
    "best_hours",
    "bind_codes",
    "binding_talks",
    "binding_tries",
    "calendar_years",
    "campaign_contents",
    "campaigns",
    "care_looks",
    "care_meetings",
    "category_rates",
    "channel_halts",
    "channel_suppressions",
    "contents",
    "counted_days",
    "counted_until",
    "customer_categories",
    "customer_moves",
    "customer_statistics",
    "customer_tags",
    "customers",
    "daily_calls",
    "day_overrides",
    "deliveries",
    "early_mass_reports",
    "facts",
    "festivals",
    "follow_doubts",
    "follow_history",
    "follow_ups",
    "follower_syncs",
    "followers_named",
    "form_requests",
    "form_talks",
    "former_names",
    "former_standings",
    "handovers",
    "inferences",
    "intent_examples",
    "kept_secrets",
    "knowledge",
    "knowledge_asks",
    "learnt",
    "leases",
    "lookalikes",
    "mass_sends",
    "media_files",
    "mentions",
    "merges",
    "messages",
    "metadata",
    "model_calls",
    "notice_consents",
    "notice_templates",
    "nurturing_plans",
    "offer_choices",
    "offer_options",
    "offers",
    "open_questions",
    "order_lines",
    "orders",
    "outbox",
    "own_data_wishes",
    "payments",
    "plan_passes",
    "plan_totals",
    "point_journals",
    "point_lots",
    "point_postings",
    "portraits",
    "product_firsts",
    "product_statistics",
    "products",
    "questions",
    "refreshes",
    "region_statistics",
    "returns",
    "reviews",
    "scenes",
    "segment_changes",
    "segment_members",
    "segment_moves",
    "segment_passes",
    "segment_sizes",
    "segment_states",
    "segments",
    "shipments",
    "spent_quotas",
    "spoken_hours",
    "staff",
    "staff_sessions",
    "standings",
    "suppressions",
    "uploads",
    "volatile",
    "vouchers",
    "watched_words",
    "webhook_calls",
    "webhook_endpoints",
    "webhook_wants",
]

"""What a simulation knows of the shop: a copy of the rows its decisions lean on, and nothing that was said.

Read in one snapshot and written only on the stage. Left out: words of messages and reviews, raw bodies, tokens,
passwords, telephone numbers. Every table stands in exactly one list below; a test holds that.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from sqlalchemy import (
    ColumnElement,
    FromClause,
    MetaData,
    Select,
    Table,
    and_,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.sql.visitors import iterate

from bot.rules.pushes import occasions
from bot.rules.segments.segment_draws import PRIME, coefficients
from bot.store import tables
from bot.store.database import Database, Session
from bot.store.segments.segments import members, understood
from bot.store.tables import campaigns, customers, deliveries, segments
from bot.values.channels import NEXT_CONTACT

AT_ONCE = 5_000  # rows on their way from PostgreSQL
LATELY = timedelta(days=100)  # pushes that matter for gaps and quotas, whatever their campaign
OF_THE_SHOP = (
    "calendar_years", "campaign_contents", "campaigns", "care_looks", "category_rates", "channel_halts", "contents",
    "counted_days", "counted_until", "daily_calls", "day_overrides", "festivals", "mass_sends", "notice_templates", "products",
    "segments", "spent_quotas",
)  # fmt: skip
OF_CUSTOMERS = (
    "best_hours", "care_meetings", "channel_suppressions", "customer_categories", "customer_statistics",
    "customer_tags", "customers", "deliveries", "notice_consents", "orders", "shipments",
)  # fmt: skip
IF_ASKED = (  # only when the rule of a campaign's segment looks at them, or what it waits for
    "facts", "lookalikes", "messages", "nurturing_plans", "order_lines", "point_lots", "returns", "reviews",
)  # fmt: skip
STAYS = (
    "account_managers", "api_answers", "api_clients", "approvals", "audit", "bind_codes", "binding_talks", "binding_tries",
    "customer_moves", "early_mass_reports", "follow_doubts", "follow_history", "follow_ups", "follower_syncs", "followers_named",
    "form_requests", "form_talks", "former_names", "former_standings", "handovers", "inferences", "mentions",
    "intent_examples", "kept_secrets", "knowledge", "knowledge_asks", "learnt", "leases", "media_files", "merges", "model_calls",
    "offer_choices", "offer_options", "offers", "open_questions", "outbox", "own_data_wishes", "payments",
    "plan_passes", "plan_totals", "point_journals", "point_postings", "portraits",
    "product_firsts", "product_statistics", "questions", "refreshes", "region_statistics", "scenes",
    "segment_changes", "segment_members", "segment_moves", "segment_passes", "segment_sizes",
    "segment_states", "spoken_hours", "staff", "staff_sessions", "standings", "suppressions", "uploads",
    "volatile", "vouchers", "watched_words", "webhook_calls", "webhook_endpoints", "webhook_wants",
)  # fmt: skip
OMITTED: dict[str, frozenset[str]] = {
    "customers": frozenset({"external_id", "phone", "union_id", "has_pending", "question_until", "form_until"}),
    "deliveries": frozenset({
        "claim_token", "lease_until", "handed_until", "wechat_id", "payload", "answers_id", "staff_id",
    }),
    "facts": frozenset({"evidence", "staff_id"}),
    "messages": frozenset({
        "text", "wechat_msg_id", "once_key", "state", "answers_id", "payload", "raw", "staff_id", "source_id",
    }),
    "products": frozenset({"description", "attributes", "qr_scene"}),
    "returns": frozenset({"reason"}),
    "reviews": frozenset({"text"}),
    "shipments": frozenset({"carrier", "tracking_no"}),
}  # fmt: skip

Sample: TypeAlias = Select[tuple[int]]  # whose rows


@dataclass(frozen=True, slots=True)
class Source:
    """A snapshot of the shop's database, nothing of which can be written through it."""

    session: Session
    is_sqlite: bool
    path: str

    def sample(self, most: int) -> Sample:
        """At most so many customers, the same ones each time; more of them include the fewer."""
        known = select(customers.c.id).where(customers.c.forgotten_at.is_(None))
        return known.order_by(draw(customers.c.id), customers.c.id).limit(most)

    def first(self, most: int) -> set[int]:
        return {row.id for row in self.session.execute(self.sample(most))}

    def highest(self) -> int:
        return int(self.session.execute(select(func.coalesce(func.max(customers.c.id), 0))).scalar_one())

    def count(self) -> int:
        """Everybody but those who asked to be forgotten."""
        known = select(func.count()).select_from(customers).where(customers.c.forgotten_at.is_(None))
        return int(self.session.execute(known).scalar_one())


@contextmanager
def snapshot(database: Database) -> Iterator[Source]:
    """One state of everything, whatever is written meanwhile."""
    url = database.engine.url
    if database.is_sqlite:
        with database.reading() as session:
            yield Source(session, is_sqlite=True, path=url.database or "")
        return
    readers = database.engine.execution_options(
        isolation_level="REPEATABLE READ", postgresql_readonly=True, stream_results=True
    )
    with readers.connect() as session:
        yield Source(session, is_sqlite=False, path="")


def copy(source: Source, stage: Database, sample: Sample, now: datetime) -> tuple[str, ...]:
    """The rows of the sample; gives the tables that hold rows of customers, for `grow`."""
    asked = _asked(source.session, now)
    of_customers = (*OF_CUSTOMERS, *(name for name in IF_ASKED if name in asked))
    wanted = [tables.metadata.tables[name] for name in (*OF_THE_SHOP, *of_customers)]
    (_attached if source.is_sqlite else _streamed)(source, stage, wanted, sample, now)
    with stage.transaction() as session:
        session.execute(
            update(deliveries).where(deliveries.c.state == "claimed").values(state="unknown", finished_at=now)
        )
        session.execute(update(customers).values(has_kept=customers.c.id.in_(_has_kept())))
    return of_customers


def _has_kept() -> Select[tuple[int]]:
    return select(deliveries.c.customer_id).where(
        deliveries.c.state == "planned", deliveries.c.channel == NEXT_CONTACT
    )


def _asked(session: Session, now: datetime) -> set[str]:
    """The tables at which campaigns that may run look: their segments' rules, and what they wait for."""
    live = campaigns.c.status != "ended"
    rules = select(segments.c.rule).where(segments.c.id.in_(select(campaigns.c.segment_id).where(live)))
    waits = session.execute(select(campaigns.c.occasion).where(live, campaigns.c.occasion.is_not(None)))
    waited_for = [occasions.read(raw) for raw in waits.scalars()]
    found = {_OF_OCCASIONS[one.kind, one.name] for one in waited_for if (one.kind, one.name) in _OF_OCCASIONS}
    cares = [dict(one.rule) for one in waited_for if one.kind == "care"]
    for rule in [*session.execute(rules).scalars(), *cares]:
        met = members(understood(session, rule), now)
        found |= {element.name for element in iterate(met) if isinstance(element, Table)}
    return found


_OF_OCCASIONS = {("birthday", ""): "facts", ("after", "repair"): "returns", ("after", "return"): "returns"}


def _attached(
    source: Source, stage: Database, wanted: Sequence[Table], sample: Sample, now: datetime
) -> None:
    """From one SQLite file into the other, without a stop in Python."""
    there = MetaData()
    of = {table.name: table.to_metadata(there, schema="source") for table in tables.metadata.tables.values()}
    with stage.engine.connect().execution_options(
        only_reads=True
    ) as session:  # the shop's file is not locked
        driver: Any = session.connection.driver_connection
        driver.execute("ATTACH DATABASE ? AS source", (source.path,))
        ids = source.session.execute(sample).scalars().all()
        with session.begin():
            session.exec_driver_sql("CREATE TEMPORARY TABLE sampled (id INTEGER PRIMARY KEY)")
            if ids:
                session.exec_driver_sql("INSERT INTO sampled VALUES (?)", [(each,) for each in ids])
            for table in wanted:
                rows = _rows(table, of.__getitem__, select(_sampled.c.id), now)
                names = [column.name for column in rows.selected_columns]
                session.execute(insert(table).from_select(names, rows, include_defaults=False))
        driver.execute("DETACH DATABASE source")


_sampled = Table("sampled", MetaData(), customers.c.id._copy())  # noqa: SLF001 - a column like theirs


def _streamed(
    source: Source, stage: Database, wanted: Sequence[Table], sample: Sample, now: datetime
) -> None:
    for table in wanted:
        rows = _rows(table, tables.metadata.tables.__getitem__, sample, now)
        with stage.transaction() as session:
            for part in source.session.execute(rows).mappings().partitions(AT_ONCE):
                session.execute(insert(table), [dict(row) for row in part])


def _rows(table: Table, of: Callable[[str], Table], sample: Sample, now: datetime) -> Select[Any]:
    from_ = of(table.name)
    omitted = OMITTED.get(table.name, frozenset())
    rows = select(*(column for column in from_.c if column.name not in omitted))
    if table is deliveries:
        rows = rows.where(_matters(from_, of, now))
    if table.name == "facts":
        rows = rows.where(from_.c.holds)
    if table is customers:
        return rows.where(from_.c.id.in_(sample))
    if "customer_id" in from_.c:
        return rows.where(from_.c.customer_id.in_(sample))
    if "order_id" in from_.c:
        theirs = of("orders")
        return rows.where(from_.c.order_id.in_(select(theirs.c.id).where(theirs.c.customer_id.in_(sample))))
    return rows


def _matters(from_: FromClause, of: Callable[[str], Table], now: datetime) -> ColumnElement[bool]:
    """Pushes of late, what waits, and whoever got a content that a campaign may send again."""
    pool, those = of("campaign_contents"), of("campaigns")
    still = select(pool.c.content_id).where(
        pool.c.campaign_id.in_(select(those.c.id).where(those.c.status != "ended"))
    )
    return and_(
        from_.c.campaign_id.is_not(None),
        from_.c.state != "skipped",
        or_(
            from_.c.planned_at > now - LATELY,
            from_.c.state == "planned",
            from_.c.content_id.in_(still),
            from_.c.occasion.is_not(None),
        ),
    )


def part(sample: Sample, number: int, of: int) -> Sample:
    """One of so many parts of it, nearly equal, and the same each time."""
    ids = sample.subquery()
    return select(ids.c.id).where(draw(ids.c.id) % of == number)


def draw(customer_id: ColumnElement[Any]) -> ColumnElement[Any]:
    """A number that has nothing to do with who they are; whole, and equal in both databases."""
    first, second, third = coefficients("simulation")
    number = customer_id % PRIME
    return ((number * first % PRIME + second) % PRIME * number % PRIME + third) % PRIME


def run_drafts(session: Session, ids: Sequence[str]) -> list[str]:
    """On the stage only: these campaigns run as if somebody had started them. Gives those that are not there."""
    known = set(session.execute(select(campaigns.c.id)).scalars())
    session.execute(update(campaigns).where(campaigns.c.id.in_(ids)).values(status="running"))
    return [each for each in ids if each not in known]

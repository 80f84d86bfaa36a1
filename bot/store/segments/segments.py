"""Segments: a rule tree becomes one SQL condition; nothing a person wrote ever becomes SQL text.

Every condition is true or false, never unknown, so that a rule and its `not` together are always everyone:
what is not known of a customer meets no comparison of days or places, and counts as empty text.

The rule is the truth wherever it matters who is in, for planning above all. Who was in at the last refresh, and since
when, stands in `segment_members` (see `memberships.py`): for lists, sizes and what is told to other systems.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    and_,
    exists,
    false,
    func,
    insert,
    not_,
    or_,
    select,
    true,
    update,
)

from bot.rules.segments import segment_nesting
from bot.rules.segments.segment_shapes import shaped
from bot.store.database import Session
from bot.store.segments.segment_conditions import (
    is_met_without_statistics,
    is_of_statistics,
    is_of_the_row,
    of_customer,
    of_statistics,
    unmet,
)
from bot.store.tables import customer_statistics, customers, segments
from bot.values.rule import All, AnyOf, BadRule, Condition, Not, Rule, conditions, parse

EVERYONE = "everyone"

Truth: TypeAlias = ColumnElement[bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    id: str
    name: str
    rule: dict[str, Any]
    updated_at: datetime


FOLLOWS = and_(  # those who left or were forgotten are nobody's audience
    customers.c.followed_at.is_not(None),
    customers.c.unfollowed_at.is_(None),
    customers.c.forgotten_at.is_(None),
)


def members(rule: Rule, now: datetime) -> Truth:
    """True on the row of each member. The statement must hold `customers` itself, not an alias of it.

    The rule names no segment: see `understood`.
    """
    return _Statement(now, customers.c.id, _apart).true_of(shaped(rule))


def members_beside(rule: Rule, now: datetime) -> Truth:
    """As `members`, for a statement that reads everybody: it holds `customers` outer-joined with their figures."""
    return _Statement(now, customers.c.id, _beside_or_nothing).true_of(shaped(rule))


def audience(rule: Rule, now: datetime) -> Select[tuple[int]]:
    """The ids of the followers who are members, in no order; the one column is called `customer_id`.

    Begins where the least is read: at the figures alone when nothing else is asked, whose `follows` is as of the last
    refresh or change; at the customers when the rule may be true of somebody without figures.
    """
    tree, row = shaped(rule), customer_statistics.c
    asked = [condition for _, condition in conditions(tree)]
    if not any(map(is_of_statistics, asked)):
        met = _Statement(now, customers.c.id, _apart).true_of(tree)
        return select(customers.c.id.label("customer_id")).where(FOLLOWS, met)
    if _takes_strangers(tree):
        near = customers.outerjoin(customer_statistics, row.customer_id == customers.c.id)
        met = _Statement(now, customers.c.id, _beside_or_nothing).true_of(tree)
        return select(customers.c.id.label("customer_id")).select_from(near).where(FOLLOWS, met)
    met = _Statement(now, row.customer_id, _beside).true_of(tree)
    if not any(map(is_of_the_row, asked)):
        return select(row.customer_id).where(row.follows == 1, met)
    near = customer_statistics.join(customers, customers.c.id == row.customer_id)
    return select(row.customer_id).select_from(near).where(FOLLOWS, met)


def those_met(session: Session, customer_id: int, rules: Sequence[Rule], now: datetime) -> list[bool] | None:
    """Which of the rules one customer meets, follower or not; None when there is no such customer."""
    figures = customer_statistics.c.customer_id == customers.c.id
    statement = _Statement(now, customers.c.id, _beside_or_nothing)
    met = [statement.true_of(shaped(rule)).label(f"met_{place}") for place, rule in enumerate(rules)]
    asked = select(customers.c.id, *met).select_from(customers.outerjoin(customer_statistics, figures))
    row = session.execute(asked.where(customers.c.id == customer_id)).one_or_none()
    return None if row is None else [bool(found) for found in row[1:]]


Leaf: TypeAlias = tuple[Condition, bool]  # and whether it is to be true; else it is its `not`
Join: TypeAlias = Callable[..., Truth]  # and_ or or_
Figures: TypeAlias = Callable[[Sequence[Leaf], Join, datetime], Truth]


@dataclass(frozen=True, slots=True)
class _Statement:
    """How a statement sees its customers: by which id, and where the figures are."""

    now: datetime
    customer_id: ColumnElement[Any]
    figures: Figures

    def true_of(self, tree: Rule) -> Truth:
        match tree:
            case All(parts):
                return self._joined(parts, and_)
            case AnyOf(parts):
                return self._joined(parts, or_)
        condition, wanted = _leaf(tree)
        if is_of_statistics(condition):
            return self.figures([(condition, wanted)], and_, self.now)
        met = of_customer(condition, self.now, self.customer_id)
        return met if wanted else not_(met)

    def _joined(self, parts: tuple[Rule, ...], join: Join) -> Truth:
        """What several parts ask of a customer's figures is asked at once."""
        asked = [part for part in parts if _is_of_figures(part)]
        met = [self.true_of(part) for part in parts if part not in asked]
        if asked:
            met.append(self.figures([_leaf(part) for part in asked], join, self.now))
        return join(true() if join is and_ else false(), *met)


def _leaf(tree: Rule) -> Leaf:
    inside = tree.rule if isinstance(tree, Not) else tree
    if not isinstance(inside, Condition) or inside.field == "segment":
        raise TypeError(f"{inside} should have been written out and shaped")
    return inside, inside is tree


def _is_of_figures(tree: Rule) -> bool:
    return not isinstance(tree, All | AnyOf) and is_of_statistics(_leaf(tree)[0])


def _takes_strangers(tree: Rule) -> bool:
    """Whether it may be true of a customer nothing was added up of yet."""
    match tree:
        case All(parts):
            return all(map(_takes_strangers, parts))
        case AnyOf(parts):
            return any(map(_takes_strangers, parts))
    leaf = _leaf(tree)
    return not is_of_statistics(leaf[0]) or _takes_a_stranger(leaf)


def _takes_a_stranger(leaf: Leaf) -> bool:
    return is_met_without_statistics(leaf[0]) == leaf[1]


def _of_figures(leaf: Leaf, now: datetime) -> Truth:
    condition, wanted = leaf
    return of_statistics(condition, now) if wanted else unmet(condition, now)


def _beside(leaves: Sequence[Leaf], join: Join, now: datetime) -> Truth:
    """The row of figures is in the statement."""
    return join(*(_of_figures(leaf, now) for leaf in leaves))


def _beside_or_nothing(leaves: Sequence[Leaf], join: Join, now: datetime) -> Truth:
    """It is, or stands empty for who has none."""
    has_none = customer_statistics.c.customer_id.is_(None)
    return join(
        *(
            or_(has_none, met) if _takes_a_stranger(leaf) else met
            for leaf in leaves
            for met in (_of_figures(leaf, now),)
        )
    )


def _apart(leaves: Sequence[Leaf], join: Join, now: datetime) -> Truth:
    """It is not. A list of ids, so that the database can begin with the few who meet it; a missing one is asked for apart."""
    row = customer_statistics.c
    known = [leaf for leaf in leaves if not _takes_a_stranger(leaf)]
    strangers = [
        (condition, not wanted) for condition, wanted in leaves if _takes_a_stranger((condition, wanted))
    ]
    met: list[Truth] = []
    if known:
        met.append(customers.c.id.in_(select(row.customer_id).where(_beside(known, join, now))))
    if strangers:
        other = or_ if join is and_ else and_
        theirs = exists().where(row.customer_id == customers.c.id, _beside(strangers, other, now))
        met.append(not_(theirs.correlate(customers)))
    return join(*met)


def find(session: Session, segment_id: str) -> Segment | None:
    row = session.execute(select(segments).where(segments.c.id == segment_id)).one_or_none()
    return _segment(row) if row else None


def every(session: Session) -> list[Segment]:
    """All of them, everyone first, then by name."""
    rows = session.execute(
        select(segments).order_by(segments.c.id != EVERYONE, segments.c.name, segments.c.id)
    )
    return [_segment(row) for row in rows]


def rules(session: Session) -> dict[str, Rule]:
    """The rule of every segment, as it was written."""
    return {row.id: parse(row.rule) for row in session.execute(select(segments.c.id, segments.c.rule))}


def understood(session: Session, raw: Any, segment_id: str = "") -> Rule:
    """The rule, with those of the segments it names in their place. Raises `BadRule`."""
    rule = parse(raw)
    if not segment_nesting.asked_for(rule):
        return rule
    return segment_nesting.written_out(rule, rules(session), segment_id)


def rule_of(session: Session, segment_id: str) -> Rule | None:
    """As `understood`; None when there is no such segment."""
    found = find(session, segment_id)
    return understood(session, found.rule, segment_id) if found else None


def define(session: Session, segment_id: str, *, name: str, rule: dict[str, Any], now: datetime) -> None:
    """Makes the segment, or gives it this name and rule. The rule of `everyone` cannot be another than `{}`.

    Raises `BadRule`, also when another segment could not be understood any more.
    """
    parse(rule)
    if segment_id == EVERYONE and rule != {}:
        raise ValueError("the segment everyone has the rule {} and no other")
    values = {"name": name, "rule": rule, "updated_at": now}
    changed = session.execute(update(segments).where(segments.c.id == segment_id).values(values)).rowcount
    if not changed:
        session.execute(insert(segments).values(id=segment_id, **values))
    check(session, [segment_id])


def check(session: Session, changed: Collection[str]) -> None:
    """Raises `BadRule` when one of these, or of those that name them, cannot be understood (any more); says which.

    Two that change segments at once wait for each other, so that they do not close a circle together.
    """
    session.execute(select(segments.c.id).where(segments.c.id == EVERYONE).with_for_update())
    written = rules(session)
    affected = segment_nesting.leaning_on(changed, written)
    for segment_id in segment_nesting.in_order(written):
        if segment_id in affected:
            try:
                segment_nesting.written_out(written[segment_id], written, segment_id)
            except BadRule as error:
                raise BadRule(f"segment {segment_id}: {error}") from None


def keep_everyone(session: Session, now: datetime) -> None:
    """The segment everyone always exists; campaigns refer to its row."""
    if find(session, EVERYONE) is None:
        define(session, EVERYONE, name="所有人", rule={}, now=now)


def count(session: Session, rule: Rule, now: datetime) -> int:
    """How many followers are members now; those who left or were forgotten are nobody's audience."""
    asked = audience(rule, now).subquery()
    return session.execute(select(func.count()).select_from(asked)).scalar_one()


def _segment(row: Row[Any]) -> Segment:
    return Segment(id=row.id, name=row.name, rule=row.rule, updated_at=row.updated_at)

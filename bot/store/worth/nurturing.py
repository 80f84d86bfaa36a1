"""The nurturing plans: opened for who comes into a class that has one, carried on day by day, closed for who leaves.

A step that is a contact asks a person, by a follow-up; a step that is content is a matter of campaigns, whose segments
ask for the step a customer is at.
"""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, Table, case, insert, literal, select, update

from bot.store.database import Instant, Session
from bot.store.tables import customer_statistics, follow_ups, nurturing_plans
from bot.store.worth.measures import Measured
from bot.values.partitions import Rules, ServiceClass
from bot.values.value import Plan

_plan = nurturing_plans.c
IS_OPEN = _plan.closed_at.is_(None)


def follow_moves(session: Session, measured: Measured, changing: Table) -> None:
    """`changing` holds those whose class may be another now: `service_class`, and `was_service_class`."""
    now, was, became = measured.now, changing.c.was_service_class, changing.c.service_class
    left = select(changing.c.customer_id).where(was.is_distinct_from(became))
    session.execute(update(nurturing_plans).where(_plan.customer_id.in_(left), IS_OPEN).values(closed_at=now))
    for each in measured.rules.classes:
        if each.steps:
            came = (became == each.name) & was.is_distinct_from(each.name)
            _open(session, measured, each, changing.c.customer_id, came)


def put_right(session: Session, measured: Measured, first: int, last: int) -> None:
    """After the rules changed: who is in a class gets the plan it has now, and nobody keeps one of another."""
    row = customer_statistics.c
    with_plan = [each for each in measured.rules.classes if each.steps]
    belongs = select(row.customer_id).where(
        row.customer_id == _plan.customer_id,
        row.service_class == _plan.service_class,
        row.service_class.in_([each.name for each in with_plan]),
    )
    stretch = _plan.customer_id.between(first, last)
    astray = update(nurturing_plans).where(stretch, IS_OPEN, ~belongs.exists())
    session.execute(astray.values(closed_at=measured.now))
    for each in with_plan:
        theirs = row.customer_id.between(first, last) & (row.service_class == each.name)
        _open(session, measured, each, row.customer_id, theirs)


def carry_on(session: Session, measured: Measured, first: int, last: int) -> int:
    """Whose next step has come due gets to it; a contact asks a person. Answers how many were asked for."""
    now = measured.now
    asked = 0
    for each in measured.rules.classes:
        mine = [_plan.customer_id.between(first, last), IS_OPEN, _plan.service_class == each.name]
        for number, step in enumerate(each.steps, start=1):
            if step.kind == "contact":
                reached = [
                    *mine,
                    _plan.step < number,
                    _plan.opened_at <= now - timedelta(days=step.after_days),
                ]
                asked += _ask_a_person(session, each, reached, measured)
        if each.steps:
            reached_now = _reached(each, measured)
            further = update(nurturing_plans).where(*mine, _plan.step < reached_now).values(step=reached_now)
            session.execute(further)
    return asked


def of(session: Session, customer_id: int, rules: Rules) -> Plan | None:
    """None for who is on no plan."""
    row = session.execute(
        select(nurturing_plans).where(_plan.customer_id == customer_id, IS_OPEN)
    ).one_or_none()
    if row is None:
        return None
    steps = next((each.steps for each in rules.classes if each.name == row.service_class), ())
    return Plan(
        since=row.opened_at,
        done=row.step,
        steps=tuple((row.opened_at + timedelta(days=step.after_days), step) for step in steps),
    )


def _open(
    session: Session,
    measured: Measured,
    each: ServiceClass,
    customer_id: ColumnElement[int],
    which: ColumnElement[bool],
) -> None:
    has_one = select(_plan.id).where(_plan.customer_id == customer_id, IS_OPEN).exists()
    columns = [literal(each.name), literal(measured.now, Instant())]
    found = select(customer_id, *columns).where(which, ~has_one).order_by(customer_id)
    names = ["customer_id", "service_class", "opened_at"]
    session.execute(insert(nurturing_plans).from_select(names, found))


def _ask_a_person(
    session: Session, each: ServiceClass, reached: Sequence[ColumnElement[bool]], measured: Measured
) -> int:
    waits = (
        select(follow_ups.c.id)
        .where(
            follow_ups.c.customer_id == _plan.customer_id,
            follow_ups.c.service == each.service,
            follow_ups.c.closed_at.is_(None),
        )
        .exists()
    )
    now = literal(measured.now, Instant())
    asked = select(_plan.customer_id, literal(each.service), now, now).where(*reached, ~waits)
    put = insert(follow_ups).from_select(
        ["customer_id", "service", "opened_at", "due_at"], asked.order_by(_plan.customer_id)
    )
    return session.execute(put, execution_options={"preserve_rowcount": True}).rowcount


def _reached(each: ServiceClass, measured: Measured) -> ColumnElement[int]:
    steps = [
        (_plan.opened_at <= measured.now - timedelta(days=step.after_days), number)
        for number, step in reversed(list(enumerate(each.steps, start=1)))
    ]
    return case(*steps, else_=0)

"""What is known of a customer, from whom, since when."""

from datetime import date, datetime
from typing import Annotated

import typer

from bot.opening import opened
from bot.rules.intake.cells import Wrong
from bot.rules.people import facts as fact_rules
from bot.rules.people import facts_told
from bot.services import Services
from bot.store.database import Session
from bot.store.operators import audit
from bot.store.people import facts
from bot.values.facts import Attribute
from handlers.command import people
from handlers.command.common import AsJson, Fault, tell

app = typer.Typer(no_args_is_help=True, help="What is known of a customer, from whom, since when.")

As = Annotated[str, typer.Option("--as", metavar="STAFF", help="In whose name.")]


@app.command()
def show(
    context: typer.Context,
    openid: str,
    history: Annotated[bool, typer.Option("--history", help="With what was said before.")] = False,
    as_json: AsJson = False,
) -> None:
    """What each source says of a customer; = marks what is believed."""
    with opened(context.obj.config) as services, services.database.reading() as session:
        customer_id = people.customer(session, openid).id
        found = facts.of(session, customer_id, with_history=history)
        rules = fact_rules.load(services.config.facts.rules)
    tell(found, as_json, facts_told.of_facts(found, rules, services.config.push.zone))


@app.command("set")
def set_(
    context: typer.Context, openid: str, attribute: str, value: str, name: As, as_json: AsJson = False
) -> None:
    """Note what you know of a customer; their own word is believed before yours."""
    with opened(context.obj.config) as services, services.database.transaction() as session:
        customer_id, person = people.customer(session, openid).id, people.on_staff(session, name).id
        now = services.now()
        about, today = _attribute(services, attribute), _today(services, now)
        try:
            kept = fact_rules.checked(about, value, today)
        except Wrong as wrong:
            raise Fault(f"{attribute}: expected {wrong}, found {value}") from None
        if attribute in facts.erased(session, customer_id):
            raise Fault(f"{attribute}: the customer erased it themselves; only they can say it again")
        before = facts.holding(session, customer_id).get(attribute)
        holds = facts.learn(session, customer_id, attribute, kept, "staff", now, today, staff_id=person)
        _note(
            session, "fact.set", customer_id, attribute, before.value if before else None, kept, person, now
        )
    answer = {"attribute": attribute, "value": kept, "holds": holds}
    words = "is believed now" if holds else "is noted, but what they said themselves is believed"
    tell(answer, as_json, [f"{attribute}: {kept} {words}"])


@app.command()
def retract(context: typer.Context, openid: str, attribute: str, name: As, as_json: AsJson = False) -> None:
    """Believe nothing of this any more, until staff or the customer say something again."""
    with opened(context.obj.config) as services, services.database.transaction() as session:
        customer_id, person = people.customer(session, openid).id, people.on_staff(session, name).id
        now = services.now()
        _attribute(services, attribute)
        before = facts.holding(session, customer_id).get(attribute)
        gone = facts.retract(session, customer_id, attribute, now, staff_id=person)
        _note(
            session,
            "fact.retracted",
            customer_id,
            attribute,
            before.value if before else None,
            None,
            person,
            now,
        )
    tell(
        gone, as_json, [f"{attribute}: {len(gone)} retracted" if gone else f"{attribute}: nothing was known"]
    )


def _attribute(services: Services, name: str) -> Attribute:
    known = fact_rules.load(services.config.facts.rules).attributes
    if name not in known:
        raise Fault(f"{name}: no such attribute; there are {', '.join(known)}")
    return known[name]


def _today(services: Services, now: datetime) -> date:
    return now.astimezone(services.config.push.zone).date()


def _note(
    session: Session,
    action: str,
    customer_id: int,
    attribute: str,
    before: str | None,
    after: str | None,
    person: int,
    now: datetime,
) -> None:
    detail = {"before": {attribute: before}, "after": {attribute: after}}
    audit.record(session, action, "customer", customer_id, staff_id=person, now=now, detail=detail)

"""Customers who wait for a person: who they are, who serves them, and who looks after whom."""

from typing import Annotated

import typer

from bot.opening import opened
from bot.store.operators import audit
from bot.store.talk import account_managers, handover_endings, handover_turns, waiting_list
from bot.store.talk.waiting_list import Waiting
from handlers.command import people
from handlers.command.common import AsJson, Chosen, Fault, tell

app = typer.Typer(no_args_is_help=True, help="Customers who wait for a person.")

As = Annotated[str, typer.Option("--as", metavar="STAFF", help="Who does it; it is kept.")]


@app.command("list")
def list_(context: typer.Context, as_json: AsJson = False) -> None:
    """Who waits, the most urgent first, and why."""
    chosen: Chosen = context.obj
    with opened(chosen.config) as services, services.database.reading() as session:
        found = waiting_list.waiting(session, services.now())
    tell(found, as_json, [_line(one) for one in found] or ["nobody waits"])


@app.command()
def take(context: typer.Context, openid: str, name: As) -> None:
    """Serve one of them; of two who take at once one does."""
    chosen: Chosen = context.obj
    with opened(chosen.config) as services, services.database.transaction() as session:
        customer, person = people.customer(session, openid), people.on_staff(session, name)
        now = services.now()
        if not handover_turns.take(session, customer.id, person.id, now):
            holder = handover_turns.holder(session, customer.id)
            raise Fault(f"{openid}: already taken by {holder.name}" if holder else f"{openid} does not wait")
        audit.record(
            session, "customer.handover_taken", "customer", customer.id, staff_id=person.id, now=now,
            detail={"name": customer.name},
        )  # fmt: skip
    print(f"{openid} is served by {name}")


@app.command()
def close(context: typer.Context, openid: str, name: As) -> None:
    """End it: the bot answers again, a complaint is settled, the customer is asked how it was."""
    chosen: Chosen = context.obj
    with opened(chosen.config) as services, services.database.transaction() as session:
        customer, person = people.customer(session, openid), people.on_staff(session, name)
        now = services.now()
        day = now.astimezone(services.config.push.zone).date()
        if not handover_endings.end(session, customer.id, staff_id=person.id, now=now, day=day):
            raise Fault(f"{openid} does not wait")
        audit.record(
            session, "customer.handover_closed", "customer", customer.id, staff_id=person.id, now=now,
            detail={"name": customer.name},
        )  # fmt: skip
    print(f"{openid} is back with the bot")


@app.command()
def present(context: typer.Context, name: As) -> None:
    """Be there: hand-overs of your customers come to you."""
    chosen: Chosen = context.obj
    with opened(chosen.config) as services, services.database.transaction() as session:
        person, now = people.on_staff(session, name), services.now()
        account_managers.come(session, person.id)
        audit.record(session, "staff.present", "staff", person.id, staff_id=person.id, now=now, detail={})
    print(f"{name} is present")


@app.command()
def away(context: typer.Context, name: As) -> None:
    """Be away: what you have not begun is anybody's again, and so is what comes."""
    chosen: Chosen = context.obj
    with opened(chosen.config) as services, services.database.transaction() as session:
        person, now = people.on_staff(session, name), services.now()
        given = account_managers.leave(session, person.id, now)
        audit.record(
            session,
            "staff.away",
            "staff",
            person.id,
            staff_id=person.id,
            now=now,
            detail={"given_back": given},
        )
    print(f"{name} is away; {given} given back")


@app.command()
def manager(
    context: typer.Context,
    openid: str,
    name: As,
    to: Annotated[str, typer.Option("--to", metavar="STAFF", help="Empty: nobody.")] = "",
) -> None:
    """Say who looks after a customer; their hand-overs go there while that person is present."""
    chosen: Chosen = context.obj
    with opened(chosen.config) as services, services.database.transaction() as session:
        customer, person = people.customer(session, openid), people.on_staff(session, name)
        now = services.now()
        wanted = people.on_staff(session, to, "--to").id if to else None
        before = account_managers.manager_of(session, customer.id)
        account_managers.put_in_charge(session, customer.id, wanted, now)
        detail = audit.changes({"manager": before.name if before else ""}, {"manager": to})
        audit.record(
            session, "customer.manager_changed", "customer", customer.id, staff_id=person.id, now=now, detail=detail
        )  # fmt: skip
    print(f"{openid} is looked after by {to or 'nobody'}")


def _line(one: Waiting) -> str:
    who = f"{one.staff_name} since {one.taken_at:%H:%M}Z" if one.taken_at else one.staff_name or "anybody"
    why = ", ".join(one.urgency.reasons) or "-"
    return (
        f"{one.urgency.need:6}  {one.urgency.mood:7}  {one.reason:9}  {one.opened_at:%Y-%m-%d %H:%M}Z  "
        f"{one.name or one.customer_id}  ({who})  {why}"
    )

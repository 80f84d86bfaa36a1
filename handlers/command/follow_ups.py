"""What customers' classes ask of a person: the list, and saying that it was done."""

from datetime import datetime, tzinfo
from typing import Annotated

import typer

from bot.opening import opened
from bot.store.operators import audit
from bot.store.worth import asked_of_people
from bot.values.value import FollowUp
from handlers.command import people
from handlers.command.common import AsJson, Chosen, Fault, tell

app = typer.Typer(no_args_is_help=True, help="Customers whose class asks something of a person.")


@app.command("list")
def list_(
    context: typer.Context,
    of: Annotated[str, typer.Option("--of", metavar="STAFF", help="Only what is theirs.")] = "",
    as_json: AsJson = False,
) -> None:
    """Whom to look after or follow up, the soonest due first; two hundred at most."""
    chosen: Chosen = context.obj
    with opened(chosen.config) as services, services.database.reading() as session:
        whose = people.on_staff(session, of, "--of").id if of else None
        found, now = asked_of_people.waiting(session, whose), services.now()
        zone = services.config.push.zone
    tell(found, as_json, [line(one, now, zone) for one in found] or ["nothing waits"])


@app.command()
def done(
    context: typer.Context,
    number: int,
    by: Annotated[str, typer.Option("--as", metavar="STAFF", help="Who did it; it is kept.")],
    note: Annotated[str, typer.Option("--note", help="What came of it, for colleagues.")] = "",
) -> None:
    """Say that it was done."""
    chosen: Chosen = context.obj
    with opened(chosen.config) as services, services.database.transaction() as session:
        person, now = people.on_staff(session, by), services.now()
        whose = asked_of_people.done(session, number, person.id, note.strip(), now)
        if whose is None:
            raise Fault(f"nothing that waits has the number {number}; see `weilan follow-up list`")
        audit.record(
            session, "customer.follow_up_done", "customer", whose, staff_id=person.id, now=now, detail={"follow_up": number}
        )  # fmt: skip
    print(f"{number} is done")


def line(one: FollowUp, now: datetime, zone: tzinfo) -> str:
    late = "  late" if one.due_at < now else ""
    who = one.openid or one.external_id or one.customer_id
    return (
        f"{one.id}  by {one.due_at.astimezone(zone):%Y-%m-%d %H:%M}  {one.service:15}  {one.service_class or '-'}  "
        f"{who}  {one.name or ''}  ({one.staff_name or 'anybody'}){late}"
    )

"""Returns, repairs and new addresses that customers sent in from the chat."""

from enum import Enum
from typing import Annotated

import typer

from bot.opening import opened
from bot.rules.talk.forms import FORMS, lines_of
from bot.store.operators import audit
from bot.store.talk import forms
from handlers.command import people
from handlers.command.common import AsJson, Chosen, Fault, tell

app = typer.Typer(no_args_is_help=True, help="Returns, repairs and new addresses sent in from the chat.")


class End(Enum):
    done = "done"
    declined = "declined"


@app.command("list")
def list_(context: typer.Context, as_json: AsJson = False) -> None:
    """What waits for a person, the oldest first."""
    chosen: Chosen = context.obj
    with opened(chosen.config) as services, services.database.reading() as session:
        found = forms.waiting(session)
    lines = []
    for one in found:
        lines.append(f"{one.number}  {one.sent_at:%Y-%m-%d %H:%M}Z  {one.form}  {one.name or one.openid}")
        lines += (
            [f"    {line}" for line in lines_of(FORMS[one.form], one.answers)] if one.form in FORMS else []
        )
    tell(found, as_json, lines or ["nothing waits"])


@app.command()
def close(
    context: typer.Context,
    number: str,
    end: End,
    by: Annotated[str, typer.Option("--as", metavar="STAFF", help="Who does it; it is kept.")],
    note: Annotated[str, typer.Option("--note", help="What the customer reads under 我的申请.")] = "",
) -> None:
    """Say that a request was done, or declined and why."""
    chosen: Chosen = context.obj
    if end is End.declined and not note.strip():
        raise Fault("--note: say why it was declined; the customer reads it")
    with opened(chosen.config) as services, services.database.transaction() as session:
        person, now = people.on_staff(session, by), services.now()
        if not forms.close(session, number.upper(), end.value, note.strip(), person.id, now):
            raise Fault(f"no open request has the number {number}")
        audit.record(
            session,
            f"request.{end.value}",
            "request",
            number.upper(),
            staff_id=person.id,
            now=now,
            detail={"note": note},
        )
    print(f"{number.upper()} is {end.value}")

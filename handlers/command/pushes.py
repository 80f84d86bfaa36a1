"""Stopping and resuming what goes out by itself: docs/dispatch.md."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from bot.opening import opened
from bot.rules.pushes import push_words
from bot.services import Services
from bot.store.campaigns import campaign_pages
from bot.store.database import Session
from bot.store.operators import audit
from bot.store.sending import halts, push_status, withdrawals
from handlers.command import people
from handlers.command.common import AsJson, Fault, tell

app = typer.Typer(no_args_is_help=True, help="Stop, resume and take back what goes out by itself.")

As = Annotated[str, typer.Option("--as", metavar="STAFF", help="In whose name, for the audit log.")]


@app.command()
def stop(
    context: typer.Context,
    reason: Annotated[str, typer.Option(help="Why; shown to everybody who asks.")] = "",
    name: As = "",
) -> None:
    """No push leaves any more, in any process. Answers to customers' own messages go on."""
    with _writing(context) as (services, session):
        person = people.named(session, name)
        why = f"pushes_stopped:{reason.strip()}" if reason.strip() else "pushes_stopped"
        if not halts.stop_pushes(session, why, services.now(), by=name):
            print("all pushes were stopped already")
            return
        _note(session, services, "pushes.stopped", halts.PUSHES, person, {"reason": reason.strip()})
    print("all pushes are stopped; `weilan push resume` lets them go on")


@app.command()
def resume(context: typer.Context, name: As = "") -> None:
    """Let pushes go on: what is still in its window now, the rest in its next one."""
    with _writing(context) as (services, session):
        person = people.named(session, name)
        if not halts.lift(session, halts.PUSHES):
            print("pushes were not stopped")
            return
        _note(session, services, "pushes.resumed", halts.PUSHES, person, {})
    print("pushes go out again")


@app.command()
def lift(
    context: typer.Context,
    channel: Annotated[str, typer.Argument(metavar="CHANNEL", help="As `weilan push status` names it.")],
    name: As = "",
) -> None:
    """Use a halted channel again, once somebody has looked at why."""
    with _writing(context) as (services, session):
        person = people.named(session, name)
        known = {one.channel: one.reason for one in halts.every(session, services.now())}
        if channel not in known:
            raise Fault(f"{channel}: not halted; halted are: {', '.join(sorted(known)) or 'none'}")
        halts.lift(session, channel)
        _note(session, services, "channel.lifted", channel, person, {"reason": known[channel]})
    print(f"{channel} is used again")


@app.command()
def status(context: typer.Context, as_json: AsJson = False) -> None:
    """What is stopped or halted, and what waits."""
    with opened(context.obj.config) as services, services.database.reading() as session:
        found = push_status.push_status(session, services.now())
        tell(found, as_json, push_words.of_status(found, services.config.push.zone))


@app.command()
def withdraw(
    context: typer.Context,
    campaign: Annotated[
        str, typer.Option(metavar="ID", help="All that this campaign has planned; pauses it.")
    ] = "",
    delivery: Annotated[
        list[int] | None, typer.Option(metavar="ID", help="This one; may stand several times.")
    ] = None,
    name: As = "",
) -> None:
    """Take back what is planned and has not left. A campaign is paused with it."""
    if bool(campaign) == bool(delivery):
        raise typer.BadParameter("expected either --campaign or --delivery")
    with _writing(context) as (services, session):
        person = people.named(session, name)
        if campaign:
            line = campaign_pages.find(session, campaign)
            if line is None:
                raise Fault(f"--campaign: there is no campaign {campaign}")
            detail: dict[str, object] = {}
            if campaign_pages.become(session, campaign, "paused", services.now()):
                detail = audit.changes({"status": line.status}, {"status": "paused"})
                print(f"{campaign} is paused, or the next plan would plan it anew")
            count = withdrawals.of_campaign(session, campaign, services.now())
            _note(session, services, "campaign.withdrawn", campaign, person, {**detail, "withdrawn": count})
        else:
            taken = withdrawals.these(session, delivery or [], services.now())
            count = len(taken)
            for one in taken:
                _note(session, services, "delivery.withdrawn", one, person, {})
            for one in sorted(set(delivery or []).difference(taken)):
                print(f"{one} is not planned any more, or never was")
    print(f"{count} withdrawn")


@contextmanager
def _writing(context: typer.Context) -> Iterator[tuple[Services, Session]]:
    with opened(context.obj.config) as services, services.database.transaction() as session:
        yield services, session


def _note(
    session: Session,
    services: Services,
    action: str,
    subject: str | int,
    person: int | None,
    detail: dict[str, object],
) -> None:
    kind = {"campaign.withdrawn": "campaign", "delivery.withdrawn": "delivery"}.get(action, "channel")
    audit.record(session, action, kind, subject, staff_id=person, now=services.now(), detail=detail)

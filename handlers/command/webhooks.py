"""Programs that are told what changed: docs/webhooks.md."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Annotated, Any

import typer

from bot.opening import opened
from bot.outgoing import sealing
from bot.outgoing.telling import tell as call
from bot.rules.webhooks import webhook_reports as reports
from bot.rules.webhooks.webhook_addresses import is_public_or_name, objection
from bot.services import Services
from bot.store.database import Session
from bot.store.operators import audit
from bot.store.programs import webhooks
from bot.values.webhooks import KINDS, PING, Added, Call, Endpoint, Event
from handlers.command.common import AsJson, Fault, tell

BY_HAND = "by hand"

app = typer.Typer(no_args_is_help=True, help="Programs that are told what changed.")

Id = Annotated[int, typer.Argument(metavar="ID", help="As `weilan webhook list` shows it.")]


@app.command()
def add(
    context: typer.Context,
    url: str,
    events: Annotated[
        list[str], typer.Option("--event", metavar="KIND", help=f"May stand several times: {', '.join(KINDS)}; or 'customer.*'.")
    ],
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Tell this address of these events, signed; shows the secret once."""
    kinds = reports.kinds_of(events)
    if isinstance(kinds, str):
        raise Fault(f"--event: there is no event {kinds}; expected {', '.join(KINDS)}, or one with *")
    if fault := objection(url):
        raise Fault(f"URL: {fault}")
    with _writing(context) as (services, session):
        if not services.config.webhooks.allow_private and not is_public_or_name(url):
            raise Fault("URL: an address of a private network; webhooks.allow_private permits it")
        secret = sealing.new_secret()
        sealed = sealing.sealed(secret, _key(services))
        added = webhooks.add(session, url, kinds, sealed, services.clock.real())
        if added is None:
            raise Fault(f"there are {webhooks.MOST_ENDPOINTS} endpoints already; remove one")
        _note(session, services, "webhook.added", added, {"after": {"url": url, "events": list(kinds)}})
    found = Added(id=added, url=url, kinds=kinds, secret=secret)
    tell(found, as_json, reports.of_added(found))


@app.command("list")
def list_(context: typer.Context, as_json: AsJson = False) -> None:
    """Who is told of what, and how it goes."""
    with _reading(context) as (services, session):
        found = webhooks.every(session)
        tell(found, as_json, reports.of_endpoints(found, services.config.push.zone))


@app.command()
def remove(context: typer.Context, endpoint_id: Id) -> None:
    """Tell it nothing more, nor what it was not told yet."""
    with _writing(context) as (services, session):
        known = {one.id: one for one in webhooks.every(session)}
        if not webhooks.remove(session, endpoint_id):
            raise Fault(_nobody(endpoint_id))
        _note(session, services, "webhook.removed", endpoint_id, {"before": {"url": known[endpoint_id].url}})
    print(f"endpoint {endpoint_id} is removed")


@app.command()
def pause(context: typer.Context, endpoint_id: Id) -> None:
    """Call it no more; what it wants to hear is kept for it, for a week."""
    with _writing(context) as (services, session):
        _known(session, endpoint_id, services)
        if webhooks.pause(session, endpoint_id, BY_HAND, services.clock.real()):
            _note(session, services, "webhook.paused", endpoint_id)
    print(f"endpoint {endpoint_id} is paused")


@app.command()
def resume(context: typer.Context, endpoint_id: Id) -> None:
    """Call it again, with what was kept for it."""
    with _writing(context) as (services, session):
        _known(session, endpoint_id, services)
        if webhooks.resume(session, endpoint_id, services.clock.real()):
            _note(session, services, "webhook.resumed", endpoint_id)
    print(f"endpoint {endpoint_id} is called again")


@app.command()
def rotate(
    context: typer.Context,
    endpoint_id: Id,
    hours: Annotated[
        int, typer.Option("--overlap-hours", min=0, max=720, help="How long the old secret signs, too.")
    ] = 24,
    as_json: AsJson = False,
) -> None:
    """Give it a new secret; shows it once."""
    with _writing(context) as (services, session):
        secret, real = sealing.new_secret(), services.clock.real()
        sealed = sealing.sealed(secret, _key(services))
        if not webhooks.rotate(session, endpoint_id, sealed, timedelta(hours=hours), real):
            raise Fault(_nobody(endpoint_id))
        _note(session, services, "webhook.rotated", endpoint_id)
        known = next(one for one in webhooks.every(session) if one.id == endpoint_id)
    found = Added(id=endpoint_id, url=known.url, kinds=known.kinds, secret=secret)
    tell(found, as_json, reports.of_secret(secret))


@app.command("deadletters")
def dead_letters(
    context: typer.Context,
    endpoint_id: Annotated[int | None, typer.Argument(metavar="[ID]", show_default=False)] = None,
    before: Annotated[
        int | None, typer.Option(help="The sequence the last page ended with.", show_default=False)
    ] = None,
    most: Annotated[int, typer.Option(min=1, max=10_000)] = 100,
    as_json: AsJson = False,
) -> None:
    """What was not taken at all, the newest first."""
    with _reading(context) as (services, session):
        found = webhooks.dead_letters(session, endpoint_id, before=before, most=most)
        tell(found, as_json, reports.of_dead_letters(found, services.config.push.zone))


@app.command()
def redeliver(
    context: typer.Context,
    endpoint_id: Id,
    events: Annotated[
        list[str] | None, typer.Option("--event", metavar="EVENT_ID", help="Also one that was taken.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Tell it its dead letters again, or these events."""
    with _writing(context) as (services, session):
        _known(session, endpoint_id, services)
        real = services.clock.real()
        if events:
            owed = webhooks.redeliver(session, endpoint_id, events, real)
        else:
            owed = webhooks.redeliver_dead(session, endpoint_id, real)
        _note(session, services, "webhook.redelivered", endpoint_id, {"events": owed})
    tell({"owed_again": owed}, as_json, [f"{owed} events are owed to endpoint {endpoint_id} again"])


@app.command("test")
def ping(context: typer.Context, endpoint_id: Id, as_json: AsJson = False) -> None:
    """Send it a signed ping now, from here, and tell what it answered."""
    with opened(context.obj.config) as services:
        with services.database.reading() as session:
            endpoint = _known(session, endpoint_id, services)
        event = Event(id=secrets.token_hex(16), kind=PING, at=services.now(), data={})
        try:
            [told] = call(endpoint, [Call(0, 0, event)], services.config, services.clock.real, lambda: False)
        except sealing.Unreadable:
            raise Fault(
                "its secret is not readable with this server.secret_key: `weilan webhook rotate`"
            ) from None
    tell(told.answer, as_json, reports.of_answer(told.answer))
    if not told.answer.is_taken:
        raise Fault(f"endpoint {endpoint_id} did not take the ping: {told.answer.reason}")


@contextmanager
def _writing(context: typer.Context) -> Iterator[tuple[Services, Session]]:
    with opened(context.obj.config) as services, services.database.transaction() as session:
        yield services, session


@contextmanager
def _reading(context: typer.Context) -> Iterator[tuple[Services, Session]]:
    with opened(context.obj.config) as services, services.database.reading() as session:
        yield services, session


def _known(session: Session, endpoint_id: int, services: Services) -> Endpoint:
    found = webhooks.find(session, endpoint_id, services.clock.real())
    if found is None:
        raise Fault(_nobody(endpoint_id))
    return found


def _nobody(endpoint_id: int) -> str:
    return f"there is no endpoint {endpoint_id}; see `weilan webhook list`"


def _key(services: Services) -> str:
    return services.config.server.secret_key.get_secret_value()


def _note(
    session: Session, services: Services, action: str, endpoint_id: int, detail: dict[str, Any] | None = None
) -> None:
    audit.record(session, action, "webhook", endpoint_id, staff_id=None, now=services.now(), detail=detail)

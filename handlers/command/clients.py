"""Programs that may call the API."""

from typing import Annotated, Any

import typer

from bot.opening import opened
from bot.store.programs import api_clients
from bot.store.programs.api_clients import Client
from handlers.command.common import AsJson, Fault, tell

app = typer.Typer(no_args_is_help=True, help="Programs that may call the API.")


@app.command()
def add(
    context: typer.Context,
    name: str,
    scope: Annotated[
        list[str], typer.Option(help=f"What it may do, again for each: {' '.join(api_clients.SCOPES)}.")
    ],
    a_minute: Annotated[
        int, typer.Option(min=1, max=api_clients.MOST_A_MINUTE, help="Requests it may make in a minute.")
    ] = api_clients.A_MINUTE,
    as_json: AsJson = False,
) -> None:
    """Let a program in; prints its token, this once."""
    name = _usable(name)
    for one in scope:
        if one not in api_clients.SCOPES:
            raise typer.BadParameter(f"{one}: expected {' '.join(api_clients.SCOPES)}", param_hint="--scope")
    with opened(context.obj.config) as services, services.database.transaction() as session:
        now = services.clock.real()
        added = api_clients.add(session, name=name, scopes=scope, now=now, a_minute=a_minute)
    if added is None:
        raise Fault(f"there is a client called {name} already; see `weilan client list`")
    tell(
        {**_shown(added.client), "token": added.token},
        as_json,
        [
            f"{name} may call the API as: {' '.join(added.client.scopes)}",
            f"token  {added.token}",
            "keep it safe: it is not shown again, and only its hash is kept",
        ],
    )


@app.command("list")
def list_(context: typer.Context, as_json: AsJson = False) -> None:
    """Who may call the API, and when they last did."""
    with opened(context.obj.config) as services, services.database.reading() as session:
        clients = api_clients.every(session)
    tell([_shown(client) for client in clients], as_json, [_line(client) for client in clients])


@app.command()
def revoke(context: typer.Context, name: str, as_json: AsJson = False) -> None:
    """Take a program's token away, at once."""
    with opened(context.obj.config) as services, services.database.transaction() as session:
        if not api_clients.revoke(session, name.strip(), services.clock.real()):
            raise Fault(f"no client called {name} may call the API; see `weilan client list`")
    tell({"revoked": name.strip()}, as_json, [f"{name.strip()} may not call the API any more"])


def _usable(name: str) -> str:
    name = name.strip()
    if not 0 < len(name) <= api_clients.LONGEST_NAME or not name.isprintable():
        raise Fault(f"NAME: expected 1 to {api_clients.LONGEST_NAME} characters")
    return name


def _shown(client: Client) -> dict[str, Any]:
    return {
        "name": client.name,
        "scopes": list(client.scopes),
        "a_minute": client.a_minute,
        "created_at": client.created_at,
        "used_at": client.used_at,
        "revoked_at": client.revoked_at,
    }


def _line(client: Client) -> str:
    used = f"used {client.used_at:%Y-%m-%d %H:%M} UTC" if client.used_at else "never used"
    state = f"revoked {client.revoked_at:%Y-%m-%d %H:%M} UTC" if client.revoked_at else used
    return f"{client.name}  {state}  {client.a_minute} a minute  {' '.join(client.scopes)}"

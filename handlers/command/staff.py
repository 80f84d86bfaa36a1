"""Who may sign in to the console."""

import sys
from enum import Enum
from typing import Annotated

import typer

from bot.opening import opened
from bot.store.operators import audit, passwords, staff
from handlers.command.common import Fault

app = typer.Typer(no_args_is_help=True, help="Operators and admins.")


class Role(Enum):
    operator = "operator"
    admin = "admin"


@app.command("add")
def add(
    context: typer.Context,
    name: str,
    role: Annotated[Role, typer.Option()],
    password: Annotated[str, typer.Option(envvar="WEILAN_PASSWORD", hidden=True)] = "",
) -> None:
    """Let somebody into the console; the password from a prompt or WEILAN_PASSWORD."""
    if not 0 < len(name.strip()) <= staff.LONGEST_NAME:
        raise Fault(f"NAME: expected 1 to {staff.LONGEST_NAME} characters")
    password = password or _asked()
    if objection := passwords.objection(password, name):
        raise Fault(
            f"the password is {objection.replace('_', ' ')}; expected at least {passwords.LEAST_LONG} characters"
        )
    password_hash = passwords.hashed(password)
    with opened(context.obj.config) as services, services.database.transaction() as session:
        now = services.now()
        added = staff.add(session, name=name.strip(), role=role.value, password_hash=password_hash, now=now)
        if added is None:
            raise Fault(f"there is somebody called {name} already")
        audit.record(
            session,
            "staff.added",
            "staff",
            added,
            staff_id=None,
            now=now,
            detail={"after": {"role": role.value}},
        )
    print(f"{name} may sign in as {role.value}")


def _asked() -> str:
    """At a terminal twice, as nobody sees what they type; else the first line of what is piped in."""
    if sys.stdin.isatty():
        typed: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
        return typed
    if piped := sys.stdin.readline().rstrip("\r\n"):
        return piped
    raise Fault("WEILAN_PASSWORD: expected the password there, or a terminal to ask for it")

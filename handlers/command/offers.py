"""Offers: what is left of each option, and what was redeemed."""

import typer

from bot.opening import opened
from bot.store.loyalty import offers
from handlers.command.common import AsJson, Chosen, tell

app = typer.Typer(
    no_args_is_help=True, help="Offers from which customers choose one thing; defined by `weilan apply`."
)


@app.callback()
def _group() -> None:
    """One command so far, and it keeps its name."""


@app.command("list")
def list_(context: typer.Context, as_json: AsJson = False) -> None:
    """Every offer and option: how many were taken, how many redeemed, how many are left."""
    chosen: Chosen = context.obj
    with opened(chosen.config) as services, services.database.reading() as session:
        found = [dict(row._mapping) for row in offers.counts(session)]  # noqa: SLF001 - SQLAlchemy's public name for it
    lines = [
        f"{row['id']} ({row['status']}, until {row['ends']})  {row['letter']}. {row['name']}: {row['taken']} taken, "
        f"{row['redeemed']} redeemed, {'no end of it' if row['stock'] is None else f'''{row['stock'] - row['taken']} left'''}"
        for row in found
    ]
    tell(found, as_json, lines or ["no offers: define one in a file with [[offer]] and `weilan apply` it"])

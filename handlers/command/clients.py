"""Programs that may call the API."""

import typer

app = typer.Typer(no_args_is_help=True, help="Programs that may call the API.")

"""Programs that are told what changed."""

import typer

app = typer.Typer(no_args_is_help=True, help="Programs that are told what changed.")

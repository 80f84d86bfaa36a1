"""Segments: who is in, how many, since when."""

import typer

app = typer.Typer(no_args_is_help=True, help="Segments: who is in, how many, since when.")

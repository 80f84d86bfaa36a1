"""Customers that were two, and are one."""

import typer

app = typer.Typer(no_args_is_help=True, help="Customers that were two, and are one.")

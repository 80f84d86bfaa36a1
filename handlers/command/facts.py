"""What is known of a customer, from whom, since when."""

import typer

app = typer.Typer(no_args_is_help=True, help="What is known of a customer, from whom, since when.")

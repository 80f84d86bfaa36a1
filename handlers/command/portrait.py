"""What the best customers have in common, and who looks like them."""

import typer

app = typer.Typer(
    no_args_is_help=True, help="What the best customers have in common, and who looks like them."
)

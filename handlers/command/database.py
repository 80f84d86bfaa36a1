"""The database: brought to the newest migration."""

import typer

from bot.migrating import migrate

app = typer.Typer(no_args_is_help=True, help="The database.")


@app.command()
def upgrade(context: typer.Context) -> None:
    """Run the migrations that are missing."""
    ran = migrate(context.obj.config)
    print(f"ran {', '.join(ran)}" if ran else "up to date")

"""Only the web server: what several machines run each."""

import typer

from bot.opening import ready
from handlers import process


def web(context: typer.Context) -> None:
    """Only the web server, for several machines."""
    process.serve(ready(context.obj.for_wechat), process.Alone, debug=context.obj.debug)

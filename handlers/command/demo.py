"""The demo: a shop, its customers and a WeChat of its own in one process."""

import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Annotated

import typer

from bot import logging
from bot.migrating import migrate
from bot.opening import opened
from bot.sandbox import demo as demo_shop
from bot.services import Services
from handlers import process
from handlers.command.common import Command, Fault
from handlers.command.serving import CHORES, Beside
from handlers.ports import PortBusy, free_port
from handlers.understanding_watch import learn


def command(beside: Beside, work_out: Callable[[Services], None]) -> Command:
    """Given what runs beside its web server, and what works out at once what the nights would."""

    def run(
        context: typer.Context,
        port: Annotated[int, typer.Option(min=0, max=65535)] = 8000,
        data: Annotated[Path, typer.Option(help="Where everything is kept.")] = Path("data/demo"),
    ) -> None:
        """A demo shop with the WeChat simulator: no account and no server needed."""
        debug = context.obj.debug
        logging.configure(debug=debug, quiet=not debug)
        try:
            port = free_port("127.0.0.1", port)
        except PortBusy as busy:
            raise Fault(f"{busy}; choose another with --port (make demo PORT=…)") from None
        try:
            config = demo_shop.settings(data, port)
        except OSError as error:
            raise Fault(f"--data: expected a folder to write to; {data}: {error.strerror}") from None
        except demo_shop.NoAccount as fault:
            raise Fault(str(fault)) from None
        migrate(config)
        if sys.stderr.isatty():
            print("opening the demo shop; the first time takes half a minute", file=sys.stderr)
        # what is learned meanwhile is there for the first message; what fails is told on the health page
        with opened(config) as services, ThreadPoolExecutor(1) as meanwhile:
            meanwhile.submit(learn, services)
            sign_in = demo_shop.open_shop(services.database, data, services.now())
            work_out(services)
        address = config.server.public_url
        print(f"chat page   {address}/sandbox/")
        print(f"console     {address}/console/")
        print(
            f"sign in as  {sign_in.name}  password  {sign_in.password or '(as it was changed in the console)'}"
        )
        print(f"everything is kept in {data}; stop with Ctrl-C", flush=True)
        process.serve(config, beside(config, CHORES), debug=debug, quiet=not debug)

    return run

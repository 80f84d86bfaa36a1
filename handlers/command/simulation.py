"""The coming days beforehand: who would get what, who would not and why."""

import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from bot.opening import opened
from bot.rules.simulation.simulation_picture import draw
from bot.rules.simulation.simulation_reports import as_told, of_simulation
from bot.services import Services
from bot.values.simulation import NobodyThere, Simulated, Wanted
from handlers.command.common import AsJson, At, Command, Fault, InLanguage, Language, instant, tell

MOST_DAYS = 366
MOST_CUSTOMERS = 2_000_000
TERMINATED = 143  # as the shell tells it

Simulate = Callable[[Services, Wanted, Callable[[int], None]], Simulated]


def command(simulate: Simulate) -> Command:
    """The command itself, given what simulates."""

    def run(
        context: typer.Context,
        days: Annotated[int, typer.Option(min=1, max=MOST_DAYS, help="Today is the first.")],
        customers: Annotated[
            int | None,
            typer.Option(
                min=1,
                max=MOST_CUSTOMERS,
                help="So many: a sample, or the shop's own and copies of them. All there are if not said.",
            ),
        ] = None,
        seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same figures.")] = 1,
        at: At = "",
        draft: Annotated[
            list[str] | None,
            typer.Option("--with", metavar="CAMPAIGN", help="As if this draft or paused campaign ran, too."),
        ] = None,
        picture: Annotated[
            Path | None,
            typer.Option(metavar="FILE.svg", help="Draws what goes out, what does not, the quota."),
        ] = None,
        language: InLanguage = Language.zh,
        as_json: AsJson = False,
    ) -> None:
        """The whole calendar on a copy with a virtual clock; changes nothing."""
        if picture is not None and picture.suffix != ".svg":
            raise typer.BadParameter(
                f"expected a file that ends in .svg, found {picture}", param_hint="--picture"
            )
        if picture is not None and not picture.absolute().parent.is_dir():
            raise Fault(f"--picture: there is no folder {picture.parent}")
        signal.signal(signal.SIGTERM, _terminated)
        with opened(context.obj.config) as services:
            begins = instant(at, services)
            if begins < services.now() and at:
                raise Fault(f"--at: expected a time that is still to come, found {at}")
            zone = services.config.push.zone
            with typer.progressbar(
                length=days, label="simulate", file=sys.stderr, hidden=not sys.stderr.isatty()
            ) as bar:
                wanted = Wanted(days, customers, seed, begins, tuple(draft or ()))
                try:
                    found = simulate(services, wanted, bar.update)
                except NobodyThere as nobody:
                    raise Fault(str(nobody)) from None
        if picture is not None:
            picture.write_text(draw(found, language.value), encoding="utf-8")
        tell(as_told(found, zone), as_json, of_simulation(found, zone, language.value))

    return run


def _terminated(_signal: int, _frame: FrameType | None) -> None:
    """As Ctrl-C does: what was begun is cleared away."""
    raise SystemExit(TERMINATED)

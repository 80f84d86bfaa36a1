"""The command: puts the pieces together. Ends with 0 done, 1 failed with one line on stderr, 2 wrong usage.

What a command needs is loaded when it is called, so that none waits for, and no process keeps, what only others need.
"""

# ruff: noqa: E402

import gc
import sys

_while_loading = sys.excepthook  # Ctrl-C before all is loaded ends as it does after: in silence
sys.excepthook = lambda kind, *rest: None if kind is KeyboardInterrupt else _while_loading(kind, *rest)

from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Annotated, Any

import structlog
import typer
from typer.core import TyperGroup
from typer.main import get_group

from bot import logging
from bot.config import ConfigError
from bot.intake.files import Unusable
from bot.opening import NotReady
from bot.rules.people.facts import BadFacts
from bot.rules.worth.partitions import BadPartitions
from bot.store import failures
from bot.values.definitions import BadDefinition
from bot.wechat.errors import WeChatError
from handlers.command.common import Chosen, Fault
from handlers.ports import PortBusy

# where each stands; if it needs something of the scheduler's, which it may not know, what makes it, and what that is given
COMMANDS: Mapping[str, str | tuple[str, ...]] = {
    "demo": ("handlers.command.demo:command", "scheduler.running:beside", "scheduler.first_night:work_out"),
    "serve": ("handlers.command.serving:serve", "scheduler.running:beside"),
    "web": "handlers.command.serving:web",
    "scheduler": ("handlers.command.serving:scheduler", "scheduler.running:timetable_alone"),
    "worker": ("handlers.command.serving:worker", "scheduler.running:worker_alone"),
    "doctor": "handlers.command.examining:doctor",
    "plan": ("handlers.command.passes:plan", "scheduler.plan:plan"),
    "refresh": (
        "handlers.command.passes:refresh",
        "scheduler.refresh:refresh",
        "scheduler.inference:infer",
        "scheduler.segments:refresh_all",
    ),
    "import": "handlers.command.data:import_",
    "export": "handlers.command.data:export",
    "apply": "handlers.command.data:apply",
    "explain": "handlers.command.customers:explain",
    "value": "handlers.command.customers:value",
    "erase": "handlers.command.customers:erase",
    "simulate": ("handlers.command.simulation:command", "scheduler.simulate:simulate"),
    "db": "handlers.command.database:app",
    "sync": ("handlers.command.passes:sync", "scheduler.followers:sync"),
    "staff": "handlers.command.staff:app",
    "client": "handlers.command.clients:app",
    "webhook": "handlers.command.webhooks:app",
    "merge": "handlers.command.merges:app",
    "scene": "handlers.command.scenes:app",
    "segment": "handlers.command.segments:app",
    "portrait": "handlers.command.portrait:app",
    "notice": "handlers.command.notices:app",
    "facts": "handlers.command.facts:app",
    "intents": "handlers.command.intents:app",
    "knowledge": "handlers.command.knowledge:app",
    "push": "handlers.command.pushes:app",
    "recommend": "handlers.command.recommending:app",
    "points": "handlers.command.points:app",
    "offer": "handlers.command.offers:app",
    "request": "handlers.command.requests:app",
    "calendar": "handlers.command.calendar:app",
    "content": "handlers.command.contents:app",
    "handover": "handlers.command.handovers:app",
    "follow-up": "handlers.command.follow_ups:app",
}

_log = structlog.get_logger("weilan")

app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None)


def main(arguments: Sequence[str] | None = None) -> None:
    sys.excepthook = _unforeseen
    try:
        whole()(args=arguments, prog_name="weilan")
    except (
        Fault,
        ConfigError,
        NotReady,
        BadDefinition,
        BadPartitions,
        BadFacts,
        Unusable,
        WeChatError,
        PortBusy,
        OSError,
    ) as fault:
        print(f"weilan: {_words(fault)}".replace("\n", " "), file=sys.stderr)
        raise SystemExit(1) from None


def _words(fault: Exception) -> str:
    """A fault of a file names it first, where it has a name, and no number."""
    if not isinstance(fault, OSError) or fault.strerror is None:
        return str(fault)
    return f"{fault.filename}: {fault.strerror}" if fault.filename is not None else fault.strerror


def _unforeseen(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
    """What nobody expected is one line, too; where it happened is in the log, for those who ask with --debug."""
    said = f"{kind.__name__}: {error}"
    if isinstance(error, Exception) and failures.is_not_ours(error):
        said = f"the database takes nothing now ({failures.words_of(error)}): see to that, and try again"
    print(f"weilan: {said}".split("\n", maxsplit=1)[0], file=sys.stderr)
    _log.debug("unforeseen", exc_info=(kind, error, traceback))


@app.callback()
def weilan(
    context: typer.Context,
    config: Annotated[
        Path | None, typer.Option(envvar="WEILAN_CONFIG", help="The settings, as in config.example.toml.")
    ] = None,
    debug: Annotated[bool, typer.Option("--debug", help="Log more, with tracebacks.")] = False,
) -> None:
    """Weilan 微澜: a WeChat official account that keeps its customers."""
    # before anything can fail: structlog by itself shows every variable of it, and so every secret
    logging.configure(debug=debug)
    context.obj = Chosen(config, debug)


def whole() -> TyperGroup:
    """The command, and below it all the others."""
    group = get_group(app)
    group.commands = _Commands()  # type: ignore[assignment]
    return group


class _Commands(Mapping[str, Any]):
    """By their names, each loaded when it is asked for."""

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)

    def __getitem__(self, name: str) -> Any:
        stands = COMMANDS[name]
        found = _loaded(stands) if isinstance(stands, str) else _joined(*stands)
        holder = typer.Typer(rich_markup_mode=None)
        if isinstance(found, typer.Typer):
            holder.add_typer(found, name=name)
        else:
            holder.command(name)(found)
        return get_group(holder).commands[name]


def _joined(maker: str, *needs: str) -> Any:
    return _loaded(maker)(*map(_loaded, needs))


def _loaded(place: str) -> Any:
    module, _, name = place.partition(":")
    return getattr(_module(module), name)


def _module(module: str) -> ModuleType:
    """What is loaded stays: nothing of it is looked at for being collected, neither meanwhile nor after a fork."""
    if module in sys.modules:
        return sys.modules[module]
    gc.disable()
    try:
        return import_module(module)
    finally:
        gc.freeze()
        gc.enable()


if __name__ == "__main__":
    main()

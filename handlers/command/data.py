"""What comes in and goes out as files: rows of other systems, and definitions as code."""

import json
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.intake import importing
from bot.intake.carried import carried
from bot.intake.source import Source
from bot.opening import opened
from bot.rules.contents import contents as content_rules
from bot.rules.contents import definitions as files
from bot.rules.intake import reports
from bot.rules.pushes import variants
from bot.rules.worth import membership
from bot.services import Services
from bot.store import tidying
from bot.store.campaigns import definitions, media_files
from bot.store.database import Session
from bot.store.loyalty import points
from bot.store.shop import exports
from bot.toml_files import toml_in
from bot.values.records import Kind
from handlers.command import people
from handlers.command.common import AsJson, Fault, tell


def import_(
    context: typer.Context,
    kind: Kind,
    paths: Annotated[list[Path], typer.Argument(metavar="FILE...", show_default=False)],
    map_: Annotated[
        Path | None,
        typer.Option(
            "--map", metavar="FILE", help="Which of your columns is which field: docs/importing.md."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Rows from an ERP or a shop, as CSV or JSON lines; the same file twice changes nothing."""
    wanted = importing.sources(kind, paths, map_)
    with opened(context.obj.config) as services:
        _refuse_points(services, wanted)
        salt = services.config.server.secret_key.get_secret_value()
        rows = sum(source.rows for source in wanted)
        with typer.progressbar(
            length=rows, label=kind, file=sys.stderr, hidden=not sys.stderr.isatty()
        ) as bar:
            found = [
                importing.take_in(services.database, source, services.now(), salt=salt, progress=bar.update)
                for source in wanted
            ]
        with services.database.transaction() as session:
            tidying.note_sizes(session)
    tell(found, as_json, reports.of_imports(found))


def _refuse_points(services: Services, wanted: Sequence[Source]) -> None:
    """While the ledger counts them an imported figure would be another truth; nothing of any file is taken."""
    with services.database.reading() as session:
        if not points.are_counted_here(session, services.config.membership.source):
            return
    for source in wanted:
        if source.kind == "customers" and source.says("points"):
            raise Fault(f"{source.file.path}: points: {membership.COUNTED_HERE}")


def export(
    context: typer.Context,
    kind: Annotated[str, typer.Argument(help=f"{' '.join(exports.KINDS)}, or customer for one person")],
    target: Annotated[
        str,
        typer.Argument(metavar="[FILE|OPENID]", help="A .csv or .jsonl file; nothing: CSV to the terminal."),
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Rows as CSV or JSON lines; with `customer OPENID` everything about one person."""
    if kind not in exports.KINDS and not (kind == "customer" and target):
        raise typer.BadParameter(f"expected {' '.join(exports.KINDS)}, or customer OPENID")
    with opened(context.obj.config) as services, services.database.reading() as session:
        if kind == "customer":
            print(json.dumps(_everything_about(session, target), ensure_ascii=False, indent=1))
            return
        write = (
            exports.write_json_lines if as_json or target.endswith(("json", "jsonl")) else exports.write_csv
        )
        with (
            Path(target).open("w", encoding="utf-8", newline="") if target else nullcontext(sys.stdout) as out
        ):
            write(session, kind, out)


def _everything_about(session: Session, openid: str) -> dict[str, Any]:
    if (about := exports.everything_about(session, openid)) is None:
        raise Fault(f"nobody has the openid {openid}")
    return about


def apply(
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(metavar="FILE...", show_default=False)],
    name: Annotated[str, typer.Option("--as", metavar="STAFF", help="In whose name.")],
    approve: Annotated[
        bool, typer.Option("--approve", help="Approve the contents in that person's name.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Segments, contents, campaigns, knowledge, festivals and offers as code: all or nothing."""
    read = [carried(path, toml_in(path, Fault)) for path in paths]
    wanted = files.together([files.read(str(path), raw) for path, (raw, _) in zip(paths, read, strict=True)])
    with opened(context.obj.config) as services, services.database.transaction() as session:
        person = people.on_staff(session, name)
        config, now = services.config, services.now()
        for file in (file for _, brought in read for file in brought):
            media_files.keep(session, file.filename, file.content, now)
        changes = definitions.apply(
            session, wanted, staff_id=person.id, approve=approve, now=now, config=config
        )
    tell(changes, as_json, reports.of_changes(changes))
    of_contents = (said for content in wanted.contents for said in content_rules.warnings(content))
    for warning in (*of_contents, *variants.warnings(changes)):
        print(f"warning: {warning}", file=sys.stderr)

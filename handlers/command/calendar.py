"""The calendar: working days, festivals, the windows of each purpose, and what the operator knows better."""

from datetime import date, timedelta
from enum import Enum
from typing import Annotated

import typer

from bot.opening import opened
from bot.rules.calendar import calendar_days
from bot.services import Services
from bot.store.campaigns import calendar_pages, working_days
from handlers.command import people
from handlers.command.common import AsJson, Fault, tell

app = typer.Typer(
    invoke_without_command=True, help="Working days, festivals, and the windows of each purpose."
)

MOST_DAYS = 800
LONGEST_OVERRIDE = 40  # days
LONGEST_NOTE = 100
YEARS = range(2000, 2100)

InTheNameOf = Annotated[str, typer.Option("--as", metavar="STAFF", help="In whose name, for the audit log.")]


class Works(Enum):
    work = "work"
    off = "off"


class Known(Enum):
    known = "known"
    unknown = "unknown"


@app.callback()
def show(
    context: typer.Context,
    first: Annotated[str, typer.Option("--from", metavar="DAY", help="Today if not said.")] = "",
    last: Annotated[str, typer.Option("--to", metavar="DAY", help="Four weeks later if not said.")] = "",
    year: Annotated[int | None, typer.Option("--year", help="A whole year.")] = None,
    as_json: AsJson = False,
) -> None:
    """Each day: whether it is worked on, the windows of each purpose, its lunar name and its festivals."""
    if context.invoked_subcommand is not None:
        return
    with opened(context.obj.config) as services, services.database.reading() as session:
        begins, ends = _period(first, last, year, services)
        found = calendar_pages.shown(session, begins, ends, services.config.push)
    tell(found, as_json, calendar_days.told(found))


@app.command()
def override(
    context: typer.Context,
    days: Annotated[str, typer.Argument(metavar="DAY[..DAY]", help="2027-02-05, or 2027-02-05..2027-02-11.")],
    works: Annotated[Works | None, typer.Argument(help="Whether it is worked on.")] = None,
    note: Annotated[str, typer.Option("--note", help="Which notice says so.")] = "",
    clear: Annotated[bool, typer.Option("--clear", help="The published calendar holds again.")] = False,
    name: InTheNameOf = "",
) -> None:
    """A day the published calendar at hand does not know, or knows otherwise. Counts at once, in every process."""
    if clear == (works is not None):
        raise typer.BadParameter("expected work or off, or --clear")
    if len(note) > LONGEST_NOTE:
        raise Fault(f"--note: expected at most {LONGEST_NOTE} characters, found {len(note)}")
    meant = _days(days)
    with opened(context.obj.config) as services, services.database.transaction() as session:
        who, now = people.named(session, name), services.now()
        if works is None:
            changed = working_days.clear(session, meant, staff_id=who, now=now)
        else:
            changed = working_days.override(
                session, meant, works=works is Works.work, note=note.strip(), staff_id=who, now=now
            )
    said = "cleared" if works is None else works.value
    print(f"{said}: {days}, {changed} of {len(meant)} changed")


@app.command()
def year(
    context: typer.Context,
    number: Annotated[int, typer.Argument(metavar="YEAR", min=YEARS[0], max=YEARS[-1])],
    known: Annotated[Known, typer.Argument()],
    name: InTheNameOf = "",
) -> None:
    """Says that a year's whole schedule has been entered: its other days are what their weekday says."""
    with opened(context.obj.config) as services, services.database.transaction() as session:
        working_days.know_year(
            session,
            number,
            known=known is Known.known,
            staff_id=people.named(session, name),
            now=services.now(),
        )
    print(f"{number}: {known.value}")


def _period(first: str, last: str, whole: int | None, services: Services) -> tuple[date, date]:
    if whole is not None:
        if first or last:
            raise typer.BadParameter("expected either --year or --from and --to")
        if whole not in YEARS:
            raise Fault(f"--year: expected {YEARS[0]} to {YEARS[-1]}, found {whole}")
        return date(whole, 1, 1), date(whole, 12, 31)
    begins = _day(first, "--from") if first else services.now().astimezone(services.config.push.zone).date()
    ends = _day(last, "--to") if last else begins + timedelta(days=28)
    if not 0 <= (ends - begins).days < MOST_DAYS:
        raise Fault(f"--to: expected a day at most {MOST_DAYS} days after {begins}, found {ends}")
    return begins, ends


def _days(words: str) -> list[date]:
    first, dots, last = words.partition("..")
    begins = _day(first, "DAY")
    ends = _day(last, "DAY") if dots else begins
    if not 0 <= (ends - begins).days < LONGEST_OVERRIDE:
        raise Fault(f"DAY: expected at most {LONGEST_OVERRIDE} days in their order, found {words}")
    return [begins + timedelta(days=ahead) for ahead in range((ends - begins).days + 1)]


def _day(words: str, where: str) -> date:
    try:
        found = date.fromisoformat(words)
    except ValueError:
        raise Fault(f"{where}: expected a day as 2027-02-05, found {words!r:.40}") from None
    if found.year not in YEARS:
        raise Fault(f"{where}: expected a year from {YEARS[0]} to {YEARS[-1]}, found {found}")
    return found

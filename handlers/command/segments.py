"""Segments: who is in, how many, since when."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer

from bot.config import Config
from bot.opening import opened
from bot.rules.intake import reports
from bot.rules.people import facts
from bot.rules.segments import segment_presets, segment_vocabulary, segment_words
from bot.rules.segments import segment_reports as told
from bot.rules.worth import partitions
from bot.services import Services
from bot.store.campaigns import definitions
from bot.store.database import Session
from bot.store.segments import segment_history, segments
from bot.values.rule import EVERYONE, BadRule, Rule, parse
from bot.values.segment import Counted, Explained, History
from handlers.command import people
from handlers.command.common import AsJson, At, Chosen, Fault, InLanguage, Language, instant, tell

app = typer.Typer(no_args_is_help=True, help="Segments: who is in, how many, since when.")

Name = Annotated[str, typer.Argument(metavar="[ID]", help="The segment's id.")]
Raw = Annotated[str, typer.Option("--rule", metavar="JSON", help="A rule instead of a segment.")]
Most = Annotated[int, typer.Option(min=1, max=100_000, help="At most so many lines.")]


@app.command("list")
def list_(context: typer.Context, as_json: AsJson = False) -> None:
    """Every segment, and how large it was at its last refresh."""
    with _reading(context.obj) as (services, session):
        found = segment_history.lines(session)
        tell(found, as_json, told.of_list(found, services.config.push.zone))


@app.command()
def count(
    context: typer.Context,
    name: Name = "",
    rule: Raw = "",
    at: At = "",
    within: Annotated[float, typer.Option(min=0.01, help="Seconds after which it gives up.")] = 60.0,
    as_json: AsJson = False,
) -> None:
    """How many followers are in at this moment, by the rule."""
    with _reading(context.obj) as (services, session):
        meant, now = _rule(session, name, rule, services.config), instant(at, services)
        began = time.perf_counter()
        found = segment_history.count_within(session, meant, now, within)
        lines = {line.id: line.members for line in segment_history.lines(session)}
        counted = Counted(
            id=name or "rule",
            count=found,
            of=segments.count(session, EVERYONE, now),
            seconds=round(time.perf_counter() - began, 3),
            within=within,
            members=lines.get(name),
        )
    tell(counted, as_json, told.of_count(counted))
    if found is None:
        raise typer.Exit(1)


@app.command()
def sample(
    context: typer.Context,
    name: Name = "",
    rule: Raw = "",
    at: At = "",
    most: Most = 10,
    as_json: AsJson = False,
) -> None:
    """Some who are in at this moment, by the rule."""
    with _reading(context.obj) as (services, session):
        found = segment_history.sample(
            session, _rule(session, name, rule, services.config), instant(at, services), most
        )
        tell(found, as_json, told.of_members(found, services.config.push.zone))


@app.command()
def explain(
    context: typer.Context,
    name: Name = "",
    rule: Raw = "",
    language: InLanguage = Language.zh,
    as_json: AsJson = False,
) -> None:
    """The rule in words."""
    with _reading(context.obj) as (services, session):
        _rule(session, name, rule, services.config)  # is it understood at all
        segment = segments.find(session, name) if name else None
        written = parse(segment.rule) if segment else parse(_read(rule))
        titles = segment_words.Titles(
            segments={each.id: each.name for each in segments.every(session)},
            places=segment_presets.places(partitions.load(services.config.value.partitions)),
            facts=facts.load(services.config.facts.rules).attributes,
        )
    explained = Explained(
        id=name or "rule",
        name=segment.name if segment else "",
        sentence=segment_words.sentence(written, language.value, titles),
        outline=tuple(segment_words.outline(written, language.value, titles)),
    )
    tell(explained, as_json, told.of_explained(explained))


@app.command()
def members(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="ID")],
    after: Annotated[int, typer.Option(min=0, help="The number the page before ended with.")] = 0,
    most: Most = 50,
    as_json: AsJson = False,
) -> None:
    """Who was in at the last refresh, and since when."""
    with _reading(context.obj) as (services, session):
        _found(session, name)
        if name == segments.EVERYONE:
            raise Fault("everyone has no list of members of its own; see `weilan segment sample everyone`")
        found = segment_history.members(session, name, after, most)
        tell(found, as_json, told.of_members(found, services.config.push.zone))


@app.command()
def history(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="ID")],
    most: Most = 30,
    as_json: AsJson = False,
) -> None:
    """How large it was at each refresh, and who came and went."""
    with _reading(context.obj) as (services, session):
        _found(session, name)
        found = History(
            sizes=tuple(segment_history.sizes(session, name, most)),
            moves=tuple(segment_history.moves(session, name, most)),
        )
        tell(found, as_json, told.of_history(found, services.config.push.zone))


@app.command()
def tail(context: typer.Context, as_json: AsJson = False) -> None:
    """The long tail as a group: how many, their share, whom we reach, how it grows."""
    with _reading(context.obj) as (services, session):
        found = segment_history.tail(session, services.now())
    tell(found, as_json, told.of_tail(found))


@app.command()
def presets(
    context: typer.Context,
    apply: Annotated[bool, typer.Option("--apply", help="Put them into the database.")] = False,
    name: Annotated[str, typer.Option("--as", metavar="STAFF", help="In whose name.")] = "",
    as_json: AsJson = False,
) -> None:
    """A segment for each place of each partition, the groups of RFM, the long tail."""
    wanted = segment_presets.presets()
    rules = partitions.load(context.obj.config.value.partitions)
    known = facts.load(context.obj.config.facts.rules).attributes
    if strange := next(segment_vocabulary.strangers(wanted, rules, known), None):
        raise Fault(f"{strange}; copy {segment_presets.FILE}, change it, and `weilan apply` the copy")
    if not apply:
        lines = (f"{segment.id:<24} {segment.name}" for segment in wanted.segments)
        tell(list(wanted.segments), as_json, lines)
        return
    with opened(context.obj.config) as services, services.database.transaction() as session:
        person = people.on_staff(session, name)
        changes = definitions.apply(
            session,
            wanted,
            staff_id=person.id,
            approve=False,
            now=services.now(),
            config=services.config,
        )
    tell(changes, as_json, reports.of_changes(changes))


@contextmanager
def _reading(chosen: Chosen) -> Iterator[tuple[Services, Session]]:
    with opened(chosen.config) as services, services.database.reading() as session:
        yield services, session


def _rule(session: Session, name: str, raw: str, config: Config) -> Rule:
    if bool(name) == bool(raw):
        raise typer.BadParameter("expected either a segment's id or --rule")
    if name:
        return _found(session, name)
    try:
        rule = segments.understood(session, _read(raw))
    except BadRule as error:
        raise Fault(str(error)) from None
    known = facts.load(config.facts.rules).attributes
    strange = segment_vocabulary.strange(
        parse(_read(raw)), lambda: partitions.load(config.value.partitions), known
    )
    if said := next(strange, ""):
        raise Fault(said)
    return rule


def _found(session: Session, name: str) -> Rule:
    if (rule := segments.rule_of(session, name)) is None:
        raise Fault(f"there is no segment {name}; see `weilan segment list`")
    return rule


def _read(raw: str) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise Fault(f"--rule: not JSON: {error}") from None

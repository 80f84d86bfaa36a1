"""The portrait of the best customers, from rows to findings, and the look-alike scores of everybody else.

Between the store, which knows the rows, and the insight, which knows the arithmetic. Everybody is read once, a stretch
at a time, and kept as bits: some thirty bytes a customer.
"""

import hashlib
import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass

from bot.insight import lookalikes
from bot.insight.lookalikes import Weights
from bot.insight.portrait import Block, Columns, People, Tally, columns_of, shared, tally
from bot.rules.worth import partitions
from bot.rules.worth.portrait import LEAST_PEOPLE, attributes, explains_itself
from bot.services import Services
from bot.store.segments import segments
from bot.store.worth import portrait_rows, portrait_vocabulary, portraits, statistics
from bot.store.worth.portrait_rows import Wanted
from bot.store.worth.portraits import Scored
from bot.values.portrait import Definition, InSegment, Model, Population, Portrait, Portrayed, Top

AT_ONCE = 20_000  # customers a transaction, and unpacked at a time


class NoSegment(ValueError):
    """One line that names the segment nobody has defined."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """Everybody, as read for one definition."""

    people: People
    counts: Tally
    stretches: list[tuple[int, int]]
    name: str
    left_out: tuple[str, ...]


def portray(services: Services, definition: Definition) -> Portrait:
    """What they share, looked at now. Raises `NoSegment`, `BadPartitions`."""
    seen = _see(services, definition)
    counts = seen.counts
    told = {
        "definition": definition,
        "name": seen.name,
        "at": services.now(),
        "best": counts.best,
        "rest": counts.rest,
    }
    if reason := _obstacle(seen):
        return Portrait(**told, reason=reason)  # type: ignore[arg-type]
    found = shared(seen.people.columns, counts)
    return Portrait(**told, shared=found, left_out=seen.left_out)  # type: ignore[arg-type]


def refresh(services: Services, definition: Definition | None = None) -> Portrayed:
    """Scores everybody who is not one of the best; without a definition, by the one used last.

    Raises `NoSegment`, `BadPartitions`.
    """
    seconds: dict[str, float] = {}
    if definition is None:
        with services.database.reading() as session:
            used = portraits.in_use(session)
        definition = used.definition if used else Top()
    with _timed(seconds, "read"):
        seen = _see(services, definition)
    with _timed(seconds, "learn"):
        learnt = [
            lookalikes.learn(seen.people, seen.counts, population) for population in ("buyers", "people")
        ]
    models = tuple(model for model, _ in learnt)
    weights = {model.population: weights for model, weights in learnt if weights is not None}
    version = _version(definition, models)
    with services.database.transaction() as session:
        portraits.use(session, definition, [asdict(model) for model in models], version, services.now())
    with _timed(seconds, "write"):
        scored, written = _write(services, seen, weights, version)
    return Portrayed(
        definition=definition,
        name=seen.name,
        at=services.now(),
        version=version,
        models=models,
        scored=scored,
        written=written,
        seconds=seconds,
    )


def _see(services: Services, definition: Definition) -> _Seen:
    weights = partitions.load(services.config.value.partitions).weights
    database, now = services.database, services.now()
    with database.reading() as session:
        segment = segments.find(session, definition.segment) if isinstance(definition, InSegment) else None
        if isinstance(definition, InSegment) and segment is None:
            raise NoSegment(f"no segment {definition.segment}")
        rule = segments.rule_of(session, segment.id) if segment else None
        vocabulary = portrait_vocabulary.of_shop(session)
        is_best = portrait_rows.is_best(session, definition, rule, now)
        stretches = statistics.stretches(session, AT_ONCE)
    facts = (name.removeprefix("facts.") for name in vocabulary if name.startswith("facts."))
    every = attributes(facts)
    left_out = [each for each in every if explains_itself(each, definition, weights, rule)]
    columns = columns_of(
        [each for each in every if each not in left_out], lambda name: vocabulary.get(name, ())
    )
    people = People(columns, of_everybody=segment is not None)
    wanted = Wanted(vocabulary, is_best, now, services.config.push.zone)
    for first, last in stretches:
        with database.reading() as session:
            people.add(portrait_rows.read(session, wanted, first, last))
    names = tuple(each.name for each in left_out)
    return _Seen(people, tally(people), stretches, segment.name if segment else "", names)


def _obstacle(seen: _Seen) -> str:
    counts = seen.counts
    if not len(seen.people):
        return "nobody"
    if not counts.best and not counts.rest:
        return "nobody_bought"
    if not counts.best:
        return "none_best"
    if not counts.rest:
        return "all_members" if seen.people.of_everybody else "all_equal"
    return "too_few" if min(counts.best, counts.rest) < LEAST_PEOPLE else ""


def _write(
    services: Services, seen: _Seen, weights: Mapping[Population, Weights], version: str
) -> tuple[int, int]:
    """How many have a score, and how many rows were written for it."""
    scored = written = 0
    for (first, last), block in zip(seen.stretches, seen.people.blocks, strict=True):
        rows = list(_scored(block, seen.people.columns, weights))
        with services.database.transaction() as session:
            done = portraits.replace(session, version, first, last, rows, services.now())
        if done is None:  # another refresh has begun since; it goes through everybody
            break
        scored, written = scored + len(rows), written + done
    return scored, written


def _scored(block: Block, columns: Columns, weights: Mapping[Population, Weights]) -> Iterator[Scored]:
    """Who bought is judged by what they bought, too; where that teaches nothing, only by who they are."""
    told = {
        population: list(
            zip(
                lookalikes.scores(block, columns, used).tolist(),
                lookalikes.reasons(block, columns, used),
                strict=True,
            )
        )
        for population, used in weights.items()
    }
    people = zip(block.ids.tolist(), block.is_best.tolist(), block.strata.tolist(), strict=True)
    for place, (id_, is_best, stratum) in enumerate(people):
        population: Population = "buyers" if stratum and "buyers" in told else "people"
        if not is_best and population in told:
            yield id_, *told[population][place]


def _version(definition: Definition, models: tuple[Model, ...]) -> str:
    told = json.dumps([asdict(definition), *map(asdict, models)], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()[:12]


@contextmanager
def _timed(seconds: dict[str, float], step: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    seconds[step] = round(time.perf_counter() - began, 2)

"""POST of what an ERP or a shop knows: one record or many, each wholly or not at all, the same rules as `weilan import`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from bot.rules.intake import records as rules
from bot.rules.intake.cells import given
from bot.rules.worth import membership
from bot.store.database import Session
from bot.store.loyalty import points
from bot.store.shop import intake
from bot.values.records import Fault, Kind, Record
from handlers.api import bodies
from handlers.api.results import Result, Work
from handlers.serving import services

NAMES = ("external_id", "openid")  # by which a client knows what it sent


@dataclass(slots=True)
class _Batch:
    """What can be read, with its place in the request."""

    records: list[Record] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    first: dict[str, int] = field(default_factory=dict)


def taking(kind: Kind, body: bytes) -> Work:
    """What is to be done in the transaction. Raises the problems of the body before one is open."""
    results, batch = _read(kind, bodies.items(body, parse_float=Decimal))

    def take(session: Session) -> list[Result]:
        _refuse_points(session, batch, results)
        if not batch.records:
            return results
        salt = services().config.server.secret_key.get_secret_value()
        outcomes = intake.take(session, kind, batch.records, services().now(), salt=salt)
        for place, outcome in zip(batch.places, outcomes, strict=True):
            result = results[place]
            results[place] = (
                result.rejected([outcome]) if isinstance(outcome, Fault) else result.became(outcome)
            )
        return results

    return take


def _refuse_points(session: Session, batch: _Batch, results: list[Result]) -> None:
    """While the ledger counts them an imported figure would be another truth."""
    if not points.are_counted_here(session, services().config.membership.source):
        return
    brings = [getattr(record, "points", None) for record in batch.records]
    for place, brought in zip(batch.places, brings, strict=True):
        if brought is not None:
            fault = Fault("points", f"nothing: they {membership.COUNTED_HERE}", str(brought))
            results[place] = results[place].rejected([fault])
    kept = [at for at, brought in enumerate(brings) if brought is None]
    batch.records[:] = [batch.records[at] for at in kept]
    batch.places[:] = [batch.places[at] for at in kept]


def _read(kind: Kind, items: Sequence[Mapping[str, Any]]) -> tuple[list[Result], _Batch]:
    """The second item of the same key is rejected, as the importer does."""
    shape = rules.SHAPES[kind]
    known = rules.known_fields(kind) | {"lines"} if kind == "orders" else rules.known_fields(kind)
    batch = _Batch()
    results = []
    for index, item in enumerate(items):
        names = (item.get(name) for name in (shape.key, *NAMES))
        name = next((given(value) for value in names if isinstance(value, (str, int)) and value != ""), None)
        result = Result(index, name, ignored=tuple(sorted(key for key in item if key not in known)))
        found = rules.record(kind, item)
        if isinstance(found, list):
            results.append(result.rejected(found))
            continue
        key = getattr(found, shape.key)
        if key is not None and (first := batch.first.setdefault(key, index)) != index:
            fault = Fault(shape.key, f"each once in a request; the first is item {first}", given(key))
            results.append(result.rejected([fault]))
            continue
        batch.records.append(found)
        batch.places.append(index)
        results.append(result)
    return results, batch

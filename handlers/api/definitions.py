"""POST and PUT of segments, contents, campaigns and knowledge: the fields of `weilan apply`. Approves nothing."""

from typing import Any, Literal

from bot.rules.contents import definitions as rules
from bot.rules.intake.cells import given
from bot.store.database import Session
from bot.store.programs import api_definitions
from bot.values.definitions import BadDefinition, Definitions
from bot.values.records import Fault
from handlers.api import bodies, guard
from handlers.api.results import Result, Work
from handlers.serving import services

Table = Literal["segment", "content", "campaign", "knowledge"]

ORIGIN = "request"


def several(table: Table, body: bytes) -> Work:
    """Raises the problems of the body before a transaction is open."""
    return _work(table, bodies.items(body))


def one(table: Table, body: bytes, name: str) -> Work:
    """The id in the body may be missing; another one is a mistake."""
    item = bodies.one(body)
    if item.setdefault("id", name) != name:
        result = Result(0, name).rejected(
            [Fault("id", f"{name}, as in the address, or nothing", given(item["id"]))]
        )
        return lambda _session: [result]
    return _work(table, [item])


def _work(table: Table, items: list[Any]) -> Work:
    wanted = [_read(table, index, item) for index, item in enumerate(items)]

    def put(session: Session) -> list[Result]:
        return [_put(session, table, *one) for one in wanted]

    return put


def _read(table: Table, index: int, item: dict[str, Any]) -> tuple[Result, Definitions | None]:
    name = item.get("id")
    result = Result(index, name if isinstance(name, str) else None)
    try:
        return result, rules.read(ORIGIN, {table: [item]})
    except BadDefinition as bad:
        return _rejected(result, table, bad), None


def _put(session: Session, table: Table, result: Result, wanted: Definitions | None) -> Result:
    if wanted is None:
        return result
    told, config = services().now(), services().config
    try:
        change = api_definitions.put(session, wanted, client=guard.client().name, now=told, config=config)
    except BadDefinition as bad:
        return _rejected(result, table, bad)
    return result.became(change.what, (field.field for field in change.fields))


def _rejected(result: Result, table: Table, bad: BadDefinition) -> Result:
    """Of "request: segment tea: rule.all[1].op: expected …" the last two; another segment's trouble as it is told."""
    about = f"{ORIGIN}: {table} {result.id}" if result.id is not None else f"{ORIGIN}: {table}"
    said = str(bad)
    if not said.startswith(f"{about}: "):
        return result.rejected([Fault("rule", said.removeprefix(f"{ORIGIN}: "))])
    field, _, expected = said.removeprefix(f"{about}: ").partition(": ")
    return result.rejected([Fault(field, expected.removeprefix("expected "))])

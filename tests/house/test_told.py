"""Every way in which a delivery ends is told to those who want to hear of it."""

import ast
from collections.abc import Iterable, Iterator

from tests.house.sources import modules_of

ENDS = {"sent", "failed", "unknown", "skipped"}
TELLS = {"ending", "deliveries_ended"}
IN_OTHER_WORDS = {
    "bot.store.people.forgetting._call_off",  # customer.forgotten says it
    "bot.store.simulation.simulation.close_sent",  # on a simulation's stage there is nobody to tell
    "bot.store.simulation.simulation_copy.copy",
}


def untold(house: Iterable[tuple[str, ast.Module]]) -> list[str]:
    """Functions of the store that end deliveries and tell nobody."""
    return [
        f"{name}.{function.name}"
        for name, tree in house
        if name.startswith("bot.store.") and name != "bot.store.programs.outbox"
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
        and _updates_deliveries(function)
        and _ends(function)
        and not TELLS & set(_called(function))
        and f"{name}.{function.name}" not in IN_OTHER_WORDS
    ]


def _updates_deliveries(function: ast.FunctionDef) -> bool:
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "update"
        and any(isinstance(one, ast.Name) and one.id == "deliveries" for one in node.args)
        for node in ast.walk(function)
    )


def _ends(function: ast.FunctionDef) -> bool:
    """It writes one of the ends, by name or by a value it was given."""
    for node in ast.walk(function):
        pairs: list[tuple[str | None, ast.expr]] = []
        if isinstance(node, ast.Call):
            pairs = [(keyword.arg, keyword.value) for keyword in node.keywords]
        elif isinstance(node, ast.Dict):
            pairs = [
                (key.value if isinstance(key, ast.Constant) and isinstance(key.value, str) else None, value)
                for key, value in zip(node.keys, node.values, strict=True)
            ]
        for name, value in pairs:
            if name == "state" and not (isinstance(value, ast.Constant) and value.value not in ENDS):
                return True
    return False


def _called(function: ast.FunctionDef) -> Iterator[str]:
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.func.attr


def test_no_delivery_ends_untold() -> None:
    assert untold(modules_of("bot.store")) == []


def test_a_planted_silent_end_is_found() -> None:
    planted = "def f(session):\n    session.execute(update(deliveries).values(state='skipped'))"
    assert untold([("bot.store.planted", ast.parse(planted))]) == ["bot.store.planted.f"]

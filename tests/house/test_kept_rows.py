"""Planning names customers, contents and campaigns without SQLite's looking for them: nothing deletes their rows."""

import ast
from collections.abc import Iterable

from tests.house.sources import modules

STAY = {"customers", "contents", "campaigns"}


def deleted(house: Iterable[tuple[str, ast.Module]]) -> list[str]:
    """Where a row of these tables is deleted."""
    return [
        f"{name}:{call.lineno}"
        for name, tree in house
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name | ast.Attribute)
        and _name(call.func) == "delete"
        and STAY & {_name(each) for each in call.args}
    ]


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def test_what_deliveries_point_at_stays() -> None:
    assert deleted(modules()) == []


def test_a_planted_fault_is_found() -> None:
    planted = ast.parse("session.execute(delete(campaigns).where(campaigns.c.id == name))")
    other = ast.parse("session.execute(sa.delete(tables.contents))\nsession.execute(delete(deliveries))")
    assert deleted([("planted", planted), ("other", other)]) == ["planted:1", "other:1"]

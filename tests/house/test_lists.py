"""What stands in a folder stands in its list: a thing nobody listed is never asked, shown or run."""

import ast
from collections.abc import Iterable

import pytest

from handlers.chat.order import ORDER
from handlers.console import PAGES
from scheduler.deliver import ENDPOINTS
from scheduler.timetable import TIMETABLE
from tests.house.sources import imports, modules, modules_of
from weilan import COMMANDS, whole


def unlisted(house: Iterable[tuple[str, ast.Module]], room: str, defines: str, listed: set[str]) -> list[str]:
    """Modules of the room that define this name at their top and are not listed."""
    found = {name for name, tree in house if name.startswith(room + ".") and defines in _names(tree)}
    return sorted(found - listed)


def _names(tree: ast.Module) -> set[str]:
    functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    targets = (target for node in tree.body if isinstance(node, ast.Assign) for target in node.targets)
    return functions | {target.id for target in targets if isinstance(target, ast.Name)}


GROUPS = {
    module
    for module, _, called in (place.partition(":") for place in COMMANDS.values() if isinstance(place, str))
    if called == "app"
}

LISTS = [
    pytest.param("handlers.chat", "recognise", {handler.__name__ for handler in ORDER}, id="intentions"),
    pytest.param("handlers.console", "page", {module.__name__ for module in PAGES}, id="console pages"),
    pytest.param("bot.channels", "name", {f"bot.channels.{channel}" for channel in ENDPOINTS}, id="channels"),
    pytest.param("handlers.command", "app", GROUPS, id="groups of commands"),
]


@pytest.mark.parametrize(("room", "defines", "listed"), LISTS)
def test_everything_is_in_its_list(room: str, defines: str, listed: set[str]) -> None:
    assert listed
    assert unlisted(modules_of(room), room, defines, listed) == []


@pytest.mark.parametrize(("room", "defines", "listed"), LISTS)
def test_a_planted_module_that_nobody_listed_is_found(room: str, defines: str, listed: set[str]) -> None:
    planted = (f"{room}.forgotten", ast.parse(f"def {defines}(): ..."))
    assert unlisted([*modules_of(room), planted], room, defines, listed) == [f"{room}.forgotten"]


def test_nothing_is_listed_twice() -> None:
    for names in (
        [one.__name__ for one in ORDER],
        [one.__name__ for one in PAGES],
        [job.id for job in TIMETABLE],
    ):
        assert len(names) == len(set(names))


BY_OTHERS = {"weilan", "bot.store.migrations.env"}  # the command itself; what Alembic runs


def unreached(house: Iterable[tuple[str, ast.Module]]) -> list[str]:
    """Modules that nobody imports, and that no string names, as one that is loaded when it is called."""
    found = list(house)
    named = {
        node.value.partition(":")[0]
        for _, tree in found
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    imported = {name for _, tree in found for name, _, _ in imports(tree)}
    known = named | imported | {name.rpartition(".")[0] for name in imported} | BY_OTHERS
    rooms = {name.rpartition(".")[0] for name, _ in found}
    return [name for name, _ in found if name not in known | rooms]


def test_every_module_is_reached_by_somebody_and_a_planted_job_that_nobody_runs_is_found() -> None:
    planted = ("scheduler.forgotten", ast.parse("def drink(): ..."))
    assert unreached([*modules(), planted]) == ["scheduler.forgotten"]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_where_it_is_listed(name: str) -> None:
    assert whole().commands[name].get_short_help_str()

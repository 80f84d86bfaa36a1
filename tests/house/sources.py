"""Reads the house's own files for the tests beside it."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("bot", "handlers", "scheduler")
HOLDS_STATEMENTS = (ast.stmt, ast.excepthandler, ast.match_case)


def modules() -> Iterator[tuple[str, ast.Module]]:
    """Every module of the product: its dotted name and its tree."""
    yield _read(ROOT / "weilan.py")
    for room in ROOMS:
        yield from modules_of(room)


def modules_of(room: str) -> Iterator[tuple[str, ast.Module]]:
    """The modules of one room, such as handlers.chat."""
    for path in sorted((ROOT / room.replace(".", "/")).rglob("*.py")):
        if "migrations/versions" not in path.as_posix():
            yield _read(path)


def _read(path: Path) -> tuple[str, ast.Module]:
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    return name, ast.parse(path.read_text(encoding="utf-8"))


def imports(tree: ast.AST, *, inside: bool = False) -> Iterator[tuple[str, ast.stmt, bool]]:
    """What a module imports: the dotted name, the statement, whether it stands inside a function."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node, inside
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            for alias in node.names:
                yield f"{module}.{alias.name}", node, inside
        elif isinstance(node, HOLDS_STATEMENTS):
            function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            yield from imports(node, inside=inside or function)

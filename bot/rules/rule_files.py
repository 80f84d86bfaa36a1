"""The rules a shop may change stand in TOML files: one is read, or refused in one line that names file, place and fault."""

import tomllib
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

Shape = TypeVar("Shape", bound=BaseModel)


def toml_in(file: Path, bad: type[ValueError]) -> dict[str, Any]:
    """What the file says. Raises `bad`."""
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise bad(f"{file}: {error.strerror or error}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise bad(f"{file}: not TOML: {error}") from None


def shaped(shape: type[Shape], name: str, raw: dict[str, Any], bad: type[ValueError]) -> Shape:
    """What a file called `name` says, in its shape. Raises `bad` with the first fault."""
    try:
        return shape.model_validate(raw)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise bad(f"{name}: {where}: {first['msg'].replace('Input should be', 'expected')}") from None

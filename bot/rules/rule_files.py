"""Rules a shop may change stand in TOML files: gives one its shape, or refuses it in a line with file, place and fault."""

from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

Shape = TypeVar("Shape", bound=BaseModel)


def shaped(shape: type[Shape], name: str, raw: dict[str, Any], bad: type[ValueError]) -> Shape:
    """What a file called `name` says, in its shape. Raises `bad` with the first fault."""
    try:
        return shape.model_validate(raw)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise bad(f"{name}: {where}: {first['msg'].replace('Input should be', 'expected')}") from None

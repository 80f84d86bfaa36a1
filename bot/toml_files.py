"""Reads a TOML file as people leave it, or refuses it in one line that names the file and what is wrong."""

import tomllib
from pathlib import Path
from typing import Any


def toml_in(file: Path, bad: type[Exception]) -> dict[str, Any]:
    """What the file says. Raises `bad`."""
    try:
        return tomllib.loads(file.read_text(encoding="utf-8-sig"))  # editors on Windows put a mark before it
    except OSError as error:
        raise bad(f"{file}: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise bad(f"{file}: expected UTF-8 text") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise bad(f"{file}: not TOML: {error}") from None

"""The settings as they are given: one TOML file, and the environment, which wins.

A secret may also stand in a file of its own: `app_secret_file = "/run/secrets/app_secret"`.
"""

import difflib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bot.config import MASS_TO_CUSTOMER_PER_MONTH, Config, ConfigError
from bot.toml_files import toml_in

PREFIX = "WEILAN_"
NO_SETTING = frozenset({"WEILAN_CONFIG", "WEILAN_PASSWORD"})
_UNQUOTED: Mapping[Any, str] = {bool: "true or false", int: "a number"}


def load(path: Path | None, environment: Mapping[str, str] = os.environ) -> Config:
    """Settings from `path` (none: only defaults and environment), then from the environment, which wins."""
    settings = toml_in(path, ConfigError) if path else {}
    origin = str(path) if path else "defaults"
    _check_kinds(settings, origin)
    named = _from_environment(settings, environment)
    _read_secret_files(settings, origin, named)
    try:
        config = Config.model_validate(settings)
    except ValidationError as error:
        raise ConfigError(_one_line(error, origin, named)) from None
    if config.sandbox.clock and config.server.host not in {"127.0.0.1", "localhost", "::1"}:
        where = named.get("sandbox.clock", origin)
        raise ConfigError(f"{where}: sandbox.clock: expected false unless server.host is loopback")
    _check_reserve(config, named.get("push.mass_reserve", origin))
    return config


def _check_kinds(settings: Mapping[str, Any], origin: str) -> None:
    """The environment has words only; the file has numbers, and "8000" in it is none."""
    for section, table in settings.items():
        fields = getattr(getattr(Config.model_fields.get(section), "annotation", None), "model_fields", {})
        for key, given in table.items() if isinstance(table, dict) else ():
            wanted = _UNQUOTED.get(getattr(fields.get(key), "annotation", None))
            if wanted and isinstance(given, str):
                raise ConfigError(f"{origin}: {section}.{key}: expected {wanted}, without quotes")


def _check_reserve(config: Config, where: str) -> None:
    """Subscription accounts count no sends a follower, so there is nothing to reserve of."""
    most = config.wechat.limits.get("mass_to_customer_per_month", MASS_TO_CUSTOMER_PER_MONTH)
    if config.wechat.account_kind == "service" and config.push.mass_reserve > most:
        raise ConfigError(
            f"{where}: push.mass_reserve: expected at most {most}, the mass sends a customer may get in a month"
        )


def _from_environment(settings: dict[str, Any], environment: Mapping[str, str]) -> dict[str, str]:
    """Lays WEILAN_SECTION__KEY over the settings; answers which key came from which variable."""
    named = {}
    for variable, value in environment.items():
        if not variable.startswith(PREFIX) or variable in NO_SETTING:
            continue
        if "__" not in variable:
            _check_underscores(variable)
            continue
        section, _, key = variable.removeprefix(PREFIX).lower().partition("__")
        table = settings.setdefault(section, {})
        if not isinstance(table, dict):
            raise ConfigError(f"{section}: expected a table")
        if f"{key}_file" in table:
            del table[f"{key}_file"]  # the file's word for it
        table[key] = value
        named[section] = named[f"{section}.{key.removesuffix('_file')}"] = variable
    return named


def _check_underscores(variable: str) -> None:
    """WEILAN_SERVER_PORT would be passed over, and the port be another one."""
    words = variable.removeprefix(PREFIX).lower()
    for section, field in Config.model_fields.items():
        keys = getattr(field.annotation, "model_fields", {})
        if words.removeprefix(f"{section}_") in keys and words.startswith(f"{section}_"):
            meant = f"{PREFIX}{section}__{words.removeprefix(f'{section}_')}".upper()
            raise ConfigError(f"{variable}: unknown; expected two underscores behind the section: {meant}")


def _read_secret_files(settings: dict[str, Any], origin: str, named: Mapping[str, str]) -> None:
    for section, table in settings.items():
        if not isinstance(table, dict):
            continue
        for key in [key for key in table if key.endswith("_file")]:
            file = Path(str(table.pop(key)))
            try:
                table[key.removesuffix("_file")] = file.read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError):
                where = named.get(f"{section}.{key.removesuffix('_file')}", origin)
                raise ConfigError(
                    f"{where}: {section}.{key}: expected a readable file, {file} is none"
                ) from None


def _one_line(error: ValidationError, origin: str, named: Mapping[str, str]) -> str:
    first = error.errors(include_url=False)[0]
    key = ".".join(str(part) for part in first["loc"])
    where = named.get(key) or origin
    match first["type"]:
        case "extra_forbidden":
            return f"{where}: {key}: unknown key; {_hint(key)}config.example.toml lists every key"
        case "value_error":
            return f"{where}: {key}: {first['ctx']['error']}"
        case "model_type" | "dict_type":
            return f"{where}: {key}: expected a table"
        case _:
            return f"{where}: {key}: {first['msg'].replace('Input should be', 'expected')}"


def _hint(key: str) -> str:
    """The key that was meant: of this name in another section, or written nearly so in its own."""
    section, _, name = key.rpartition(".")
    names = {
        one: list(getattr(field.annotation, "model_fields", {})) for one, field in Config.model_fields.items()
    }
    elsewhere = [f"{one}.{name}" for one, keys in names.items() if name in keys]
    if len(elsewhere) == 1:
        return f"did you mean {elsewhere[0]}? "
    if near := difflib.get_close_matches(name, names.get(section, names), n=1):
        return f"did you mean {section}{'.' * bool(section)}{near[0]}? "
    return ""

"""Every setting of the product, typed, from one TOML file and the environment.

`config.example.toml` lists the same settings with one line why. A secret may also stand in a file of its own:
`app_secret_file = "/run/secrets/app_secret"`. What is wrong is raised as `ConfigError`, one line.
"""

import os
import tomllib
from collections.abc import Mapping
from datetime import time, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

PREFIX = "WEILAN_"
NO_SETTING = frozenset({"WEILAN_CONFIG", "WEILAN_PASSWORD"})

MASS_TO_CUSTOMER_PER_MONTH = 4  # service accounts; `wechat.limits` may say otherwise

AccountKind = Literal["service", "subscription"]
Hours = tuple[time, time]  # of a day; the first before the second


class ConfigError(Exception):
    """One line that names the file, the key and what was expected."""


def _address(address: str) -> str:
    try:
        parts = urlsplit(address)
        is_one = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is none
        is_one = False
    if not is_one:
        raise ValueError("expected http://… or https://…")
    return address.rstrip("/")


def _address_or_nothing(address: str) -> str:
    return _address(address) if address else ""


Address = Annotated[str, AfterValidator(_address)]
AddressOrNothing = Annotated[str, AfterValidator(_address_or_nothing)]


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class WeChat(Section):
    app_id: str = ""
    app_secret: SecretStr = SecretStr("")
    token: SecretStr = SecretStr("")
    encoding_aes_key: SecretStr = SecretStr("")
    previous_aes_key: SecretStr = SecretStr("")
    account_kind: AccountKind = "service"
    verified: bool = True
    api_base: Address = "https://api.weixin.qq.com"
    limits: dict[str, int] = {}

    @field_validator("encoding_aes_key", "previous_aes_key")
    @classmethod
    def _is_empty_or_43(cls, key: SecretStr) -> SecretStr:
        given = key.get_secret_value()
        if given and not (len(given) == 43 and given.isalnum() and given.isascii()):
            raise ValueError("expected 43 letters and digits, or nothing for plain mode")
        return key


class Server(Section):
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    public_url: Address = "http://127.0.0.1:8000"
    threads: int = Field(default=4, ge=1, le=64)
    processes: int = Field(default=1, ge=1, le=64)
    secret_key: SecretStr = SecretStr("")
    spool: str = ""


class Database(Section):
    url: SecretStr = SecretStr("sqlite:///data/weilan.db")
    synchronous: Literal["normal", "full"] = "full"

    @field_validator("url")
    @classmethod
    def _is_a_known_database(cls, url: SecretStr) -> SecretStr:
        if not url.get_secret_value().startswith(("sqlite:///", "postgresql+psycopg://")):
            raise ValueError("expected sqlite:///… or postgresql+psycopg://…")
        return url


class Redis(Section):
    url: SecretStr = SecretStr("")

    @field_validator("url")
    @classmethod
    def _is_redis_or_nothing(cls, url: SecretStr) -> SecretStr:
        given = url.get_secret_value()
        if given and not given.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("expected redis://…, rediss://…, unix://… or nothing for the embedded store")
        return url


class Push(Section):
    min_gap_days: int = Field(default=2, ge=1, le=30)
    max_gap_days: int = Field(default=3, ge=1, le=60)
    tired_gap_days: int = Field(default=7, ge=1, le=90)
    daily_cap: Literal[1] = 1
    timezone: str = "Asia/Shanghai"
    quiet_from: time = time(22)
    quiet_until: time = time(8)
    hold_out_percent: int = Field(default=0, ge=0, le=50)
    at_once: int = Field(default=100, ge=1, le=1000)
    mass_reserve: int = Field(default=1, ge=0, le=100)

    @field_validator("timezone")
    @classmethod
    def _is_a_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError("expected a time zone such as Asia/Shanghai") from error
        return name

    @field_validator("max_gap_days")
    @classmethod
    def _is_not_below_the_least(cls, days: int, info: Any) -> int:
        if days < info.data.get("min_gap_days", 1):
            raise ValueError("expected a number not below push.min_gap_days")
        return days

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def least_apart(self) -> timedelta:
        """Two calendar days may be 44 h: a push before noon, and one the next day but one in the morning."""
        return timedelta(days=self.min_gap_days) - timedelta(hours=4)


class Value(Section):
    partitions: str = ""


class Webhooks(Section):
    allow_private: bool = False
    timeout_seconds: int = Field(default=10, ge=1, le=30)


class Understanding(Section):
    examples: str = ""
    folder: str = ""
    encoder_url: AddressOrNothing = ""
    encoder_model: str = ""
    encoder_key: SecretStr = SecretStr("")
    encoder_timeout_ms: int = Field(default=300, ge=20, le=2000)
    encoder_folder: str = ""

    @field_validator("encoder_folder")
    @classmethod
    def _is_a_folder_beside_no_server(cls, folder: str, info: Any) -> str:
        if folder and info.data.get("encoder_url"):
            raise ValueError(
                "expected nothing beside understanding.encoder_url: a server encodes, or a folder does"
            )
        if folder and not Path(folder).is_dir():
            raise ValueError(
                f"expected a folder with a static model, {folder} is none; nothing is downloaded"
            )
        return folder


class LanguageModel(Section):
    url: AddressOrNothing = ""
    model: str = ""
    key: SecretStr = SecretStr("")
    timeout_ms: int = Field(default=15_000, ge=500, le=60_000)
    answer_tokens: int = Field(default=400, ge=50, le=4000)
    tokens_a_day: int = Field(default=200_000, ge=0)


class Person(Section):
    hours: str = "09:00-21:00"
    free_day_hours: str = ""
    wechat_service: bool = False
    kf_account: str = ""

    @field_validator("hours", "free_day_hours")
    @classmethod
    def _are_hours(cls, text: str) -> str:
        _hours(text)
        return text

    @property
    def working_hours(self) -> Hours | None:
        return _hours(self.hours)

    @property
    def free_hours(self) -> Hours | None:
        return _hours(self.free_day_hours)


class Facts(Section):
    ask: bool = True
    rules: str = ""


class Membership(Section):
    source: Literal["shop", "orders"] = "shop"
    rules: str = ""


class Sandbox(Section):
    clock: bool = False
    simulator: bool = False


class Config(Section):
    wechat: WeChat = WeChat()
    server: Server = Server()
    database: Database = Database()
    redis: Redis = Redis()
    push: Push = Push()
    value: Value = Value()
    person: Person = Person()
    facts: Facts = Facts()
    language_model: LanguageModel = LanguageModel()
    membership: Membership = Membership()
    understanding: Understanding = Understanding()
    webhooks: Webhooks = Webhooks()
    sandbox: Sandbox = Sandbox()


def load(path: Path | None, environment: Mapping[str, str] = os.environ) -> Config:
    """Settings from `path` (none: only defaults and environment), then from the environment, which wins."""
    settings = _read(path) if path else {}
    origin = str(path) if path else "defaults"
    named = _from_environment(settings, environment)
    _read_secret_files(settings, origin)
    try:
        config = Config.model_validate(settings)
    except ValidationError as error:
        raise ConfigError(_one_line(error, origin, named)) from None
    if config.sandbox.clock and config.server.host not in {"127.0.0.1", "localhost", "::1"}:
        raise ConfigError(f"{origin}: sandbox.clock: expected false unless server.host is loopback")
    _check_reserve(config, named.get("push.mass_reserve", origin))
    return config


def _check_reserve(config: Config, where: str) -> None:
    """Subscription accounts count no sends a follower, so there is nothing to reserve of."""
    most = config.wechat.limits.get("mass_to_customer_per_month", MASS_TO_CUSTOMER_PER_MONTH)
    if config.wechat.account_kind == "service" and config.push.mass_reserve > most:
        raise ConfigError(
            f"{where}: push.mass_reserve: expected at most {most}, the mass sends a customer may get in a month"
        )


def missing(config: Config) -> list[str]:
    """The keys without which WeChat can neither call nor be called."""
    wechat = config.wechat
    needed = {
        "wechat.app_id": wechat.app_id,
        "wechat.app_secret": wechat.app_secret.get_secret_value(),
        "wechat.token": wechat.token.get_secret_value(),
    }
    return [key for key, value in needed.items() if not value]


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: expected UTF-8 text") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: not TOML: {error}") from None


def _from_environment(settings: dict[str, Any], environment: Mapping[str, str]) -> dict[str, str]:
    """Lays WEILAN_SECTION__KEY over the settings; answers which key came from which variable."""
    named = {}
    for variable, value in environment.items():
        if not variable.startswith(PREFIX) or variable in NO_SETTING or "__" not in variable:
            continue
        section, key = variable.removeprefix(PREFIX).lower().split("__", 1)
        table = settings.setdefault(section, {})
        if not isinstance(table, dict):
            raise ConfigError(f"{section}: expected a table")
        table[key] = value
        named[f"{section}.{key.removesuffix('_file')}"] = variable
    return named


def _read_secret_files(settings: dict[str, Any], origin: str) -> None:
    for section, table in settings.items():
        if not isinstance(table, dict):
            continue
        for key in [key for key in table if key.endswith("_file")]:
            file = Path(str(table.pop(key)))
            try:
                table[key.removesuffix("_file")] = file.read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError):
                raise ConfigError(
                    f"{origin}: {section}.{key}: expected a readable file, {file} is none"
                ) from None


def _one_line(error: ValidationError, origin: str, named: Mapping[str, str]) -> str:
    first = error.errors(include_url=False)[0]
    key = ".".join(str(part) for part in first["loc"])
    where = named.get(key) or origin
    match first["type"]:
        case "extra_forbidden":
            return f"{where}: {key}: unknown key; config.example.toml lists every key"
        case "value_error":
            return f"{where}: {key}: {first['ctx']['error']}"
        case _:
            return f"{where}: {key}: {first['msg'].replace('Input should be', 'expected')}"


def _hours(text: str) -> Hours | None:
    """09:00-21:00; None for nothing."""
    if not text:
        return None
    try:
        opens, closes = (time.fromisoformat(part.strip()) for part in text.split("-"))
    except ValueError:
        opens = closes = time()
    if opens >= closes or opens.tzinfo or closes.tzinfo:
        raise ValueError("expected hours such as 09:00-21:00, or nothing")
    return opens, closes

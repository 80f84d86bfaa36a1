"""Every setting of the product, typed; `config.example.toml` lists the same with one line why.

Where they are read from: `config_file.py`. What is wrong is raised as `ConfigError`, one line.
"""

import re
import tomllib
from datetime import time
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, field_validator

MASS_TO_CUSTOMER_PER_MONTH = 4  # service accounts; `wechat.limits` may say otherwise

AccountKind = Literal["service", "subscription"]
_PORT = re.compile(  # as SQLAlchemy reads it
    r"[^:/]*://(?:[^:/]*(?::[^@]*)?@)?(?:\[[^/?]+\]|[^/:?]+)?:([^/?@]*)(?:[/?]|$)"
)
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_SHAPES = {
    "wechat.app_id": (
        r"wx[0-9a-f]{16}",
        "wx and 16 digits or letters a-f (the AppID; not the gh_… of the account)",
    ),
    "wechat.app_secret": (r"[0-9a-f]{32}", "32 digits or letters a-f (the AppSecret)"),
    "wechat.token": (r"[0-9A-Za-z]{3,32}", "3 to 32 letters and digits, the same as on the platform"),
}
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


def _host(name: str) -> str:
    if not name:
        raise ValueError("expected an address to listen on, such as 127.0.0.1, or 0.0.0.0 for everybody")
    return name


def _check_port(url: str) -> None:
    port = _PORT.match(url)
    if port and port[1] and not port[1].isdecimal():
        raise ValueError("expected a number behind the host's colon, as in //user:password@host:port/name")


def _address_or_nothing(address: str) -> str:
    return _address(address) if address else ""


def _folder_or_nothing(folder: str) -> str:
    if folder and not Path(folder).is_dir():
        raise ValueError(f"expected a folder, {folder} is none")
    return folder


def networks_in(text: str) -> list[IPv4Network | IPv6Network]:
    return [ip_network(one) for one in text.replace(",", " ").split()]


def _networks(text: str) -> str:
    try:
        networks_in(text)
    except ValueError:
        raise ValueError(
            "expected addresses or networks with spaces between, such as 127.0.0.1 10.0.0.0/8"
        ) from None
    return text


Address = Annotated[str, AfterValidator(_address)]
AddressOrNothing = Annotated[str, AfterValidator(_address_or_nothing)]
FolderOrNothing = Annotated[str, AfterValidator(_folder_or_nothing)]
Host = Annotated[str, AfterValidator(_host)]
Networks = Annotated[str, AfterValidator(_networks)]


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    @field_validator("*", mode="before")
    @classmethod
    def _is_of_its_kind(cls, given: Any, info: Any) -> Any:
        """Left to pydantic, 22 would be 22 seconds past midnight, and true the port 1."""
        wanted = cls.model_fields[info.field_name].annotation
        if wanted is time and isinstance(given, int | float):
            raise ValueError("expected a time of day such as 22:00:00")
        if wanted is int and isinstance(given, bool):
            raise ValueError("expected a number")
        if wanted is bool and isinstance(given, int | float) and not isinstance(given, bool):
            raise ValueError("expected true or false")
        if isinstance(given, str) and "\x00" in given:
            raise ValueError("expected text without the character NUL")
        return given


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

    @field_validator("limits", mode="before")
    @classmethod
    def _is_a_table(cls, given: Any) -> Any:
        """The environment has words only: they are read as the file's."""
        try:
            return tomllib.loads(f"limits = {given}")["limits"] if isinstance(given, str) else given
        except tomllib.TOMLDecodeError:
            raise ValueError("expected a table such as { mass_per_month = 4 }") from None

    @field_validator("encoding_aes_key", "previous_aes_key")
    @classmethod
    def _is_empty_or_43(cls, key: SecretStr) -> SecretStr:
        given = key.get_secret_value()
        if given and not (len(given) == 43 and given.isalnum() and given.isascii()):
            raise ValueError("expected 43 letters and digits, or nothing for plain mode")
        return key


class Server(Section):
    host: Host = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    public_url: Address = "http://127.0.0.1:8000"
    threads: int = Field(default=4, ge=1, le=64)
    processes: int = Field(default=1, ge=1, le=64)
    secret_key: SecretStr = SecretStr("")
    spool: str = ""
    proxies: Networks = "127.0.0.1 ::1"


class Database(Section):
    url: SecretStr = SecretStr("sqlite:///data/weilan.db")
    synchronous: Literal["normal", "full"] = "full"

    @field_validator("url")
    @classmethod
    def _is_a_known_database(cls, url: SecretStr) -> SecretStr:
        if not url.get_secret_value().startswith(("sqlite:///", "postgresql+psycopg://")):
            raise ValueError("expected sqlite:///… or postgresql+psycopg://…")
        _check_port(url.get_secret_value())
        if url.get_secret_value() in {"sqlite:///", "sqlite:///:memory:"}:
            raise ValueError("expected a file behind sqlite:///, such as sqlite:///data/weilan.db")
        return url


class Redis(Section):
    url: SecretStr = SecretStr("")

    @field_validator("url")
    @classmethod
    def _is_redis_or_nothing(cls, url: SecretStr) -> SecretStr:
        given = url.get_secret_value()
        if given and not given.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("expected redis://…, rediss://…, unix://… or nothing for the embedded store")
        _check_port(given)
        return url


class Push(Section):
    min_gap_days: int = Field(default=2, ge=1, le=30)
    max_gap_days: int = Field(default=3, ge=1, le=60, validate_default=True)
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


class Value(Section):
    partitions: str = ""


class Webhooks(Section):
    allow_private: bool = False
    timeout_seconds: int = Field(default=10, ge=1, le=30)


class Understanding(Section):
    examples: FolderOrNothing = ""
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
    tones: str = ""


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


def missing(config: Config) -> list[str]:
    """The keys without which WeChat can neither call nor be called."""
    wechat = config.wechat
    needed = {
        "wechat.app_id": wechat.app_id,
        "wechat.app_secret": wechat.app_secret.get_secret_value(),
        "wechat.token": wechat.token.get_secret_value(),
    }
    return [key for key, value in needed.items() if not value]


def misshapen(config: Config) -> dict[str, str]:
    """Of the keys that WeChat hands out, those that do not look like it, and what was expected; it may know better.

    A stand-in on this machine is called what its owner likes.
    """
    if is_stand_in(config.wechat.api_base):
        return {}
    wechat = config.wechat
    held = {
        "wechat.app_id": wechat.app_id,
        "wechat.app_secret": wechat.app_secret.get_secret_value(),
        "wechat.token": wechat.token.get_secret_value(),
    }
    return {
        key: expected
        for key, (shape, expected) in _SHAPES.items()
        if held[key] and not re.fullmatch(shape, held[key])
    }


def is_stand_in(api_base: str) -> bool:
    return urlsplit(api_base).hostname in LOOPBACK


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

"""One log, set up once a process: `key=value` on a terminal, one JSON object a line otherwise; UTC; no secrets.

What the libraries write goes the same way. An event is always one line: a traceback stands in a field of it.
"""

import logging
import re
import sys
from collections.abc import Iterable, Iterator
from typing import Any, TextIO
from urllib.parse import urlsplit

import structlog
from pydantic import BaseModel, SecretStr
from structlog.typing import EventDict, Processor, WrappedLogger

HIDDEN = "[redacted]"
SHORTEST_SECRET = 6  # shorter ones are ordinary words, and hiding those would hide the log

_SECRET_KEY = re.compile(
    r"secret|password|passwd|token|aes_?key|authorization|cookie|api_?key|credential", re.IGNORECASE
)
_SECRET_IN_ADDRESS = re.compile(r"\b(access_token|secret|appsecret|token|password)=[^&\s'\"]+")


def configure(
    *, secrets: Iterable[str] = (), debug: bool = False, quiet: bool = False, stream: TextIO | None = None
) -> None:
    """`secrets` are hidden wherever they turn up; `secrets_in` finds them in the settings. `quiet`: warnings and worse."""
    stream = stream or sys.stderr
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    shows: Processor = (
        structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"], drop_missing=True)
        if stream.isatty()
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    handler = logging.StreamHandler(stream)
    last: list[Processor] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        Redactor(secrets),
        shows,
    ]
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processors=last, foreign_pre_chain=shared))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.DEBUG if debug else logging.WARNING if quiet else logging.INFO)
    for chatty in ("urllib3", "alembic", "dramatiq"):
        logging.getLogger(chatty).setLevel(logging.INFO if debug else logging.WARNING)
    # it warns of each tick that is left out because the one before still runs, which is meant
    logging.getLogger("apscheduler").setLevel(logging.INFO if debug else logging.ERROR)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def secrets_in(settings: BaseModel) -> Iterator[str]:
    """Every secret of the settings, and the password inside an address."""
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        if isinstance(value, BaseModel):
            yield from secrets_in(value)
        elif isinstance(value, SecretStr):
            secret = value.get_secret_value()
            yield (urlsplit(secret).password or "") if "://" in secret else secret


class Redactor:
    """Hides what is called a secret, and what is known to be one, in whatever it stands."""

    def __init__(self, secrets: Iterable[str]) -> None:
        known = sorted(
            {secret for secret in secrets if len(secret) >= SHORTEST_SECRET}, key=len, reverse=True
        )
        self._known = re.compile("|".join(re.escape(secret) for secret in known)) if known else None

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        return {key: self._safe(key, value) for key, value in event.items()}

    def _safe(self, key: str, value: Any) -> Any:
        if _SECRET_KEY.search(key) and value not in (None, ""):
            return HIDDEN
        match value:
            case str():
                text = _SECRET_IN_ADDRESS.sub(rf"\1={HIDDEN}", value)
                return self._known.sub(HIDDEN, text) if self._known else text
            case dict():
                return {inner: self._safe(str(inner), one) for inner, one in value.items()}
            case list() | tuple():
                return [self._safe("", one) for one in value]
            case None | bool() | int() | float():
                return value
        return self._safe("", str(value))

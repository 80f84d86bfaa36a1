"""Tells one endpoint some calls, one after the other over one connection."""

import random
import time
from collections.abc import Callable, Sequence
from datetime import datetime

from bot.config import Config
from bot.outgoing import sealing
from bot.outgoing.wire import Wire
from bot.rules.webhooks import webhook_bodies, webhook_signing
from bot.rules.webhooks.webhook_retries import TIRED_AFTER, again_at
from bot.values.webhooks import Call, Endpoint, Told

LASTS = 30.0  # seconds, then no further call is begun


def tell(
    endpoint: Endpoint,
    calls: Sequence[Call],
    config: Config,
    real: Callable[[], datetime],
    is_over: Callable[[], bool],
) -> list[Told]:
    """What was told, the first of `calls`: fewer than all when it takes long, it fails again and again, it is gone,
    or `is_over`. `real` gives real time: receivers refuse signatures of another. Raises `sealing.Unreadable`.
    """
    secrets = _secrets(endpoint, config)
    settings = config.webhooks
    wire = Wire(endpoint.url, allow_private=settings.allow_private, timeout=settings.timeout_seconds)
    told: list[Told] = []
    until = time.monotonic() + LASTS
    try:
        for call in calls:
            if is_over() or time.monotonic() > until or _has_enough(told):
                break
            told.append(_told(wire, call, secrets, real))
    finally:
        wire.close()
    return told


def _told(wire: Wire, call: Call, secrets: Sequence[str], real: Callable[[], datetime]) -> Told:
    body = webhook_bodies.body(call.event)
    answer = wire.post(body, webhook_signing.headers(call.event.id, body, secrets, real()))
    return Told(call, answer, again_at(answer, call.tries + 1, real(), random.random()))


def _has_enough(told: Sequence[Told]) -> bool:
    last = [one.answer for one in told[-TIRED_AFTER:]]
    return any(answer.is_gone for answer in last) or (
        len(last) == TIRED_AFTER and not any(answer.is_taken for answer in last)
    )


def _secrets(endpoint: Endpoint, config: Config) -> list[str]:
    key = config.server.secret_key.get_secret_value()
    return [sealing.opened(kept, key) for kept in (endpoint.secret, endpoint.previous_secret) if kept]

"""What is sent for an event: the same bytes at every try."""

import json
from datetime import UTC, datetime

from bot.values.webhooks import Event


def body(event: Event) -> bytes:
    data = dict(event.data)
    if event.customer is not None:
        data = {"customer": dict(event.customer)} | data
    told = {
        "type": event.kind,
        "id": event.id,
        "sequence": event.sequence,
        "timestamp": iso(event.at),
        "data": data,
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

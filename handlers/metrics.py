"""What Prometheus asks for: counters of the door, and how much waits.

Each process counts for itself. With several web processes set PROMETHEUS_MULTIPROC_DIR, prometheus-client's own way of
adding them up.
"""

import os
from collections.abc import Iterable

from flask import Blueprint, Response
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from bot.services import Services
from bot.store import queues
from bot.store.sending import halts
from handlers.serving import services

page = Blueprint("metrics", __name__)

MESSAGES = Counter(
    "weilan_messages_total", "Messages and events answered, by kind and by who answered.", ["kind", "handler"]
)
REPEATS = Counter("weilan_repeats_total", "Repeats of a message, given the first one's answer.")
REFUSED = Counter("weilan_refused_total", "Requests refused, by reason.", ["reason"])
UNREADABLE = Counter("weilan_unreadable_total", "Bodies that are no message, by reason.", ["reason"])
LATE = Counter("weilan_late_answers_total", "Answers that were not ready in time and follow later.")
SPOOLED = Counter("weilan_spooled_total", "Messages kept on disk because the database did not take them.")
FAILED = Counter("weilan_failed_answers_total", "Messages whose answer failed and became the fallback text.")
SECONDS = Histogram(
    "weilan_answer_seconds",
    "From the request to its answer.",
    buckets=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 5),
)


@page.get("/metrics")
def metrics() -> Response:
    counted = generate_latest(_counters())
    waiting = CollectorRegistry(auto_describe=False)
    waiting.register(_Waiting(services()))
    return Response(counted + generate_latest(waiting), content_type=CONTENT_TYPE_LATEST)


def _counters() -> CollectorRegistry:
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    together = CollectorRegistry()
    MultiProcessCollector(together)  # type: ignore[no-untyped-call]
    return together


class _Waiting(Collector):
    def __init__(self, served: Services) -> None:
        self._services = served

    def collect(self) -> Iterable[Metric]:
        gauge = GaugeMetricFamily("weilan_waiting", "What waits to be done, by state.", labels=["state"])
        with self._services.database.reading() as session:
            for state, number in queues.depths(session).items():
                gauge.add_metric([state], number)
            halted = GaugeMetricFamily(
                "weilan_halted",
                "1 for each channel that is halted; `pushes` is the stop switch.",
                labels=["channel"],
            )
            for one in halts.every(session, self._services.now()):
                halted.add_metric([one.channel], 1)
        yield from (gauge, halted)

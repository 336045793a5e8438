"""Figures for Prometheus: what was answered, how fast, and how the queue stands.

Every process of the server writes its part into files of one folder
(PROMETHEUS_MULTIPROC_DIR); `manage.py serve_metrics` adds them up, on an address
of its own that no visitor reaches. Nothing in them names a visitor.
"""

import os
import time
from collections.abc import Callable, Iterator

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector

from superfast.common.health import oldest_waiting

FOLDER = "PROMETHEUS_MULTIPROC_DIR"

RESPONSES = Counter(
    "superfast_responses", "Answers by view and status", ("view", "status")
)
SECONDS = Histogram(
    "superfast_response_seconds",
    "Time to answer, by view",
    ("view",),
    buckets=(0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5),
)


def measured(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: each answer is counted under its view's name, never its address."""

    def middleware(request: HttpRequest) -> HttpResponse:
        begin = time.perf_counter()
        response = get_response(request)
        match = request.resolver_match
        view = (match.view_name if match else None) or "none"
        RESPONSES.labels(view, response.status_code).inc()
        SECONDS.labels(view).observe(time.perf_counter() - begin)
        return response

    return middleware


def measure_kept(status: int, seconds: float) -> None:
    """Counts an answer of the page cache, which no middleware sees, as of the view "kept"."""
    RESPONSES.labels("kept", status).inc()
    SECONDS.labels("kept").observe(seconds)


class SiteState:
    """What the database says when Prometheus asks."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yields: the age of the oldest waiting task; whether the database answers."""
        try:
            with connection.temporary_connection():
                oldest = oldest_waiting()
        except DatabaseError:
            yield GaugeMetricFamily("superfast_database_up", "1 if it answers", 0)
            return
        age = (timezone.now() - oldest).total_seconds() if oldest else 0.0
        yield GaugeMetricFamily("superfast_database_up", "1 if it answers", 1)
        yield GaugeMetricFamily(
            "superfast_oldest_task_seconds", "How long a due task has waited", age
        )


def registry() -> CollectorRegistry:
    """All processes' figures together, and the site's state."""
    found = CollectorRegistry()
    if os.environ.get(FOLDER):
        MultiProcessCollector(found)  # type: ignore[no-untyped-call]  # theirs
    found.register(SiteState())
    return found

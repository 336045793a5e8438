"""`manage.py serve_metrics`."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from prometheus_client import start_http_server

from superfast.common.metrics import registry

HOUR_SECONDS = 60 * 60


class Command(BaseCommand):
    """Answers Prometheus on an address that visitors do not reach."""

    help = "Serve the figures of all processes at http://HOST:PORT/metrics."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=9464)

    def handle(self, *args: Any, host: str, port: int, **options: Any) -> None:
        start_http_server(port, addr=host, registry=registry())
        self.stdout.write(f"Figures at http://{host}:{port}/metrics (Ctrl-C stops)")
        while True:
            time.sleep(HOUR_SECONDS)

"""What operators see: logs, figures, slow queries, the number on an error page."""

import json
import logging
import logging.config
import re

import pytest
from django.conf import settings as site_settings
from django.db import InterfaceError, InternalError, OperationalError, connection
from django.http import HttpResponse
from django.test import RequestFactory
from prometheus_client import generate_latest

from superfast.common import metrics, slow_queries, tracing
from superfast.common.metrics import measured
from superfast.common.tracing import request_id, traced


@pytest.fixture
def broken(monkeypatch, client):
    """A front page that raises what it is told to."""
    client.raise_request_exception = False

    def make(error):
        def fail(*args, **kwargs):
            raise error

        monkeypatch.setattr("superfast.pages.views.Issue.objects.published", fail)
        return client

    return make


@pytest.mark.django_db
def test_an_error_page_carries_the_number_that_the_log_has(broken, caplog):
    caplog.handler.addFilter(tracing.RequestId())
    response = broken(ValueError("secret detail")).get("/")

    number = re.search(r"<code>(\w+)</code>", response.text)[1]
    assert response.status_code == 500
    assert "secret detail" not in response.text
    assert {r.request_id for r in caplog.records if r.name == "django.request"} == {
        number
    }


@pytest.mark.django_db
def test_a_line_about_a_missing_page_has_a_number_too(client, caplog):
    caplog.handler.addFilter(tracing.RequestId())
    client.get("/nowhere/")

    (record,) = (r for r in caplog.records if r.name == "django.request")
    assert re.fullmatch(r"[0-9a-f]{16}", record.request_id)


@pytest.mark.django_db
@pytest.mark.parametrize("kind", [OperationalError, InterfaceError, InternalError])
def test_a_database_that_is_away_makes_clients_come_back(broken, kind):
    response = broken(kind("the server closed the connection")).get("/")

    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    assert "nothing is lost" in response.text
    assert response.headers["Cache-Control"] == "no-store"


def test_the_same_request_keeps_its_number_and_another_has_another():
    seen = []

    def view(request):
        seen.append((request_id(), request_id(request)))
        return HttpResponse()

    for _ in range(2):
        traced(view)(RequestFactory().get("/"))

    assert seen[0][0] == seen[0][1] != seen[1][0]
    assert request_id() == ""


@pytest.mark.parametrize(
    ("proxies", "given", "kept"),
    [
        (1, "abcdef-123456", True),
        (0, "abcdef-123456", False),
        (1, "short", False),
        (1, "x" * 65, False),
        (1, "line\nbreak-in-it", False),
    ],
)
def test_a_number_is_taken_from_a_proxy_of_ours_alone(settings, proxies, given, kept):
    settings.PROXY_COUNT = proxies
    request = RequestFactory().get("/", HTTP_X_REQUEST_ID=given)

    assert (request_id(request) == given) is kept


def test_a_line_in_the_log_names_no_visitor(settings):
    record = logging.LogRecord(
        "django.request", logging.ERROR, "", 1, "Broken: %s", ("/",), None
    )
    record.request = RequestFactory().get("/", HTTP_COOKIE="player=secret")
    tracing.RequestId().filter(record)
    formatter = logging.config.DictConfigurator({"version": 1}).configure_formatter(
        dict(site_settings.LOGGING["formatters"]["json"])
    )

    line = json.loads(formatter.format(record))

    assert line["message"] == "Broken: /"
    assert line["levelname"] == "ERROR"
    assert "secret" not in str(line)
    assert "request" not in line


@pytest.mark.django_db
def test_a_slow_query_is_named_without_its_values(settings, caplog, monkeypatch):
    settings.SLOW_QUERY_MS = 1
    ticks = iter(range(1000))
    monkeypatch.setattr(slow_queries.time, "perf_counter", lambda: next(ticks))
    with (
        connection.execute_wrapper(slow_queries._timed),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT %s", ["a-visitors-name"])

    (record,) = (r for r in caplog.records if r.name == "superfast.slow_queries")
    assert record.getMessage() == "A query took 1000 ms."
    assert "SELECT" in record.sql
    assert "a-visitors-name" not in record.sql


@pytest.mark.django_db
def test_a_connection_is_watched_once_and_only_where_asked(settings):
    settings.SLOW_QUERY_MS = 0
    slow_queries.watch(connection=connection)
    assert slow_queries._timed not in connection.execute_wrappers

    settings.SLOW_QUERY_MS = 500
    for _ in range(2):
        slow_queries.watch(connection=connection)
    assert connection.execute_wrappers.count(slow_queries._timed) == 1
    connection.execute_wrappers.remove(slow_queries._timed)


def test_answers_are_counted_by_view_and_not_by_address():
    def view(request):
        request.resolver_match = None
        return HttpResponse(status=404)

    before = metrics.RESPONSES.labels("none", 404)._value.get()
    measured(view)(RequestFactory().get("/secret-address/"))

    assert metrics.RESPONSES.labels("none", 404)._value.get() == before + 1
    assert b"secret-address" not in generate_latest()


def test_a_kept_page_is_counted_as_such():
    before = metrics.RESPONSES.labels("kept", 304)._value.get()
    metrics.measure_kept(304, 0.0001)

    assert metrics.RESPONSES.labels("kept", 304)._value.get() == before + 1
    assert b'superfast_response_seconds_count{view="kept"}' in generate_latest()


@pytest.mark.django_db
def test_prometheus_learns_of_the_queue_and_of_a_database_that_is_away(monkeypatch):
    assert b"superfast_database_up 1.0" in generate_latest(metrics.registry())

    def away():
        raise OperationalError

    monkeypatch.setattr(metrics, "oldest_waiting", away)
    text = generate_latest(metrics.registry())
    assert b"superfast_database_up 0.0" in text
    assert b"superfast_oldest_task_seconds 0.0\n" not in text

"""What a service that errors are reported to learns."""

from tests.test_project import in_production, production

FAIL = """
import logging
from unittest import mock
from wsgiref.util import setup_testing_defaults

import sentry_sdk
from django.core.wsgi import get_wsgi_application

told = []
transport = sentry_sdk.get_client().transport
transport.capture_envelope = lambda e: told.extend(i.payload.json for i in e.items)
environ = {
    "PATH_INFO": "/search/", "QUERY_STRING": "q=MARK", "REMOTE_ADDR": "203.0.113.77",
    "HTTP_HOST": "superfast.example", "HTTP_X_FORWARDED_PROTO": "https",
    "HTTP_X_FORWARDED_FOR": "203.0.113.78", "HTTP_COOKIE": "__Host-player=MARK",
    "HTTP_USER_AGENT": "MARK", "HTTP_REFERER": "https://superfast.example/?r=MARK",
    "HTTP_AUTHORIZATION": "Basic MARK", "HTTP_X_REQUEST_ID": "number-of-this-request",
}
setup_testing_defaults(environ)
application = get_wsgi_application()
statuses = []
error = ZeroDivisionError("no number: MARK")
with mock.patch("superfast.pages.views.results_for", side_effect=error):
    list(application(environ, lambda status, headers: statuses.append(status)))
logging.getLogger("superfast").error("Refused: %s", "MARK", extra={"said": "MARK"})
print(json.dumps([statuses, told]))
"""


def test_an_error_is_reported_without_who_met_it(tmp_path):
    env = production(tmp_path, SENTRY_DSN="http://key@127.0.0.1:9/1", PROXY_COUNT="1")
    statuses, told = in_production(FAIL, env)

    event, line = told
    assert statuses == ["500 Internal Server Error"]
    assert event["exception"]["values"][-1]["type"] == "ZeroDivisionError"
    assert event["transaction"] == "/search/"
    assert event["tags"] == {"request_id": "number-of-this-request"}
    assert not {"request", "user", "breadcrumbs", "extra", "server_name"} & event.keys()
    assert line["logentry"] == {"message": "Refused: %s"}
    for mark in ("MARK", "203.0.113"):
        assert mark not in str(told)

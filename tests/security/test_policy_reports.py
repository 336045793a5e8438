"""What anybody may tell us that the content policy refused."""

import json

import pytest
from django.conf import settings

from superfast.common.policy import content_policy
from superfast.common.policy_reports import (
    HOURLY_LIMIT,
    HOURLY_LINES,
    MAX_BYTES,
    MAX_REPORTS,
)

ADDRESS = "/policy-report"
OLD = "application/csp-report"
NEW = "application/reports+json"
LOGGER = "superfast.policy_reports"
HOST = "http://testserver"


def old(**changes):
    return {
        "csp-report": {
            "document-uri": f"{HOST}/issues/",
            "effective-directive": "script-src-elem",
            "blocked-uri": "https://evil.example/x.js?secret=1",
            **changes,
        }
    }


def new(**changes):
    body = {
        "documentURL": f"{HOST}/issues/",
        "effectiveDirective": "script-src-elem",
        "blockedURL": "https://evil.example/x.js?secret=1",
        **changes,
    }
    return {"type": "csp-violation", "url": f"{HOST}/issues/", "body": body}


def send(client, sent, kind=OLD, **extra):
    body = sent if isinstance(sent, bytes) else json.dumps(sent)
    return client.post(ADDRESS, body, content_type=kind, **extra)


def lines(caplog):
    return [
        (record.route, record.directive, record.blocked)
        for record in caplog.records
        if record.name == LOGGER
    ]


def test_every_page_says_where_reports_go():
    assert f"report-uri {ADDRESS}; report-to policy" in content_policy()
    assert f'policy="{ADDRESS}"' == settings.REPORTING_ENDPOINTS


@pytest.mark.parametrize(
    ("kind", "sent"), [(OLD, old()), (NEW, [new()])], ids=["old", "new"]
)
def test_a_report_is_a_line_in_the_log_that_names_nobody(client, caplog, kind, sent):
    response = send(client, sent, kind, REMOTE_ADDR="203.0.113.9")

    assert response.status_code == 204
    assert response.content == b""
    assert not response.cookies
    assert lines(caplog) == [
        ("issues:issue-archive", "script-src-elem", "https://evil.example")
    ]
    said = " ".join(str(vars(r)) for r in caplog.records if r.name == LOGGER)
    assert "secret" not in said
    assert "203.0.113.9" not in said


def test_an_address_with_a_secret_is_told_as_its_route(client, caplog):
    send(client, old(**{"document-uri": f"{HOST}/drafts/VerySecretToken/"}))
    send(client, old(**{"document-uri": f"{HOST}/search/?q=my+illness"}))

    assert [route for route, _, _ in lines(caplog)] == ["nowhere", "search"]
    assert "VerySecretToken" not in caplog.text
    assert "illness" not in caplog.text


@pytest.mark.parametrize(
    ("blocked", "told"),
    [
        ("inline", "inline"),
        ("eval", "eval"),
        ("data:text/html,<b>x</b>", "data"),
        ("chrome-extension://abcdef/x.js", "something else"),
        ("https://me:word@evil.example:8443/x", "https://evil.example:8443"),
        ("https://evil.example\n2026 CRITICAL forged/", "something else"),
        ("http://[x", "unknown"),
        ("", "something else"),
        (None, "unknown"),
        (7, "unknown"),
    ],
)
def test_what_was_refused_is_told_as_an_origin(client, caplog, blocked, told):
    send(client, old(**{"blocked-uri": blocked}))

    ((_, _, found),) = lines(caplog)
    assert "\n" not in caplog.records[-1].getMessage()
    assert found == told


NONSENSE = [
    [], {}, 1, None, "x", [[]], [None], {"csp-report": []}, {"csp-report": {}},
    old(**{"document-uri": None}), old(**{"document-uri": "http://[x"}),
    old(**{"document-uri": "https://evil.example/"}),
    old(**{"effective-directive": ""}), old(**{"effective-directive": "x" * 99}),
    old(**{"effective-directive": "script\nFORGED"}),
    old(**{"effective-directive": ["script-src"]}),
    [{"type": "deprecation", "body": {}}], [{"type": "csp-violation", "body": "x"}],
    old(**{"document-uri": f"{HOST}/\ud800/", "effective-directive": "\ud800-x"}),
]  # fmt: skip


@pytest.mark.parametrize("sent", NONSENSE, ids=range(len(NONSENSE)))
def test_what_tells_nothing_is_passed_over(client, caplog, sent):
    for kind in (OLD, NEW):
        assert send(client, sent, kind).status_code == 204

    assert "FORGED" not in caplog.text
    assert lines(caplog) == []


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b" ", OLD, 400),
        (b"{", OLD, 400),
        (b"\xff\xfe", OLD, 400),
        (b"[" * MAX_BYTES, NEW, 400),
        (b" " * (MAX_BYTES + 1), OLD, 413),
        (b"{}", "application/json", 415),
        (b"a=b", "application/x-www-form-urlencoded", 415),
    ],
)
def test_what_is_no_report_is_refused(client, caplog, body, kind, status):
    assert send(client, body, kind).status_code == status
    assert lines(caplog) == []


def test_another_site_cannot_report(client, caplog):
    response = send(client, old(), headers={"sec-fetch-site": "cross-site"})

    assert response.status_code == 403
    assert lines(caplog) == []


@pytest.mark.parametrize("method", ["get", "head", "put", "delete", "options"])
def test_there_is_nothing_to_read(client, method):
    assert getattr(client, method)(ADDRESS).status_code == 405


# How much ---------------------------------------------------------------------


def test_the_same_is_written_once(client, caplog):
    for _ in range(3):
        assert send(client, old()).status_code == 204

    assert len(lines(caplog)) == 1


def test_one_body_holds_so_many_reports_and_no_more(client, caplog):
    send(client, [new(blockedURL=f"https://{n}.example/") for n in range(60)], NEW)

    assert len(lines(caplog)) == MAX_REPORTS


def test_a_network_is_heard_so_often_and_then_told_to_wait(client, caplog):
    for number in range(HOURLY_LIMIT):
        sent = old(**{"blocked-uri": f"https://{number}.example"})
        assert send(client, sent).status_code == 204
    response = send(client, old(**{"blocked-uri": "https://more.example"}))

    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) > 0
    assert len(lines(caplog)) == HOURLY_LIMIT
    other = send(client, old(), REMOTE_ADDR="203.0.113.9")
    assert other.status_code == 204


def test_a_forged_address_is_no_other_network(client, caplog):
    for number in range(HOURLY_LIMIT + 5):
        response = send(client, old(), HTTP_X_FORWARDED_FOR=f"203.0.113.{number}")

    assert response.status_code == 429


def test_all_networks_together_fill_no_log(client, caplog):
    for network in range(HOURLY_LINES // MAX_REPORTS + 3):
        sent = [new(blockedURL=f"https://{network}.{n}.example/") for n in range(20)]
        assert (
            send(client, sent, NEW, REMOTE_ADDR=f"203.0.113.{network}").content == b""
        )

    assert len(lines(caplog)) == HOURLY_LINES


def test_nothing_is_written_while_nothing_is_counted(client, caplog, settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "superfast.common.redis_cache.ForgivingRedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
        }
    }

    assert send(client, old()).status_code == 204
    assert lines(caplog) == []

"""What happens to every request and every answer."""

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver

from superfast.common.policy import content_policy
from tests.factories import make_editor
from tests.issues.factories import make_image, make_issue

pytestmark = pytest.mark.django_db

BROKEN = {
    "a NUL": "%00",
    "a byte that is no UTF-8": "%ff",
    "half a character": "%e2%82",
    "an overlong slash": "%c0%af",
    "half a pair": "%ed%a0%80",
}


def routes(patterns, prefix=""):
    """Every public route, with something in place of its arguments."""
    for pattern in patterns:
        parts = getattr(pattern.pattern, "_route", None)
        if parts is None:
            parts = "about/"  # the one regular expression: the standing pages
        route = prefix + parts
        if route.startswith(("admin", "__debug__")):
            continue
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, prefix + str(pattern.pattern))
        else:
            yield "/" + route


PUBLIC = sorted(routes(get_resolver().url_patterns))


def filled(route, value):
    head, _, rest = route.partition("<")
    while rest:
        _, _, tail = rest.partition(">")
        before, _, rest = tail.partition("<")
        head += value + before
    return head


def test_the_routes_are_all_there():
    assert len(PUBLIC) >= 19
    assert "/" in PUBLIC
    assert "/issues/<slug:slug>/" in PUBLIC


@pytest.mark.parametrize("route", PUBLIC)
@pytest.mark.parametrize("name", BROKEN)
def test_broken_text_in_an_address_is_not_found(client, route, name):
    bad = BROKEN[name]
    paths = [filled(route, f"a{bad}b")] if "<" in route else []
    paths.append(f"{filled(route, 'x')}{bad}")
    for path in paths:
        for ask in (client.get, client.post, client.head):
            assert ask(path).status_code == 404


@pytest.mark.parametrize("route", PUBLIC)
@pytest.mark.parametrize("name", BROKEN)
def test_broken_text_in_a_query_is_not_found(client, route, name):
    bad, path = BROKEN[name], filled(route, "x")

    for query in (f"q={bad}", f"{bad}=1", f"page=1&page={bad}", f"q=a&x={bad}b"):
        assert client.get(f"{path}?{query}").status_code == 404


@pytest.mark.parametrize(
    "query", ["%", "%zz", "&&&", "=", "q", "q=%F0%9F%97%9E", "q=" + "x" * 5000, "page"]
)
@pytest.mark.parametrize("route", PUBLIC)
def test_odd_queries_are_no_error(client, route, query):
    assert client.get(f"{filled(route, 'x')}?{query}").status_code < 500


def test_very_many_parameters_are_answered_400(client):
    query = "&".join(f"a{number}=1" for number in range(2_500))

    assert client.get(f"/search/?{query}").status_code == 400


def test_the_answer_is_a_page_of_ours(client):
    response = client.get("/issues/%ff/")

    assert "Superfast AI" in response.text
    assert "<h1>" in response.text
    assert not response.cookies


def test_an_unknown_host_is_answered_400(client):
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400


HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
        "form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; "
        "report-uri /policy-report; report-to policy"
    ),
    "Reporting-Endpoints": 'policy="/policy-report"',
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), interest-cohort=()",
}


@pytest.mark.parametrize(
    "path",
    [
        *(filled(route, "x") for route in PUBLIC),
        *("/nowhere/", "/admin/login/", "/admin/"),
    ],
)
def test_every_page_has_the_same_security_headers(client, path):
    for _ in range(2):
        response = client.get(path)
        for name, value in HEADERS.items():
            assert response.headers[name] == value


@pytest.mark.parametrize("path", ["/issues/%ff/", "/?%00=1"])
def test_what_is_refused_has_the_policy_too(client, path):
    response = client.get(path)

    for name in ("Content-Security-Policy", "X-Content-Type-Options"):
        assert response.headers[name] == HEADERS[name]


def test_answers_that_carry_no_page_have_them_too(client):
    issue = make_issue(cover=make_image())
    etag = client.get("/").headers["ETag"]
    redirect = client.get("/about")
    for response in (
        client.get("/", headers={"if-none-match": etag}),
        client.post("/"),
        client.get(issue.cover.src),
        redirect,
    ):
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "Content-Security-Policy" in response.headers
        if response.streaming:
            response.getvalue()
    assert redirect.status_code == 301


def test_a_view_may_have_a_policy_of_its_own(client):
    client.force_login(make_editor())
    policy = client.get("/admin/issues/issue/preview/").headers[
        "Content-Security-Policy"
    ]

    assert policy == HEADERS["Content-Security-Policy"].replace(
        "frame-ancestors 'none'", "frame-ancestors 'self'"
    )


def test_a_policy_changes_in_what_was_asked_for_and_in_nothing_else():
    site = content_policy()

    assert site == HEADERS["Content-Security-Policy"]
    assert content_policy(frame_src="'self'") == f"{site}; frame-src 'self'"
    assert content_policy(script_src="'none'") == site.replace(
        "script-src 'self'", "script-src 'none'"
    )
    assert content_policy() == site


# The short way ----------------------------------------------------------------


def test_a_public_page_goes_the_short_way_with_every_header(client):
    make_issue(slug="here")
    response = client.get("/issues/here/")

    assert not hasattr(response.wsgi_request, "user")
    assert response.headers["Content-Length"] == str(len(response.content))
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response.headers["Content-Security-Policy"] == content_policy()
    assert response.resolver_match.url_name == "issue-detail"


def test_who_is_signed_in_goes_the_long_way(client):
    make_issue(slug="here")
    client.force_login(make_editor())

    assert hasattr(client.get("/issues/here/").wsgi_request, "user")


@pytest.mark.parametrize("path", ["/", "/quiz/x/guess/"])
def test_a_foreign_host_is_refused_on_the_short_way(client, path):
    assert client.post(path, headers={"host": "evil.example"}).status_code == 400
    assert client.get(path, headers={"host": "evil.example"}).status_code == 400


def test_a_form_without_an_answer_for_its_origin_meets_the_csrf_check(client):
    strict = Client(enforce_csrf_checks=True)

    # No impersonal view takes forms without `own_site_only`: this one takes none.
    assert strict.post("/").status_code == 403
    assert client.post("/").status_code == 405


def test_an_address_without_its_slash_is_led_to_the_one_with_it(client):
    make_issue(slug="here")
    response = client.get("/issues/here")

    assert (response.status_code, response["Location"]) == (301, "/issues/here/")

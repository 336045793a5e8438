"""What is kept of the public pages, and for whom."""

import gzip
from datetime import timedelta

import brotli
import pytest
import time_machine
from backports import zstd
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from issues.models import Issue
from superfast.pagecache.application import PageCache
from superfast.pagecache.pages import best_encoding
from tests.issues.factories import make_draft, make_issue
from tests.pagecache.browsers import Browser
from tests.papers.factories import make_paper
from tests.quiz.factories import make_quiz
from tests.quiz.player import order_of

pytestmark = pytest.mark.django_db

KEPT = [
    *("/", "/issues/", "/issues/feed.xml", "/issues/feed.json", "/papers/"),
    *("/papers/2022/", "/quiz/", "/about/", "/follow/", "/sitemap.xml", "/robots.txt"),
]


@pytest.fixture
def issue():
    make_paper()
    return make_issue(quiz=make_quiz(publish_at=False))


@pytest.mark.parametrize("path", KEPT)
def test_a_public_page_is_made_once_and_sent_often(browser, site, issue, path):
    first, second = browser.get(path), browser.get(path)

    assert (first.status, second.status, site.asked) == (200, 200, 1)
    assert first.body == second.body
    assert first.headers == second.headers


def test_a_kept_page_is_what_the_site_itself_answers(browser, issue):
    path = issue.get_absolute_url()
    bare = Browser(WSGIHandler()).get(path)
    browser.get(path)

    kept = browser.get(path)

    assert kept.body == bare.body
    missing = bare.headers.items() - kept.headers.items()
    assert not missing
    assert "Content-Security-Policy" in kept.headers


def test_a_kept_page_costs_one_query(browser, issue):
    browser.get(issue.get_absolute_url())

    with CaptureQueriesContext(connection) as queries:
        browser.get(issue.get_absolute_url())

    assert len(queries) == 1


@pytest.mark.parametrize("is_new", [True, False])
def test_an_issue_that_is_not_kept_costs_three_queries(browser, cache, site, is_new):
    make_paper(slug="one")
    issue = make_issue(
        quiz=make_quiz(publish_at=False),
        body="::: papers\n- one: Read it.\n:::\n\n::: quiz\n:::\n",
    )
    browser.get(issue.get_absolute_url())
    cache.store.clear()
    if is_new:  # the process knows nothing yet
        browser = Browser(PageCache(site, max_bytes=10_000_000))

    with CaptureQueriesContext(connection) as queries:
        assert browser.get(issue.get_absolute_url()).status == 200

    assert len(queries) <= 3
    # What is dated next is asked for once, not for each page.
    assert ("publish_at" in queries[0]["sql"]) == is_new


def test_what_the_reader_has_is_not_sent_again(browser, site, issue):
    path = issue.get_absolute_url()
    now = timezone.now() + timedelta(minutes=1)
    with time_machine.travel(now, tick=False):
        headers = browser.get(path).headers
        for asked in (
            {"if_none_match": headers["ETag"]},
            {"if_none_match": f'"x", W/{headers["ETag"]}'},
            {"if_none_match": "*"},
            {"if_modified_since": headers["Last-Modified"]},
        ):
            answer = browser.get(path, **asked)
            assert (answer.status, answer.body) == (304, b"")
            assert answer.headers["ETag"] == headers["ETag"]
            assert "s-maxage=60" in answer.headers["Cache-Control"]
        for asked in (
            {"if_none_match": '"x"'},
            {"if_modified_since": "Mon, 02 Jan 2023 00:00:00 GMT"},
            {"if_modified_since": "yesterday"},
            # The validator decides where both are sent.
            {"if_none_match": '"x"', "if_modified_since": headers["Last-Modified"]},
        ):
            assert browser.get(path, **asked).status == 200
    assert site.asked == 1


def test_the_second_of_a_change_is_no_last_modification(browser, issue):
    browser.get("/")
    with time_machine.travel(timezone.now(), tick=False):
        Issue.objects.update(title="Changed within this second")
        answer = browser.get("/")

    assert "Last-Modified" not in answer.headers


def test_an_answer_from_memory_is_measured(site, issue):
    seen = []
    cache = PageCache(
        site, max_bytes=10_000_000, measure=lambda *figures: seen.append(figures)
    )
    browser = Browser(cache)
    etag = browser.get("/issues/").headers["ETag"]
    assert seen == []  # the site's middleware has counted it

    browser.get("/issues/")
    browser.get("/issues/", if_none_match=etag)

    assert [status for status, _ in seen] == [200, 304]
    assert all(seconds > 0 for _, seconds in seen)


def test_only_the_head_is_sent_to_who_asks_for_it(browser, site, issue):
    whole = browser.get("/issues/")

    head = browser.get("/issues/", method="HEAD")

    assert (head.status, head.body, head.headers) == (200, b"", whole.headers)
    assert site.asked == 1


def test_a_head_that_is_asked_first_is_not_kept_as_the_page(browser, issue):
    assert browser.get("/issues/", method="HEAD").body == b""

    assert b"Number" in browser.get("/issues/").body


@pytest.mark.parametrize(
    ("accepted", "encoding", "decode"),
    [
        ("gzip, deflate, br, zstd", "br", brotli.decompress),
        ("zstd", "zstd", zstd.decompress),
        ("gzip", "gzip", gzip.decompress),
        ("br;q=0.1, gzip;q=0.9", "gzip", gzip.decompress),
        ("identity", None, bytes),
        ("", None, bytes),
    ],
)
def test_a_page_comes_compressed_as_it_is_wanted(
    browser, site, issue, accepted, encoding, decode
):
    plain = browser.get("/issues/")

    for _ in range(2):
        answer = browser.get("/issues/", accept_encoding=accepted)

        assert answer.headers.get("Content-Encoding") == encoding
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert answer.headers["Content-Length"] == str(len(answer.body))
        assert decode(answer.body) == plain.body
        # Other bytes, another strong validator, which is known again.
        assert (answer.headers["ETag"] == plain.headers["ETag"]) is (encoding is None)
        again = browser.get("/issues/", if_none_match=answer.headers["ETag"])
        assert again.status == 304
    assert site.asked == 1


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("*", "br"),
        ("br;q=0, *", "zstd"),
        ("gzip;q=0.5, identity", ""),
        ("gzip;q=nonsense", ""),
        ("GZIP", "gzip"),
        ("*;q=0", ""),
    ],
)
def test_encodings_are_chosen_by_what_is_wanted(accepted, encoding):
    assert best_encoding(accepted) == encoding


def test_content_is_compressed_once(browser, issue, monkeypatch):
    calls = []
    real = brotli.compress
    monkeypatch.setattr(
        brotli,
        "compress",
        lambda *args, **kwargs: calls.append(1) or real(*args, **kwargs),
    )
    browser.get("/issues/", accept_encoding="br")
    browser.get("/issues/", accept_encoding="br")
    # The stamp grows, the archive stays what it was.
    make_draft()
    browser.get("/issues/", accept_encoding="br")

    assert len(calls) == 1


def test_a_search_is_not_kept_but_comes_compressed(browser, site, issue):
    answers = [browser.get("/search/?q=news", accept_encoding="br") for _ in range(2)]

    assert site.asked == 2
    assert {answer.headers["Content-Encoding"] for answer in answers} == {"br"}
    again = browser.get("/search/?q=news", if_none_match=answers[0].headers["ETag"])
    assert again.status == 304


def test_pages_are_kept_apart_by_host_and_scheme(browser, cache, issue, settings):
    settings.ALLOWED_HOSTS = ["localhost", "other.example"]
    browser.get("/")
    browser.get("/", host="other.example")

    assert len(cache.store) == 2


def test_a_host_that_is_not_ours_is_refused_and_not_kept(browser, cache, issue):
    assert browser.get("/", host="evil.example").status == 400
    assert len(cache.store) == 0


def test_the_order_of_parameters_makes_no_other_page(browser, cache, issue):
    browser.get("/papers/2022/?sort=title&code=1")
    browser.get("/papers/2022/?code=1&sort=title")
    browser.get("/papers/2022/?sort=title")

    assert len(cache.store) == 2


@pytest.mark.parametrize(
    "path",
    [
        "/issues/?utm_source=x",
        "/issues/?page=1&page=1",
        "/?page=1",
        "/papers/2022/?q=text",
        "/search/?q=text",
        "/issues/nothing/",
        "/healthz",
        "/admin/login/",
        "/issues/?page=" + "1" * 400,
    ],
)
def test_what_is_not_known_to_be_the_same_for_everybody_is_not_kept(
    browser, cache, issue, path
):
    browser.get(path)

    assert len(cache.store) == 0


def test_nothing_that_follows_from_an_unknown_parameter_reaches_another_reader(
    browser, issue
):
    for _ in range(21):
        make_issue()
    hostile = browser.get("/issues/?evil=%22%3Cscript%3E")
    assert "evil" in hostile.text

    assert "evil" not in browser.get("/issues/").text


FORGED = {
    "x_forwarded_host": "evil.example",
    "x_forwarded_proto": "https",
    "x_forwarded_for": "127.0.0.1",
    "x_forwarded_prefix": "//evil.example",
    "forwarded": "host=evil.example",
    "x_original_url": "/admin/",
    "x_rewrite_url": "/admin/",
    "x_http_method_override": "POST",
    "origin": "https://evil.example",
    "referer": "https://evil.example/",
    "accept_language": "xx-evil",
}
QUERIES = [
    "",
    "?utm_source=evil.example",
    "?lists=evil.example",
    "?page=1&page=evil.example",
    "?callback=evil.example",
    "?page=1;x=evil.example",
    "?_method=POST",
]


@pytest.mark.parametrize("path", KEPT)
def test_a_forged_request_leaves_nothing_for_the_next_reader(cache, issue, path):
    honest = Browser(WSGIHandler()).get(path)
    for query in QUERIES:
        for method in ("GET", "HEAD"):
            Browser(cache).get(f"{path}{query}", method=method, **FORGED)
    later = Browser(cache).get(path)

    assert (later.status, later.body) == (honest.status, honest.body)
    assert "evil.example" not in f"{later.text} {later.headers}"


def test_a_guess_is_seen_by_who_made_it_and_by_nobody_else(cache, site, issue):
    player, stranger = Browser(cache), Browser(cache)
    address = issue.quiz.get_absolute_url()
    issue_before = stranger.get(issue.get_absolute_url())
    home_before = stranger.get("/")
    form = player.get(address)
    token = form.text.split('name="token" value="')[1].split('"')[0]
    with time_machine.travel(timezone.now() + timedelta(seconds=12), tick=False):
        done = player.post(
            f"{address}guess/", {"token": token, "headline": order_of(form)[0]}
        )
    assert done.status == 303
    assert player.cookies
    assert "FAKE" in player.get(address).text
    assert "FAKE" in player.get(f"{address}card/").text

    for path in (issue.get_absolute_url(), "/"):
        # The player's cookie makes nothing of its own of a page for everybody.
        assert "Set-Cookie" not in player.get(path).headers
    assert stranger.get(issue.get_absolute_url()).body == issue_before.body
    assert stranger.get("/").body == home_before.body
    assert "FAKE" not in stranger.get(address).text
    assert "FAKE" not in stranger.get(f"{address}card/").text
    assert not stranger.cookies
    assert "no-store" in player.get(address).headers["Cache-Control"]
    assert "no-store" in player.get("/quiz/player/").headers["Cache-Control"]


@pytest.mark.parametrize(
    "cookies", ["session=broken", "csrf=broken", "player=broken", "session=a; csrf=b"]
)
def test_broken_cookies_change_no_kept_page(cache, issue, cookies):
    first = Browser(cache).get("/", cookie=cookies)

    assert "Set-Cookie" not in first.headers
    assert Browser(cache).get("/").headers == first.headers


def test_an_answer_with_a_cookie_is_sent_and_not_kept(issue):
    def baker(environ, start_response):
        def start(status, headers, *rest):
            start_response(status, [*headers, ("Set-Cookie", "taste=sweet")], *rest)

        return WSGIHandler()(environ, start)

    cache = PageCache(baker, max_bytes=10_000_000)

    assert Browser(cache).get("/").headers["Set-Cookie"] == "taste=sweet"
    assert len(cache.store) == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Cache-Control", "private"),
        ("Cache-Control", "public, no-store"),
        ("Vary", "Cookie"),
        ("Vary", "Accept-Encoding, Cookie"),
    ],
)
def test_an_answer_that_is_not_for_everybody_is_not_kept(issue, name, value):
    def changed(environ, start_response):
        def start(status, headers, *rest):
            others = [pair for pair in headers if pair[0] != name]
            start_response(status, [*others, (name, value)], *rest)

        return WSGIHandler()(environ, start)

    cache = PageCache(changed, max_bytes=10_000_000)

    assert Browser(cache).get("/").headers[name] == value
    assert len(cache.store) == 0


def test_memory_is_bounded_and_what_was_asked_last_stays(site, issue):
    cache = PageCache(site, max_bytes=60_000)
    browser = Browser(cache)
    for number in range(1, 11):
        make_issue(slug=f"long-{number}")
        browser.get("/robots.txt")
        browser.get(f"/issues/long-{number}/", accept_encoding="gzip")

    assert 0 < cache.store.size <= 60_000
    before = site.asked
    browser.get("/robots.txt")
    browser.get("/issues/long-10/")
    assert site.asked == before


def test_without_memory_nothing_is_kept_and_everything_is_answered(site, issue):
    cache = PageCache(site, max_bytes=0)

    assert [Browser(cache).get("/").status for _ in range(2)] == [200, 200]
    assert (site.asked, len(cache.store)) == (2, 0)


def test_other_methods_reach_the_site(browser, site, issue):
    browser.get("/")

    assert browser.get("/", method="OPTIONS").status == 405
    assert site.asked == 2

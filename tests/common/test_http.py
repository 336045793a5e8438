"""How long an answer may be kept, and by whom."""

import pytest
from django.http import HttpResponse, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.test import RequestFactory

from superfast.common.http import content_etag, private_page, public_page
from tests.factories import make_editor
from tests.issues.factories import make_issue
from tests.papers.factories import make_paper
from tests.quiz.factories import make_quiz

PUBLIC = [
    *("/", "/issues/", "/issues/feed.xml", "/issues/feed.json", "/papers/"),
    *("/papers/2022/", "/quiz/", "/search/", "/search/?q=text", "/about/"),
    *("/privacy/", "/contact/", "/follow/", "/sitemap.xml", "/robots.txt"),
]


@public_page
def page(request):
    return HttpResponse(f"Hello {request.GET.get('name', '')}")


def ask(view, method="get", path="/", **headers):
    return view(getattr(RequestFactory(), method)(path, headers=headers))


@pytest.fixture
def site(client):
    make_issue(quiz=make_quiz(publish_at=False))
    make_paper()
    return client


def test_a_public_page_is_kept_by_shared_caches_and_asked_for_again_by_browsers():
    response = ask(page)

    assert response.headers["Cache-Control"] == (
        "public, max-age=0, s-maxage=60, must-revalidate"
    )
    assert response.headers["ETag"] == content_etag(b"Hello ")


def test_the_validator_is_that_of_the_bytes():
    assert ask(page).headers["ETag"] == ask(page).headers["ETag"]
    assert ask(page).headers["ETag"] != ask(page, path="/?name=x").headers["ETag"]


def test_a_page_that_the_reader_has_is_not_sent_again():
    etag = ask(page).headers["ETag"]
    for value in (etag, f'"x", {etag}', f"W/{etag}", "*"):
        response = ask(page, if_none_match=value)
        assert (response.status_code, response.content) == (304, b"")
        assert response.headers["ETag"] == etag
        assert "s-maxage=60" in response.headers["Cache-Control"]

    assert ask(page, if_none_match='"x"').status_code == 200
    assert ask(page, path="/?name=x", if_none_match=etag).status_code == 200


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_a_public_page_takes_no_other_method(method):
    response = ask(page, method)

    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]
    assert "ETag" not in response.headers


def test_the_head_has_the_validator_of_the_page():
    assert ask(page, "head").headers["ETag"] == ask(page).headers["ETag"]


@pytest.mark.parametrize("status", [301, 404, 410, 500])
def test_what_went_wrong_is_not_kept(status):
    response = ask(public_page(lambda request: HttpResponse(status=status)))

    assert response.status_code == status
    assert "Cache-Control" not in response.headers
    assert "ETag" not in response.headers


def test_what_streams_has_no_validator():
    view = public_page(lambda request: StreamingHttpResponse(iter([b"x"])))

    assert "ETag" not in ask(view).headers


def test_a_page_that_is_rendered_late_has_the_validator_of_its_bytes():
    response = ask(public_page(lambda request: TemplateResponse(request, "400.html")))

    assert response.headers["ETag"] == content_etag(response.content)


def test_a_private_page_is_kept_by_nobody():
    response = ask(private_page(lambda request: HttpResponse("x")))

    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["Vary"] == "Cookie"
    assert "ETag" not in response.headers


@pytest.mark.django_db
@pytest.mark.parametrize("path", PUBLIC)
def test_public_pages_are_the_same_for_everybody_and_set_nothing(site, path):
    first = site.get(path)
    for name in ("session", "csrf", "player", "messages"):
        site.cookies[name] = "x"
    with_cookies = site.get(path, headers={"accept-language": "de", "user-agent": "x"})
    site.force_login(make_editor())
    site.get("/admin/")
    signed_in = site.get(path)

    for response in (first, with_cookies, signed_in):
        assert response.status_code == 200
        assert not response.cookies
        assert "Cookie" not in response.headers.get("Vary", "")
        assert response.content == first.content
        assert response.headers == first.headers
    assert first.headers["Cache-Control"].startswith("public, max-age=0")


@pytest.mark.django_db
@pytest.mark.parametrize("path", PUBLIC)
def test_every_public_page_is_asked_for_again_by_its_validator(site, path):
    etag = site.get(path).headers["ETag"]

    assert site.get(path, headers={"if-none-match": etag}).status_code == 304
    head = site.head(path)
    assert (head.headers["ETag"], head.content) == (etag, b"")


@pytest.mark.django_db
@pytest.mark.parametrize("path", PUBLIC)
@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_public_pages_take_no_other_method(site, path, method):
    assert getattr(site, method)(path).status_code == 405

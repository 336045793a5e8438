from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.factories import make_editor
from tests.papers.factories import OUT, make_mention, make_paper

pytestmark = pytest.mark.django_db

HOSTILE = '"><script>alert(1)</script>'


def in_days(days):
    return timezone.now() + timedelta(days=days)


HIDDEN = {
    "draft": lambda: {"publish_at": None},
    "scheduled": lambda: {"publish_at": in_days(1)},
}


def page(client, paper):
    response = client.get(paper.get_absolute_url())
    assert response.status_code == 200
    return response.content.decode()


def test_a_paper_says_what_it_is(client):
    paper = make_paper(
        title="A ConvNet for the 2020s",
        slug="liu2022convnet",
        authors=["Zhuang Liu", "Hanzi Mao"],
        topics=["vision"],
        venue="CVPR 2022",
        presentation="Oral",
        first_posted="2022-01",
        arxiv_id="2201.03545",
        doi="10.1109/x#1",
        takeaway="The *recipe* counts.",
        abstract="The roaring twenties.",
        pdf_url="https://papers.example/a.pdf",
        code_url="https://code.example/a",
    )
    assert paper.get_absolute_url() == "/papers/2022/liu2022convnet/"
    html = page(client, paper)
    for text in (
        "<h1>A ConvNet for the 2020s</h1>",
        'zhuang-liu/">Zhuang Liu</a>, ',
        'hanzi-mao/">Hanzi Mao</a>',
        "Vision</a>",
        "CVPR 2022, Oral",
        "January 2022",
        "https://arxiv.org/abs/2201.03545",
        "https://doi.org/10.1109/x%231",
        "The <em>recipe</em> counts.",
        "The roaring twenties.",
        "https://papers.example/a.pdf",
        "https://code.example/a",
    ):
        assert text in html, text


def test_an_incomplete_list_of_authors_says_so(client):
    html = page(client, make_paper(authors=["A", "B"], authors_complete=False))
    assert "incomplete" in html
    assert "incomplete" not in page(client, make_paper(authors=["A", "B"]))


@pytest.mark.parametrize("state", HIDDEN)
@pytest.mark.parametrize("is_editor", [False, True])
def test_what_is_not_out_yet_is_not_found(client, state, is_editor):
    if is_editor:
        client.force_login(make_editor())
    paper = make_paper(title="Not out yet", **HIDDEN[state]())
    response = client.get(paper.get_absolute_url())
    assert response.status_code == 404
    assert "Not out yet" not in response.content.decode()


@pytest.mark.parametrize("is_editor", [False, True])
def test_what_was_withdrawn_is_gone(client, is_editor):
    if is_editor:
        client.force_login(make_editor())
    paper = make_paper(title="Taken back", withdrawn_at=OUT)
    response = client.get(paper.get_absolute_url())
    assert response.status_code == 410
    assert "Taken back" not in response.content.decode()


@pytest.mark.parametrize(
    "address",
    [
        "/papers/2022/none/",
        "/papers/2023/here/",
        "/papers/2022/here%00/",
        "/papers/2022/h%C3%A9re/",
        "/papers/2022/here%FF/",
        f"/papers/2022/{'x' * 5000}/",
    ],
)
def test_an_unknown_address_is_not_found(client, address):
    make_paper(slug="here")
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_a_paper_is_only_read(client, method):
    response = getattr(client, method)(make_paper().get_absolute_url())
    assert response.status_code == 405


def test_the_page_is_the_same_for_everybody(client):
    address = make_paper(takeaway="Look.").get_absolute_url()
    before = client.get(address)
    assert not before.cookies
    assert before.headers["Cache-Control"].startswith("public")
    client.force_login(make_editor())
    assert client.get(address).content == before.content
    again = client.get(address, headers={"if-none-match": before.headers["ETag"]})
    assert again.status_code == 304


def test_hostile_text_comes_out_harmless(client):
    paper = make_paper(
        title=HOSTILE,
        authors=[f"A {HOSTILE}"],
        venue=HOSTILE,
        takeaway=HOSTILE,
        abstract=HOSTILE,
    )
    make_mention(paper, title=HOSTILE, take=HOSTILE)
    html = page(client, paper)
    assert "<script>alert" not in html
    assert "&lt;script&gt;" in html


def test_issues_that_wrote_about_it_are_shown_newest_first(client):
    paper = make_paper()
    make_mention(paper, title="Older", take="Once *more*.")
    make_mention(paper, title="Newer", publish_at=OUT + timedelta(days=7))
    html = page(client, paper)
    assert "Once <em>more</em>." in html
    assert html.index("Newer") < html.index("Older")


@pytest.mark.parametrize(
    "dates",
    [
        {"publish_at": None},
        {"publish_at": in_days(2)},
        {"publish_at": OUT, "withdrawn_at": OUT},
    ],
)
def test_an_issue_that_is_not_out_is_not_mentioned(client, dates):
    paper = make_paper()
    make_mention(paper, title="Hidden issue", take="Hidden take", **dates)
    html = page(client, paper)
    assert "Hidden" not in html


def test_the_number_of_queries_does_not_grow(client):
    paper = make_paper(authors=["A"], topics=["a"])
    make_mention(paper)
    big = make_paper(
        authors=[f"Author {n}" for n in range(100)],
        topics=[f"topic-{n}" for n in range(20)],
    )
    for _ in range(20):
        make_mention(big)
    counts = []
    for each in (paper, big):
        with CaptureQueriesContext(connection) as queries:
            page(client, each)
        counts.append(len(queries))
    assert counts == [5, 5]

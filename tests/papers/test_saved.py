"""Citing one paper, a selection and the list; the reading list as an address."""

import re

import pytest

from papers.citing.formats import ALL
from papers.models import FormerAddress
from tests.papers.factories import make_paper

pytestmark = pytest.mark.django_db


def read(response):
    assert response.status_code == 200
    return b"".join(response.streaming_content).decode()


def titles(html):
    return re.findall(r'saved-title-\d+"><a href="[^"]+">([^<]+)<', html)


def test_a_list_shows_the_papers_that_its_address_names_in_their_order(client):
    for slug in ("a", "b", "c"):
        make_paper(slug=slug, title=f"Paper {slug}")

    html = client.get("/papers/saved/?papers=2022/c,2022/a").text

    assert titles(html) == ["Paper c", "Paper a"]
    assert 'href="/papers/saved/?papers=2022/c,2022/a"' in html
    assert 'href="/papers/saved/?papers=2022/c"' in html
    assert '<meta name="robots" content="noindex">' in html


def test_a_name_that_a_paper_had_before_still_finds_it(client):
    paper = make_paper(slug="new", title="Moved")
    FormerAddress.objects.create(catalogue_slug="2022", slug="old", paper=paper)

    html = client.get("/papers/saved/?papers=2022/old,2022/new,2022/none").text

    assert titles(html) == ["Moved"]
    assert "3 were asked for" in html


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?papers=",
        "?papers=x",
        "?papers=2022/" + "x" * 5000,
        "?papers=%3Cscript%3E/x",
        "?papers=" + ",".join(f"2022/p{n}" for n in range(1000)),
    ],
)
def test_a_list_of_nothing_is_empty(client, query):
    make_paper(publish_at=None, slug="draft")
    response = client.get(f"/papers/saved/{query}")
    assert response.status_code == 200
    assert titles(response.text) == []
    assert "<script>/x" not in response.text


def test_a_list_costs_the_same_for_two_and_for_twenty(
    client, django_assert_num_queries
):
    names = []
    for number in range(20):
        paper = make_paper(slug=f"p-{number}", authors=[f"A {number}"])
        names.append(paper.address_name)
        if number in {1, 19}:
            with django_assert_num_queries(1):
                client.get(f"/papers/saved/?papers={','.join(names)}")
            with django_assert_num_queries(3):
                read(client.get(f"/papers/saved/export.apa?papers={','.join(names)}"))


@pytest.mark.parametrize("suffix", ALL)
def test_one_paper_a_selection_and_the_list_are_cited_alike(client, suffix):
    one = make_paper(slug="a", title="Alpha", authors=["Ada Byron"], topics=["x"])
    make_paper(slug="b", title="Beta")
    make_paper(slug="d", title="Draft", publish_at=None, topics=["x"])

    alone = client.get(f"{one.get_absolute_url()}cite.{suffix}")
    chosen = client.get(f"/papers/saved/export.{suffix}?papers=2022/a&papers=2022/d")
    listed = client.get(f"/papers/2022/export.{suffix}?topic=x")

    ending = ALL[suffix].file_ending
    assert f'filename="a.{ending}"' in alone["Content-Disposition"]
    assert f'filename="reading-list.{ending}"' in chosen["Content-Disposition"]
    text = read(alone)
    assert "Alpha" in text
    assert read(chosen) == read(listed) == text


def test_a_page_shows_its_citations_and_escapes_them(client):
    html = client.get(
        make_paper(
            title="<script>alert(1)</script>", authors=["Ada <b>"], year=2022
        ).get_absolute_url()
    ).text
    assert "<script>alert" not in html
    assert html.count("data-copied") == 5
    assert "<b>" not in html
    cited = "<i><bdi>&lt;script&gt;alert(1)&lt;/script&gt;</bdi></i>."
    assert f"&lt;b&gt;, A. (2022). {cited}" in html


@pytest.mark.parametrize("suffix", ["exe", "txt", ""])
def test_an_unknown_format_is_not_found(client, suffix):
    paper = make_paper(slug="a")
    for address in (
        f"{paper.get_absolute_url()}cite.{suffix}",
        f"/papers/saved/export.{suffix}?papers=2022/a",
    ):
        assert client.get(address).status_code == 404


def test_lists_and_files_take_no_other_method(client):
    paper = make_paper(slug="a")
    for address in (
        "/papers/saved/",
        "/papers/saved/export.bib",
        f"{paper.get_absolute_url()}cite.bib",
    ):
        assert client.post(address).status_code == 405

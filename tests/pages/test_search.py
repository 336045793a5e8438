"""The search page: what a query string asks for, and what is shown of the answer."""

import re
from datetime import UTC, datetime

import pytest

from papers.models import Paper
from papers.services import refresh_search
from tests.issues.factories import make_issue
from tests.papers.factories import make_paper

pytestmark = pytest.mark.django_db


@pytest.fixture
def found():
    make_issue(
        title="Quokka news",
        dek="All about it.",
        body="## Quokka\n\nA quokka, [of sorts](https://quokka.example/).\n",
    )
    make_paper(title="The quokka paper")
    refresh_search(Paper.objects.all())


def kinds(response):
    return {hit.kind.value for hit in response.context["results"]}


def test_nothing_was_asked(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = client.get("/search/")

    assert response.status_code == 200
    assert "results" not in response.context
    assert not response.context["error"]
    assert 'role="alert"' not in response.text


def test_everything_that_matches_is_shown_with_its_words_marked(client, found):
    response = client.get("/search/?q=quokka")

    assert kinds(response) == {"section", "paper", "link"}
    assert f"{len(response.context['results'])} results" in response.text
    assert re.search(r"<mark>quokka</mark>", response.text, re.IGNORECASE)
    assert 'href="https://quokka.example/"' in response.text
    assert '<meta name="robots" content="noindex">' in response.text


@pytest.mark.parametrize("kind", ["section", "paper", "link"])
def test_one_kind_alone_is_shown(client, found, kind):
    response = client.get("/search/", {"q": "quokka", "kind": kind})

    assert kinds(response) == {kind}
    assert [o["active"] for o in response.context["kinds"]].count(True) == 1


@pytest.mark.parametrize("kind", ["", "nonsense", "SECTION", "' OR 1=1"])
def test_an_unknown_kind_is_passed_over(client, found, kind):
    assert len(kinds(client.get("/search/", {"q": "quokka", "kind": kind}))) == 3


def test_nothing_was_found(client):
    response = client.get("/search/?q=nowhere")

    assert ">Nothing found for “nowhere”</h2>" in response.text
    assert "0 results" not in response.text
    assert "Quizzes" not in response.text.partition("<main")[2]


@pytest.mark.parametrize("q", ["!?", "“”", "*", '"', "-", "🗞"])
def test_a_question_without_a_word_is_told_so(client, q):
    assert "Type at least one word" in client.get("/search/", {"q": q}).text


def test_a_question_that_is_too_long_is_told_so(client, django_assert_num_queries):
    assert client.get("/search/", {"q": "x" * 200}).context.get("error") is None
    with django_assert_num_queries(0):
        response = client.get("/search/", {"q": "x" * 201})

    assert "at most 200 characters" in response.text
    assert "x" * 201 not in response.text


def test_results_come_in_pages(client):
    Paper.objects.bulk_create(
        make_paper().__class__(
            slug=f"q-{n}",
            title=f"Quokka {n}",
            year=2022,
            title_key=f"quokka {n}",
            catalogue=Paper.objects.first().catalogue,
            publish_at=Paper.objects.first().publish_at,
        )
        for n in range(45)
    )
    refresh_search(Paper.objects.all())
    pages = [client.get("/search/", {"q": "quokka", "page": n}) for n in (1, 2, 3)]

    assert [len(page.context["results"]) for page in pages] == [20, 20, 5]
    titles = [hit.title for page in pages for hit in page.context["results"]]
    assert len({*titles}) == 45
    assert "page=2" in pages[0].text
    assert 'rel="prev"' not in pages[0].text
    assert 'rel="next"' not in pages[2].text


@pytest.mark.parametrize("page", ["0", "-1", "x", "", "1.5", "51", "9" * 5000])
def test_a_page_that_is_none_is_not_found(client, found, page):
    response = client.get("/search/", {"q": "quokka", "page": page})

    assert response.status_code == 404


def test_what_was_asked_is_shown_as_text(client):
    bad = "<script>alert(1)</script>\"' onfocus=x"
    text = client.get("/search/", {"q": bad}).text

    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#x27; onfocus=x" in text


def test_a_hostile_title_is_shown_as_text(client):
    make_issue(title="<img src=x onerror=alert(1)> quokka", dek="<b>quokka</b>")
    text = client.get("/search/?q=quokka").text

    assert "<img src=x" not in text
    assert "&lt;img src=x onerror=alert(1)&gt;" in text
    assert "&lt;b&gt;" in text


def test_a_search_costs_five_queries(client, found, django_assert_max_num_queries):
    """Two for what is found, three for what it can be filtered by."""
    with django_assert_max_num_queries(5):
        client.get("/search/?q=quokka")


def test_a_slip_is_forgiven_and_said(client, found):
    text = client.get("/search/?q=quoka").text

    assert "for “quokka”; nothing matches “quoka”" in text
    assert "The quokka paper" in text.replace("<mark>", "").replace("</mark>", "")


def test_results_are_filtered_by_year_and_topic(client):
    make_paper(slug="one", title="Quokka one", year=2022, topics=["vision"])
    make_paper(slug="two", title="Quokka two", year=2021, topics=["speech"])
    refresh_search(Paper.objects.all())

    def titles(query):
        response = client.get(f"/search/?q=quokka&{query}")
        return {hit.title for hit in response.context["results"]}

    assert titles("") == {"Quokka one", "Quokka two"}
    assert titles("year=2021") == {"Quokka two"}
    assert titles("topic=vision") == {"Quokka one"}
    assert titles("topic=vision&year=2021") == set()
    assert titles("topic=%25&year=x") == {"Quokka one", "Quokka two"}
    text = client.get("/search/?q=quokka&topic=vision&kind=paper").text
    assert '<option value="vision" selected>' in text
    assert '<input type="hidden" name="kind" value="paper">' in text
    assert "topic=vision" in text.partition('aria-label="Kind"')[2]


def test_years_are_those_of_which_there_is_something(client):
    make_issue(publish_at=datetime(2021, 5, 1, tzinfo=UTC))
    make_issue(publish_at=datetime(2199, 5, 1, tzinfo=UTC))
    make_paper(slug="one", title="Quokka", year=2024)

    filters = client.get("/search/?q=quokka").context["filters"]

    years = [option["value"] for option in filters[0]["options"]]
    assert filters[0]["name"] == "year"
    assert "2021" in years
    assert not {"2023", "2199"} & {*years}


def test_where_a_filter_leaves_nothing_the_way_leads_to_everything(client):
    make_paper(slug="one", title="Quokka", year=2022)

    filtered = client.get("/search/?q=quokka&year=2021&kind=quiz")

    assert 'href="/search/?q=quokka">everything, of every year</a>' in filtered.text
    assert "of every year" not in client.get("/search/?q=wombat").text

"""Facets against counting by hand, and the list beyond what is counted."""

import random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from papers import facets, ordering
from papers import listing as listing_module
from papers.filters import PaperQuery
from papers.listing import list_papers
from papers.models import Catalogue, Paper, Placement, count_label
from papers.ordering import ORDERS
from tests.papers.factories import make_catalogue, make_mention, make_paper

pytestmark = pytest.mark.django_db

TOPICS = ("vision", "audio", "text")
VENUES = ("CVPR 2022", "ICML 2022", "")
AWARDS = ("Best paper", "Outstanding paper", "")
AUTHORS = ("Björn Ommer", "Ann Lee", "Bo Li")
SLUGS = {"Björn Ommer": "bjorn-ommer", "Ann Lee": "ann-lee", "Bo Li": "bo-li"}
WORDS = ("sound", "light", "water")

MATCHES = {
    "q": lambda row, value: value in row["title"].split(),
    "topic": lambda row, value: value in row["topics"],
    "venue": lambda row, value: value == row["venue"],
    "award": lambda row, value: value == row["award"],
    "author": lambda row, value: value in {SLUGS[name] for name in row["authors"]},
    "code": lambda row, _: bool(row["code_url"]),
    "highlight": lambda row, _: row["is_highlight"],
    "mentioned": lambda row, _: row["mentioned"],
}


@pytest.fixture
def rows():
    """What readers see of some eighty papers: drafts and another year's stand beside them."""
    draw = random.Random(5)  # noqa: S311  # the same papers in each run
    seen = []
    for number in range(80):
        row = {
            "title": f"Paper {number} on {draw.choice(WORDS)} and {draw.choice(WORDS)}",
            "venue": draw.choice(VENUES),
            "award": draw.choice(AWARDS),
            "authors": sorted(draw.sample(AUTHORS, draw.randint(1, 2))),
            "topics": sorted(draw.sample(TOPICS, draw.randint(0, 2))),
            "code_url": draw.choice(("", "https://code.example/a")),
            "is_highlight": draw.random() < 0.3,
            "takeaway": "Look.",
        }
        kind = draw.choice(("seen", "seen", "seen", "draft", "guest", "elsewhere"))
        own = make_catalogue() if kind in {"seen", "draft"} else make_catalogue("2023")
        dates = {"publish_at": None} if kind == "draft" else {}
        paper = make_paper(**row, **dates, catalogue=own)
        if kind == "guest":
            Placement.objects.create(catalogue=make_catalogue(), paper=paper)
        said = draw.choice(("no", "yes", "twice", "draft"))
        for _ in range({"yes": 1, "twice": 2, "draft": 1}.get(said, 0)):
            make_mention(paper, **({"publish_at": None} if said == "draft" else {}))
        if kind in {"seen", "guest"}:
            seen.append(row | {"mentioned": said in {"yes", "twice"}})
    return seen


def by_hand(rows, chosen, without=None):
    return [
        row
        for row in rows
        if all(
            MATCHES[name](row, value)
            for name, value in chosen.items()
            if value and name != without
        )
    ]


def expected(rows, chosen):
    def count(name, value):
        left = by_hand(rows, chosen, name)
        return sum(bool(MATCHES[name](row, value)) for row in left)

    every = {
        **{("topic", value.capitalize()): count("topic", value) for value in TOPICS},
        **{("venue", value): count("venue", value) for value in VENUES if value},
        **{("award", value): count("award", value) for value in AWARDS if value},
        ("code", "With code"): count("code", True),
        ("highlight", "Highlights"): count("highlight", True),
        ("mentioned", "In an issue"): count("mentioned", True),
    }
    return {key: n for key, n in every.items() if n}


def shown(listing):
    return {
        (facet.name, option.label): option.count
        for facet in listing.facets
        for option in facet.options
    }


def test_facets_count_what_counting_by_hand_gives(rows):
    draw = random.Random(500)  # noqa: S311  # the same questions in each run
    catalogue, at = Catalogue.objects.open().get(slug="2022"), timezone.now()
    values = {
        "q": WORDS,
        "topic": TOPICS,
        "venue": VENUES[:2],
        "author": tuple(SLUGS.values()),
        "award": AWARDS[:2],
        "code": (True,),
        "highlight": (True,),
        "mentioned": (True,),
    }
    empty = 0
    for _ in range(500):
        names = draw.sample(sorted(values), draw.randint(0, 5))
        chosen = {name: draw.choice(values[name]) for name in names}
        listing = list_papers(catalogue, PaperQuery(**chosen), at)
        left = by_hand(rows, chosen)
        assert listing.matching == len(left), chosen
        assert shown(listing) == expected(rows, chosen), chosen
        assert {p.title for p in listing.papers} <= {row["title"] for row in left}
        assert len(listing.papers) == min(24, len(left))
        if not left:
            empty += 1
            without = {
                name: len(by_hand(rows, chosen, name))
                for name in chosen
                if by_hand(rows, chosen, name)
            }
            given = [one.count for one in listing.suggestions]
            assert given == sorted(without.values(), reverse=True), chosen
    assert 20 < empty < 480


def test_beyond_what_is_counted_numbers_say_so(client, rows, monkeypatch):
    monkeypatch.setattr(facets, "COUNTED_TO", 10)
    catalogue = Catalogue.objects.open().get(slug="2022")
    listing = list_papers(catalogue, PaperQuery())
    assert listing.is_capped
    assert listing.matching == 11
    # Those entered first, whatever their venue.
    assert shown(listing) == expected(rows[:11], {})
    labels = {o.count_label for facet in listing.facets for o in facet.options}
    assert all(label.endswith("+") for label in labels)
    few = list_papers(
        catalogue, PaperQuery(topic="audio", venue="ICML 2022", code=True)
    )
    assert not few.is_capped


@pytest.mark.parametrize(
    "name", ["q", "topic", "venue", "award", "author", "sort", "view", "page", "after"]
)
@pytest.mark.parametrize(
    "value",
    ["%00", "'%20OR%201=1--", "%F0%9F%92%A9", "x" * 5000, "-1", "9" * 30, "%FF", "[]"],
)
def test_no_parameter_breaks_the_list(client, name, value):
    make_paper(topics=["vision"])
    for query in (f"{name}={value}", f"{name}={value}&{name}=vision&{name}[]={value}"):
        for address in ("/papers/2022/", "/papers/2022/export.bib"):
            assert client.get(f"{address}?{query}").status_code in {200, 404}


@pytest.mark.parametrize(
    ("query", "count"),
    [
        # The catalogue, the facets, the first keys of its own papers and of guests, in the
        # order of all, and the page's papers.
        ("", 6),
        ("code=1&highlight=1&mentioned=1", 4),
        ("topic=audio", 6),  # also whether there is one, and how many other topics have
        ("topic=audio&venue=ICML+2022&code=1", 8),
        ("q=sound&code=1", 5),
    ],
)
def test_a_page_costs_a_question_for_each_way_to_count(
    client, rows, django_assert_num_queries, query, count
):
    client.get(f"/papers/2022/?{query}")
    with django_assert_num_queries(count):
        assert client.get(f"/papers/2022/?{query}").context["listing"].papers


@pytest.mark.parametrize("sort", ["highlights", "newest", "title", "venue"])
def test_few_papers_stand_in_the_same_order_as_many(client, rows, monkeypatch, sort):
    monkeypatch.setattr(listing_module, "PER_PAGE", 5)
    monkeypatch.setattr(listing_module, "MAX_PAGES", 2)

    def walked():
        return walk(client, f"{sort}&code=1")

    few = walked()
    monkeypatch.setattr(facets, "COUNTED_TO", 10)
    assert walked() == few
    assert len(few) > 15


# Reading on


def walk(client, sort):
    """Every title of the list, page by page and then by keys."""
    address, titles = f"/papers/2022/?sort={sort}", []
    while address:
        response = client.get(address)
        assert response.status_code == 200, address
        listing = response.context["listing"]
        titles += [paper.title for paper in listing.papers]
        address = listing.following
        assert len(titles) < 200
    return titles


@pytest.mark.parametrize("sort", ["highlights", "newest", "title", "venue"])
def test_the_list_goes_on_by_keys_after_its_last_page(client, monkeypatch, sort):
    monkeypatch.setattr(listing_module, "PER_PAGE", 3)
    for number in range(23):
        make_paper(
            title=f"Paper {number * 7 % 10}",
            position=number % 3,
            is_highlight=number % 4 == 0,
            takeaway="x",
            first_posted=("", "2022-01", "2022-02-03")[number % 3],
            venue=VENUES[number % 3],
            slug=f"p-{number}",
        )
    whole = walk(client, sort)
    monkeypatch.setattr(listing_module, "MAX_PAGES", 2)
    assert walk(client, sort) == whole
    assert len(whole) == 23
    assert client.get(f"/papers/2022/?sort={sort}&page=3").status_code == 404


@pytest.mark.parametrize("sort", ["highlights", "newest", "title", "venue"])
def test_own_papers_and_guests_stand_in_one_order_on_every_page(
    client, rows, monkeypatch, sort
):
    monkeypatch.setattr(listing_module, "PER_PAGE", 5)
    monkeypatch.setattr(ordering, "COUNTED_TO", 10)
    papers = Paper.objects.published().in_catalogue(make_catalogue())
    plain = [paper.title for paper in ORDERS[sort].apply(papers)]

    assert len(plain) == len(rows)
    assert walk(client, sort) == plain
    monkeypatch.setattr(listing_module, "MAX_PAGES", 2)
    assert walk(client, sort) == plain


def test_reading_on_from_a_paper_that_is_not_there_is_not_found(client):
    make_paper()
    hidden = make_paper(publish_at=None)
    for after in (hidden.pk, 10**17):
        assert client.get(f"/papers/2022/?after={after}").status_code == 404


# What is said


def test_an_empty_list_says_what_to_take_away(client):
    make_paper(title="Sound", venue="CVPR 2022", award="Best paper")
    make_paper(title="Light", venue="ICML 2022")
    html = client.get("/papers/2022/?q=light&venue=CVPR+2022").content.decode()
    assert "0 of 2 papers" in html
    assert (
        '<a href="/papers/2022/?venue=CVPR+2022" rel="nofollow">without “light”' in html
    )
    assert '<a href="/papers/2022/?q=light" rel="nofollow">without CVPR 2022' in html


def test_words_with_a_slip_find_what_was_meant_and_say_so(client):
    make_paper(title="Diffusion models", authors=["Björn Ommer"])
    html = client.get("/papers/2022/?q=difusion").content.decode()
    assert "Diffusion models" in html
    assert "These match “diffusion”." in html


@pytest.mark.parametrize("words", ["bjorn", "Ommér", "diffus", "CVPR", "abstraction"])
def test_words_are_found_wherever_they_stand(client, words):
    make_paper(
        title="Diffusion models",
        authors=["Björn Ommer"],
        venue="CVPR 2022",
        abstract="An abstraction.",
    )
    make_paper(title="Other")
    papers = client.get("/papers/2022/", {"q": words}).context["listing"].papers
    assert [paper.title for paper in papers] == ["Diffusion models"]


def test_the_best_match_comes_first_unless_another_order_is_asked(client):
    make_paper(title="Other", abstract="diffusion", is_highlight=True, takeaway="x")
    make_paper(title="Diffusion")
    make_paper(title="Third", authors=["Ann Diffusion"])

    def titles(query):
        listing = client.get(f"/papers/2022/?q=diffusion{query}").context["listing"]
        return [paper.title for paper in listing.papers]

    assert titles("") == ["Diffusion", "Third", "Other"]
    assert titles("&sort=relevance") == ["Diffusion", "Third", "Other"]
    assert titles("&sort=highlights")[0] == "Other"


def test_words_find_nothing_of_another_catalogue(client):
    make_paper(title="Sound here")
    make_paper(title="Sound there", catalogue=make_catalogue("2023"))
    assert client.get("/papers/2022/?q=sound").context["listing"].matching == 1


def test_the_compact_view_has_no_takeaways_and_stays(client):
    make_paper(title="A", takeaway="Look here.", venue="CVPR 2022")
    html = client.get("/papers/2022/?view=compact").content.decode()
    assert "Look here." not in html
    assert "papers-compact" in html
    assert "?venue=CVPR+2022&amp;view=compact" in html


def test_counting_catalogues_stops(client):
    def queries(address):
        with CaptureQueriesContext(connection) as seen:
            assert client.get(address).status_code == 200
        return [query["sql"] for query in seen]

    make_paper()
    counting = [sql for sql in queries("/") if "papers_" in sql and "COUNT(" in sql]
    assert len(counting) <= 1  # of authors, for the bylines
    assert all("LIMIT 2001" in sql for sql in queries("/papers/") if "counted" in sql)


@pytest.mark.parametrize(
    ("count", "is_more", "label"),
    [(2000, False, "2,000"), (2001, True, "2,000+"), (1000, True, "1,000+")],
)
def test_a_number_says_where_counting_stopped(count, is_more, label):
    assert count_label(count, is_more=is_more) == label

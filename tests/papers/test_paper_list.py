import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from papers.models import Catalogue, Placement
from papers.services import update_paper
from tests.factories import make_editor
from tests.papers.factories import OUT, make_catalogue, make_paper
from tests.sitemaps import sitemap_addresses, sitemap_text

pytestmark = pytest.mark.django_db


def shown(client, query="", slug="2022"):
    response = client.get(f"/papers/{slug}/{query}")
    assert response.status_code == 200, query
    return [paper.title for paper in response.context["listing"].papers]


def test_the_list_shows_papers_of_its_catalogue(client):
    make_paper(title="Ours", authors=["A", "B"], takeaway="Look *here*.")
    make_paper(title="Theirs", catalogue=make_catalogue("2023", title="Papers of 2023"))
    html = client.get("/papers/2022/").content.decode()
    assert "Ours" in html
    assert "A et al." in html
    assert "Look <em>here</em>." in html
    assert "Theirs" not in html


def test_what_is_not_out_is_in_no_list(client):
    make_paper(title="Out", authors=["Seen"], topics=["seen"], venue="Seen 2022")
    hidden = {
        "Draft": {"publish_at": None},
        "Scheduled": {"publish_at": timezone.now() + timedelta(days=1)},
        "Withdrawn": {"withdrawn_at": OUT},
    }
    for title, dates in hidden.items():
        make_paper(
            title=title,
            slug=f"secret-{title.lower()}",
            authors=["Unseen"],
            topics=["unseen"],
            venue="Unseen 2022",
            **dates,
        )
    client.force_login(make_editor())
    for address in (
        "/papers/2022/",
        "/papers/2022/?q=unseen",
        "/papers/",
        *sitemap_addresses(client),
    ):
        html = client.get(address).content.decode()
        assert not any(title in html for title in (*hidden, "Unseen", "secret-")), (
            address
        )
    assert client.get("/papers/2022/").context["total"] == 1
    for query in ("?author=unseen", "?topic=unseen", "?venue=Unseen+2022"):
        assert client.get(f"/papers/2022/{query}").status_code == 404


@pytest.mark.parametrize("dates", [{"publish_at": None}, {"withdrawn_at": OUT}])
def test_a_catalogue_without_published_papers_is_not_shown(client, dates):
    make_paper(**dates)
    assert client.get("/papers/2022/").status_code == 404
    assert "Papers of 2022" not in client.get("/papers/").content.decode()


def test_the_catalogues_are_listed_with_their_papers_counted(client):
    for _ in range(2):
        make_paper(catalogue=make_catalogue(intro="A long year."))
    make_paper(catalogue=make_catalogue("2023", title="Papers of 2023", year=2023))
    html = client.get("/papers/").content.decode()
    assert "A long year." in html
    assert "2 papers" in html
    assert "1 paper<" in html
    assert html.index("Papers of 2023") < html.index("Papers of 2022")


@pytest.mark.parametrize("address", ["/papers/", "/papers/2022/"])
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_lists_are_only_read(client, address, method):
    make_paper()
    assert getattr(client, method)(address).status_code == 405


@pytest.mark.parametrize("address", ["/papers/", "/papers/2022/", "/papers/2022/?q=a"])
def test_lists_are_the_same_for_everybody(client, address):
    make_paper(title="A")
    before = client.get(address)
    assert not before.cookies
    client.force_login(make_editor())
    assert client.get(address).content == before.content


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("", ["High", "Bé", "Ab", "Ca"]),
        ("?sort=highlights", ["High", "Bé", "Ab", "Ca"]),
        ("?sort=newest", ["Ab", "Bé", "High", "Ca"]),
        ("?sort=title", ["Ab", "Bé", "Ca", "High"]),
        ("?sort=venue", ["High", "Bé", "Ab", "Ca"]),
        ("?sort=nonsense", ["High", "Bé", "Ab", "Ca"]),
        ("?sort=title&sort=newest", ["Ab", "Bé", "High", "Ca"]),
    ],
)
def test_the_list_is_put_in_order(client, query, titles):
    make_paper(title="Bé", position=1, first_posted="2022-05-02", venue="ICML 2022")
    make_paper(title="Ab", position=2, first_posted="2022-06")
    make_paper(title="Ca", position=3)
    make_paper(
        title="High",
        position=4,
        first_posted="2022-05",
        is_highlight=True,
        takeaway="x",
        venue="CVPR 2022",
    )
    assert shown(client, query) == titles


def test_pages_hold_twenty_four_papers(client):
    for number in range(25):
        make_paper(title=f"Paper {number}", position=number)
    assert len(shown(client)) == 24
    assert shown(client, "?page=2") == ["Paper 24"]
    html = client.get("/papers/2022/?page=2&sort=title").content.decode()
    assert 'rel="prev"' in html


@pytest.mark.parametrize(
    "page", ["0", "-1", "2", "51", "999999999999999999999", "x", "1.5", "\uff11", "1e1"]
)
def test_a_page_that_is_not_there_is_not_found(client, page):
    make_paper()
    assert client.get("/papers/2022/", {"page": page}).status_code == 404


@pytest.mark.parametrize("query", ["?page=", "?page=1", "?page=+1+"])
def test_the_first_page_may_be_named(client, query):
    make_paper(title="A")
    assert shown(client, query) == ["A"]


def test_the_search_box_keeps_what_was_typed(client):
    make_paper()
    html = client.get("/papers/2022/", {"q": '"><script>x'}).content.decode()
    assert "<script>x" not in html
    assert 'value="&quot;&gt;&lt;script&gt;x"' in html


def test_hostile_text_comes_out_harmless(client):
    hostile = '"><script>alert(1)</script>'
    topic = make_paper(
        title=hostile,
        authors=[f"A {hostile}"],
        venue=hostile,
        takeaway=hostile,
        topics=["vision"],
        catalogue=make_catalogue(title=hostile, intro=hostile),
    ).topics.get()
    topic.name = hostile
    topic.save()
    response = client.get("/papers/2022/", {"venue": hostile, "topic": "vision"})
    assert response.status_code == 200
    assert "<script>alert" not in response.content.decode()
    assert "<script>alert" not in client.get("/papers/").content.decode()


def test_every_address_that_the_list_offers_answers(client):
    for number in range(30):
        make_paper(
            authors=["Ann Ö", f"Author {number}"],
            venue="R&D + C++ 2022" if number % 2 else "",
            topics=["vision"] if number % 3 else ["audio", "vision"],
            code_url="https://code.example/a" if number % 2 else "",
        )
    waiting, seen = ["/papers/2022/?q=author&author=ann-o"], set()
    while waiting and len(seen) < 40:
        address = waiting.pop()
        seen.add(address)
        response = client.get(address)
        assert response.status_code == 200, address
        links = re.findall(r'href="(/papers/2022/\?[^"]*)"', response.content.decode())
        waiting.extend({unescape(link) for link in links} - seen - set(waiting))
    assert len(seen) > 20


def test_the_number_of_queries_does_not_grow(client):
    def count(address):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    def grow(start, end):
        for number in range(start, end):
            make_paper(
                title=f"Big {number}",
                authors=["Every One", f"Author {number}"],
                topics=["vision", f"topic-{number}"],
                venue=f"Venue {number % 50}",
                catalogue=make_catalogue(f"y{number % 20}"),
            )
            make_paper(title=f"Big {number}", authors=["Every One"], topics=["vision"])

    addresses = [
        "/papers/",
        "/papers/2022/",
        "/papers/2022/?q=big&topic=vision&author=every-one&sort=venue",
    ]
    grow(0, 10)
    before = [count(address) for address in addresses]
    grow(10, 100)
    assert [count(address) for address in addresses] == before
    assert before == [1, 4, 8]


def test_the_sitemap_names_every_published_paper_with_its_last_change(client):
    paper = make_paper()
    xml = sitemap_text(client)
    assert f"{paper.get_absolute_url()}</loc>" in xml
    assert f"<lastmod>{paper.updated_at.date()}</lastmod>" in xml


@pytest.mark.parametrize("name", ["lists", "urlencode", "items", "get", "keys"])
def test_a_parameter_named_like_a_method_is_a_parameter(client, name):
    paper = make_paper()
    response = client.get(paper.catalogue.get_absolute_url(), {name: "x", "topic": ""})

    assert response.status_code == 200
    assert f'name="{name}" value="x"' in response.text
    assert f"?{name}=x&amp;topic=" in response.text


def test_a_guest_that_moves_here_is_shown_and_counted_once(client):
    here, elsewhere = make_catalogue(), make_catalogue("2023", year=2023)
    make_paper(slug="own", title="Own", venue="CVPR")
    for slug in ("guest", "moved"):
        paper = make_paper(slug=slug, title=slug, venue="CVPR", catalogue=elsewhere)
        Placement.objects.create(catalogue=here, paper=paper)
    update_paper(paper=paper, catalogue=here)

    listing = client.get("/papers/2022/").context["listing"]

    assert len(listing.papers) == listing.matching == 3
    options = [option for facet in listing.facets for option in facet.options]
    assert [option.count for option in options if option.label == "CVPR"] == [3]
    assert Catalogue.objects.counted().get(pk=here.pk).paper_count == 3


def test_a_catalogue_whose_only_guest_has_moved_in_has_none():
    here = make_catalogue()
    paper = make_paper(slug="moved", catalogue=make_catalogue("2023", year=2023))
    Placement.objects.create(catalogue=here, paper=paper)
    assert Catalogue.objects.open().get(pk=here.pk).has_guests
    update_paper(paper=paper, catalogue=here)
    assert not Catalogue.objects.open().get(pk=here.pk).has_guests

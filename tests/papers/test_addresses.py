"""The other addresses of papers, and the pages of authors."""

import pytest

from papers.models import Author, AuthorAlias, FormerAddress, Placement
from papers.services import authors_for
from tests.papers.factories import make_catalogue, make_paper

pytestmark = pytest.mark.django_db


def test_a_former_address_leads_to_the_paper(client):
    paper = make_paper()
    FormerAddress.objects.create(catalogue_slug="2022", slug="old", paper=paper)

    response = client.get("/papers/2022/old/")

    assert response.status_code == 301
    assert response.url == paper.get_absolute_url()


def test_a_former_address_of_a_draft_is_not_found(client):
    paper = make_paper(publish_at=None)
    FormerAddress.objects.create(catalogue_slug="2022", slug="old", paper=paper)

    assert client.get("/papers/2022/old/").status_code == 404


def test_a_guest_is_listed_and_has_one_address(client):
    other = make_catalogue("2023", title="Papers of 2023", year=2023)
    paper = make_paper(title="Late in the year")
    Placement.objects.create(catalogue=other, paper=paper)

    assert "Late in the year" in client.get("/papers/2023/").content.decode()
    assert "1 paper" in client.get("/papers/").content.decode()
    response = client.get(f"/papers/2023/{paper.slug}/")
    assert response.status_code == 301
    assert response.url == paper.get_absolute_url()


def test_an_author_has_a_page_with_published_papers_only(client):
    make_paper(title="Out", authors=["Björn Ommer"])
    make_paper(title="Not out", authors=["Björn Ommer"], publish_at=None)
    author = Author.objects.get()

    assert author.get_absolute_url() == "/papers/authors/bjorn-ommer/"
    page = client.get(author.get_absolute_url()).content.decode()
    assert "Björn Ommer" in page
    assert "Out" in page
    assert "Not out" not in page


def test_an_author_of_drafts_only_is_not_found(client):
    make_paper(authors=["Björn Ommer"], publish_at=None)

    assert client.get("/papers/authors/bjorn-ommer/").status_code == 404
    assert client.get("/papers/authors/nobody/").status_code == 404
    assert client.post("/papers/authors/bjorn-ommer/").status_code == 405


def test_an_authors_page_costs_the_same_for_many_papers(
    client, django_assert_num_queries
):
    make_paper(authors=["Björn Ommer"])
    with django_assert_num_queries(2):
        client.get("/papers/authors/bjorn-ommer/")
    for _ in range(5):
        make_paper(authors=["Björn Ommer"])
    with django_assert_num_queries(2):
        client.get("/papers/authors/bjorn-ommer/")


def test_an_alias_leads_to_the_author_and_is_credited_to_them(client):
    author = Author.objects.create(name="Björn Ommer")
    AuthorAlias.objects.create(author=author, name="Bjoern Ommer")
    make_paper(authors=["Björn Ommer"])

    assert authors_for(["Bjoern Ommer"]) == [author]
    response = client.get("/papers/authors/bjoern-ommer/")
    assert response.status_code == 301
    assert response.url == author.get_absolute_url()


def test_hostile_names_come_out_harmless(client):
    make_paper(authors=["<script>alert(1)</script> Doe"])

    page = client.get(Author.objects.get().get_absolute_url()).content.decode()

    assert "<script>alert" not in page

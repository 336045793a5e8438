"""The desk: every page of it, and an editor's work."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from papers.models import Author, Paper
from superfast.common.publishing import Status
from superfast.search.documents import Kind
from superfast.search.find import find
from tests.factories import make_editor
from tests.papers.desk import (
    ADD,
    NOW,
    PAPERS,
    act,
    author_form,
    change,
    errors,
    form,
    form_of,
    names,
)
from tests.papers.factories import make_catalogue, make_mention, make_paper, make_topic

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client):
    user = make_editor()
    client.force_login(user)
    return user


# Every page


def test_every_page_of_the_desk_loads(client, editor):
    paper = make_paper(authors=["A"], topics=["vision"], venue="CVPR 2022")
    author, topic, catalogue = paper.authors[0].author, make_topic(), make_catalogue()
    rows = {"paper": paper, "author": author, "topic": topic, "catalogue": catalogue}
    for name, row in rows.items():
        for page in (
            f"/admin/papers/{name}/",
            f"/admin/papers/{name}/?q=a",
            f"/admin/papers/{name}/add/",
            f"/admin/papers/{name}/{row.pk}/change/",
            f"/admin/papers/{name}/{row.pk}/history/",
            f"/admin/papers/{name}/{row.pk}/delete/",
        ):
            assert client.get(page).status_code == 200, page


@pytest.mark.parametrize(
    "query",
    [
        "status=draft",
        "status=published",
        "status=nonsense",
        "is_highlight__exact=1",
        "catalogue__id__exact=1",
        "to_finish=broken",
        "q=ommer",
        "o=1.2.3.4",
    ],
)
def test_the_list_is_searched_and_filtered(client, editor, query):
    make_paper(authors=["Björn Ommer"], venue="CVPR 2022", topics=["vision"])
    assert client.get(f"{PAPERS}?{query}", follow=True).status_code == 200


def test_the_list_shows_authors_in_one_query_for_all(client, editor):
    counts = []
    for _ in range(2):
        for _ in range(5):
            make_paper(authors=["A", "B"], topics=["vision"])
        with CaptureQueriesContext(connection) as queries:
            html = client.get(PAPERS).content.decode()
        assert "A et al." in html
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_authors_and_topics_are_completed_as_one_types(client, editor):
    Author.objects.create(name="Björn Ommer")
    make_topic("vision", name="Vision backbones")

    def complete(field, model, term):
        address = reverse("admin:autocomplete")
        values = {"app_label": "papers", "model_name": model, "field_name": field}
        found = client.get(address, {**values, "term": term}).json()["results"]
        return [row["text"] for row in found]

    assert complete("author", "authorship", "bjorn om") == ["Björn Ommer"]
    assert complete("author", "authorship", "Ömmer") == ["Björn Ommer"]
    assert complete("topics", "paper", "backb") == ["Vision backbones"]


def test_the_address_on_the_site_is_shown_for_what_is_there(client, editor):
    link = b'class="viewsitelink"'
    assert link in client.get(change(make_paper())).content
    assert link not in client.get(change(make_paper(publish_at=None))).content


# An editor's work


def test_a_paper_is_written_on_one_page(client, editor):
    authors = [Author.objects.create(name=name) for name in ("Zhuang Liu", "Hanzi Mao")]
    sent = form(
        [{"author": author.pk} for author in authors],
        topics=[make_topic().pk],
        takeaway="Plain *convolutions*.",
        **NOW,
    )
    response = client.post(ADD, sent)
    assert response.status_code == 302, errors(response)
    paper = Paper.objects.get()
    assert [row.name for row in paper.authors] == ["Zhuang Liu", "Hanzi Mao"]
    assert paper.created_by == editor
    assert paper.is_published()
    assert find("convolutions zhuang", kind=Kind.PAPER).total == 1


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"slug": "map"}, "address of another page"),
        ({"slug": "taken"}, "has this slug"),
        ({"arxiv_id": "2213.00001v2"}, "Write the arXiv identifier"),
        ({"arxiv_id": "2201.00001"}, "has this arXiv id"),
        ({"doi": "10.1109/TAKEN"}, "has this DOI"),
        ({"pdf_url": "javascript:alert(1)"}, "valid URL"),
        ({"is_highlight": "on"}, "needs a takeaway"),
        ({"is_highlight": "on", "takeaway": "  \n "}, "needs a takeaway"),
        ({"first_posted": "2022-02-30"}, "Write a month like"),
        ({"title": ""}, "required"),
        ({"title": "x" * 501}, "at most 500"),
        ({"withdrawn_at_0": "2023-01-11", "withdrawn_at_1": "1:00"}, "before it is"),
    ],
)
def test_a_mistake_is_named_and_nothing_is_stored(client, editor, values, sentence):
    make_paper(slug="taken", arxiv_id="2201.00001", doi="10.1109/taken")
    assert sentence in errors(client.post(ADD, form(**values)))
    assert Paper.objects.count() == 1


def order(client, paper, *rows):
    """The desk's answer to the authors in these rows: (name, place) or (name, None)."""
    stored = {row.author.name: row.pk for row in paper.authors}
    known = [row for row in rows if row[0] in stored]
    sent = [
        {
            "id": stored.get(name, ""),
            "paper": paper.pk,
            "author": Author.objects.get_or_create(name=name)[0].pk,
            "place": place or "",
        }
        for name, place in known + [row for row in rows if row not in known]
    ]
    return client.post(change(paper), form(sent, initial=len(known), slug=paper.slug))


def test_authors_change_places_on_the_form(client, editor):
    paper = make_paper(authors=["A", "B", "C"])
    response = order(client, paper, ("A", 2), ("B", 1), ("C", 3))
    assert response.status_code == 302, errors(response)
    assert names(paper) == ["B", "A", "C"]


def test_a_new_author_without_a_place_comes_last(client, editor):
    paper = make_paper(authors=["A", "B"])
    assert order(client, paper, ("A", 1), ("B", 2), ("C", None)).status_code == 302
    assert names(paper) == ["A", "B", "C"]


def test_two_authors_may_ask_for_one_place(client, editor):
    paper = make_paper(authors=["A", "B"])
    assert order(client, paper, ("A", 1), ("B", 1), ("C", 1)).status_code == 302
    assert names(paper) == ["A", "B", "C"]


def test_an_author_is_taken_off(client, editor):
    paper = make_paper(authors=["A", "B", "C"])
    sent = form_of(paper, **{"authorships-0-DELETE": "on"})
    assert client.post(change(paper), sent).status_code == 302
    assert names(paper) == ["B", "C"]


def test_two_rows_exchange_their_authors(client, editor):
    paper = make_paper(authors=["A", "B"])
    first, second = (row.author_id for row in paper.authors)
    sent = form_of(
        paper, **{"authorships-0-author": second, "authorships-1-author": first}
    )
    assert client.post(change(paper), sent).status_code == 302
    assert names(paper) == ["B", "A"]


def test_an_author_who_stands_twice_is_refused_with_the_name(client, editor):
    paper = make_paper(authors=["A", "B"])
    sent = form_of(paper, **{"authorships-1-author": paper.authors[0].author_id})
    assert "A stands twice among the authors" in errors(
        client.post(change(paper), sent)
    )
    assert names(paper) == ["A", "B"]


def test_saving_without_a_change_leaves_the_authors_alone(client, editor):
    paper = make_paper(authors=["A", "B"])
    before = [row.pk for row in paper.authors]
    assert client.post(change(paper), form_of(paper)).status_code == 302
    assert [row.pk for row in paper.authors] == before


@pytest.mark.parametrize("place", ["0", "-1", "x", "1" * 30])
def test_a_place_that_is_none_is_refused(client, editor, place):
    paper = make_paper(authors=["A"])
    sent = form_of(paper, **{"authorships-0-place": place})
    assert errors(client.post(change(paper), sent))


def test_an_author_of_a_known_name_is_refused_with_a_sentence(client, editor):
    Author.objects.create(name="Bjorn Ommer")
    address = "/admin/papers/author/add/"
    response = client.post(address, author_form(name="Björn Ommer"))
    assert "of this name already" in response.content.decode()
    response = client.post(address, author_form(name="Björn Ommer", homonym=2))
    assert response.status_code == 302
    assert (
        "letter or digit"
        in client.post(address, author_form(name="…")).content.decode()
    )


def test_a_new_name_is_found_at_once(client, editor):
    paper = make_paper(authors=["Old Name"], topics=["vision"])
    author, topic = paper.authors[0].author, make_topic()
    values = author_form(name="New Name")
    client.post(f"/admin/papers/author/{author.pk}/change/", values)
    values = {"name": "Eyesight", "slug": "vision"}
    client.post(f"/admin/papers/topic/{topic.pk}/change/", values)
    assert find("eyesight new name", kind=Kind.PAPER).total == 1


def test_an_authors_former_name_still_leads_to_them(client, editor):
    paper = make_paper(authors=["Old Name"])
    author = paper.authors[0].author
    former = author.get_absolute_url()
    address = f"/admin/papers/author/{author.pk}/change/"
    aliases = {"aliases-TOTAL_FORMS": 1, "aliases-0-name": "Old Name"}
    client.post(address, author_form(name="New Name", **aliases))
    author.refresh_from_db()
    answer = client.get(former)
    assert (answer.status_code, answer.url) == (301, author.get_absolute_url())
    client.post(address, author_form(name="Newest Name"))
    assert client.get(former.replace("old", "new")).status_code == 301
    assert author.aliases.count() == 2


def test_a_name_that_somebody_has_leads_to_nobody_else(client, editor):
    first = make_paper(authors=["Ann Doe"]).authors[0].author
    other = Author.objects.create(name="Ann Doe", homonym=2)
    address = f"/admin/papers/author/{first.pk}/change/"
    client.post(address, author_form(name="Ann Roe"))
    assert Author.objects.get(pk=first.pk).name == "Ann Roe"
    assert not first.aliases.exists()
    assert other.name == "Ann Doe"


def test_the_address_of_a_list_stays_once_it_holds_papers(client, editor):
    catalogue = make_catalogue()
    address = f"/admin/papers/catalogue/{catalogue.pk}/change/"
    sent = {"title": "Of 2022", "slug": "moved", "year": 2022, "position": 0}
    make_paper()
    client.post(address, sent)
    catalogue.refresh_from_db()
    assert (catalogue.title, catalogue.slug) == ("Of 2022", "2022")
    Paper.objects.all().delete()
    client.post(address, sent)
    catalogue.refresh_from_db()
    assert catalogue.slug == "moved"


def test_an_editor_publishes_and_withdraws_from_the_list(client, editor):
    papers = [make_paper(publish_at=None), make_paper(publish_at=None)]
    act(client, "publish_now", *papers)
    assert {paper.status() for paper in Paper.objects.all()} == {Status.PUBLISHED}
    assert find("paper", kind=Kind.PAPER).total == 2
    html = act(client, "withdraw", papers[0]).content.decode()
    assert "withdrawn." in html
    assert find("paper", kind=Kind.PAPER).total == 1
    html = act(client, "withdraw", papers[0]).content.decode()
    assert "not withdrawn. Only what is published or scheduled" in html


@pytest.mark.parametrize("is_action", [False, True])
def test_an_editor_deletes_what_no_issue_names(client, editor, is_action):
    paper, named = make_paper(), make_paper()
    make_mention(named)
    for each in (paper, named):
        if is_action:
            act(client, "delete_selected", each, post="yes")
        else:
            client.post(f"{PAPERS}{each.pk}/delete/", {"post": "yes"})
    assert list(Paper.objects.all()) == [named]


def test_a_new_paper_begins_in_the_first_list_and_its_year(client):
    client.force_login(make_editor())
    make_catalogue("2021", title="Papers of 2021", year=2021, position=1)
    first = make_catalogue("2022", position=0)
    form = client.get(ADD).context["adminform"].form
    assert (form.initial["catalogue"], form.initial["year"]) == (first.pk, 2022)
    form = client.get(ADD, {"year": "1999"}).context["adminform"].form
    assert form.initial["year"] == "1999"


def test_no_cross_beside_the_catalogue_deletes_it(client, editor):
    html = client.get(change(make_paper())).content.decode()
    assert "change_id_catalogue" in html
    assert "delete_id_catalogue" not in html

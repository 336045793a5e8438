"""A Writer's desk: own drafts, and no way to publish."""

from datetime import timedelta

import pytest
from django.utils import timezone

from papers.models import Author, Catalogue, Paper, Topic
from superfast.common.publishing import Status
from tests.factories import make_editor, make_user, make_writer
from tests.papers.desk import (
    ADD,
    NOW,
    PAPERS,
    act,
    change,
    errors,
    form,
    form_of,
    names,
)
from tests.papers.factories import OUT, make_catalogue, make_paper, make_topic

pytestmark = pytest.mark.django_db


@pytest.fixture
def writer(client):
    user = make_writer()
    client.force_login(user)
    return user


def mine(user, **overrides):
    return make_paper(
        **{"created_by": user, "publish_at": None, "authors": ["A"], **overrides}
    )


def test_a_writer_makes_and_changes_a_draft(client, writer):
    author = Author.objects.create(name="A")
    response = client.post(ADD, form([{"author": author.pk}]))
    assert response.status_code == 302, errors(response)
    paper = Paper.objects.get()
    assert (paper.created_by, paper.status()) == (writer, Status.DRAFT)
    assert client.get(change(paper)).status_code == 200
    sent = form_of(paper, title="Another title")
    assert client.post(change(paper), sent).status_code == 302
    paper.refresh_from_db()
    assert paper.title == "Another title"
    assert (
        client.post(f"{PAPERS}{paper.pk}/delete/", {"post": "yes"}).status_code == 302
    )
    assert not Paper.objects.exists()


@pytest.mark.parametrize(
    "values",
    [
        NOW,
        {"publish_at": "2023-01-11 13:00:00"},
        {"publish_at": "2023-01-11T13:00:00Z", "withdrawn_at": ""},
        {"_publish": "1", **NOW},
        {"_saveasnew": "1", **NOW},
        {"_continue": "1", **NOW},
        {"status": "published", **NOW},
    ],
)
@pytest.mark.parametrize("is_new", [True, False])
def test_a_writer_publishes_by_no_field(client, writer, values, is_new):
    paper = None if is_new else mine(writer, slug="liu2022convnet")
    sent = form(**values) if paper is None else form_of(paper, **values)
    client.post(ADD if paper is None else change(paper), sent)
    assert Paper.objects.get().status() is Status.DRAFT


def test_a_writer_publishes_by_no_address(client, writer):
    paper = mine(writer)
    for address in (
        f"{ADD}?publish_at=2023-01-11",
        f"{change(paper)}?publish_at=2023-01-11&_popup=1",
    ):
        sent = form(slug="new") if address.startswith(ADD) else form_of(paper)
        client.post(address, sent)
    assert {each.status() for each in Paper.objects.all()} == {Status.DRAFT}


@pytest.mark.parametrize("action", ["publish_now", "withdraw"])
def test_a_writer_publishes_and_withdraws_by_no_action(client, writer, action):
    draft = mine(writer)
    out = mine(writer, publish_at=OUT)
    html = client.get(PAPERS).content.decode()
    assert f'<option value="{action}"' not in html
    act(client, action, draft, out)
    draft.refresh_from_db()
    out.refresh_from_db()
    assert draft.status() is Status.DRAFT
    assert out.status() is Status.PUBLISHED


def test_a_writer_relates_a_paper_to_none_that_they_do_not_see(client, writer):
    secret = make_paper(title="Of nobody's business", publish_at=None)
    out, paper = make_paper(), mine(writer)

    def pick(other):
        rows = {
            "related-TOTAL_FORMS": 1,
            "related-0-other": other.pk,
            "related-0-position": 1,
        }
        return client.post(change(paper), form_of(paper, **rows), follow=True)

    assert "business" not in pick(secret).content.decode()
    assert not paper.related.exists()
    assert pick(out).status_code == 200
    assert paper.related.get().other == out


def test_a_writer_is_not_told_that_somebody_has_a_draft_like_theirs(client, writer):
    secret = make_paper(
        title="A ConvNet for the 2020s", publish_at=None, authors=["A"], slug="secret"
    )
    sent = form([{"author": secret.authors[0].author_id}])

    assert "This may be" not in client.post(ADD, sent, follow=True).text
    client.force_login(make_editor())
    sent |= {"slug": "another"}
    assert "This may be" in client.post(ADD, sent, follow=True).text


def test_a_writer_sees_no_field_to_publish_by(client, writer):
    html = client.get(change(mine(writer))).content.decode()
    assert 'name="publish_at' not in html
    assert 'name="withdrawn_at' not in html


@pytest.mark.parametrize(
    "dates",
    [
        {"publish_at": OUT},
        {"publish_at": timezone.now() + timedelta(days=1)},
        {"publish_at": OUT, "withdrawn_at": OUT},
    ],
)
def test_a_writer_no_longer_changes_what_was_published(client, writer, dates):
    paper = mine(writer, title="As it was", **dates)
    assert client.get(change(paper)).status_code == 200
    assert (
        client.post(change(paper), form_of(paper, title="Changed")).status_code == 403
    )
    assert (
        client.post(f"{PAPERS}{paper.pk}/delete/", {"post": "yes"}).status_code == 403
    )
    act(client, "delete_selected", paper, post="yes")
    paper.refresh_from_db()
    assert paper.title == "As it was"
    assert names(paper) == ["A"]


def test_a_writer_reaches_nothing_of_somebody_elses(client, writer):
    for paper in (
        mine(make_writer(), title="Secret"),
        mine(make_editor(), title="Secret"),
    ):
        assert "Secret" not in client.get(PAPERS, follow=True).content.decode()
        for page in ("change", "delete", "history"):
            response = client.get(f"{PAPERS}{paper.pk}/{page}/", follow=True)
            assert "Secret" not in response.content.decode()
        client.post(change(paper), form_of(paper, title="Changed"))
        client.post(f"{PAPERS}{paper.pk}/delete/", {"post": "yes"})
        act(client, "delete_selected", paper, post="yes")
        paper.refresh_from_db()
        assert paper.title == "Secret"


def test_a_writer_adds_authors_and_changes_none(client, writer):
    author = Author.objects.create(name="As it was")
    address = f"/admin/papers/author/{author.pk}/"
    sent = {"name": "Changed", "homonym": 1}
    assert client.post("/admin/papers/author/add/", sent).status_code == 302
    assert client.get(f"{address}change/").status_code == 200
    sent = {"name": "Other", "homonym": 1}
    assert client.post(f"{address}change/", sent).status_code == 403
    assert client.post(f"{address}delete/", {"post": "yes"}).status_code == 403
    assert sorted(Author.objects.values_list("name", flat=True)) == [
        "As it was",
        "Changed",
    ]


@pytest.mark.parametrize("model", ["topic", "catalogue"])
def test_a_writer_only_looks_at_topics_and_catalogues(client, writer, model):
    row = make_topic() if model == "topic" else make_catalogue()
    assert client.get(f"/admin/papers/{model}/").status_code == 200
    assert client.get(f"/admin/papers/{model}/add/").status_code == 403
    for page in ("change", "delete"):
        address = f"/admin/papers/{model}/{row.pk}/{page}/"
        assert client.post(address, {"post": "yes", "name": "x"}).status_code == 403
    assert Topic.objects.count() + Catalogue.objects.count() == 1


@pytest.mark.parametrize("is_staff", [False, True])
def test_who_has_no_role_reaches_nothing(client, is_staff):
    paper = make_paper(title="Secret")
    if is_staff:
        user = make_user("Writer")
        user.groups.clear()
        client.force_login(user)
    for address in (PAPERS, ADD, change(paper), f"{PAPERS}{paper.pk}/delete/"):
        for response in (client.get(address), client.post(address, form())):
            assert response.status_code == (403 if is_staff else 302)
    assert Paper.objects.get() == paper

"""The pages that stand: there after migrate, in our words until an editor has others."""

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.urls import reverse

from superfast.pages.models import Page
from tests.factories import make_editor, make_user, make_writer

pytestmark = pytest.mark.django_db

PATHS = {
    "about": "/about/",
    "privacy": "/privacy/",
    "contact": "/contact/",
    "follow": "/follow/",
}


def change(page):
    return reverse("admin:pages_page_change", args=[page.pk])


def form(page, **overrides):
    names = ("title", "description", "body")
    return {**{name: getattr(page, name) for name in names}, **overrides}


def test_four_pages_stand_after_migrate():
    assert {*Page.objects.values_list("slug", flat=True)} == {*PATHS}
    for page in Page.objects.all():
        assert page.title
        assert page.description
        assert len(page.body.split()) > 30


@pytest.mark.parametrize("slug", PATHS)
def test_a_page_shows_its_text(client, slug):
    page = Page.objects.get(slug=slug)
    response = client.get(PATHS[slug])

    assert response.status_code == 200
    assert response.text.count("<h1>") == 1
    assert f"<h1>{page.title}</h1>" in response.text
    assert page.get_absolute_url() == PATHS[slug]
    assert (
        f'<link rel="canonical" href="http://localhost:8000{PATHS[slug]}">'
        in response.text
    )


@pytest.mark.parametrize("slug", PATHS)
def test_other_methods_are_refused(client, slug):
    for method in (client.post, client.put, client.delete):
        assert method(PATHS[slug]).status_code == 405


def test_a_page_that_is_none_is_not_found(client):
    assert client.get("/imprint/").status_code == 404
    Page.objects.filter(slug="about").delete()
    assert client.get("/about/").status_code == 404


def test_follow_names_the_feeds(client):
    text = client.get("/follow/").text

    assert "http://localhost:8000/issues/feed.xml" in text
    assert "http://localhost:8000/issues/feed.json" in text
    assert "By mail" not in text


def test_follow_begins_with_the_addresses_of_its_feeds(client):
    text = client.get("/follow/").text

    assert text.index("http://localhost:8000/issues/feed.json</p>") < text.index(
        "How to use a feed"
    )


def test_follow_names_the_mailing_list_where_there_is_one(client, monkeypatch):
    monkeypatch.setitem(
        client.get("/follow/").context["site"],
        "subscribe_url",
        "https://mail.example/x",
    )
    text = client.get("/follow/").text

    assert 'href="https://mail.example/x"' in text
    assert "By mail" in text


def test_an_edited_page_stays_as_it_is(client):
    client.force_login(make_editor())
    page = Page.objects.get(slug="about")
    response = client.post(change(page), form(page, title="Of us", body="New *words*."))
    assert response.status_code == 302
    call_command("migrate", verbosity=0)

    page.refresh_from_db()
    assert (page.title, page.body) == ("Of us", "New *words*.")
    assert "<p>New <em>words</em>.</p>" in client.get("/about/").text


def test_a_page_that_is_missing_comes_back_and_no_other_changes():
    Page.objects.filter(slug="about").update(title="Of us")
    Page.objects.filter(slug="privacy").delete()
    call_command("migrate", verbosity=0)

    assert Page.objects.count() == 4
    assert Page.objects.get(slug="about").title == "Of us"


def test_the_description_stands_below_the_title_and_where_it_is_linked_to(client):
    Page.objects.update(description="All of it, briefly.")
    for address in ("/about/", "/follow/"):
        text = client.get(address).text
        assert '<p class="dek">All of it, briefly.</p>' in text
    assert text.count("All of it, briefly.") == 1
    assert client.get("/about/").text.count("All of it, briefly.") == 3

    Page.objects.update(description="")
    assert '<p class="dek">' not in client.get("/about/").text


def test_a_hostile_page_is_harmless(client):
    page = Page.objects.get(slug="about")
    page.title = page.description = page.body = "<script>alert(1)</script>x"
    page.save()

    assert "<script>alert" not in client.get("/about/").text


@pytest.mark.parametrize("who", [make_editor, lambda: make_user(is_superuser=True)])
def test_an_editor_changes_pages_and_makes_and_deletes_none(client, who):
    client.force_login(who())
    page = Page.objects.get(slug="about")

    assert client.get("/admin/pages/page/").status_code == 200
    assert client.get(change(page)).status_code == 200
    assert client.get("/admin/pages/page/add/").status_code == 403
    delete = reverse("admin:pages_page_delete", args=[page.pk])
    assert client.post(delete, {"post": "yes"}).status_code == 403


def test_a_writer_touches_no_page(client):
    client.force_login(make_writer())
    page = Page.objects.get(slug="about")

    assert client.get("/admin/pages/page/").status_code == 403
    assert client.post(change(page), form(page, title="x")).status_code == 403


@pytest.mark.parametrize(
    "values",
    [{"title": ""}, {"body": ""}, {"title": "x" * 201}, {"body": "x" * 100_001}],
)
def test_what_no_page_may_hold_is_refused(client, values):
    client.force_login(make_editor())
    page = Page.objects.get(slug="about")
    response = client.post(change(page), form(page, **values))

    assert response.status_code == 200
    assert "errorlist" in response.text
    assert Page.objects.get(pk=page.pk).body == page.body


def test_there_is_no_fifth_page():
    with pytest.raises(ValidationError, match="no such page"):
        Page(slug="imprint", title="x", body="x").validate_constraints()
    with pytest.raises(IntegrityError, match="slug_known"), transaction.atomic():
        Page.objects.create(slug="imprint", title="x", body="x")
    with pytest.raises(IntegrityError), transaction.atomic():
        Page.objects.create(slug="about", title="x", body="x")


def test_a_standing_page_takes_no_picture(client):
    client.force_login(make_editor())
    page = Page.objects.get(slug="about")
    address = f"/admin/pages/page/{page.pk}/change/"
    body = "![A cat](/media/pictures/0123456789abcdef01234567.webp)\n"
    response = client.post(
        address, {"title": page.title, "description": "", "body": body}
    )

    assert response.status_code == 200
    assert "holds no pictures" in response.content.decode()
    page.refresh_from_db()
    assert "A cat" not in page.body

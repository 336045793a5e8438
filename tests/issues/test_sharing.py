"""A draft for somebody without an account."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from issues.models import DraftLink, Issue
from issues.services import autosave, save_issue, save_work, trash_issue
from issues.services.sharing import digest, make_link, revoke_link
from tests.issues.factories import make_draft, make_image, make_issue
from tests.quiz.factories import make_editor, make_quiz

pytestmark = pytest.mark.django_db

ADDRESS = re.compile(r'value="http://localhost:8000(/issues/preview/[^"]+/)"')


def share(issue):
    return reverse("admin:issues_issue_share", args=[issue.pk])


def shared(issue, *, days=7, revision=None):
    """The address of a new link."""
    _, token = make_link(
        issue=issue, by=None, label="Kim", days=days, revision=revision
    )
    return reverse("issues:draft", args=[token])


def saved(issue, **changes):
    for name, value in changes.items():
        setattr(issue, name, value)
    save_issue(issue=issue, by=None)


def test_a_reviewer_reads_the_draft_without_an_account(editor):
    issue = make_draft(title="A draft", body="Secret words.")
    data = {"label": "Kim", "days": "7", "shows": "latest"}
    page = editor.post(share(issue), data).text
    address = ADDRESS.search(page)[1]
    response = Client().get(address)

    assert response.status_code == 200
    assert "Secret words." in response.text
    assert "A draft, shown to you by its link." in response.text
    assert response["Cache-Control"] == "private, no-store"
    assert "noindex" in response["X-Robots-Tag"]
    assert '<meta name="robots" content="noindex">' in response.text
    assert response["Referrer-Policy"] == "no-referrer"
    assert not response.cookies
    assert "ETag" not in response


def test_the_token_is_shown_once_and_kept_nowhere(editor):
    issue = make_draft()
    data = {"label": "Kim", "days": "7", "shows": "latest"}
    first = editor.post(share(issue), data)
    token = ADDRESS.search(first.text)[1].split("/")[-2]
    row = DraftLink.objects.values().get()

    assert row["digest"] == digest(token)
    assert token not in str(row)
    assert token not in editor.get(share(issue)).text
    assert "no-store" in first["Cache-Control"]


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"label": "", "days": "7", "shows": "latest"},
        {"label": "x" * 101, "days": "7", "shows": "latest"},
        {"label": "Kim", "days": "365", "shows": "latest"},
        {"label": "Kim", "days": "x", "shows": "latest"},
        {"label": "Kim", "days": "7", "shows": "x"},
    ],
)
def test_a_strange_link_is_not_made(editor, data):
    response = editor.post(share(make_draft()), data)

    assert response.status_code == 200
    assert "errorlist" in response.text
    assert not DraftLink.objects.exists()


def test_a_link_follows_what_is_saved_or_stays_with_what_it_showed(client):
    issue = make_draft(body="First.")
    following = shared(issue)
    pinned = shared(issue, revision=issue.working_revision)
    saved(issue, body="Second.")
    text = Issue(**issue.text.as_dict() | {"body": "Half a sen"}).text
    autosave(issue=issue, text=text, base=issue.working_revision_id, by=make_editor())

    assert "Second." in client.get(following).text
    assert "First." in client.get(pinned).text


def test_the_unpublished_text_of_a_live_issue_is_shared(client):
    issue = make_issue(body="Public.")
    address = shared(issue)
    issue.body = "Work."
    save_work(issue=issue, by=None)

    assert "Work." in client.get(address).text
    assert "Public." in client.get(issue.get_absolute_url()).text


def test_a_pinned_text_is_neither_folded_nor_thinned():
    issue, editor = make_draft(), make_editor()
    text = Issue(**issue.text.as_dict() | {"body": "One."}).text
    first = autosave(
        issue=issue, text=text, base=issue.working_revision_id, by=editor, tab="t"
    ).revision
    address = shared(issue, revision=first)
    text = Issue(**issue.text.as_dict() | {"body": "Two."}).text
    autosave(issue=issue, text=text, base=first.pk, by=editor, tab="t")

    assert "One." in Client().get(address).text


def test_a_link_that_has_ended_says_so(client):
    issue = make_draft(body="Secret words.")
    addresses = [shared(issue, days=1), shared(issue)]
    revoke_link(link=DraftLink.objects.get(digest=digest(addresses[1].split("/")[-2])))
    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1), tick=False):
        for address in addresses:
            response = client.get(address)
            assert response.status_code == 410
            assert "Secret" not in response.text
            assert "This link has ended" in response.text
            assert response["Cache-Control"] == "private, no-store"


def test_a_token_that_never_was_is_not_found(client):
    make_draft()
    for token in ("x", "a" * 32, digest("a"), "%00", "..", "a/b"):
        assert client.get(f"/issues/preview/{token}/").status_code in {400, 404}
    assert client.get("/issues/preview/").status_code == 404


def test_a_deleted_draft_is_shared_no_longer(client):
    issue = make_draft()
    address = shared(issue)
    trash_issue(issue=issue, by=None)

    assert client.get(address).status_code == 404


def test_use_is_counted_and_looking_at_headers_is_none(editor, client):
    issue = make_draft()
    address = shared(issue)
    Client().head(address)
    assert (DraftLink.objects.get().uses, DraftLink.objects.get().last_used_at) == (
        0,
        None,
    )
    for _ in range(2):
        Client().get(address)
    link = DraftLink.objects.get()

    assert link.uses == 2
    assert timezone.now() - link.last_used_at < timedelta(minutes=1)
    page = editor.get(share(issue)).text
    assert f"{link.last_used_at:%H:%M}" in page
    assert Client().post(address).status_code == 405


def test_a_link_is_taken_back(editor):
    issue = make_draft()
    address = shared(issue)
    link = DraftLink.objects.get()
    where = reverse("admin:issues_issue_revoke", args=[issue.pk, link.pk])
    assert editor.get(where).status_code == 405
    assert "leads nowhere now" in editor.post(where, follow=True).text
    assert Client().get(address).status_code == 410
    assert "revoked already" in editor.post(where, follow=True).text
    other = reverse("admin:issues_issue_revoke", args=[make_draft().pk, link.pk])

    assert editor.post(other).status_code == 404
    with pytest.raises(ValidationError):
        revoke_link(link=link)


def test_pictures_of_the_draft_load_for_who_has_the_link_and_no_others(client):
    figure, cover, other = make_image(), make_image(), make_image()
    issue = make_draft(body=f"{figure.markdown}\n", cover=cover)
    address = shared(issue)
    page = client.get(address).text
    for image in (figure, cover):
        src = f"{address}{image.name}"
        assert f'src="{src}"' in page
        response = client.get(src)
        assert b"".join(response)
        assert response.status_code == 200
        assert response["Content-Type"] == "image/webp"
        assert response["Cache-Control"] == "private, no-store"
        assert client.get(image.src).status_code == 404
    assert client.get(f"{address}{other.name}").status_code == 404
    assert client.get(f"{address}../{figure.name}").status_code == 404
    DraftLink.objects.update(revoked_at=timezone.now())
    assert client.get(f"{address}{figure.name}").status_code == 410


def test_a_picture_is_no_use_of_the_link(client):
    image = make_image()
    address = shared(make_draft(cover=image))
    assert b"".join(client.get(f"{address}{image.name}"))

    assert DraftLink.objects.get().uses == 0


def test_the_quiz_of_a_draft_cannot_be_guessed_or_seen_through(client):
    quiz = make_quiz(publish_at=False)
    issue = make_draft(quiz=quiz)
    address = shared(issue)
    pages = set()
    for headline in quiz.headlines.all():
        quiz.lie = headline
        quiz.save()
        pages.add(client.get(address).content)
    (page,) = pages

    for headline in quiz.headlines.all():
        assert headline.text in page.decode()
    assert "quiz-card" not in page.decode()
    assert f"/quiz/{quiz.slug}/" not in page.decode()


def test_hostile_text_is_harmless(client):
    issue = make_draft(title="<script>a</script>", dek="<b>", body="<script>b</script>")
    page = client.get(shared(issue)).text

    assert "<script>a" not in page
    assert "<script>b" not in page


def test_links_cost_the_same_however_many(
    editor, django_assert_max_num_queries, client
):
    issue = make_draft()
    for _ in range(12):
        address = shared(issue, revision=issue.working_revision)
    with django_assert_max_num_queries(9):
        editor.get(share(issue))
    with django_assert_max_num_queries(4):
        Client().get(address)

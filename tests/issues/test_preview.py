"""Preview and upload: what editors use while they write, and nobody else."""

import re

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from issues.models import Image, Issue
from tests.factories import make_editor, make_user, make_writer
from tests.issues.factories import (
    HIDDEN,
    make_draft,
    make_image,
    make_issue,
    picture_bytes,
    typed,
    upload,
)
from tests.quiz.factories import make_quiz

pytestmark = pytest.mark.django_db

TEXT = "/admin/issues/issue/preview/"
UPLOAD = "/admin/issues/image/upload/"


def preview(issue):
    return reverse("admin:issues_issue_preview", args=[issue.pk])


def file(image):
    return reverse("admin:issues_image_file", args=[image.name])


def own(client, make=make_draft, **overrides):
    issue = make(**overrides)
    Issue.objects.filter(pk=issue.pk).update(created_by=client.user)
    return issue


def readable(client):
    """Everybody's addresses of the desk that are this page's."""
    return [preview(make_draft()), TEXT, file(make_image())]


def test_strangers_are_sent_to_the_login(client):
    for address in (*readable(client), UPLOAD):
        for ask in (client.get, client.post):
            response = ask(address)
            assert response.status_code == 302
            assert response.headers["Location"].startswith("/admin/login/")


def test_an_account_without_a_desk_is_sent_to_the_login(client):
    user = make_user()
    type(user).objects.update(is_staff=False)
    client.force_login(user)
    for address in (*readable(client), UPLOAD):
        assert client.get(address).status_code == 302


def test_a_desk_without_permissions_shows_nothing(client):
    client.force_login(make_user())
    issue = make_draft()

    for address in (preview(issue), TEXT, file(make_image())):
        assert client.get(address).status_code == 403
    for address in (TEXT, UPLOAD):
        assert client.post(address, {"upload": upload()}).status_code == 403
    assert Image.objects.count() == 1


def test_who_may_only_read_issues_uploads_nothing(client):
    user = make_user()
    user.user_permissions.add(Permission.objects.get(codename="view_issue"))
    client.force_login(user)

    assert client.post(UPLOAD, {"upload": upload(), "alt": "x"}).status_code == 403
    assert client.post(TEXT, {"body": "x"}).status_code == 403


@pytest.mark.parametrize("state", [*HIDDEN, "published"])
@pytest.mark.parametrize("who", ["editor", "superuser"])
def test_editors_see_every_issue_as_readers_will(request, who, state):
    client = request.getfixturevalue(who)
    issue = {**HIDDEN, "published": make_issue}[state](title="The title")
    response = client.get(preview(issue))

    assert response.status_code == 200
    assert "issues/issue_detail.html" in [t.name for t in response.templates]
    assert response.context["is_preview"]
    assert "<h1>The title</h1>" in response.text
    assert '<meta name="robots" content="noindex">' in response.text


def test_a_writer_previews_their_own_issue_and_no_other(writer):
    assert writer.get(preview(own(writer))).status_code == 200
    others = make_draft(title="Of somebody else")
    response = writer.get(preview(others))

    assert response.status_code == 403
    assert others.title not in response.text


@pytest.mark.parametrize("key", ["0", "999", "x", "9" * 30, "-1"])
def test_an_unknown_issue_has_no_preview(editor, key):
    assert editor.get(f"/admin/issues/issue/{key}/preview/").status_code == 404


def page(response):
    """The article of a page, files of pictures apart."""
    article = re.search(r"<article.*</article>", response.text, re.DOTALL)[0]
    return re.sub(r'<source[^>]*>|(?<= src=")[^"]*', "", article)


def test_preview_and_page_are_the_same(editor):
    image = make_image()
    issue = make_issue(
        quiz=make_quiz(publish_at=False),
        cover=image,
        body=f"## News\n\nText.[^*]\n\n{image.markdown}\n\n::: quiz\n:::\n\n[^*]: Note.",
    )

    assert page(editor.get(preview(issue))) == page(
        editor.get(issue.get_absolute_url())
    )


def test_the_posted_preview_is_the_page_and_says_where_each_line_went(editor):
    body = "First.\n\n## News\n\n- one\n- two[^1]\n\n| a |\n|---|\n| b |\n\n[^1]: Note."
    issue = make_issue(body=body)
    posted = page(editor.post(TEXT, typed(issue)))
    bare = re.sub(r'<!--line \d+-->| data-line="\d+"', "", posted)

    assert bare == page(editor.get(preview(issue)))
    assert '<!--line 2-->\n<h2 id="s-news">' in posted
    for line, words in ((0, "First."), (4, "one"), (11, "Note.")):
        assert re.search(rf'<\w+ data-line="{line}">{re.escape(words)}', posted)
    assert 'data-line="9">\n<td>b' in posted


def test_no_text_can_say_where_a_line_went_on_the_public_page(client):
    issue = make_issue(body='<p data-line="3">Words.</p>\n\n<!--line 9-->\n')
    text = client.get(issue.get_absolute_url()).text

    assert "<p>Words.</p>" in text
    assert "line" not in re.search(r"issue-body.*</article>", text, re.DOTALL)[0]


def test_pictures_of_a_draft_come_from_the_desk(editor, client):
    image = make_image()
    issue = make_draft(body=f"{image.markdown}\n", cover=image)
    text = editor.get(preview(issue)).text

    assert f'src="{file(image)}"' in text
    assert image.src not in text


def framed(response):
    policy = response.headers["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in policy
    assert policy.count("frame-ancestors") == 1
    assert "script-src 'self'" in policy
    assert response.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "no-store" in response.headers["Cache-Control"]
    assert "private" in response.headers["Cache-Control"]
    assert "public" not in response.headers["Cache-Control"]


def test_previews_may_be_framed_by_the_desk_and_kept_by_nobody(editor):
    framed(editor.get(preview(make_draft())))
    framed(editor.get(TEXT))
    framed(editor.post(TEXT, {"title": "T", "body": "x"}))


def test_other_pages_may_not_be_framed(editor):
    for address in ("/", "/admin/", make_issue().get_absolute_url()):
        response = editor.get(address)
        assert response.headers["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]


@pytest.mark.parametrize("who", ["editor", "writer"])
def test_a_text_is_shown_while_it_is_written(request, who):
    client = request.getfixturevalue(who)
    response = client.post(TEXT, {"title": "T<b>", "dek": "D", "body": "## A *b*"})

    assert response.status_code == 200
    assert "<h1>T&lt;b&gt;</h1>" in response.text
    assert '<h2 id="s-a-b">A <em>b</em></h2>' in response.text
    assert not Issue.objects.exists()


def test_a_hostile_text_is_harmless_in_its_preview(editor):
    bad = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    text = editor.post(TEXT, {"title": bad, "dek": bad, "body": bad}).text

    assert "<script>alert" not in text
    assert "<img src=x" not in text


def test_an_empty_text_has_a_preview(editor):
    for response in (editor.get(TEXT), editor.post(TEXT, {})):
        assert response.status_code == 200
        assert "Not dated yet" in response.text


@pytest.mark.parametrize(
    "values",
    [
        {"quiz": "x"},
        {"quiz": "-1"},
        {"cover": "9" * 30},
        {"body": "x" * 500_001},
        {"title": "x" * 201},
        {"title": "\x00"},
    ],
)
def test_what_no_form_would_send_is_refused(editor, values):
    response = editor.post(TEXT, values)

    assert response.status_code == 422
    assert response.json()["errors"].keys() == values.keys()


def test_a_writer_sees_no_quiz_and_no_cover_of_others_in_a_preview(writer):
    quiz, cover = make_quiz(publish_at=False), make_image()
    text = writer.post(
        TEXT, {"body": "::: quiz\n:::", "quiz": quiz.pk, "cover": cover.pk}
    ).text

    assert "Headline A of" not in text
    assert cover.name not in text


def test_an_editor_sees_quiz_and_cover_in_a_preview(editor):
    quiz, cover = make_quiz(publish_at=False), make_image()
    text = editor.post(
        TEXT, {"body": "::: quiz\n:::", "quiz": quiz.pk, "cover": cover.pk}
    ).text

    assert "Headline A of" in text
    assert cover.name in text


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options"])
def test_other_methods_are_refused(editor, method):
    for address in (TEXT, preview(make_draft()), UPLOAD, file(make_image())):
        assert getattr(editor, method)(address).status_code == 405
    assert editor.post(preview(make_draft())).status_code == 405
    assert editor.get(UPLOAD).status_code == 405


@pytest.mark.parametrize("who", ["editor", "writer", "superuser"])
def test_a_picture_is_uploaded_by_drop_or_paste(request, who):
    client = request.getfixturevalue(who)
    response = client.post(UPLOAD, {"upload": upload(), "alt": "A [shape]"})

    assert response.status_code == 201
    image = Image.objects.get()
    assert image.created_by == client.user
    assert response.json() == {"markdown": image.markdown}


@pytest.mark.parametrize(
    ("content", "alt", "words"),
    [
        (picture_bytes(), "", "required"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "x", "This is no picture"),
        (b"<html></html>", "x", "This is no picture"),
        (b"", "x", "empty"),
        (picture_bytes(size=(99, 99))[:-40], "x", "damaged"),
    ],
)
def test_an_upload_that_is_refused_says_why_and_leaves_nothing(
    editor, settings, content, alt, words
):
    response = editor.post(UPLOAD, {"upload": upload(content), "alt": alt})

    assert response.status_code == 422
    assert words in response.json()["error"]
    assert response.json()["error"].endswith(".")
    assert not Image.objects.exists()
    assert not [p for p in settings.MEDIA_ROOT.rglob("*") if p.is_file()]


def test_nothing_at_all_is_no_upload(editor):
    assert editor.post(UPLOAD).status_code == 422


def test_the_desk_asks_for_the_token_of_its_forms(client):
    strict = type(client)(enforce_csrf_checks=True)
    strict.force_login(make_editor())

    for address in (TEXT, UPLOAD):
        assert strict.post(address, {"upload": upload(), "alt": "x"}).status_code == 403


def test_the_file_of_a_draft_is_shown_at_the_desk_and_can_run_nothing(editor):
    image = make_image()
    make_draft(cover=image)
    response = editor.get(file(image))

    assert response.status_code == 200
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "private" in response.headers["Cache-Control"]
    assert response.getvalue()
    assert editor.get("/admin/issues/image/file/none.webp").status_code == 404


def test_the_packages_own_script_and_addresses_are_nowhere(editor, client):
    screens = ["/admin/issues/issue/add/", "/admin/issues/issue/"]
    screens += [f"/admin/pages/page/{n}/change/" for n in (1, 2)]
    shown = "".join(editor.get(address).text for address in screens)

    assert "markdown-editor" in shown
    assert "markdownx/js" not in shown
    assert "data-markdownx" not in shown
    assert "/markdownx/" not in shown
    for address in ("/markdownx/upload/", "/markdownx/markdownify/"):
        assert client.get(address).status_code == 404
        assert editor.post(address).status_code == 404


def test_writers_are_made_for_these_tests_as_they_are_by_the_site():
    assert not make_writer().has_perm("issues.publish_issue")
    assert make_editor().has_perm("issues.publish_issue")

"""The editors' desk: writing, publishing, and who may."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils import timezone

from issues.models import Image, Issue, Revision
from papers.models import Paper
from superfast.common.publishing import Status
from tests.factories import make_editor, make_user, make_writer
from tests.issues.factories import (
    HIDDEN,
    LATER,
    OUT,
    make_draft,
    make_image,
    make_issue,
    make_scheduled,
    make_withdrawn,
    split,
    typed,
    upload,
)
from tests.papers.factories import make_paper
from tests.quiz.factories import make_quiz

pytestmark = pytest.mark.django_db

LIST = "/admin/issues/issue/"
ADD = f"{LIST}add/"
IMAGES = "/admin/issues/image/"
REVISIONS = "/admin/issues/revision/"


def change(row):
    return reverse(f"admin:issues_{row._meta.model_name}_change", args=[row.pk])


def delete(row):
    return reverse(f"admin:issues_{row._meta.model_name}_delete", args=[row.pk])


def act(client, action, *issues, address=LIST, **data):
    keys = [issue.pk for issue in issues]
    return client.post(
        address, {"action": action, "_selected_action": keys, **data}, follow=True
    )


def said(response):
    return [str(message) for message in response.context["messages"]]


def unchanged(issue):
    """Whether the stored row says what the row in hand says."""
    names = ("title", "slug", "dek", "body", "publish_at", "withdrawn_at", "quiz_id")
    stored = Issue.objects.get(pk=issue.pk)
    return all(getattr(stored, name) == getattr(issue, name) for name in names)


@pytest.fixture(params=["editor", "superuser"])
def publisher(request):
    return request.getfixturevalue(request.param)


# Editors --------------------------------------------------------------------


def test_every_screen_loads(publisher):
    image = make_image()
    rows = [make() for make in HIDDEN.values()]
    rows.append(make_issue(quiz=make_quiz(publish_at=False), cover=image))

    for address in (LIST, ADD, IMAGES, f"{IMAGES}add/", REVISIONS, change(image)):
        assert publisher.get(address).status_code == 200
    for issue in rows:
        assert publisher.get(change(issue)).status_code == 200
        assert publisher.get(change(issue.revisions.first())).status_code == 200
        history = reverse("admin:issues_issue_history", args=[issue.pk])
        assert publisher.get(history).status_code == 200


def test_lists_cost_the_same_however_long_they_are(
    editor, django_assert_max_num_queries
):
    for _ in range(12):
        make_draft(
            cover=make_image(),
            quiz=make_quiz(publish_at=False),
        )
    Issue.objects.update(created_by=make_writer())
    for address in (LIST, IMAGES, REVISIONS):
        with django_assert_max_num_queries(12):
            assert editor.get(address).status_code == 200


@pytest.mark.parametrize("status", [*Status.values, "nonsense"])
def test_the_list_is_filtered_by_status(editor, status):
    issues = {
        name: make() for name, make in {**HIDDEN, "published": make_issue}.items()
    }
    found = editor.get(LIST, {"status": status}).context["cl"].queryset

    assert {*found} == ({issues[status]} if status in issues else {*issues.values()})


def test_the_list_is_searched(editor):
    found, _ = make_draft(body="A rare quokka."), make_draft()

    assert [*editor.get(LIST, {"q": "quokka"}).context["cl"].queryset] == [found]


def test_an_issue_is_written(publisher):
    response = publisher.post(ADD, typed(title="A new one"))

    assert response.status_code == 302
    issue = Issue.objects.get()
    assert (issue.title, issue.created_by) == ("A new one", publisher.user)
    assert issue.status() is Status.DRAFT
    assert issue.revisions.get().saved_by == publisher.user


def test_an_issue_is_changed_and_keeps_its_owner(editor):
    owner = make_writer()
    issue = make_draft()
    Issue.objects.update(created_by=owner)
    assert editor.post(change(issue), typed(issue, body="Better.")).status_code == 302

    issue.refresh_from_db()
    assert (issue.body, issue.created_by) == ("Better.", owner)


def test_an_editor_publishes_by_the_field(publisher):
    publisher.post(ADD, typed(**split("publish_at", OUT)))

    assert Issue.objects.get().publish_at == OUT
    assert Issue.objects.get().sections.exists()


def test_an_editor_schedules_by_the_field(publisher):
    publisher.post(ADD, typed(**split("publish_at", LATER)))

    assert Issue.objects.get().status() is Status.SCHEDULED


def test_an_editor_publishes_by_the_button(publisher):
    publisher.post(ADD, typed(_publish="Publish now"))
    issue = Issue.objects.get()

    assert timezone.now() - issue.publish_at < timedelta(minutes=1)
    assert issue.status() is Status.PUBLISHED
    assert issue.revisions.get().kind == Revision.Kind.PUBLISH


@pytest.mark.parametrize("make", [make_scheduled, make_withdrawn, make_draft])
def test_the_button_publishes_whatever_is_not(editor, make):
    issue = make()
    # A later time would be kept by scheduling.
    emptied = split("publish_at", None) if make is make_scheduled else {}
    editor.post(change(issue), typed(issue, _publish="Publish now", **emptied))

    assert Issue.objects.get().status() is Status.PUBLISHED


def test_the_button_leaves_a_date_that_has_passed(editor):
    editor.post(ADD, typed(_publish="1", **split("publish_at", OUT)))

    assert Issue.objects.get().publish_at == OUT


@pytest.mark.parametrize("make", [make_draft, make_scheduled, make_withdrawn])
def test_an_editor_publishes_by_the_action(publisher, make):
    issue = make()
    response = act(publisher, "publish_now", issue)

    assert said(response) == [f"{issue}: published."]
    assert Issue.objects.get().status() is Status.PUBLISHED
    assert LogEntry.objects.get().get_change_message() == "Published."


@pytest.mark.parametrize("make", [make_issue, make_scheduled])
def test_an_editor_withdraws_by_the_action(publisher, make):
    issue = make()
    response = act(publisher, "withdraw", issue)

    assert said(response) == [f"{issue}: withdrawn."]
    assert not Issue.objects.published().exists()
    assert publisher.get(issue.get_absolute_url()).status_code in {404, 410}


def test_an_action_reports_each_row(editor):
    good, bad = (
        make_draft(title="The good"),
        make_draft(title="The bad", body="TK", dek=""),
    )
    response = act(editor, "publish_now", good, bad)

    assert {*said(response)} == {
        "The good: published.",
        "The bad: not published. A published issue needs a title, a dek and a text.",
    }
    assert [*Issue.objects.published()] == [good]
    assert unchanged(bad)
    assert LogEntry.objects.count() == 1


def test_withdrawing_what_readers_do_not_see_is_reported(editor):
    issue = make_draft()
    response = act(editor, "withdraw", issue)

    assert said(response) == [
        f"{issue}: not withdrawn. Only what is published or scheduled can be withdrawn."
    ]


REASONS = {
    "dek": ({"dek": ""}, "The dek is missing"),
    "placeholder": (
        {"body": "One.\n(link)"},
        "Line 2: “(link)” is a link still to be filled in, or to be waived.",
    ),
    "picture": (
        {"body": "![x](/media/pictures/n.webp)"},
        "There is no picture “n.webp”.",
    ),
    "paper": ({"body": "::: papers\n- n: x\n:::"}, "There is no published paper “n”"),
    "place": ({"body": "::: quiz\n:::"}, "The text has a place for a quiz"),
    "quiz": ({"body": "x", "quiz": True}, "The quiz has no place in the text"),
    "lie": (
        {"body": "::: quiz\n:::", "quiz": True},
        "Choose which headline is the lie.",
    ),
}


@pytest.mark.parametrize("way", ["field", "schedule", "button", "action"])
@pytest.mark.parametrize("name", REASONS)
def test_an_editor_is_told_why_not(editor, name, way):
    values, reason = REASONS[name]
    if "quiz" in values:
        values = {**values, "quiz": make_quiz(publish_at=False, lie=None).pk}
    if way == "action":
        if name == "dek":
            reason = "A published issue needs a title, a dek and a text."
        quiz = values.get("quiz")
        stored = {key: value for key, value in values.items() if key != "quiz"}
        issue = make_draft(**stored)
        Issue.objects.update(quiz=quiz)
        response = act(editor, "publish_now", issue)
        assert reason in " ".join(said(response))
        assert not Issue.objects.exclude(publish_at=None).exists()
        return
    moment = {
        "field": split("publish_at", OUT),
        "schedule": split("publish_at", LATER),
        "button": {"_publish": "Publish now"},
    }[way]
    response = editor.post(ADD, typed(**values, **moment))

    assert response.status_code == 200
    assert "This can’t be published yet." in response.text
    assert reason in response.text
    assert not Issue.objects.exists()


def test_a_time_that_a_public_text_is_not_ready_for_is_refused(editor):
    paper = make_paper(publish_at=OUT)
    issue = make_scheduled(body=f"::: papers\n- {paper.slug}: Good.\n:::\n")
    Paper.objects.update(publish_at=LATER)
    response = editor.post(change(issue), typed(issue, **split("publish_at", OUT)))

    assert response.status_code == 200
    assert "There is no published paper" in response.text
    assert unchanged(issue)


@pytest.mark.parametrize(
    "values",
    [
        {"publish_at_0": "yesterday", "publish_at_1": "noon"},
        {"publish_at_0": "2023-01-01"},
        {"slug": "preview"},
        {"slug": "a b"},
        {"title": ""},
        {"title": "x" * 201},
        {"dek": "x" * 301},
        {"quiz": "999"},
        {"cover": "999"},
        {"withdrawn_at_0": "2023-01-01", "withdrawn_at_1": "10:00:00"},
    ],
)
def test_what_no_issue_may_hold_is_refused(editor, values):
    response = editor.post(ADD, typed(**values))

    assert response.status_code == 200
    assert "errorlist" in response.text
    assert not Issue.objects.exists()


def test_control_characters_are_not_stored(editor):
    response = editor.post(ADD, typed(title="Ti\x0btle", body="a\x0cb\r\nc"))

    assert response.status_code == 302
    assert (Issue.objects.get().title, Issue.objects.get().body) == ("Title", "ab\nc")
    assert editor.post(ADD, typed(title="N\x00L")).status_code == 200


def test_an_issue_is_deleted(publisher):
    issue = make_issue(quiz=make_quiz(publish_at=False))
    assert publisher.get(delete(issue)).status_code == 200
    response = publisher.post(delete(issue), {"post": "yes"})

    assert response.status_code == 302
    assert not Issue.objects.exists()
    assert Issue.with_trashed.trashed().get() == issue


def test_issues_are_deleted_by_the_action(publisher):
    issues = [make_draft(), make_issue()]
    act(publisher, "delete_selected", *issues, post="yes")

    assert not Issue.objects.exists()


def test_revisions_are_read_and_never_changed(publisher):
    revision = make_draft().revisions.get()

    assert publisher.get(f"{REVISIONS}add/").status_code == 403
    assert publisher.post(change(revision), {"title": "x"}).status_code == 403
    assert publisher.post(delete(revision), {"post": "yes"}).status_code == 403
    act(publisher, "delete_selected", revision, address=REVISIONS, post="yes")
    assert Revision.objects.get().title == revision.title


# Writers --------------------------------------------------------------------


def own(client, make, **overrides):
    issue = make(**overrides)
    Issue.objects.filter(pk=issue.pk).update(created_by=client.user)
    issue.refresh_from_db()
    return issue


def test_a_writer_sees_their_own_issues_only(writer):
    mine, others = own(writer, make_draft), make_draft(title="Of somebody else")

    assert [*writer.get(LIST).context["cl"].queryset] == [mine]
    assert writer.get(change(mine)).status_code == 200
    assert others.title not in writer.get(change(others), follow=True).text
    assert writer.post(change(others), typed(others, title="Taken")).status_code in {
        302,
        403,
    }
    assert writer.post(delete(others), {"post": "yes"}).status_code in {302, 403}
    assert unchanged(others)


def test_a_writer_writes_changes_and_deletes_a_draft(writer):
    writer.post(ADD, typed())
    issue = Issue.objects.get()
    assert issue.created_by == writer.user
    assert writer.post(change(issue), typed(issue, body="Better.")).status_code == 302
    assert Issue.objects.get().body == "Better."
    writer.post(delete(issue), {"post": "yes"})

    assert not Issue.objects.exists()


PUBLISHING = {
    "the field": split("publish_at", OUT),
    "the field for later": split("publish_at", LATER),
    "the button": {"_publish": "Publish now"},
    "both": {"_publish": "1", **split("publish_at", OUT)},
    "names of columns": {"publish_at": "2023-01-01 10:00:00", "created_by": ""},
    "initial values": {"initial-publish_at_0": "2023-01-01"},
    "the other field": split("withdrawn_at", OUT),
}


@pytest.mark.parametrize("how", PUBLISHING)
def test_a_writer_publishes_by_no_field(writer, how):
    writer.post(ADD, typed(**PUBLISHING[how]))
    writer.post(f"{ADD}?publish_at=2023-01-01&_changelist_filters=x", typed())
    issue = own(writer, make_draft)
    writer.post(change(issue), typed(issue, **PUBLISHING[how]))

    assert Issue.objects.count() == 3
    assert {*Issue.objects.values_list("publish_at", "withdrawn_at")} == {(None, None)}


@pytest.mark.parametrize("make", [make_issue, make_scheduled, make_withdrawn])
def test_a_writer_changes_nothing_that_is_or_will_be_public(writer, make):
    issue = own(writer, make)

    assert writer.get(change(issue)).status_code == 200
    assert 'name="body"' not in writer.get(change(issue)).text
    for values in ({}, {"_publish": "1"}, split("withdrawn_at", None)):
        response = writer.post(change(issue), typed(issue, body="Taken.", **values))
        assert response.status_code == 403
    assert writer.post(delete(issue), {"post": "yes"}).status_code == 403
    act(writer, "delete_selected", issue, post="yes")
    assert unchanged(issue)


@pytest.mark.parametrize("action", ["publish_now", "withdraw"])
@pytest.mark.parametrize(
    "make", [make_draft, make_issue, make_scheduled, make_withdrawn]
)
def test_a_writer_has_no_action_that_publishes(writer, action, make):
    issue = own(writer, make)
    page = writer.get(LIST).text
    act(writer, action, issue)

    assert f'value="{action}"' not in page
    assert unchanged(issue)


def test_a_writer_has_no_button_that_publishes(writer, editor):
    assert 'name="_publish"' in editor.get(ADD).text
    writer.force_login(make_writer())
    page = writer.get(ADD).text

    assert "_publish" not in page
    assert 'name="publish_at_0"' not in page


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete"])
def test_no_address_of_the_desk_publishes_for_a_writer(writer, method):
    issue = own(writer, make_draft)
    for name, data in (
        *(("change", typed(issue, _publish="1")), ("preview", {"_publish": "1"})),
        *(("history", {"_publish": "1"}), ("delete", {"_publish": "1"})),
    ):
        address = reverse(f"admin:issues_issue_{name}", args=[issue.pk])
        getattr(writer, method)(address, data)
    getattr(writer, method)("/admin/issues/issue/preview/", typed(issue, _publish="1"))
    getattr(writer, method)(issue.get_absolute_url(), {"_publish": "1"})

    assert not Issue.objects.exclude(publish_at=None).exists()


@pytest.mark.parametrize("kind", ["quiz", "cover"])
def test_a_writer_names_no_quiz_or_cover_of_somebody_else(writer, kind):
    others = make_quiz(publish_at=False) if kind == "quiz" else make_image()
    response = writer.post(ADD, typed(**{kind: others.pk}))

    assert "Select a valid choice" in response.text
    assert not Issue.objects.exists()
    field = reverse("admin:autocomplete")
    asked = {"app_label": "issues", "model_name": "issue", "field_name": kind}
    assert writer.get(field, asked).json()["results"] == []


def test_a_writer_takes_no_quiz_out_of_a_public_issue(writer):
    quiz = make_quiz(publish_at=False, created_by=writer.user)
    issue = make_issue(quiz=quiz)
    response = writer.post(ADD, typed(quiz=quiz.pk))

    assert "already exists" in response.text
    assert unchanged(issue)
    assert Issue.objects.count() == 1


def test_a_writer_changes_no_quiz_that_is_in_a_public_issue(writer):
    quiz = make_quiz(publish_at=False, created_by=writer.user, title="As it was")
    make_issue(quiz=quiz)
    address = reverse("admin:quiz_quiz_change", args=[quiz.pk])

    assert writer.post(address, {"title": "Taken"}).status_code == 403
    quiz.refresh_from_db()
    assert quiz.title == "As it was"


def test_a_writer_does_not_read_revisions_of_others(writer):
    revision = make_draft(title="Of somebody else").revisions.get()

    assert writer.get(REVISIONS).status_code == 403
    assert writer.get(change(revision)).status_code == 403


@pytest.mark.parametrize("address", [LIST, ADD, IMAGES, f"{IMAGES}add/", REVISIONS])
def test_strangers_are_sent_to_the_login(client, address):
    client.force_login(make_user(is_active=True)) if address == ADD else None
    response = client.get(address)

    assert response.status_code in {302, 403}
    if response.status_code == 302:
        assert response.headers["Location"].startswith("/admin/login/")


# Pictures -------------------------------------------------------------------


def form(**overrides):
    return {"alt": "A shape.", "caption": "", "credit": "", **overrides}


@pytest.mark.parametrize("who", ["editor", "writer", "superuser"])
def test_a_picture_is_added(request, who):
    client = request.getfixturevalue(who)
    response = client.post(f"{IMAGES}add/", form(upload=upload(name="../../x.svg")))

    assert response.status_code == 302
    image = Image.objects.get()
    assert (image.alt, image.created_by) == ("A shape.", client.user)
    assert image.name.endswith(".webp")


@pytest.mark.parametrize(
    "values",
    [{}, {"upload": b"<svg/>"}, {"upload": b""}, {"upload": None, "alt": ""}],
)
def test_a_picture_that_is_none_is_refused(editor, values):
    content = values.get("upload", False)
    files = {} if content is False else {"upload": upload(content)}
    response = editor.post(f"{IMAGES}add/", form(**{**values, **files}))

    assert response.status_code == 200
    assert "errorlist" in response.text
    assert not Image.objects.exists()


def test_the_words_of_a_picture_are_changed_and_its_file_is_not(editor):
    image = make_image()
    editor.post(change(image), form(alt="Better.", name="x", file=upload()))
    changed = Image.objects.get()

    assert changed.alt == "Better."
    assert (changed.name, changed.checksum) == (image.name, image.checksum)


def test_a_picture_that_nobody_shows_is_deleted(editor):
    assert editor.post(delete(make_image()), {"post": "yes"}).status_code == 302
    act(
        editor,
        "delete_selected",
        make_image(),
        make_image(),
        address=IMAGES,
        post="yes",
    )

    assert not Image.objects.exists()


@pytest.mark.parametrize("state", ["published", "scheduled", "withdrawn"])
@pytest.mark.parametrize("place", ["text", "cover"])
def test_a_picture_that_is_shown_is_not_deleted(editor, state, place):
    image = make_image()
    make = {**HIDDEN, "published": make_issue}[state]
    make(**({"body": f"{image.markdown}\n"} if place == "text" else {"cover": image}))
    editor.post(delete(image), {"post": "yes"})
    act(editor, "delete_selected", image, address=IMAGES, post="yes")

    assert Image.objects.exists()


def test_the_cover_of_a_draft_is_not_deleted(editor):
    image = make_image()
    make_draft(cover=image)
    response = editor.post(delete(image), {"post": "yes"})

    assert response.status_code == 403
    assert Image.objects.exists()


def test_a_writer_changes_their_own_pictures_until_they_are_shown(writer):
    mine = make_image(created_by=writer.user)
    assert writer.post(change(mine), form(alt="Better.")).status_code == 302
    make_issue(body=f"{mine.markdown}\n")

    assert writer.post(change(mine), form(alt="Taken.")).status_code == 403
    assert Image.objects.get().alt == "Better."


def test_a_writer_changes_and_deletes_no_picture_of_others(writer):
    others = make_image(alt="As it was", created_by=make_editor())
    writer.post(change(others), form(alt="Taken."))
    writer.post(delete(others), {"post": "yes"})
    act(writer, "delete_selected", others, address=IMAGES, post="yes")

    assert Image.objects.get().alt == "As it was"
    assert others.alt not in writer.get(IMAGES).text


@pytest.mark.parametrize("key", ["x", "-1", "1" * 30, "\uff11"])
def test_a_key_that_is_none_is_refused_with_a_sentence(client, key):
    client.force_login(make_editor())
    response = client.post("/admin/issues/issue/add/", typed(cover=key, quiz=key))

    assert response.status_code == 200
    assert "valid choice" in response.content.decode()


def test_a_writer_gets_no_picture_of_others_by_its_name(client):
    image = make_image()
    client.force_login(make_writer())
    address = f"/admin/issues/image/file/{image.name}"

    assert client.get(address).status_code == 404
    image.created_by = make_editor()
    image.save()
    make_issue(cover=image)
    response = client.get(address)
    assert (response.status_code, bool(response.getvalue())) == (200, True)


def test_no_button_beside_a_choice_deletes_what_was_chosen(editor):
    page = editor.get("/admin/issues/issue/add/").text

    for name in ("quiz", "cover"):
        assert f'id="add_id_{name}"' in page
        assert f'id="delete_id_{name}"' not in page

"""Autosaves, conflicts, and what is kept of what was typed."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.admin import ModelAdmin
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from issues.models import Issue, Presence, Revision
from issues.services import autosave, save_work, set_aside
from issues.services.presence import be_present
from issues.services.revisions import ConflictError, thin_autosaves
from tests.issues.factories import (
    make_draft,
    make_image,
    make_issue,
    make_scheduled,
    typed,
)
from tests.quiz.factories import make_editor, make_quiz, make_writer

pytestmark = pytest.mark.django_db

ADD = "/admin/issues/issue/add/"
BEGIN = "/admin/issues/issue/autosave/"
COMPARE = "/admin/issues/issue/compare/"
Kind = Revision.Kind


def address(name, issue):
    return reverse(f"admin:issues_issue_{name}", args=[issue.pk])


def base(issue):
    return Issue.objects.values_list("working_revision", flat=True).get(pk=issue.pk)


def kinds(issue):
    return [*issue.revisions.order_by("pk").values_list("kind", flat=True)]


def written(issue, **changes):
    """The issue's text with changes, nothing stored."""
    other = Issue(**issue.text.as_dict())
    for name, value in changes.items():
        setattr(other, name, value)
    return other.text


def sent(issue, **changes):
    """What the form's module posts."""
    return {
        **{name: getattr(issue, name) for name in ("title", "slug", "dek", "body")},
        "cover": issue.cover_id or "",
        "quiz": issue.quiz_id or "",
        "base": base(issue),
        "tab": "tab-1",
        **changes,
    }


def as_user(user):
    client = Client()
    client.force_login(user)
    return client


# Autosaves ------------------------------------------------------------------


def test_an_autosave_is_a_revision_and_leaves_the_row(editor):
    issue = make_draft(by=editor.user)
    response = editor.post(address("autosave", issue), sent(issue, body="Typed."))

    revision = issue.revisions.first()
    assert response.json()["base"] == revision.pk == base(issue)
    assert (revision.kind, revision.body, revision.saved_by) == (
        *(Kind.AUTOSAVE, "Typed.", editor.user),
    )
    assert Issue.objects.get().body == issue.body
    assert "no-store" in response["Cache-Control"]
    assert not LogEntry.objects.exists()


def test_the_form_holds_what_was_autosaved_last(editor):
    issue = make_draft()
    cover, quiz = make_image(), make_quiz(publish_at=False)
    changes = {"title": "T", "slug": "s", "dek": "D", "body": "B"}
    changes |= {"cover": cover.pk, "quiz": quiz.pk}
    editor.post(address("autosave", issue), sent(issue, **changes))
    page = editor.get(address("change", issue))
    form = page.context["adminform"].form

    assert {name: form.initial[name] for name in changes} == changes
    assert form["base"].value() == base(issue)
    assert "This text was autosaved" in page.text


def test_autosaves_of_one_person_fold(editor):
    issue = make_draft(by=editor.user)
    for number in range(5):
        data = sent(issue, body=f"Typed {number}.")
        assert editor.post(address("autosave", issue), data).status_code == 200

    assert kinds(issue) == ["save", "autosave"]
    assert issue.revisions.first().body == "Typed 4."


def test_a_save_takes_in_the_autosave_before_it(editor):
    issue = make_draft(by=editor.user)
    editor.post(address("autosave", issue), sent(issue, body="Typed."))
    first = issue.revisions.first().begun_at
    data = typed(issue, body="Typed and done.", base=base(issue), tab="tab-1")
    assert editor.post(address("change", issue), data).status_code == 302

    assert kinds(issue) == ["save", "save"]
    assert issue.revisions.first().begun_at == first
    assert Issue.objects.get().body == "Typed and done."


def test_a_save_of_the_autosaved_text_is_no_second_revision(editor):
    issue = make_draft(by=editor.user)
    editor.post(address("autosave", issue), sent(issue, body="Typed."))
    editor.post(address("change", issue), typed(issue, body="Typed.", base=base(issue)))

    assert kinds(issue) == ["save", "save"]
    assert Issue.objects.get().body == "Typed."


def test_a_long_session_leaves_a_revision_every_ten_minutes():
    issue, editor = make_draft(), make_editor()
    now = timezone.now()
    for minute in range(0, 31, 2):
        with time_machine.travel(now + timedelta(minutes=minute), tick=False):
            text = written(issue, body=f"Minute {minute}.")
            autosave(issue=issue, text=text, base=base(issue), by=editor, tab="t")

    assert kinds(issue) == ["save", *["autosave"] * 4]


def test_autosaves_of_two_people_do_not_fold():
    issue = make_draft()
    for editor in (make_editor(), make_editor()):
        text = written(issue, body=f"By {editor}.")
        autosave(issue=issue, text=text, base=base(issue), by=editor, tab="t")

    assert kinds(issue) == ["save", "autosave", "autosave"]


def test_an_autosave_that_changes_nothing_stores_nothing(editor):
    issue = make_draft(body="Words.")
    response = editor.post(address("autosave", issue), sent(issue))

    assert response.json()["base"] == base(issue)
    assert kinds(issue) == ["save"]


def test_an_answer_that_got_lost_is_no_conflict(editor):
    issue = make_draft()
    before = base(issue)
    for body in ("Typed.", "Typed on."):
        data = sent(issue, body=body, base=before)
        assert editor.post(address("autosave", issue), data).status_code == 200
    data = typed(issue, body="Typed to the end.", base=before, tab="tab-1")
    assert editor.post(address("change", issue), data).status_code == 302

    assert Issue.objects.get().body == "Typed to the end."


def test_a_new_issue_begins_with_its_first_autosave(editor):
    data = {"title": "The week", "body": "Words.", "tab": "t", "slug": "", "dek": ""}
    response = editor.post(BEGIN, data)
    issue = Issue.objects.get()
    told = response.json()

    assert response.status_code == 201
    assert (issue.title, issue.slug, issue.created_by) == (
        *("The week", "the-week", editor.user),
    )
    assert issue.status() == "draft"
    assert told["address"] == address("change", issue)
    assert told["autosave"] == address("autosave", issue)
    assert told["base"] == base(issue)
    assert kinds(issue) == ["autosave"]


@pytest.mark.parametrize(
    ("typed_slug", "stored"),
    [("same", "same-2"), ("preview", "preview-2"), ("a b!", "a-b")],
)
def test_a_new_issue_gets_a_slug_that_is_free(editor, typed_slug, stored):
    make_draft(slug="same")
    data = {"title": "T", "tab": "t", "slug": typed_slug}
    assert editor.post(BEGIN, data).json()["slug"] == stored


@pytest.mark.parametrize(
    "changes",
    [
        *({"title": ""}, {"title": "x" * 201}, {"dek": "x" * 301}, {"tab": ""}),
        *(
            {"body": "x" * 500_001},
            {"quiz": "x"},
            {"cover": str(2**63)},
            {"body": "\x00"},
        ),
    ],
)
def test_what_no_issue_may_hold_does_not_begin_one(editor, changes):
    response = editor.post(BEGIN, {"title": "T", "tab": "t", **changes})

    assert response.status_code == 422
    assert response.json()["errors"]
    assert not Issue.objects.exists()


def test_a_quiz_of_somebody_else_gets_into_no_autosave_of_a_writer(writer):
    issue = make_draft()
    Issue.objects.update(created_by=writer.user)
    theirs = make_quiz(publish_at=False)
    data = sent(issue, quiz=theirs.pk, cover=make_image().pk)
    writer.post(address("autosave", issue), data)

    assert issue.revisions.first().quiz is None
    assert issue.revisions.first().cover is None


def test_who_signs_in_again_gets_a_new_form_token(editor):
    issue = make_draft()
    for where in (BEGIN, address("autosave", issue)):
        assert editor.get(where).json()["token"]


def test_a_browser_is_told_that_the_session_has_ended(client):
    issue = make_draft()
    for where in (BEGIN, address("autosave", issue), address("presence", issue)):
        response = client.post(where, sent(issue))
        assert response.status_code == 302
        assert "/login/" in response["Location"]


def test_old_autosaves_are_thinned_and_what_is_needed_stays():
    issue, editor = make_draft(), make_editor()
    now = timezone.now().replace(minute=30)
    ages = [
        *(timedelta(minutes=40 * step) for step in range(1, 80)),
        timedelta(days=31),
    ]
    for age in ages:
        issue.revisions.create(
            kind=Kind.AUTOSAVE, title="x", saved_by=editor, saved_at=now - age
        )
    aside = set_aside(issue=issue, text=issue.text, by=editor)
    gone = thin_autosaves(Issue.objects.get(), now)
    left = issue.revisions.filter(kind=Kind.AUTOSAVE)

    assert gone > 10
    day = timedelta(days=1)
    assert left.filter(saved_at__gt=now - day).count() == 35
    hours = [
        row.saved_at.replace(minute=0) for row in left.filter(saved_at__lte=now - day)
    ]
    assert len(hours) == len({*hours})
    assert not left.filter(saved_at__lte=now - timedelta(days=30)).exists()
    assert issue.revisions.filter(pk__in=[aside.pk, base(issue)]).count() == 2


def test_words_are_counted_against_the_revision_before():
    issue, editor = make_draft(body="One two three."), make_editor()
    for body in ("One two three four.", "One 2 three four five."):
        text = written(issue, body=body)
        autosave(issue=issue, text=text, base=base(issue), by=editor, tab="t")
    revision = issue.revisions.first()

    assert (revision.words_added, revision.words_removed) == (3, 1)


# Conflicts ------------------------------------------------------------------


def test_an_autosave_over_somebody_elses_is_set_aside():
    issue, ana, bob = make_draft(), make_editor(), make_editor()
    before = base(issue)
    as_user(bob).post(address("autosave", issue), sent(issue, body="Bob’s.", tab="b"))
    for body in ("Ana’s.", "Ana’s words."):
        response = as_user(ana).post(
            address("autosave", issue), sent(issue, body=body, base=before, tab="a")
        )
        assert response.status_code == 409
        assert str(bob.get_username()) in response.json()["conflict"]

    assert issue.revisions.get(pk=base(issue)).body == "Bob’s."
    aside = issue.revisions.get(kind=Kind.ASIDE)
    assert (aside.body, aside.saved_by) == ("Ana’s words.", ana)


@pytest.mark.parametrize("make", [make_draft, make_issue, make_scheduled])
def test_a_save_over_somebody_elses_overwrites_nothing(editor, make):
    issue, bob = make(), make_editor()
    before = base(issue)
    as_user(bob).post(address("change", issue), typed(issue, dek="Bob’s.", base=before))
    response = editor.post(
        address("change", issue),
        typed(issue, body="Mine & <b>hers</b>.", base=before, tab="a", _publish="1"),
    )

    assert response.status_code == 409
    assert issue.revisions.get(pk=base(issue)).dek == "Bob’s."
    assert issue.revisions.get(kind=Kind.ASIDE).body == "Mine & <b>hers</b>."
    assert "Mine &amp; &lt;b&gt;hers&lt;/b&gt;." in response.text
    assert response.context["merged"]["conflicts"] == 0
    merged = response.context["merged"]["text"]
    assert (merged.dek, merged.body) == ("Bob’s.", "Mine & <b>hers</b>.\n")


def choices(response):
    """What each form of the conflict page posts: yours, then merged."""
    context = response.context
    carried = dict(context["carried"])
    texts = [context["mine"], context["merged"]["text"]]
    return [
        {
            **carried,
            "title": text.title,
            "slug": text.slug,
            "dek": text.dek,
            "body": text.body,
            "cover": text.cover_id or "",
            "quiz": text.quiz_id or "",
            "base": context["theirs"].pk,
            "tab": context["tab"],
            "_continue": "1",
        }
        for text in texts
    ]


@pytest.mark.parametrize(
    ("choice", "body"), [(0, "Mine. And. Two."), (1, "Mine. And. 2.")]
)
def test_what_was_chosen_is_saved_and_the_other_stays_in_the_history(
    editor, choice, body
):
    issue, bob = make_draft(body="One. And. Two.\n"), make_editor()
    before = base(issue)
    theirs = typed(issue, body="One. And. 2.\n", base=before)
    as_user(bob).post(address("change", issue), theirs)
    response = editor.post(
        address("change", issue), typed(issue, body="Mine. And. Two.\n", base=before)
    )
    answer = editor.post(address("change", issue), choices(response)[choice])

    assert answer.status_code == 302
    assert Issue.objects.get().body == body
    assert issue.revisions.filter(body="One. And. 2.").exists()
    assert issue.revisions.filter(body="Mine. And. Two.").exists()


def test_the_same_text_twice_is_no_conflict(editor):
    issue, bob = make_draft(), make_editor()
    before = base(issue)
    data = typed(issue, body="Same.", base=before)
    as_user(bob).post(address("change", issue), data)

    assert editor.post(address("change", issue), data).status_code == 302


def test_without_the_text_that_both_began_with_both_are_shown(editor):
    issue, bob = make_draft(), make_editor()
    as_user(bob).post(address("change", issue), typed(issue, body="Bob’s."))
    response = editor.post(
        address("change", issue), typed(issue, body="Mine.", base=10**9)
    )

    assert response.status_code == 409
    assert response.context["merged"] is None
    assert "From the other text to yours" in response.text


def test_a_text_that_another_form_began_with_is_kept_for_merging():
    issue, ana, bob = make_draft(), make_editor(), make_editor()
    first = autosave(
        issue=issue, text=written(issue, body="One."), base=base(issue), by=ana, tab="a"
    ).revision
    be_present(issue=issue, by=bob, tab="b", base=first.pk)
    text = written(issue, body="Two.")
    autosave(issue=issue, text=text, base=first.pk, by=ana, tab="a")

    assert issue.revisions.filter(pk=first.pk).exists()


def test_a_save_between_reading_and_storing_is_noticed():
    issue, bob = make_draft(), make_editor()
    read = Issue.objects.get()
    autosave(issue=issue, text=written(issue, body="B."), base=base(issue), by=bob)
    read.body = "Mine."

    with pytest.raises(ConflictError):
        save_work(issue=read, by=make_editor())
    assert Issue.objects.get().body == issue.body


def test_who_is_quicker_by_a_moment_is_met_on_the_conflict_page(editor, monkeypatch):
    issue, bob, calls = make_draft(), make_editor(), []
    original = ModelAdmin.changeform_view

    def view(*args, **kwargs):
        calls.append(args)
        if len(calls) == 1:
            text = written(issue, body="Bob was quicker.")
            autosave(issue=issue, text=text, base=base(issue), by=bob)
            raise ConflictError
        return original(*args, **kwargs)

    monkeypatch.setattr(ModelAdmin, "changeform_view", view)
    data = typed(issue, body="Mine.", base=base(issue))
    response = editor.post(address("change", issue), data)

    assert (response.status_code, len(calls)) == (409, 2)
    assert "Bob was quicker." in response.text


# Presence -------------------------------------------------------------------


def test_who_else_has_it_open_is_told(editor):
    issue, bob = (
        make_draft(),
        make_editor(),
    )
    bob.first_name, bob.last_name = "Bob", "Smith"
    bob.save()
    be_present(issue=issue, by=bob, tab="b", base=None)
    where, data = address("presence", issue), {"base": base(issue), "tab": "a"}

    assert editor.post(where, data).json()["others"] == ["Bob Smith"]
    assert be_present(issue=issue, by=bob, tab="b", base=None) == [
        editor.user.get_username()
    ]
    assert be_present(issue=issue, by=bob, tab="c", base=None) == sorted(
        [editor.user.get_username(), "you, in another tab"]
    )


def test_who_leaves_or_is_silent_is_gone(editor):
    issue, bob = make_draft(), make_editor()
    where = address("presence", issue)
    now = timezone.now()
    with time_machine.travel(now - timedelta(seconds=80), tick=False):
        be_present(issue=issue, by=bob, tab="b", base=None)
    assert editor.post(where, {"tab": "a"}).json()["others"] == []
    editor.post(where, {"tab": "a", "leaves": "1"})
    assert [*Presence.objects.values_list("user", flat=True)] == [bob.pk]
    with time_machine.travel(now + timedelta(minutes=20), tick=False):
        be_present(issue=issue, by=editor.user, tab="a", base=None)

    assert [*Presence.objects.values_list("user", flat=True)] == [editor.user.pk]


def test_forms_of_one_person_are_bounded():
    issue, bob = make_draft(), make_editor()
    for number in range(15):
        be_present(issue=issue, by=bob, tab=f"t{number}", base=None)

    assert Presence.objects.count() == 10


@pytest.mark.parametrize("data", [{}, {"tab": "x" * 37}, {"tab": "a", "base": "x"}])
def test_a_strange_beat_is_refused(editor, data):
    issue = make_draft()

    assert editor.post(address("presence", issue), data).status_code == 422
    assert not Presence.objects.exists()


# A copy in the browser ------------------------------------------------------


def test_a_local_copy_is_compared_with_the_form(editor):
    make_draft(by=editor.user, title="T", dek="D", body="Known.")
    old = {"old_title": "T", "old_dek": "D", "old_body": "One two."}
    new = {"title": "T", "dek": "D", "body": "One <b>2</b>."}
    told = editor.post(COMPARE, {**old, **new}).json()

    assert not told["known"]
    assert "&lt;b&gt;" in told["html"]
    assert "<b>" not in told["html"]
    assert "<ins>" in told["html"]
    assert editor.post(COMPARE, {**old, **new, "body": "Known."}).json()["known"]
    assert editor.get(COMPARE).status_code == 405
    assert editor.post(COMPARE, {"title": "x" * 300}).status_code == 422


def test_a_form_names_its_revision_and_its_addresses(editor):
    issue = make_draft()
    page = editor.get(address("change", issue)).text

    assert f'name="base" value="{base(issue)}"' in page
    for name in ("autosave", "presence"):
        assert address(name, issue) in page
    assert f'data-autosave-address="{BEGIN}"' in editor.get(ADD).text


def test_a_writer_saves_their_own_draft_only():
    mine, theirs, writer = make_draft(), make_draft(), make_writer()
    Issue.objects.filter(pk=mine.pk).update(created_by=writer)
    client = as_user(writer)

    assert (
        client.post(address("autosave", mine), sent(mine, body="x")).status_code == 200
    )
    assert client.post(address("autosave", theirs), sent(theirs)).status_code == 403

"""Every revision, what differs, and going back."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from issues.models import Issue, Revision
from issues.services import save_issue, set_aside
from superfast.common import difference
from tests.issues.factories import make_draft, make_image, make_issue, typed
from tests.quiz.factories import make_editor, make_quiz

pytestmark = pytest.mark.django_db

Kind = Revision.Kind


def address(name, issue, *more):
    return reverse(f"admin:issues_issue_{name}", args=[issue.pk, *more])


def saved(issue, **changes):
    for name, value in changes.items():
        setattr(issue, name, value)
    save_issue(issue=issue, by=None)
    return issue.revisions.first()


def long_issue(revisions):
    """An issue of 5,000 words that was saved often, a twentieth of the words each time."""
    words = [f"w{number * 7919 % 1500}" for number in range(5000)]
    issue = make_draft(body="x")
    start = timezone.now() - timedelta(days=2)
    rows = []
    for number in range(revisions):
        text = [
            "new" if place % 20 == number % 20 else w for place, w in enumerate(words)
        ]
        paragraphs = [
            " ".join(text[place : place + 50]) for place in range(0, 5000, 50)
        ]
        rows.append(
            Revision(
                issue=issue,
                kind=Kind.SAVE,
                title=f"Take {number}",
                body="\n\n".join(paragraphs),
                saved_at=start + timedelta(minutes=number),
            )
        )
    Revision.objects.bulk_create(rows)
    Issue.objects.update(working_revision=issue.revisions.first())
    return issue


def test_the_history_tells_who_when_what_and_how_much(editor):
    ana = make_editor(first_name="Ana", last_name="Lund")
    issue = make_issue(by=ana, body="One two three.")
    data = typed(issue, body="One two three four five.", title=issue.title)
    editor.post(address("change", issue), data)
    set_aside(issue=Issue.objects.get(), text=issue.text, by=ana)
    page = editor.get(address("history", issue)).text

    for part in (
        "Ana Lund",
        "Publish",
        "Save",
        "Set aside",
        "what readers see",
        "newest",
    ):
        assert part in page
    assert "+2 −0" in page
    assert editor.user.get_username() in page


def test_100_revisions_of_a_long_issue_cost_few_queries(
    editor, django_assert_max_num_queries
):
    issue = long_issue(100)
    with django_assert_max_num_queries(9):
        page = editor.get(address("history", issue)).text
    assert page.count('name="old"') == 100
    assert len(page) < 200_000
    assert (
        editor.get(address("history", issue), {"page": 2}).text.count('name="old"') == 1
    )
    assert editor.get(address("history", issue), {"page": 9}).status_code == 404


def test_the_difference_of_long_texts_costs_few_comparisons(
    editor, django_assert_max_num_queries, monkeypatch
):
    """What it costs is counted: pairs of words that are compared."""
    issue, pairs = long_issue(2), []
    original = difference._matching
    monkeypatch.setattr(
        difference,
        "_matching",
        lambda old, new: pairs.append(len(old) * len(new)) or original(old, new),
    )
    first, second = issue.revisions.order_by("saved_at")[:2]
    query = {"old": first.pk, "new": second.pk}
    with django_assert_max_num_queries(9):
        page = editor.get(address("difference", issue), query).text

    assert page.count("<ins>") >= 250
    assert sum(pairs) < 60_000_000


def test_words_are_marked_for_eyes_and_ears(editor):
    issue = make_draft(
        title="Old <i>", dek="A dek.", body="One two.\n\n<script>x</script>"
    )
    quiz, cover = (
        make_quiz(publish_at=False, title="Lies & more"),
        make_image(alt="A cat"),
    )
    old = issue.revisions.get()
    new = saved(
        issue, title="New <i>", slug="new", body="One 2.", quiz=quiz, cover=cover
    )
    page = editor.get(address("difference", issue), {"old": old.pk, "new": new.pk}).text

    for part in (
        '<del><span class="visually-hidden">[removed: </span>two<',
        '<ins><span class="visually-hidden">[added: </span>2<',
        "Lies &amp; more",
        "A cat",
        "&lt;i&gt;",
        "&lt;script&gt;",
    ):
        assert part in page
    assert "<script>x" not in page
    assert "A dek." not in page


def test_any_two_revisions_are_compared(editor):
    issue = make_draft(body="First.")
    revisions = [issue.revisions.get(), *(saved(issue, body=f"{n}.") for n in range(3))]
    for old in revisions:
        for new in revisions:
            query = {"old": old.pk, "new": new.pk}
            response = editor.get(address("difference", issue), query)
            assert response.status_code == 200
            assert ("Nothing differs." in response.text) is (old == new)


@pytest.mark.parametrize("value", ["x", "-1", "", "9" * 30, "999999"])
def test_a_revision_that_is_none_is_not_found(editor, value):
    issue, other = make_draft(), make_draft()
    assert editor.get(address("difference", issue), {"old": value}).status_code == 404
    theirs = {"new": other.revisions.get().pk}
    assert editor.get(address("difference", issue), theirs).status_code == 404


def test_without_a_choice_it_is_from_readers_to_editors(editor):
    issue = make_issue(body="Public words.")
    editor.post(address("change", issue), typed(issue, body="Newer words."))
    context = editor.get(address("difference", issue)).context

    assert (context["old"].body, context["new"].body) == (
        "Public words.",
        "Newer words.",
    )


def test_an_earlier_text_is_restored_as_a_save(editor):
    issue = make_draft(title="First", body="First.", slug="first")
    first = issue.revisions.get()
    saved(issue, title="Second", body="Second.", slug="second")
    response = editor.post(address("restore", issue, first.pk), follow=True)

    stored = Issue.objects.get()
    assert "is restored" in response.text
    assert (stored.title, stored.body, stored.slug) == ("First", "First.", "second")
    assert issue.revisions.count() == 3
    assert stored.working_revision.saved_by == editor.user


def test_restoring_a_live_issue_is_work_until_it_is_published(editor):
    issue = make_issue(body="First.")
    first = issue.revisions.get()
    saved(issue, body="Second.")
    editor.post(address("restore", issue, first.pk))

    stored = Issue.objects.get()
    assert (stored.body, stored.working_revision.body) == ("Second.", "First.")
    assert stored.has_unpublished_changes


def test_a_text_that_was_set_aside_is_restored(editor):
    issue = make_draft(body="Theirs.")
    mine = Issue(**issue.text.as_dict() | {"body": "Mine."}).text
    aside = set_aside(issue=issue, text=mine, by=editor.user)
    editor.post(address("restore", issue, aside.pk))

    assert Issue.objects.get().body == "Mine."


def test_a_quiz_that_stands_elsewhere_by_now_is_not_restored(editor):
    quiz = make_quiz(publish_at=False)
    issue = make_draft(quiz=quiz, body="First.")
    first = issue.revisions.get()
    saved(issue, quiz=None, body="Second.")
    make_draft(quiz=quiz)
    editor.post(address("restore", issue, first.pk))

    stored = Issue.objects.get(pk=issue.pk)
    assert (stored.body, stored.quiz) == ("First.", None)


def test_a_revision_of_another_issue_is_not_restored(editor):
    issue, other = make_draft(), make_draft()
    response = editor.post(address("restore", issue, other.revisions.get().pk))

    assert response.status_code == 404
    assert (
        editor.get(address("restore", issue, issue.revisions.get().pk)).status_code
        == 405
    )


def test_an_autosave_after_a_restore_meets_it(editor):
    issue = make_draft(body="First.")
    first, before = issue.revisions.get(), saved(issue, body="Second.").pk
    editor.post(address("restore", issue, first.pk))
    data = {"title": "T", "slug": "s", "body": "Typed.", "base": before, "tab": "t"}

    assert editor.post(address("autosave", issue), data).status_code == 409

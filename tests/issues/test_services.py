"""What can be done to an issue, and what is stored then."""

from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, transaction

from issues.models import Issue, Link, LinkUse, Revision, Section
from issues.services import (
    delete_issue,
    publish_issue,
    rerender,
    save_issue,
    withdraw_issue,
)
from superfast.common.publishing import Status
from superfast.search.models import Document
from tests.factories import make_editor
from tests.issues.factories import (
    OUT,
    make_draft,
    make_image,
    make_issue,
    make_scheduled,
    make_withdrawn,
    new_issue,
)
from tests.papers.factories import make_paper
from tests.quiz.factories import make_quiz

pytestmark = pytest.mark.django_db


def kinds(issue):
    return [*issue.revisions.order_by("pk").values_list("kind", flat=True)]


def saved(issue, **changes):
    for name, value in changes.items():
        setattr(issue, name, value)
    save_issue(issue=issue, by=None)


def test_a_saved_draft_is_a_revision_and_nothing_follows_from_it():
    editor = make_editor()
    issue = make_draft(by=editor)
    revision = issue.revisions.get()

    assert (revision.kind, revision.saved_by) == (Revision.Kind.SAVE, editor)
    assert (revision.title, revision.dek, revision.body) == (
        *(issue.title, issue.dek, issue.body),
    )
    assert issue.published_revision is None
    for rows in (issue.sections, issue.link_uses, issue.mentions):
        assert not rows.exists()
    # Editors find it: a document without a time is shown to no reader.
    kept = Document.objects.filter(group=issue.uid.hex)
    assert not kept.exclude(publish_at=None).exists()


def test_only_a_changed_text_makes_a_revision():
    issue = make_draft()
    saved(issue)
    saved(issue)
    assert kinds(issue) == ["save"]
    for change in (
        {"title": "T"},
        {"slug": "other"},
        {"dek": "D"},
        {"body": "B"},
        {"cover": make_image()},
        {"quiz": make_quiz(publish_at=False)},
    ):
        saved(issue, **change)

    assert kinds(issue) == ["save"] * 7
    assert issue.working_revision.text == issue.text


def test_a_published_text_is_a_revision_that_feeds_go_by():
    issue = make_issue()
    first = issue.published_revision
    saved(issue)
    assert kinds(issue) == ["publish"]
    assert Issue.objects.get().published_revision == first
    saved(issue, body="Other words.")

    assert kinds(issue) == ["publish", "publish"]
    assert Issue.objects.get().published_revision == issue.revisions.first() != first


def test_publishing_a_draft_marks_what_was_published():
    issue = make_draft()
    publish_issue(issue=issue, by=None)

    assert kinds(issue) == ["save", "publish"]
    assert issue.revisions.first() == Issue.objects.get().published_revision


@pytest.mark.parametrize("publish_at", [OUT, OUT.replace(year=2199)])
def test_a_public_text_that_is_not_ready_is_refused_and_nothing_is_stored(publish_at):
    issue = make_issue(publish_at=publish_at)
    before = [*Issue.objects.values()], [*Section.objects.values()], kinds(issue)
    documents = [*Document.objects.values()]
    issue.body = "![x](/media/pictures/none.webp)\n\n(link)"

    with pytest.raises(ValidationError) as caught:
        save_issue(issue=issue, by=None)
    assert caught.value.messages == [
        "Line 1: There is no picture “none.webp”.",
        "Line 3: “(link)” is a link still to be filled in, or to be waived.",
    ]
    assert before == (
        *([*Issue.objects.values()], [*Section.objects.values()], kinds(issue)),
    )
    assert documents == [*Document.objects.values()]


def test_a_new_public_issue_that_is_not_ready_leaves_nothing():
    with pytest.raises(ValidationError):
        save_issue(issue=new_issue(body="(link)"), by=None)

    assert not Issue.objects.exists()
    assert not Revision.objects.exists()


def test_a_draft_may_be_unready():
    assert make_draft(body="(link) TK ::: quiz", dek="").pk


@pytest.mark.parametrize("make", [make_draft, make_scheduled])
def test_an_issue_is_published_now(make):
    issue = make()
    publish_issue(issue=issue, by=None)

    assert Issue.objects.get().status() is Status.PUBLISHED
    assert issue.sections.count() == 2


def test_publishing_twice_changes_no_date():
    issue = make_issue()
    publish_issue(issue=issue, by=None)

    assert Issue.objects.get().publish_at == OUT
    assert kinds(issue) == ["publish"]


def test_an_issue_that_was_withdrawn_comes_back_with_its_date():
    issue = make_withdrawn()
    publish_issue(issue=issue, by=None)

    stored = Issue.objects.get()
    assert (stored.publish_at, stored.withdrawn_at) == (OUT, None)
    assert Document.objects.published().filter(group=issue.uid.hex).exists()


def test_an_unready_draft_is_not_published():
    issue = make_draft(body="TK")

    with pytest.raises(ValidationError, match="TK"):
        publish_issue(issue=issue, by=None)
    assert Issue.objects.get().publish_at is None
    assert kinds(issue) == ["save"]


def test_a_withdrawn_issue_is_found_no_longer_and_keeps_its_text():
    issue = make_issue()
    withdraw_issue(issue=issue)

    assert Issue.objects.get().status() is Status.WITHDRAWN
    assert not Document.objects.published().exists()
    assert Issue.objects.get().body == issue.body


def test_a_scheduled_issue_becomes_a_draft_of_which_nothing_follows():
    image = make_image()
    issue = make_scheduled(
        body=f"## News\n\n[a](https://b.example)\n\n{image.markdown}"
    )
    assert issue.pictures.exists()
    withdraw_issue(issue=issue)

    assert Issue.objects.get().status() is Status.DRAFT
    for rows in (issue.sections, issue.link_uses, issue.mentions):
        assert not rows.exists()
    # Editors find it: a document without a time is shown to no reader.
    kept = Document.objects.filter(group=issue.uid.hex)
    assert not kept.exclude(publish_at=None).exists()


@pytest.mark.parametrize("make", [make_draft, make_withdrawn])
def test_what_readers_do_not_see_is_not_withdrawn(make):
    issue = make()

    with pytest.raises(ValidationError, match="Only what is published or scheduled"):
        withdraw_issue(issue=issue)


def test_withdrawing_twice_is_refused():
    issue = make_issue()
    withdraw_issue(issue=issue)
    stored = Issue.objects.get().withdrawn_at

    with pytest.raises(ValidationError):
        withdraw_issue(issue=issue)
    assert Issue.objects.get().withdrawn_at == stored


def test_an_issue_that_loses_its_date_is_forgotten():
    issue = make_issue()
    saved(issue, publish_at=None)

    assert not issue.sections.exists()
    kept = Document.objects.filter(group=issue.uid.hex)
    assert not kept.exclude(publish_at=None).exists()


def test_nothing_is_left_of_a_deleted_issue():
    issue, other = make_issue(body=FULL), make_issue()
    delete_issue(issue=issue)

    assert Issue.objects.get() == other
    assert {*Revision.objects.values_list("issue", flat=True)} == {other.pk}
    assert {*Section.objects.values_list("issue", flat=True)} == {other.pk}
    assert {*Document.objects.values_list("group", flat=True)} == {other.uid.hex}


FULL = """\
[Before](https://b.example/0) all.

## 🗞️ News

One [story *x*](https://a.example/?x=1&y=2), [again](https://a.example/?x=1&y=2).[^*]

## News

::: card
[Card](https://www.c.example/) text [inner](https://d.example/)
:::

### 日本

[mail](mailto:x@e.example) and [here](/papers/)

[^*]: See [note](https://n.example/).
"""


def derived(issue):
    return (
        [*issue.sections.values_list("anchor", "title", "emoji", "level", "text")],
        [*issue.link_uses.values_list("link__url", "link__site", "text", "anchor")],
        [*issue.mentions.values_list("paper__slug", "take")],
        [*issue.pictures.values_list("pk", flat=True)],
        [
            *Document.objects.filter(group=issue.uid.hex)
            .order_by("kind", "key")
            .values_list("kind", "title", "url", "context", "body", "publish_at")
        ],
    )


def test_sections_links_and_what_can_be_found_follow_from_the_text():
    issue = make_issue(body=FULL, title="A title", dek="A dek.")
    sections, uses, _, _, documents = derived(issue)

    assert sections == [
        ("s-news", "News", "🗞️", 2, "One story x, again."),
        ("s-news-2", "News", "", 2, "Card\ntext inner"),
        ("s-section", "日本", "", 3, "mail and here"),
    ]
    assert uses == [
        ("https://b.example/0", "b.example", "Before", ""),
        ("https://a.example/?x=1&y=2", "a.example", "story x", "s-news"),
        ("https://a.example/?x=1&y=2", "a.example", "again", "s-news"),
        ("https://www.c.example/", "www.c.example", "Card", "s-news-2"),
        ("https://d.example/", "d.example", "inner", "s-news-2"),
        ("https://n.example/", "n.example", "note", "s-section"),
    ]
    page = issue.get_absolute_url()
    found = {(kind, title, url) for kind, title, url, *_ in documents}
    assert found == {
        ("section", "A title", page),
        ("section", "News", f"{page}#s-news"),
        ("section", "News", f"{page}#s-news-2"),
        ("section", "日本", f"{page}#s-section"),
        ("link", "Before", "https://b.example/0"),
        ("link", "story x", "https://a.example/?x=1&y=2"),
        ("link", "Card", "https://www.c.example/"),
        ("link", "inner", "https://d.example/"),
        ("link", "note", "https://n.example/"),
    }


def test_mentions_and_pictures_follow_from_the_text():
    paper, other = make_paper(), make_paper()
    image, _ = make_image(), make_image()
    issue = make_issue(
        body=(
            f"::: papers\n- {other.slug}: One *x*.\n- {paper.slug}: Two.\n:::\n\n"
            f"## Again\n\n::: papers\n- {other.slug}: Once more.\n:::\n\n{image.markdown}\n"
        )
    )

    assert derived(issue)[2] == [(other.slug, "One *x*."), (paper.slug, "Two.")]
    assert [*issue.pictures.all()] == [image]


def test_a_second_save_doubles_nothing():
    paper, image = make_paper(), make_image()
    body = f"{FULL}\n{image.markdown}\n\n::: papers\n- {paper.slug}: X.\n:::\n"
    issue = make_issue(body=body)
    before, links = derived(issue), Link.objects.count()
    saved(issue)
    publish_issue(issue=issue, by=None)

    assert derived(issue) == before
    assert Link.objects.count() == links


def test_what_was_taken_out_of_the_text_is_gone():
    image = make_image()
    issue = make_issue(body=f"{FULL}\n{image.markdown}\n")
    saved(issue, body="## Other\n\nWords.\n")
    sections, uses, _, pictures, documents = derived(issue)

    assert [anchor for anchor, *_ in sections] == ["s-other"]
    assert (uses, pictures) == ([], [])
    assert len(documents) == 2


def test_two_issues_share_a_link():
    make_issue(body="[a](https://b.example)")
    make_issue(body="[c](https://b.example)")

    assert Link.objects.get().uses.count() == 2


def test_reading_takes_a_minute_for_230_words():
    assert make_issue(body="word " * 20).reading_minutes == 1
    assert make_issue(body="word " * 690).reading_minutes == 3


AWKWARD = {
    "a very long heading": f"## {'word ' * 400}",
    "a heading full of emoji": f"## {'🗞️' * 60} News",
    "an empty heading": "##\n\ntext",
    "a deep heading": "###### six",
    "headings of one name": "## News\n\n## News\n\n## News 2\n\n## News",
    "a very long address": f"[a](https://b.example/{'x' * 3000})",
    "a long address in a card": f"::: card\n[a](https://b.example/{'&' * 1999})\n:::",
    "a very long host": f"[a](https://{'x' * 600}.example/)",
    "a long link text": f"[{'word ' * 400}](https://b.example/)",
    "addresses that are hardly any": "<a href='http://[x'>a</a> <a href='http://'>b</a>",
    "an address with a port": "[a](https://b.example:99999999/)",
    "very many links": "[a](http://b) " * 300,
}


@pytest.mark.parametrize("name", AWKWARD)
def test_an_awkward_text_is_published(name, client):
    issue = make_issue(body=AWKWARD[name])

    assert client.get(issue.get_absolute_url()).status_code == 200
    assert client.get("/issues/feed.xml").status_code == 200


@pytest.mark.slow
def test_more_links_than_a_small_number_holds_are_published():
    issue = make_issue(body="[a](https://b) " + "[a](http://b)" * 32_800)

    assert issue.link_uses.count() >= 32_767


def test_rendering_again_makes_what_is_missing_and_changes_nothing_else():
    issue, draft = make_issue(body=FULL), make_draft()
    before, stored = derived(issue), Issue.objects.get(pk=issue.pk)
    Issue.objects.update(blocks=[])
    Section.objects.all().delete()
    LinkUse.objects.all().delete()
    Document.objects.all().delete()
    call_command("rerender", stdout=StringIO())

    again = Issue.objects.get(pk=issue.pk)
    assert derived(issue) == before
    assert again.blocks == stored.blocks
    assert (again.updated_at, again.changed_at) == (
        stored.updated_at,
        stored.changed_at,
    )
    assert kinds(issue) == ["publish"]
    assert not draft.sections.exists()


def test_rendering_says_how_many(capsys):
    make_issue()
    make_scheduled()
    make_draft()
    call_command("rerender")

    assert capsys.readouterr().out == "2 issues rendered.\n"
    assert rerender([]) == 0


def test_a_quiz_stands_in_one_issue():
    quiz = make_quiz(publish_at=False)
    make_issue(quiz=quiz)
    second = new_issue(quiz=quiz)

    with pytest.raises(ValidationError, match="already exists"):
        second.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        second.save()


@pytest.mark.parametrize("field", ["title", "dek", "body"])
def test_what_is_public_has_title_dek_and_text(field):
    issue = new_issue(**{field: ""})

    with pytest.raises(ValidationError):
        issue.full_clean()
    with (
        pytest.raises(IntegrityError, match="published_has_text"),
        transaction.atomic(),
    ):
        issue.save()


def test_a_slug_stands_for_one_issue_and_hides_no_other_page():
    make_issue(slug="same")
    with pytest.raises(IntegrityError), transaction.atomic():
        new_issue(slug="same").save()
    for slug in ("same", "preview", "feed", "not a slug", ""):
        with pytest.raises(ValidationError):
            new_issue(slug=slug).full_clean()

"""Two that are one: asked about, never merged by themselves."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from papers import history, merging
from papers.importing.batches import create_batch, read_batch, start_applying
from papers.importing.undoing import undo_batch
from papers.models import Author, AuthorAlias, Paper, PaperRevision, Placement
from papers.restoring import differences, restore
from papers.services import authors_for
from superfast.search.find import find
from tests.issues.factories import make_issue
from tests.papers.desk import change as change_address
from tests.papers.desk import form_of
from tests.papers.factories import (
    make_catalogue,
    make_editor,
    make_mention,
    make_paper,
    make_writer,
)

pytestmark = pytest.mark.django_db

DUPLICATES = "/admin/papers/paper/duplicates/"


@pytest.fixture
def editor(client):
    user = make_editor()
    client.force_login(user)
    return user


def two(**overrides):
    one = make_paper(title="A Möbius strip", slug="one", authors=["Ann Doe"])
    other = make_paper(
        **{
            "title": "A Mobius Strip.",
            "slug": "other",
            "authors": ["A. Doe"],
            **overrides,
        }
    )
    return one, other


def pair(one, other):
    return f"/admin/papers/paper/pair/{one.pk}/{other.pk}/"


@pytest.mark.parametrize(
    ("overrides", "words"),
    [
        ({}, "Same title"),
        ({"year": 2023}, "Same title"),
        ({"year": 2024}, "years apart"),
        ({"authors": ["Bob Roe"]}, "no author in common"),
        ({"title": "A Mobius strips"}, "nearly that"),
        ({"title": "Something else"}, None),
        ({"title": "A Mobius strips", "authors": ["Bob Roe"]}, None),
    ],
)
def test_candidates_are_told_by_title_year_and_author(overrides, words):
    one, other = two(**overrides)

    found = list(merging.find_pairs())

    assert [(a, b) for a, b, _ in found] == ([(one.pk, other.pk)] if words else [])
    if words:
        assert words in found[0][2]


def test_another_doi_makes_doubtful():
    one = make_paper(title="Same", doi="10.1145/1", authors=["Ann Doe"])
    other = make_paper(title="Same", doi="10.1145/2", authors=["Ann Doe"])

    ((first, second, why),) = merging.find_pairs()

    assert (first, second) == (one.pk, other.pk)
    assert "another DOI" in why


def test_merging_moves_everything_along(client, editor):
    catalogue = make_catalogue("2023", title="Papers of 2023", year=2023)
    one, other = two(
        catalogue=catalogue, doi="10.1145/1.2", topics=["vision"], position=7
    )
    both, alone = make_mention(one), make_mention(other)
    other.mentions.create(issue=both.issue, position=2)
    address = other.get_absolute_url()

    html = client.get(pair(one, other)).content.decode()
    assert "10.1145/1.2" in html
    response = client.post(
        pair(one, other), {"do": "merge", "keep": "one", "doi": "two"}, follow=True
    )

    assert response.status_code == 200
    kept = Paper.objects.get()
    assert (kept.pk, kept.title, kept.doi) == (one.pk, "A Möbius strip", "10.1145/1.2")
    assert [topic.slug for topic in kept.topics.all()] == ["vision"]
    assert set(kept.mentions.values_list("issue", flat=True)) == {
        both.issue_id,
        alone.issue_id,
    }
    assert Placement.objects.get().position == 7
    moved = client.get(address)
    assert (moved.status_code, moved.url) == (301, kept.get_absolute_url())
    assert Paper.objects.by_slug(["other"])["other"] == kept
    assert find("mobius").total == 1
    assert kept.revisions.first().verb == PaperRevision.Verb.MERGE


def test_the_history_of_both_papers_stays_and_says_whose_it_was(client, editor):
    one, other = two()
    for value in ("First.", "Second."):
        for paper in (one, other):
            paper.takeaway = value
            paper.save()
            history.keep([paper.pk], PaperRevision.Verb.SAVE, editor)
    other.takeaway = "Never kept."
    other.save()
    kept = [*PaperRevision.objects.values_list("pk", flat=True)]

    merging.merge_papers(keep=one, lose=other, by=editor)

    assert {*kept} < {*one.revisions.values_list("pk", flat=True)}
    assert {row.merged_from for row in one.revisions.all()} == {"", "2022/other"}
    rows = client.get(f"/admin/papers/paper/{one.pk}/history/").context["rows"]
    assert [(row.merged_from, changed) for row, changed in rows] == [
        ("", ""),  # merged
        ("2022/other", "Takeaway"),
        ("2022/other", "Takeaway"),
        ("", "Takeaway"),
        ("2022/other", ""),
        ("", ""),
    ]
    html = client.get(f"/admin/papers/paper/{one.pk}/history/").content.decode()
    assert "Saved, of 2022/other" in html
    assert "As it was, of 2022/other" in html
    pairs = client.get(f"/admin/papers/paper/{one.pk}/difference/").context
    assert (pairs["old"].merged_from, pairs["new"].verb) == ("", "merge")


def test_what_the_other_paper_said_is_restored_at_the_address_that_stayed(editor):
    one, other = two(doi="10.1145/1.2", catalogue=make_catalogue("2023"))
    merging.merge_papers(keep=one, lose=other, by=editor)
    then = one.revisions.get(merged_from="2023/other")

    assert restore(paper=one, revision=then, by=editor)
    assert not restore(paper=one, revision=then, by=editor)

    paper = Paper.objects.get()
    assert (paper.doi, paper.title) == ("10.1145/1.2", "A Mobius Strip.")
    assert (paper.slug, paper.catalogue.slug) == ("one", "2022")
    assert [row.catalogue.slug for row in paper.placements.all()] == ["2023"]


def test_an_import_of_a_paper_merged_since_does_not_take_it_away(editor):
    one, _ = two()
    batch = create_batch(
        catalogue=one.catalogue,
        by=editor,
        data=b"@misc{x, title={Quite another}, author={Bob Roe}, year={2022}}",
    )
    read_batch(batch.pk)
    start_applying(batch, by=editor)
    keep = Paper.objects.get(cite_key="x")

    merging.merge_papers(keep=keep, lose=one, by=editor)
    batch.refresh_from_db()
    undo_batch(batch=batch, by=editor)

    assert Paper.objects.filter(pk=keep.pk).exists()
    assert "has changed the paper since" in batch.rows.get().note


DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("keep", "lose", "merged"),
    [
        (-DAY, -100 * DAY, -100 * DAY),
        (-100 * DAY, -DAY, -100 * DAY),
        (None, -DAY, -DAY),
        (DAY, -DAY, -DAY),
        (-DAY, None, -DAY),
        (-DAY, DAY, -DAY),
        (DAY, None, DAY),
        (None, DAY, None),
    ],
)
def test_readers_see_the_paper_from_the_earlier_time_on(keep, lose, merged):
    now = timezone.now()

    def at(shift):
        return None if shift is None else now + shift

    one, other = two(publish_at=at(lose))
    one.publish_at = at(keep)
    one.save()

    merging.merge_papers(keep=one, lose=other)

    assert Paper.objects.get().publish_at == at(merged)


def test_the_other_address_may_be_the_one_that_stays(client, editor):
    one, other = two()

    client.post(pair(one, other), {"do": "merge", "keep": "two", "title": "one"})

    kept = Paper.objects.get()
    assert (kept.slug, kept.title) == ("other", "A Möbius strip")


def test_two_papers_are_not_asked_about_again(client, editor):
    one, other = two()

    assert "Compare" in client.get(DUPLICATES).content.decode()
    client.post(pair(one, other), {"do": "apart"})

    assert "No two papers" in client.get(DUPLICATES).content.decode()
    assert merging.likely_duplicate(one) is None
    assert Paper.objects.count() == 2


def test_a_refused_merge_changes_nothing():
    one, other = two(takeaway="x", is_highlight=True)

    with pytest.raises(ValidationError):
        merging.merge_papers(keep=one, lose=other, taken=["is_highlight"])
    with pytest.raises(ValidationError):
        merging.merge_papers(keep=one, lose=one)

    assert Paper.objects.count() == 2


def test_saving_warns_of_a_paper_that_looks_the_same(client, editor):
    one, other = two()
    Paper.objects.filter(pk=one.pk).update(title="A <b>Möbius</b> strip")

    html = client.post(change_address(other), form_of(other), follow=True).content

    assert "This may be “A &lt;b&gt;Möbius&lt;/b&gt; strip”" in html.decode()
    assert f'<a href="{pair(one, other)}">Compare the two.</a>' in html.decode()


def test_only_editors_decide(client):
    one, other = two()
    author = Author.objects.first()
    addresses = [
        DUPLICATES,
        pair(one, other),
        f"/admin/papers/author/{author.pk}/split/",
    ]
    for address in addresses:
        assert client.get(address).status_code == 302
    client.force_login(make_writer())
    for address in addresses:
        assert client.get(address).status_code == 403
        assert client.post(address, {"do": "merge"}).status_code in (403, 405)
    assert Paper.objects.count() == 2


def test_merged_authors_keep_what_papers_print(client):
    make_paper(authors=["Björn Ommer"])
    paper = make_paper(title="By the other", authors=["Bjoern Ommer"])
    keep, lose = (Author.objects.get(name=n) for n in ("Björn Ommer", "Bjoern Ommer"))

    merging.merge_authors(keep=keep, lose=lose)

    assert [row.name for row in Paper.objects.get(pk=paper.pk).authors] == [
        "Bjoern Ommer"
    ]
    assert AuthorAlias.objects.get().name == "Bjoern Ommer"
    assert authors_for(["Bjoern Ommer"]) == [keep]
    assert "By the other" in client.get(keep.get_absolute_url()).content.decode()


@pytest.mark.parametrize("stays", [0, 1])
def test_two_authors_of_one_name_merged_are_found_at_both_addresses(client, stays):
    make_paper(authors=["Wei Zhang"])
    first = Author.objects.get()
    other = merging.split_author(
        author=first, papers=[make_paper(authors=["Wei Zhang"]).pk]
    )
    keep, lose = (first, other) if stays == 0 else (other, first)

    merging.merge_authors(keep=keep, lose=lose)

    assert client.get("/papers/authors/wei-zhang/").status_code == 200
    moved = client.get("/papers/authors/wei-zhang--2/")
    assert (moved.status_code, moved.url) == (301, "/papers/authors/wei-zhang/")
    assert Author.objects.get() == keep
    assert authors_for(["Wei Zhang"]) == [keep]
    assert keep.authorships.count() == 2
    for paper in Paper.objects.all():
        assert paper.revisions.first() is None or history.is_same(
            paper.revisions.first().data,
            history.snapshot(history.rows(Paper.objects.filter(pk=paper.pk)).get()),
        )

    last = Author.objects.create(name="Wilma Zhang")
    merging.merge_authors(keep=last, lose=keep)
    assert client.get("/papers/authors/wei-zhang--2/").url == last.get_absolute_url()


def test_somebody_new_at_a_former_address_is_who_answers_there(client):
    make_paper(authors=["Wei Zhang"])
    author = Author.objects.get()
    author.name = "Wei Q. Zhang"
    author.save()
    assert client.get("/papers/authors/wei-zhang/").status_code == 301

    make_paper(authors=["Wei Zhang"])
    assert client.get("/papers/authors/wei-zhang/").status_code == 200

    Paper.objects.update(publish_at=None)
    Author.objects.exclude(pk=author.pk).get().authorships.all().delete()
    Author.objects.exclude(pk=author.pk).delete()
    assert client.get("/papers/authors/wei-zhang/").status_code == 404


def test_authors_of_one_paper_are_two_people():
    make_paper(authors=["Ann Doe", "Anne Doe"])
    keep, lose = Author.objects.order_by("pk")

    with pytest.raises(ValidationError, match="names both"):
        merging.merge_authors(keep=keep, lose=lose)


def test_an_author_is_parted_into_two(client, editor):
    make_paper(authors=["Wei Wang"])
    other = make_paper(authors=["Wei Wang"])
    author = Author.objects.get()
    address = f"/admin/papers/author/{author.pk}/split/"

    assert "none and not all" in client.post(address, {}, follow=True).content.decode()
    client.post(address, {"paper": [other.pk, "x"]})

    assert Author.objects.count() == 2
    assert Paper.objects.get(pk=other.pk).authors[0].author.homonym == 2
    new, old = other.revisions.all()
    assert (new.verb, new.created_by) == (PaperRevision.Verb.SPLIT, editor)
    said = differences(old.data, new.data)
    assert [field["label"] for field in said] == ["Who the authors are"]
    assert author.authorships.get().paper.revisions.count() == 0

    restore(paper=other, revision=old, by=editor)
    assert other.authorships.get().author == author


def test_merged_authors_are_in_the_history_of_their_papers(client, editor):
    make_paper(authors=["Ann Doe"])
    paper = make_paper(authors=["Anne Doe"])
    keep, lose = Author.objects.order_by("pk")

    merging.merge_authors(keep=keep, lose=lose, by=editor)

    new, old = paper.revisions.all()
    assert (new.verb, new.created_by) == (PaperRevision.Verb.MERGE, editor)
    assert [field["label"] for field in differences(old.data, new.data)] == [
        "Who the authors are"
    ]
    restore(paper=paper, revision=old, by=editor)
    assert [row.name for row in paper.authors] == ["Anne Doe"]
    assert keep.authorships.count() == 2


def test_authors_are_merged_from_the_list(client, editor):
    make_paper(authors=["Ann Doe"])
    make_paper(authors=["Anne Doe"])
    first, second = Author.objects.order_by("pk")
    address = "/admin/papers/author/"
    sent = {"action": "merge", "_selected_action": [first.pk, second.pk]}

    assert "which name stays" in client.post(address, sent).content.decode()
    client.post(address, {**sent, "keep": second.pk})

    assert Author.objects.get() == second


def test_an_issue_shows_the_paper_by_the_name_in_its_text(client):
    one, other = two()
    issue = make_issue(body="Text.\n\n::: papers\n- other: Worth it.\n:::\n")
    assert "A Mobius Strip" in client.get(issue.get_absolute_url()).content.decode()

    merging.merge_papers(keep=one, lose=other)

    html = client.get(issue.get_absolute_url()).content.decode()
    assert one.get_absolute_url() in html

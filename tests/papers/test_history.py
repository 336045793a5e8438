"""What is kept of papers at the desk, what differs, and going back."""

import pytest

from papers.models import Author, Paper, PaperRevision
from tests.papers.desk import NOW, act, change, form_of, names
from tests.papers.factories import (
    OUT,
    make_catalogue,
    make_editor,
    make_paper,
    make_topic,
    make_writer,
)

pytestmark = pytest.mark.django_db
Verb = PaperRevision.Verb


@pytest.fixture
def desk(client):
    client.force_login(make_editor(username="ada"))
    return client


@pytest.mark.parametrize("is_out", [False, True])
def test_a_writer_is_offered_to_restore_what_they_may_change(client, is_out):
    writer = make_writer()
    client.force_login(writer)
    paper = make_paper(created_by=writer, publish_at=None, takeaway="Old.")
    save(client, paper, takeaway="New.")
    if is_out:
        Paper.objects.update(publish_at=OUT)

    assert ("Restore" in client.get(page(paper, "history")).text) is not is_out


def page(paper, name, *rest):
    return "/".join(["/admin/papers/paper", str(paper.pk), name, *map(str, rest), ""])


def kept(paper):
    return [revision.verb for revision in paper.revisions.order_by("pk")]


def save(client, paper, **values):
    response = client.post(change(paper), form_of(paper, **NOW, **values))
    assert response.status_code == 302
    paper.refresh_from_db()


def restore(client, paper, revision):
    response = client.post(page(paper, "restore", revision.pk), follow=True)
    paper.refresh_from_db()
    return [str(message) for message in response.context["messages"]][-1]


def test_every_save_at_the_desk_is_kept_and_no_other_is(desk):
    paper = make_paper(takeaway="Old.", authors=["Ann"])
    save(desk, paper, takeaway="New.")
    assert kept(paper) == [Verb.BEFORE, Verb.SAVE]
    save(desk, paper)
    assert kept(paper) == [Verb.BEFORE, Verb.SAVE]
    vision, other = make_topic(), make_catalogue("2023")
    act(desk, "add_topic", paper, chosen=vision.pk)
    act(desk, "add_catalogue", paper, chosen=other.pk)
    act(desk, "mark_checked", paper)
    assert kept(paper) == [Verb.BEFORE, Verb.SAVE, *[Verb.QUICK] * 3]
    latest = paper.revisions.first()
    assert latest.created_by.username == "ada"
    assert latest.data["also_in"] == ["2023"]
    assert latest.data["checked"]


def test_the_history_says_who_changed_what(desk):
    paper = make_paper(takeaway="Old words.", authors=["Ann"])
    save(desk, paper, takeaway="New words.", venue="CVPR 2022")
    html = desk.get(page(paper, "history")).content.decode()
    assert "Venue, Takeaway" in html
    assert "As it was" in html
    assert "<td>ada</td>" in html


def test_any_two_states_are_compared_in_words(desk):
    paper = make_paper(takeaway="It sees <b>well</b>.", authors=["Ann", "Ben"])
    save(
        desk, paper, takeaway="It hears <b>well</b>.", **{"authorships-1-DELETE": "on"}
    )
    new, old = paper.revisions.all()
    html = desk.get(
        page(paper, "difference"), {"old": old.pk, "new": new.pk}
    ).content.decode()
    assert '<del><span class="visually-hidden">[removed: </span>sees ' in html
    assert '<ins><span class="visually-hidden">[added: </span>hears ' in html
    assert "&lt;b&gt;well" in html
    assert "; Ben" in html
    back = desk.get(
        page(paper, "difference"), {"old": new.pk, "new": old.pk}
    ).content.decode()
    assert "[added: </span>sees " in back


def test_a_state_comes_back_whole_and_what_it_replaced_is_kept(desk):
    catalogue = make_catalogue("2023")
    paper = make_paper(
        title="First", takeaway="Old.", is_highlight=True, authors=["Ann", "Ben"],
        topics=["vision"], arxiv_id="2112.10752", position=4,
    )  # fmt: skip
    before = paper.updated_at
    save(
        desk, paper, title="Second", takeaway="", topics=[make_topic("text").pk], position=9,
        **{"authorships-0-DELETE": "on", "placements-TOTAL_FORMS": 1,
           "placements-0-catalogue": catalogue.pk, "placements-0-position": 0},
    )  # fmt: skip
    assert names(paper) == ["Ben"]
    assert paper.placements.exists()

    assert restore(desk, paper, paper.revisions.last()).startswith("Restored as of")

    assert (paper.title, paper.takeaway, paper.is_highlight) == ("First", "Old.", True)
    assert (paper.arxiv_id, paper.position) == ("2112.10752", 4)
    assert names(paper) == ["Ann", "Ben"]
    assert [topic.slug for topic in paper.topics.all()] == ["vision"]
    assert not paper.placements.exists()
    assert paper.is_published()
    assert paper.updated_at > before
    assert kept(paper) == [Verb.BEFORE, Verb.SAVE, Verb.RESTORE]
    assert paper.revisions.first().data == paper.revisions.last().data
    assert (
        restore(desk, paper, paper.revisions.last()) == "The paper says that already."
    )


@pytest.mark.parametrize("moved", [{"slug": "now"}, {"catalogue": "2023"}])
def test_every_address_that_a_paper_had_leads_to_it(desk, moved):
    paper = make_paper(slug="then")
    first = paper.get_absolute_url()
    if "catalogue" in moved:
        moved = {"catalogue": make_catalogue("2023").pk}
    save(desk, paper, **moved)
    paper = Paper.objects.get(pk=paper.pk)
    second = paper.get_absolute_url()
    assert second != first
    assert (desk.get(first).status_code, desk.get(first).url) == (301, second)

    restore(desk, paper, paper.revisions.last())

    assert desk.get(first).status_code == 200
    assert (desk.get(second).status_code, desk.get(second).url) == (301, first)


def test_another_paper_at_a_former_address_is_what_answers_there(desk):
    paper = make_paper(slug="then")
    save(desk, paper, slug="now")
    make_paper(slug="then", title="Another")
    assert "Another" in desk.get("/papers/2022/then/").content.decode()
    assert Paper.objects.by_slug(["then"])["then"].title == "Another"


def test_what_is_no_longer_allowed_does_not_come_back_in_part(desk):
    paper = make_paper(title="First", doi="10.1109/taken", topics=["vision"])
    save(desk, paper, title="Second", topics=[], doi="")
    other = make_paper(doi="10.1109/taken")
    first = paper.revisions.last()
    assert "has this DOI" in restore(desk, paper, first)
    other.delete()
    make_topic().delete()
    assert restore(desk, paper, first) == "Not restored. The topic “Vision” is gone."
    assert paper.title == "Second"
    assert kept(paper) == [Verb.BEFORE, Verb.SAVE]


def test_an_author_of_the_same_name_is_not_taken_for_the_other(desk):
    Author.objects.create(name="Ann")
    paper = make_paper(takeaway="Old.")
    second = Author.objects.create(name="Ann", homonym=2)
    paper.authorships.create(author=second, position=1)
    save(desk, paper, takeaway="New.")
    restore(desk, paper, paper.revisions.last())
    assert paper.takeaway == "Old."
    assert [row.author for row in paper.authors] == [second]


def test_a_state_kept_before_all_was_kept_says_nothing_of_the_rest(desk):
    paper = make_paper(takeaway="Old.")
    save(desk, paper, takeaway="New.")
    first = paper.revisions.last()
    del first.data["also_in"], first.data["checked"]
    first.save()
    act(desk, "add_catalogue", paper, chosen=make_catalogue("2023").pk)
    restore(desk, paper, first)
    assert paper.takeaway == "Old."
    assert paper.placements.count() == 1
    assert desk.get(page(paper, "history")).status_code == 200


@pytest.mark.parametrize(
    "address",
    ["history/?page=0", "history/?page=x", "history/?page=9", "difference/?old=",
     "difference/?old=x&new=1", f"difference/?old={'9' * 30}&new=1"],
)  # fmt: skip
def test_what_there_is_not_is_not_found(desk, address):
    paper = make_paper()
    save(desk, paper, takeaway="New.")
    assert desk.get(f"/admin/papers/paper/{paper.pk}/{address}").status_code == 404


def test_a_revision_of_another_paper_is_not_found(desk):
    paper, other = make_paper(), make_paper()
    save(desk, other, takeaway="New.")
    revision = other.revisions.first()
    assert desk.post(page(paper, "restore", revision.pk)).status_code == 404
    asked = {"old": revision.pk, "new": revision.pk}
    assert desk.get(page(paper, "difference"), asked).status_code == 404
    assert desk.post(page(paper, "restore", "9" * 30)).status_code == 404


def test_a_writer_restores_no_paper_that_is_out(client):
    writer = make_writer()
    client.force_login(writer)
    paper = make_paper(created_by=writer, takeaway="New.")
    revision = PaperRevision.objects.create(paper=paper, verb=Verb.BEFORE, data={})
    assert client.get(page(paper, "history")).status_code == 200
    assert client.post(page(paper, "restore", revision.pk)).status_code == 403
    assert Paper.objects.get().takeaway == "New."

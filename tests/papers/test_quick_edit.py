"""Quick edit in the desk's list: what it changes, what it refuses, and for whom."""

import pytest

from papers.models import Paper, PaperRevision
from tests.papers.desk import PAPERS
from tests.papers.factories import make_editor, make_paper, make_topic, make_writer

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    client.force_login(make_editor(username="ada"))
    return client


def drawn(client, query=""):
    """What the list's form would send, as it was drawn."""
    formset = client.get(f"{PAPERS}{query}").context["cl"].formset
    values = {
        f"form-{name}": formset.management_form[name].value()
        for name in ("TOTAL_FORMS", "INITIAL_FORMS")
    }
    for form in formset.forms:
        values[f"{form.prefix}-id"] = form.instance.pk
        for name in ("topic_names", "is_highlight", "takeaway", "position"):
            bound = form[name]
            values[bound.html_initial_name] = str(bound.value())
            if name != "is_highlight" or bound.value():
                values[bound.html_name] = (
                    "on" if bound.value() is True else bound.value()
                )
    return {**values, "_save": "Save"}


def row(values, paper):
    """The prefix of a paper's row."""
    return next(
        k.removesuffix("-id")
        for k, v in values.items()
        if k.endswith("-id") and v == paper.pk
    )


def typed(client, paper, sent=None, **fields):
    """What is sent where somebody has typed over fields of a paper's row."""
    values = dict(sent or drawn(client))
    prefix = row(values, paper)
    return values | {f"{prefix}-{name}": value for name, value in fields.items()}


def said(response):
    return [str(message) for message in response.context["messages"]]


def problems(response):
    assert response.status_code == 200
    forms = response.context["cl"].formset.forms
    return " ".join(
        str(error) for form in forms for each in form.errors.values() for error in each
    )


def test_a_row_is_changed_in_place_and_nothing_else(desk):
    paper, other = make_paper(position=1, topics=["vision"]), make_paper(position=2)
    make_topic("text", name="Text, spoken")
    make_topic("audio", name="Sound, heard")
    before = other.updated_at
    sent = typed(
        desk,
        paper,
        topic_names="VISION, text,",
        takeaway="Look.",
        is_highlight="on",
        position=7,
    )
    response = desk.post(PAPERS, sent, follow=True)
    assert said(response) == ["1 paper was changed successfully."]
    paper.refresh_from_db()
    other.refresh_from_db()
    assert (paper.takeaway, paper.is_highlight, paper.position) == ("Look.", True, 7)
    assert {topic.slug for topic in paper.topics.all()} == {"vision", "text"}
    assert other.updated_at == before
    verbs = [revision.verb for revision in paper.revisions.order_by("pk")]
    assert verbs == [PaperRevision.Verb.BEFORE, PaperRevision.Verb.QUICK]
    assert not other.revisions.exists()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"topic_names": "vision, nonsense"}, "There is no topic “nonsense”"),
        ({"is_highlight": "on"}, "A highlight needs a takeaway"),
        ({"is_highlight": "on", "takeaway": " \n"}, "A highlight needs a takeaway"),
        ({"position": ""}, "Give a whole number"),
        ({"position": "-1"}, "greater than or equal to 0"),
        ({"position": "9" * 20}, "less than or equal to"),
        ({"position": "first"}, "whole number"),
        ({"takeaway": "x" * 2001}, "at most 2000"),
    ],
)
def test_a_mistake_is_named_and_no_row_is_stored(desk, fields, sentence):
    make_topic()
    paper, other = make_paper(position=1), make_paper(position=2)
    sent = typed(desk, paper, typed(desk, other, position=9), **fields)
    assert sentence in problems(desk.post(PAPERS, sent))
    other.refresh_from_db()
    assert other.position == 2
    assert not PaperRevision.objects.exists()


def test_what_another_editor_has_changed_is_not_written_over_unseen(desk, client):
    paper = make_paper(takeaway="Old.", position=1)
    sent = typed(desk, paper, takeaway="Mine.", position=3)
    desk.post(PAPERS, typed(desk, paper, takeaway="Theirs.", is_highlight="on"))

    response = desk.post(PAPERS, sent)

    assert "ada has changed this meanwhile: it is “Theirs.” now" in problems(response)
    assert "Mine." in response.content.decode()
    paper.refresh_from_db()
    assert (paper.takeaway, paper.position) == ("Theirs.", 1)

    form = response.context["cl"].formset.forms[0]
    again = sent | {
        form["takeaway"].html_initial_name: form.data[
            form["takeaway"].html_initial_name
        ]
    }
    desk.post(PAPERS, again)
    paper.refresh_from_db()
    assert (paper.takeaway, paper.position, paper.is_highlight) == ("Mine.", 3, True)


def test_rows_stay_with_their_papers_when_the_list_has_moved_on(desk):
    one, two, gone = (
        make_paper(position=1),
        make_paper(position=2),
        make_paper(position=3),
    )
    sent = typed(desk, one, typed(desk, gone, takeaway="Lost."), position="x")
    Paper.objects.filter(pk=two.pk).update(position=0)
    gone.delete()

    response = desk.post(PAPERS, sent)

    cl = response.context["cl"]
    assert [form.instance.pk for form in cl.formset.forms] == [one.pk, two.pk]
    assert [paper.pk for paper in cl.result_list] == [one.pk, two.pk]
    assert "1 of the papers here were deleted meanwhile." in response.content.decode()


def test_a_writer_changes_drafts_of_their_own_and_no_other(client):
    writer = make_writer()
    client.force_login(writer)
    draft = make_paper(publish_at=None, created_by=writer)
    public = make_paper(created_by=writer)
    theirs = make_paper(publish_at=None)
    sent = typed(client, draft, typed(client, public, takeaway="No."), takeaway="Yes.")
    sent[f"{row(sent, public)}-id"] = public.pk
    sent |= {
        "form-TOTAL_FORMS": 3,
        "form-INITIAL_FORMS": 3,
        "form-2-id": theirs.pk,
        "form-2-takeaway": "No.",
    }
    client.post(PAPERS, sent)
    assert [Paper.objects.get(pk=p.pk).takeaway for p in (draft, public, theirs)] == [
        "Yes.",
        "",
        "",
    ]


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"form-TOTAL_FORMS": "x", "form-INITIAL_FORMS": "-1"},
        {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1"},
        {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1", "form-0-id": "x"},
        {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", "form-0-takeaway": "x"},
        {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1", "form-0-id": "9" * 30},
    ],
)
def test_nonsense_changes_nothing_and_is_no_error_of_ours(desk, sent):
    make_paper()
    assert desk.post(PAPERS, {**sent, "_save": "Save"}).status_code in {200, 302, 400}
    assert Paper.objects.count() == 1
    assert not PaperRevision.objects.exists()

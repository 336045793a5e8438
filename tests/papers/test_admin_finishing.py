import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from papers.importing.planning import plan
from papers.importing.reading import detect, read
from papers.models import Outcome, PaperRevision
from tests.papers.desk import PAPERS
from tests.papers.factories import (
    make_catalogue,
    make_editor,
    make_paper,
    make_topic,
    make_writer,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    client.force_login(make_editor())
    return client


def act(client, action, *papers, **values):
    chosen = [paper.pk for paper in papers]
    data = {"action": action, "_selected_action": chosen, **values}
    response = client.post(PAPERS, data, follow=True)
    assert response.status_code == 200
    return response


def listed(client, what):
    response = client.get(PAPERS, {"to_finish": what})
    return {paper.title for paper in response.context["cl"].result_list}


def test_the_queue_names_what_is_missing(desk):
    whole = {"takeaway": "x", "url": "https://paper.example/a", "authors": ["Ann"]}
    make_paper(title="Whole", **whole)
    make_paper(title="No takeaway", **whole | {"takeaway": ""})
    make_paper(title="No link", **whole | {"url": ""})
    make_paper(title="No authors", **whole | {"authors": []})
    assert listed(desk, "takeaway") == {"No takeaway"}
    assert listed(desk, "link") == {"No link"}
    assert listed(desk, "authors") == {"No authors"}
    assert len(listed(desk, "unchecked")) == 4
    assert len(listed(desk, "nonsense")) == 4


def test_a_checked_paper_leaves_the_queue(desk):
    paper = make_paper()
    act(desk, "mark_checked", paper)
    paper.refresh_from_db()
    assert paper.checked_at
    assert paper.checked_by.is_staff
    assert listed(desk, "unchecked") == set()


def test_highlights_are_made_and_unmade_and_kept_in_history(desk):
    fit, unfit = make_paper(takeaway="Look."), make_paper()
    html = act(desk, "highlight", fit, unfit).content.decode()
    assert "1 without a takeaway" in html
    fit.refresh_from_db()
    unfit.refresh_from_db()
    assert (fit.is_highlight, unfit.is_highlight) == (True, False)
    verbs = [revision.verb for revision in fit.revisions.order_by("pk")]
    assert verbs == [PaperRevision.Verb.BEFORE, PaperRevision.Verb.QUICK]
    act(desk, "unhighlight", fit)
    fit.refresh_from_db()
    assert not fit.is_highlight


def test_a_topic_and_a_catalogue_are_given_to_many(desk):
    papers = [make_paper(), make_paper(topics=["vision"])]
    vision, other = make_topic(), make_catalogue("2023")
    act(desk, "add_topic", *papers, chosen=vision.pk)
    assert all(list(paper.topics.all()) == [vision] for paper in papers)
    act(desk, "add_catalogue", *papers, chosen=other.pk)
    act(desk, "add_catalogue", *papers, chosen=other.pk)
    assert other.placements.count() == 2


def test_which_topic_or_catalogue_is_asked_by_name(desk):
    text = make_topic("text", name="Text & <b>speech</b>")
    other = make_catalogue("2023", title="Papers of 2023")
    papers = [make_paper(), make_paper()]
    html = act(desk, "add_topic", *papers).content.decode()
    option = f'<option value="{text.pk}">Text &amp; &lt;b&gt;speech&lt;/b&gt;</option>'
    assert option in html
    assert "2 papers are ticked." in html
    for paper in papers:
        assert f'name="_selected_action" value="{paper.pk}"' in html
    html = act(desk, "add_catalogue", *papers).content.decode()
    assert f'<option value="{other.pk}">Papers of 2023</option>' in html
    assert not text.papers.exists()
    assert not other.placements.exists()


@pytest.mark.parametrize("wrong", ["", "0", "x", "\x00", "9" * 40])
def test_a_topic_that_there_is_not_is_asked_for_again(desk, wrong):
    paper = make_paper()
    html = act(desk, "add_topic", paper, chosen=wrong).content.decode()
    assert 'class="errorlist"' in html
    assert not paper.topics.exists()


def test_what_is_ticked_is_exported(desk):
    paper = make_paper(title="=1+1")
    make_paper(title="Other")
    data = {"action": "export_csv", "_selected_action": [paper.pk]}
    text = desk.post(PAPERS, data).getvalue().decode()
    assert "'=1+1" in text
    assert "Other" not in text


def test_drafts_that_are_exported_as_json_come_back_without_a_difference(desk):
    paper = make_paper(
        title="=1+1",
        publish_at=None,
        takeaway="Ours.",
        topics=["vision"],
        authors=["Ann"],
    )
    data = {"action": "export_json", "_selected_action": [paper.pk]}
    answer = desk.post(PAPERS, data)
    assert answer.headers["Content-Disposition"].endswith('.json"')
    text = answer.getvalue().decode()
    rows = plan(list(read(text, detect(text))), paper.catalogue)
    assert [(row.outcome, row.paper) for row in rows] == [(Outcome.SAME, paper.pk)]


def test_a_writer_makes_no_highlight(client):
    writer = make_writer()
    client.force_login(writer)
    paper = make_paper(takeaway="x", publish_at=None, created_by=writer)
    act(client, "highlight", paper)
    paper.refresh_from_db()
    assert not paper.is_highlight


def test_the_list_asks_no_more_for_more_papers(desk):
    def count():
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(PAPERS).status_code == 200
        return len(queries)

    make_paper(authors=["Ann"])
    desk.get(PAPERS)
    before = count()
    for _ in range(20):
        make_paper(authors=["Ann"], catalogue=make_catalogue("2023"))
    assert count() == before

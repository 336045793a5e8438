"""Links of papers: asked from the desk, and what is told of them."""

import pytest
from django.utils import timezone

from papers import links
from papers.models import PaperLink
from superfast.common import checking
from tests.common.pages import fetching_from, page, redirect, serve, status
from tests.papers.desk import PAPERS, act, change, form_of
from tests.papers.factories import make_editor, make_paper, make_writer

pytestmark = pytest.mark.django_db
LIST = "/admin/papers/paperlink/"


@pytest.fixture
def site(settings, monkeypatch):
    monkeypatch.setattr(checking, "PAUSE_SECONDS", 0)
    with serve() as running, fetching_from(running, settings, monkeypatch):
        running.pages |= {
            "/ok": page("<title>Fine</title>"),
            "/gone": status(410),
            "/shut": status(403),
            "/moved": redirect("/ok", 308),
            "/ill": status(500),
        }
        yield running


@pytest.fixture
def desk(client):
    client.force_login(make_editor())
    return client


def said(response):
    return [str(message) for message in response.context["messages"]]


def test_the_ticked_papers_links_are_asked_and_told_as_they_answer(desk, site):
    one = make_paper(
        url=f"{site.url}/ok", pdf_url=f"{site.url}/gone", code_url=f"{site.url}/shut"
    )
    two = make_paper(
        url=f"{site.url}/moved",
        demo_url=f"{site.url}/ill",
        slides_url=f"{site.url}/ill",
    )
    other = make_paper(url=f"{site.url}/ok")

    response = act(desk, "check_links", one, two)

    assert said(response) == [
        "5 asked: 1 ok, 1 moved, 1 broken, 1 refused, 1 not reached."
    ]
    html = response.content.decode()
    for sentence in (
        "403: it may answer people. Open it yourself.",
        f'Replace by <a href="{site.url}/ok"',
        "It answered 500.",
    ):
        assert sentence in html
    assert {row.url for row in response.context["cl"].result_list} == {
        f"{site.url}/{name}" for name in ("ok", "gone", "shut", "moved", "ill")
    }
    assert not other.checked_links.exists()
    broken = desk.get(PAPERS, {"to_finish": "broken"}).context["cl"].result_list
    assert list(broken) == [one]


def test_what_waits_for_the_worker_is_said_to_wait(desk, site, settings, monkeypatch):
    asked = []
    monkeypatch.setattr(links, "enqueue", lambda *args, **names: asked.append(args))
    paper = make_paper(url=f"{site.url}/ok", arxiv_id="2112.10752", doi="10.1109/x")
    response = act(desk, "check_links", paper)
    assert asked == [("papers.links.check", paper.pk)]
    assert "3 wait for the worker" in said(response)[0]
    assert "Not checked yet" in response.content.decode()
    assert "waits since" in response.content.decode()
    assert {row.url for row in PaperLink.objects.all()} == {
        f"{site.url}/ok",
        "https://arxiv.org/abs/2112.10752",
        "https://doi.org/10.1109/x",
    }


def test_an_answer_stays_until_the_next_and_a_former_address_goes(desk, site):
    paper = make_paper(url=f"{site.url}/ok", pdf_url=f"{site.url}/gone")
    act(desk, "check_links", paper)
    site.pages["/ok"] = status(404)
    act(desk, "check_links", paper)
    assert paper.checked_links.get(url=f"{site.url}/ok").state == "broken"
    assert paper.checked_links.count() == 2

    saved = desk.post(
        change(paper),
        form_of(paper, url=f"{site.url}/moved", pdf_url=f"{site.url}/gone"),
    )
    assert saved.status_code == 302
    assert [row.url for row in paper.checked_links.all()] == [f"{site.url}/gone"]
    paper.refresh_from_db()
    paper.pdf_url = ""
    paper.save()
    act(desk, "check_links", paper)
    assert [row.url for row in paper.checked_links.all()] == [f"{site.url}/moved"]


def test_a_run_that_ended_is_taken_up_where_it_was(site):
    paper = make_paper(url=f"{site.url}/ok", pdf_url=f"{site.url}/gone")
    links.ask_for([paper])
    assert links.check(paper.pk).checked == 0
    paper.checked_links.filter(url=f"{site.url}/ok").update(checked_at=None)
    paper.checked_links.exclude(url=f"{site.url}/ok").update(checked_at=timezone.now())
    assert str(links.check(paper.pk, pause=lambda seconds: None)) == "1 ok"


def test_where_nothing_can_be_asked_nothing_is_called_anything(desk, settings):
    paper = make_paper(url="https://paper.example/a")
    settings.FETCH_PAGES = False
    assert "Nothing was asked" in said(act(desk, "check_links", paper))[0]
    settings.FETCH_PAGES = True
    assert said(act(desk, "check_links", make_paper())) == [
        "None of these papers has a link."
    ]
    assert not PaperLink.objects.exists()


def test_no_more_papers_are_taken_than_a_worker_should_be_given(
    desk, settings, monkeypatch
):
    settings.FETCH_PAGES = True
    monkeypatch.setattr("papers.admin.links.MOST_PAPERS", 1)
    papers = [make_paper(url="https://paper.example/a") for _ in range(2)]
    assert said(act(desk, "check_links", *papers)) == [
        "Nothing was asked: tick 1 papers at most."
    ]
    assert not PaperLink.objects.exists()


def test_a_writer_is_told_of_links_of_their_own_papers(client, site):
    writer = make_writer()
    client.force_login(writer)
    mine = make_paper(url=f"{site.url}/ok", created_by=writer, publish_at=None)
    theirs = make_paper(url=f"{site.url}/gone", publish_at=None)
    links.ask_for([theirs])
    act(client, "check_links", mine, theirs)
    assert [row.paper for row in client.get(LIST).context["cl"].result_list] == [mine]


@pytest.mark.parametrize(
    "query",
    [
        "?papers=x",
        "?papers=,1,,2",
        f"?papers={'9' * 30}",
        "?state__exact=x",
        "?o=1.2.3.4.5.6",
    ],
)
def test_nonsense_in_the_address_of_the_list_is_no_error(desk, query):
    assert desk.get(LIST + query, follow=True).status_code == 200
